// A connection to a server. base/pg is the only folder that includes
// <libpq-fe.h>.
//
// Order: Open; then Query, Execute, ExecutePipeline, BeginCopyOut or
// BeginCopyIn in any order, one at a time. A copy must end (Finish or
// destruction) before the next call.
//
// One thread at a time, save Cancel, which is thread-safe.

#ifndef PGBALE_BASE_PG_CONNECTION_H_
#define PGBALE_BASE_PG_CONNECTION_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/cancel.h"
#include "base/pg/copy.h"
#include "base/pg/result.h"
#include "base/secret.h"

namespace pgbale::pg {

class Wire;

struct ConnectOptions {
  // libpq keyword and value, later ones win; never pasted into a string.
  // A "dbname" that holds a URI or keyword list is expanded by libpq.
  std::vector<std::pair<std::string, std::string>> parameters;
  Secret password;
  // Cancels the running statement of this connection when cancelled; may be
  // null, else must outlive the connection.
  CancelToken* cancel = nullptr;
};

// A parameter of a statement: text, or nullopt for NULL.
using Parameter = std::optional<std::string>;

class Connection {
 public:
  // Connects, with defaults that notice a dead server within about a minute
  // (keepalives, tcp_user_timeout, connect_timeout) unless the options or the
  // environment name them, and sets search_path = '' first of all. The
  // defaults win over a service file that is named by "service" and not by
  // PGSERVICE. Notices go to the log.
  // Errors: kConnect, with the server's message and no password in it.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(
      const ConnectOptions& options);

  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Runs one statement in the extended protocol (a second one is refused by
  // the server) and returns its rows in text form. Errors carry the SQLSTATE;
  // class 57 (cancelled, shut down) and a lost connection are kCancelled.
  absl::StatusOr<Result> Query(absl::string_view sql,
                               absl::Span<const Parameter> parameters = {});

  // Query for a statement whose rows do not matter.
  absl::Status Execute(absl::string_view sql,
                       absl::Span<const Parameter> parameters = {});

  // Runs `statements` in one round trip, one message each; none may be a COPY
  // or hold two statements. `on_error`, if set, is told the index of the one
  // that failed; those behind it were not run. Without an open transaction
  // all are one implicit transaction: there is one Sync, at the end. An error
  // that comes with that (a deferred constraint) has no index.
  // All of the text is queued in memory at once.
  absl::Status ExecutePipeline(
      absl::Span<const absl::string_view> statements,
      const std::function<void(size_t index)>& on_error = nullptr);

  // Starts `sql`, a COPY … TO STDOUT / FROM STDIN. The connection must
  // outlive the copy. Any other state of the server is an error, and no data
  // is sent.
  absl::StatusOr<std::unique_ptr<CopyOut>> BeginCopyOut(absl::string_view sql);
  absl::StatusOr<std::unique_ptr<CopyIn>> BeginCopyIn(absl::string_view sql);

  // Asks the server to cancel what runs. Thread-safe; does not wait.
  void Cancel();

  // PG_VERSION_NUM of the server: 150020 for 15.20.
  int server_version() const;
  int server_major() const { return server_version() / 10000; }
  int backend_pid() const;
  // A parameter that the server reports ("server_encoding"), or "".
  std::string ParameterStatus(const char* name) const;
  // The server runs on this machine: the connection is a Unix socket.
  bool IsLocal() const;
  // False once the connection was lost; it stays so.
  bool alive() const;
  // True if it is lost, or the server has closed it, or the network has given
  // it up: asks the socket, and sends nothing. Use it for a connection that
  // runs no statement.
  bool HungUp() const;

 private:
  explicit Connection(std::unique_ptr<Wire> wire);

  absl::Status SendPipeline(absl::Span<const absl::string_view> statements);
  // Sends `sql` and waits for the state `expected`, libpq's PGRES_COPY_….
  absl::Status BeginCopy(absl::string_view sql, int expected);

  const std::unique_ptr<Wire> wire_;
};

// What the user gave on the command line: `dbname` is a name, a URI or a
// keyword list.
struct UserConnection {
  std::string dbname = "";
  std::string host = "";
  std::string port = "";
  std::string user = "";
  Secret password = Secret();
};

// libpq's parameters from it. The first of these that names a part wins:
//   1. host, port, user and password, where they are not empty;
//   2. dbname; only if it is empty, DATABASE_URL;
//   3. PG* variables, the service file, libpq's defaults.
ConnectOptions MakeConnectOptions(const UserConnection& user);

}  // namespace pgbale::pg

#endif  // PGBALE_BASE_PG_CONNECTION_H_

// One libpq connection and how to wait on it: never longer than the cancel
// token allows, never in a blocking read or write. Shared by Connection,
// CopyOut and CopyIn; for base/pg only.
//
// One thread at a time, save RequestCancel, which is thread-safe.

#ifndef PGBALE_BASE_PG_WIRE_H_
#define PGBALE_BASE_PG_WIRE_H_

#include <libpq-fe.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/cancel.h"
#include "base/mutex.h"

namespace pgbale::pg {

// The text of libpq or of a server as one printable line.
std::string OneLine(absl::string_view text);

// A cancel request on its way to the server, on a thread of its own: it takes
// a connection, and a dead server would hold that up for a minute.
class CancelRequest {
 public:
  // True once the server has taken the request; false after `timeout_ms`.
  bool WaitDelivered(int64_t timeout_ms);
  void MarkDelivered();

 private:
  Mutex mu_;
  CondVar changed_;
  bool delivered_ ABSL_GUARDED_BY(mu_) = false;
};

class Wire {
 public:
  struct ClearResult {
    void operator()(PGresult* result) const { PQclear(result); }
  };
  using ResultPtr = std::unique_ptr<PGresult, ClearResult>;
  using Parameter = std::optional<std::string>;

  // Takes over `conn`, a connection that is established. `cancel` may be
  // null, else must outlive the wire.
  Wire(PGconn* conn, CancelToken* cancel);
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  PGconn* conn() const { return conn_; }
  bool alive() const;
  // The connection is gone, or the socket says so: nothing is read or sent.
  bool HungUp() const;

  // OK, or why no statement may start: cancelled, or the connection is lost.
  absl::Status Ready() const;

  // Queues `sql` for sending, in the extended protocol.
  absl::Status Send(absl::string_view sql,
                    absl::Span<const Parameter> parameters);

  // The next result of what was sent, or null after the last. Sends what is
  // queued while it waits, so that neither side blocks the other. An error of
  // the server is a result, not a status.
  absl::StatusOr<ResultPtr> NextResult();

  // Takes all results that are left, and returns the first error in them. A
  // result that says COPY ends the connection.
  absl::Status Drain();

  // Waits until poll(2) reports one of `events`. Errors: cancelled, or the
  // deadline passed; the connection is abandoned then.
  absl::Status Wait(short events);

  // Waits for input and reads it.
  absl::Status WaitForInput();

  // The status for a result that is an error.
  absl::Status ErrorOf(const PGresult* result) const;
  // The status for a connection that no longer works.
  absl::Status Lost() const;
  // The error for a COPY state that nobody asked for; ends the connection.
  absl::Status UnexpectedCopy();

  // Gives the server `timeout_ms` for all waits that follow; 0: no limit.
  void SetDeadline(int64_t timeout_ms);
  // Hangs up; alive() is false from now on.
  void Abandon();

  std::shared_ptr<CancelRequest> RequestCancel() const;

 private:
  using Clock = std::chrono::steady_clock;

  PGconn* const conn_;
  const std::shared_ptr<PGcancel> pg_cancel_;
  CancelToken* const cancel_;
  uint64_t callback_ = 0;
  bool abandoned_ = false;
  std::optional<Clock::time_point> deadline_;
};

}  // namespace pgbale::pg

#endif  // PGBALE_BASE_PG_WIRE_H_

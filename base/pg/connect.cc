#include "base/pg/connect.h"

#include <libpq-fe.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/mutex.h"
#include "base/status.h"
#include "base/text.h"

namespace pgbale::pg {
namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

// How often a wait for the connection looks at the cancel token.
constexpr int64_t kSliceMs = 100;

// A dead server is noticed within about a minute: 30 s of silence and three
// probes, or a minute without an acknowledgement of what was sent.
constexpr auto kDefaults =
    std::to_array<std::pair<absl::string_view, absl::string_view>>({
        {"keepalives", "1"},
        {"keepalives_idle", "30"},
        {"keepalives_interval", "10"},
        {"keepalives_count", "3"},
        {"tcp_user_timeout", "60000"},
        {"connect_timeout", "15"},
        {"fallback_application_name", "pgbale/" PGBALE_VERSION},
    });

struct FreeConninfo {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using Conninfo = std::unique_ptr<PQconninfoOption, FreeConninfo>;

bool HasValue(const PQconninfoOption* options, absl::string_view keyword) {
  if (options == nullptr) return false;
  for (; options->keyword != nullptr; ++options)
    if (options->keyword == keyword)
      return options->val != nullptr && *options->val != '\0';
  return false;
}

// Our defaults stand first, so that whatever follows wins; those that the
// environment or its service file sets are left out.
Parameters AllParameters(const ConnectOptions& options) {
  Parameters all;
  const Conninfo environment(PQconndefaults());
  for (const auto& [keyword, value] : kDefaults)
    if (!HasValue(environment.get(), keyword))
      all.emplace_back(std::string(keyword), std::string(value));
  all.insert(all.end(), options.parameters.begin(), options.parameters.end());
  if (!options.password.empty())
    all.emplace_back("password", options.password.reveal());
  return all;
}

// libpq quotes pieces of a string that it cannot parse, and such a piece may
// be part of a password: only those that the redacted string shows are kept.
std::string RedactQuotes(absl::string_view message,
                         absl::string_view redacted) {
  std::string out;
  while (true) {
    const size_t open = message.find('"');
    const size_t close = open == absl::string_view::npos
                             ? absl::string_view::npos
                             : message.find('"', open + 1);
    if (close == absl::string_view::npos) break;
    const absl::string_view quoted = message.substr(open + 1, close - open - 1);
    absl::StrAppend(&out, message.substr(0, open + 1),
                    absl::StrContains(redacted, quoted) ? quoted : "***", "\"");
    message.remove_prefix(close + 1);
  }
  absl::StrAppend(&out, message);
  return out;
}

bool IsPostgresUri(absl::string_view text) {
  return absl::StartsWith(text, "postgres://") ||
         absl::StartsWith(text, "postgresql://");
}

PGconn* ConnectBlocking(const Parameters& parameters) {
  std::vector<const char*> keywords;
  std::vector<const char*> values;
  for (const auto& [keyword, value] : parameters) {
    keywords.push_back(keyword.c_str());
    values.push_back(value.c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  return PQconnectdbParams(keywords.data(), values.data(),
                           /*expand_dbname=*/1);
}

// Shared by the thread that connects and the one that waits; whoever comes
// last closes the connection.
struct Attempt {
  explicit Attempt(Parameters p) : parameters(std::move(p)) {}

  const Parameters parameters;
  Mutex mu;
  CondVar changed;
  bool done ABSL_GUARDED_BY(mu) = false;
  bool given_up ABSL_GUARDED_BY(mu) = false;
  PGconn* conn ABSL_GUARDED_BY(mu) = nullptr;
};

void RunAttempt(Attempt& attempt) {
  PGconn* conn = ConnectBlocking(attempt.parameters);
  MutexLock lock(attempt.mu);
  attempt.done = true;
  if (attempt.given_up)
    PQfinish(conn);
  else
    attempt.conn = conn;
  attempt.changed.SignalAll();
}

// PQconnectPoll could be waited for on this thread, but leaves name lookup,
// several hosts and connect_timeout to its caller; PQconnectdbParams does all
// of it, so it runs on a thread of its own.
absl::StatusOr<PGconn*> ConnectCancellable(Parameters parameters,
                                           const CancelToken& cancel) {
  RETURN_IF_ERROR(cancel.Check());
  auto attempt = std::make_shared<Attempt>(std::move(parameters));
  std::thread([attempt] { RunAttempt(*attempt); }).detach();
  MutexLock lock(attempt->mu);
  while (!attempt->done && !cancel.cancelled())
    attempt->changed.WaitFor(attempt->mu, kSliceMs);
  if (attempt->done) return attempt->conn;
  attempt->given_up = true;
  return cancel.Check();
}

}  // namespace

bool IsConnectionString(absl::string_view dbname) {
  return IsPostgresUri(dbname) || absl::StrContains(dbname, '=');
}

absl::Status CheckConnectionString(const std::string& dbname) {
  const bool postgres_uri = IsPostgresUri(dbname);
  if (!postgres_uri && absl::StrContains(dbname, "://") &&
      !absl::StrContains(dbname, '='))
    return MakeError(Failure::kUsage,
                     absl::StrCat(Quoted(RedactConnectionString(dbname)),
                                  ": is no PostgreSQL URI; it starts with "
                                  "postgresql://"));
  if (!IsConnectionString(dbname)) return absl::OkStatus();
  char* error = nullptr;
  const Conninfo parsed(PQconninfoParse(dbname.c_str(), &error));
  if (parsed != nullptr) return absl::OkStatus();
  const std::string redacted = RedactConnectionString(dbname);
  const std::string why = RedactQuotes(
      OneLine(error == nullptr ? "out of memory" : error), redacted);
  PQfreemem(error);
  return MakeError(Failure::kUsage, absl::StrCat("connection string ",
                                                 Quoted(redacted), ": ", why));
}

absl::StatusOr<std::unique_ptr<Wire>> Connect(const ConnectOptions& options) {
  // libpq expands the first one only: a later one is a name, whatever it holds.
  for (const auto& [keyword, value] : options.parameters) {
    if (keyword != "dbname") continue;
    RETURN_IF_ERROR(CheckConnectionString(value));
    break;
  }
  PGconn* conn = nullptr;
  if (options.cancel == nullptr) {
    conn = ConnectBlocking(AllParameters(options));
  } else {
    ASSIGN_OR_RETURN(
        conn, ConnectCancellable(AllParameters(options), *options.cancel));
  }
  if (conn == nullptr) return MakeError(Failure::kConnect, "out of memory");
  if (PQstatus(conn) != CONNECTION_OK) {
    absl::Status status =
        MakeError(Failure::kConnect, OneLine(PQerrorMessage(conn)));
    PQfinish(conn);
    return status;
  }
  return std::make_unique<Wire>(conn, options.cancel);
}

ConnectOptions MakeConnectOptions(const UserConnection& user) {
  ConnectOptions options;
  const char* url = std::getenv("DATABASE_URL");
  // Later parameters win in libpq, and an expanded dbname counts where it
  // stands.
  if (!user.dbname.empty())
    options.parameters.emplace_back("dbname", user.dbname);
  else if (url != nullptr && *url != '\0')
    options.parameters.emplace_back("dbname", url);
  if (!user.host.empty()) options.parameters.emplace_back("host", user.host);
  if (!user.port.empty()) options.parameters.emplace_back("port", user.port);
  if (!user.user.empty()) options.parameters.emplace_back("user", user.user);
  options.password = user.password;
  return options;
}

}  // namespace pgbale::pg

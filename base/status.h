// Outcomes. Every fallible function returns absl::Status or absl::StatusOr;
// nothing throws.
//
// A Status carries, beside its message, what the process should do with it: a
// Failure, which decides the exit code, and for server errors the SQLSTATE.
// Both survive Annotate().
//
// Message grammar: lower case, no full stop, things named in double quotes,
// the place first ("table "public.a": ..."). Advice goes into a hint, a
// sentence of its own.

#ifndef PGBALE_BASE_STATUS_H_
#define PGBALE_BASE_STATUS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace pgbale {

// Why a command ends. The values are its exit codes (docs/cli.md).
enum class Failure {
  kError = 1,
  kUsage = 2,
  kPartial = 3,      // finished, with warnings that matter
  kNotFound = 10,    // archive not found
  kLocked = 11,      // archive or target in use by another run
  kDamaged = 20,     // archive damaged
  kIncomplete = 21,  // archive without its end
  kConnect = 30,     // cannot connect or log in
  kCancelled = 31,   // the server cancelled; may be tried again
  kLocalStorage = 40,
  kRemoteStorage = 41,
  kInterrupted = 130,  // SIGINT
  kTerminated = 143,   // SIGTERM
};

// A Status with the absl code that fits `failure` (kDataLoss for damage,
// kUnavailable for what may be tried again, kFailedPrecondition for a wrong
// state, kCancelled for signals, ...).
absl::Status MakeError(Failure failure, absl::string_view message);

// The failure that `status` carries; kError if it carries none.
// REQUIRES: !status.ok()
Failure FailureOf(const absl::Status& status);

// 0 for OK, else the value of its Failure.
int ExitCodeOf(const absl::Status& status);

// `status` with "place: " before its message; payloads are kept. OK stays OK.
absl::Status Annotate(const absl::Status& status, absl::string_view place);

// `status` with advice for the user; a later hint replaces an earlier one.
absl::Status WithHint(absl::Status status, absl::string_view hint);
// The advice, or "".
std::string HintOf(const absl::Status& status);

// `status` with the server's five-character SQLSTATE.
absl::Status WithSqlState(absl::Status status, absl::string_view sqlstate);
// The SQLSTATE, or "" if the error is not a server's.
std::string SqlStateOf(const absl::Status& status);

}  // namespace pgbale

#define PGBALE_CONCAT_INNER(a, b) a##b
#define PGBALE_CONCAT(a, b) PGBALE_CONCAT_INNER(a, b)

// Returns from the calling function if `expr` is not OK.
#define RETURN_IF_ERROR(expr)                                     \
  do {                                                            \
    if (absl::Status pgbale_status = (expr); !pgbale_status.ok()) \
      return pgbale_status;                                       \
  } while (false)

// Assigns the value of the StatusOr `expr` to `lhs` (may declare a variable),
// or returns its status from the calling function.
#define ASSIGN_OR_RETURN(lhs, expr) \
  ASSIGN_OR_RETURN_IMPL(PGBALE_CONCAT(pgbale_or_, __LINE__), lhs, expr)
#define ASSIGN_OR_RETURN_IMPL(tmp, lhs, expr) \
  auto tmp = (expr);                          \
  if (!tmp.ok()) return tmp.status();         \
  lhs = *std::move(tmp)

#endif  // PGBALE_BASE_STATUS_H_

// What a server's error code means for us: one table.
// Source: PostgreSQL documentation, appendix A "Error Codes".

#ifndef PGBALE_BASE_PG_SQLSTATE_H_
#define PGBALE_BASE_PG_SQLSTATE_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/status.h"

namespace pgbale::pg {

// Those that something is done about.
inline constexpr absl::string_view kSerializationFailure = "40001";
inline constexpr absl::string_view kDeadlockDetected = "40P01";
inline constexpr absl::string_view kForeignKeyViolation = "23503";
// Of a partition's bound, too.
inline constexpr absl::string_view kCheckViolation = "23514";
inline constexpr absl::string_view kInsufficientPrivilege = "42501";
// Of the server, for its table of locks too.
inline constexpr absl::string_view kOutOfMemory = "53200";
inline constexpr absl::string_view kLockNotAvailable = "55P03";
inline constexpr absl::string_view kQueryCanceled = "57014";

// The row of the table for a code: an exact one first, then its class.
struct SqlStateInfo {
  Failure failure;
  // A word for the class of error: "missing object", "duplicate object",
  // "missing role", "no permission", "bad data", "lock", "resources",
  // "cancelled", "connection", "other".
  absl::string_view error_class;
  absl::string_view hint;  // what to do, or ""
};
const SqlStateInfo& LookUpSqlState(absl::string_view sqlstate);

// The status for a server's error.
absl::Status MakeServerError(absl::string_view sqlstate,
                             absl::string_view message);

// `status`, a server's error, with the character of the statement, counted from
// 1, at which it was found.
absl::Status WithPosition(absl::Status status, int position);
// The position, or 0 if it is not known.
int PositionOf(const absl::Status& status);

}  // namespace pgbale::pg

#endif  // PGBALE_BASE_PG_SQLSTATE_H_

// The two ways in which an archive can be refused for what it holds.

#ifndef PGBALE_FORMAT_ERRORS_H_
#define PGBALE_FORMAT_ERRORS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/status.h"

namespace pgbale {

// It is not what its writer wrote, or its writer was no pgbale.
inline absl::Status Damaged(absl::string_view message) {
  return MakeError(Failure::kDamaged, message);
}

// It holds what only a later version understands.
inline absl::Status TooNew(absl::string_view message) {
  return WithHint(MakeError(Failure::kError, message),
                  "The archive was written by a later version of pgbale: use "
                  "that one.");
}

}  // namespace pgbale

#endif  // PGBALE_FORMAT_ERRORS_H_

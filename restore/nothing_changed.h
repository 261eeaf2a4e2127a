// What the error of a restore says of the target. Kept by Annotate and the
// like.
//
// Pure functions; any thread.

#ifndef PGBALE_RESTORE_NOTHING_CHANGED_H_
#define PGBALE_RESTORE_NOTHING_CHANGED_H_

#include "absl/status/status.h"

namespace pgbale {

// `error`, which came before anything in the target changed.
absl::Status WithNothingChanged(absl::Status error);

// True if `error` says so.
bool NothingChanged(const absl::Status& error);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_NOTHING_CHANGED_H_

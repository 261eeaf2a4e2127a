// The proof that an archive is whole, or what is wrong with it.

#ifndef PGBALE_ENGINE_INSPECT_VERIFY_H_
#define PGBALE_ENGINE_INSPECT_VERIFY_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/cancel.h"
#include "base/sched/progress.h"
#include "format/archive_reader.h"

namespace pgbale {

// Checks every octet of the file `path`, or of standard input if that is "-",
// on `workers` threads. Damage is in the report; errors are that the file
// cannot be read, or what `cancel` was cancelled with. `progress` counts while
// it runs.
absl::StatusOr<VerifyReport> VerifyFile(const std::string& path, int workers,
                                        CancelToken& cancel,
                                        Progress& progress);

// OK, or the gravest of what is wrong (kDamaged before kIncomplete), with
// advice.
absl::Status VerdictOf(const VerifyReport& report);

// Lines for people, or one JSON object.
std::string VerifyText(const VerifyReport& report, double seconds);
std::string VerifyJson(const VerifyReport& report, double seconds);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_INSPECT_VERIFY_H_

// What happens to an entry's error: it ends the restore, or it is noted and
// the restore goes on.
//
// Thread-safe.

#ifndef PGBALE_RESTORE_ERROR_LOG_H_
#define PGBALE_RESTORE_ERROR_LOG_H_

#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/mutex.h"
#include "format/entry.h"
#include "restore/restore.h"

namespace pgbale {

// `status`, an error of the server, with place and class: "index "public.i":
// CREATE INDEX i ON public.t …: relation … does not exist (42P01, missing
// object)". `statement` is cut to its first line, and before its first
// literal, which may be a secret; empty: none is named.
absl::Status DescribeError(const absl::Status& status, const Entry& entry,
                           absl::string_view statement);

class ErrorLog {
 public:
  explicit ErrorLog(bool stop) : stop_(stop) {}

  bool stop() const { return stop_; }

  // Notes the error and returns OK; if the log is to stop, returns it as
  // DescribeError does.
  absl::Status Take(const absl::Status& status, const Entry& entry,
                    absl::string_view statement) ABSL_LOCKS_EXCLUDED(mu_);

  // Notes an error that ends nothing.
  void Note(const absl::Status& status, const Entry& entry)
      ABSL_LOCKS_EXCLUDED(mu_);

  std::vector<RestoreError> errors() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  const bool stop_;
  mutable Mutex mu_;
  std::vector<RestoreError> errors_ ABSL_GUARDED_BY(mu_);
};

}  // namespace pgbale

#endif  // PGBALE_RESTORE_ERROR_LOG_H_

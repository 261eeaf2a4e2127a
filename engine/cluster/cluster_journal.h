// The journal of a restore of all databases: a file in their folder, beside
// those of the single databases (restore/journal.h), which stay until all are
// done.
//
// One thread at a time.

#ifndef PGBALE_ENGINE_CLUSTER_CLUSTER_JOURNAL_H_
#define PGBALE_ENGINE_CLUSTER_CLUSTER_JOURNAL_H_

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/io/locked_file.h"
#include "restore/journal_text.h"

namespace pgbale {

// What must be the same when it is resumed, and what the run that resumes
// cannot find out any more.
struct ClusterFacts {
  std::string server;    // its system identifier
  std::string archives;  // a digest of what they are
  bool clean = false;
  std::set<std::string> standing;  // databases before the first run; raw names
};

class ClusterJournal {
 public:
  // Errors: kLocked, kLocalStorage.
  static absl::StatusOr<std::unique_ptr<ClusterJournal>> Begin(
      const std::string& path, const ClusterFacts& facts);
  // Opens the one that an earlier run left, which did what `facts` say but for
  // `standing`. Errors: kError if there is none, or it did something else;
  // kLocked, kLocalStorage, kDamaged.
  static absl::StatusOr<std::unique_ptr<ClusterJournal>> Resume(
      const std::string& path, const ClusterFacts& facts);

  // As the first run found them.
  std::set<std::string> standing() const;
  // All databases are restored.
  bool ended() const;

  // All is done: removes the journals at `paths`, and itself.
  absl::Status End(const std::vector<std::string>& paths);

 private:
  ClusterJournal(std::unique_ptr<LockedFile> file, JournalHead head)
      : file_(std::move(file)), head_(std::move(head)) {}

  const std::unique_ptr<LockedFile> file_;
  const JournalHead head_;
};

}  // namespace pgbale

#endif  // PGBALE_ENGINE_CLUSTER_CLUSTER_JOURNAL_H_

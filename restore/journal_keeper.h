// What a restore does for its journal, and with one that an earlier run left:
// when it must be there, whether it is of the same work, and whether the target
// still is what it says.
//
// Order: the functions in theirs. One thread at a time. Without a path, for a
// single transaction, for streams and for definitions under other names there
// is no journal, and nothing happens.

#ifndef PGBALE_RESTORE_JOURNAL_KEEPER_H_
#define PGBALE_RESTORE_JOURNAL_KEEPER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/cancel.h"
#include "base/pg/connection.h"
#include "format/archive_reader.h"
#include "restore/findings.h"
#include "restore/journal.h"
#include "restore/preparation.h"
#include "restore/restore.h"
#include "restore/session.h"

namespace pgbale {

class JournalKeeper {
 public:
  // `reader`: null for a stream. Everything must outlive the keeper.
  JournalKeeper(const ArchiveReader* reader, const RestoreOptions& options,
                CancelToken& cancel)
      : reader_(reader), options_(options), cancel_(cancel) {}

  // With options.resume: opens the journal, compares it with the archive and
  // the options, waits for what the earlier run has left on the server, and
  // reads what is done. Changes `options`, those of the restore, to go on: a
  // database that was made is not made again. Errors: kUsage; kError where
  // there is nothing to resume, or something else; those of Journal.
  absl::Status Open(RestoreOptions& options);
  // The earlier run was killed when all was done; its journal is gone now.
  bool ended() const { return ended_; }

  // Compares the selection with that of the earlier run, and the target with
  // what it noted; without an earlier run, only remembers. `made` is what will
  // be done. What is wrong with the target is added to its findings.
  absl::Status Check(Preparation& made);

  // `verdict` on a target, with what an earlier run's journal offers.
  absl::Status Forbid(const absl::Status& verdict) const;

  // Makes the file. A journal that nobody has asked for and that cannot be
  // there is a warning. `control` leads to the target's server.
  absl::Status Begin(pg::Connection& control,
                     std::vector<std::string>& warnings);
  // For a session before there is a database to note anything in.
  absl::Status Announce(pg::Connection& control) const;
  // From now on, work is noted in the target.
  absl::Status Start(SessionPool& sessions, std::vector<std::string>& warnings);
  // All is done.
  absl::Status End(pg::Connection& target, std::vector<std::string>& warnings);
  // `status`, an error that ends the restore, with what can be done about it. A
  // file without work behind it goes.
  absl::Status Explain(const absl::Status& status);

  // nullptr: work is not noted.
  Journal* journal() const { return started_ ? journal_.get() : nullptr; }
  // nullptr: no earlier run has done anything.
  const DoneWork* done() const {
    return resumed_ ? &journal_->done() : nullptr;
  }

 private:
  bool wanted() const {
    return reader_ != nullptr && !options_.journal.empty() &&
           !options_.single_transaction && !renames_definitions();
  }
  // What waits under its old name is found again by none of the checks.
  bool renames_definitions() const {
    return options_.pre_data &&
           (!options_.renamings.empty() || !options_.into.empty());
  }
  absl::Status CheckUsage() const;
  absl::Status Reopen();
  // Of the archive and of options that must be the same.
  absl::Status CheckFacts(const Journal::Facts& now) const;
  absl::Status Recall(RestoreOptions& options);
  // Goes on where only the database may have been made.
  absl::Status Restart(RestoreOptions& options);
  // If the earlier run had done everything, sets ended().
  absl::Status RemoveEnded(pg::Connection& target);
  // OK if the file may take the place of what stands there.
  absl::Status CheckOther(pg::Connection& control) const;
  // Why there is no journal: an error if there must be one.
  absl::Status Refuse(const absl::Status& status,
                      std::vector<std::string>& warnings) const;

  const ArchiveReader* const reader_;
  const RestoreOptions options_;  // as they were given
  CancelToken& cancel_;
  Journal::Facts facts_;
  std::unique_ptr<Journal> journal_;
  bool ended_ = false;
  bool made_file_ = false;
  bool resumed_ = false;
  bool started_ = false;
  // Of unlogged relations, whatever a crash of the server took.
  WorkRecord forgotten_ = {WorkKind::kForgotten, {}};
};

}  // namespace pgbale

#endif  // PGBALE_RESTORE_JOURNAL_KEEPER_H_

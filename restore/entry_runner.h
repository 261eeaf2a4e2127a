// Runs the statements of entries: many in one pipelined transaction, one by
// one where that fails and the restore goes on after errors.
//
// Thread-safe; each session: one thread at a time.

#ifndef PGBALE_RESTORE_ENTRY_RUNNER_H_
#define PGBALE_RESTORE_ENTRY_RUNNER_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "base/cancel.h"
#include "base/mutex.h"
#include "base/sched/progress.h"
#include "format/entry.h"
#include "restore/error_log.h"
#include "restore/journal.h"
#include "restore/orphan_rows.h"
#include "restore/retry.h"
#include "restore/session.h"
#include "restore/statement_batch.h"

namespace pgbale {

using EntrySpan = absl::Span<const Entry* const>;

struct EntryRunnerOptions {
  StatementOptions statements;
  // A transaction is open in the session, and stays open: savepoints are
  // used, and entries that cannot run in a transaction are errors.
  bool in_transaction = false;
  // Entries that may stand in the target already (Selection::needed).
  absl::flat_hash_set<uint32_t> may_exist;
  // A foreign key that rows break stays as its first step makes it, which does
  // not check it, and is listed.
  bool keep_unchecked = false;
  // Those that stand under other names than they will have in the end.
  KeyNames waiting_keys = {};
  // Notes what is done, and knows what an earlier run did, which is passed
  // over; null: there is none. Must outlive the runner. Not with
  // in_transaction.
  Journal* journal = nullptr;
  // Of the waits before a deadlock's victim tries again.
  uint64_t retry_seed = std::random_device{}();
};

class EntryRunner {
 public:
  // `cancel`, `errors` and `progress` must outlive the runner.
  EntryRunner(EntryRunnerOptions options, CancelToken& cancel, ErrorLog& errors,
              Progress& progress)
      : options_(std::move(options)),
        cancel_(cancel),
        errors_(errors),
        progress_(progress),
        retry_(options_.retry_seed) {}

  // Creates `entries` in this order, in as few transactions as possible. An
  // error that is returned ends the restore: the first one if the log says
  // stop; a lost connection or a cancelled restore whatever it says.
  absl::Status Create(Session& session, EntrySpan entries)
      ABSL_LOCKS_EXCLUDED(mu_);
  // Runs step number `step` of `entry`, whose earlier steps were run; the last
  // one finishes it. One that fails takes back what the earlier ones made, and
  // those behind it do nothing. Not in_transaction. Errors as of Create.
  absl::Status CreateStep(Session& session, const Entry& entry, size_t step)
      ABSL_LOCKS_EXCLUDED(mu_);
  // Likewise drops them, last first.
  absl::Status Drop(Session& session, EntrySpan entries);

  // Entries that were created; that were dropped.
  uint64_t created() const { return created_; }
  uint64_t dropped() const { return dropped_; }
  // A line for each foreign key that stays unchecked.
  std::vector<std::string> unchecked() const ABSL_LOCKS_EXCLUDED(mu_);
  // Those that were passed over.
  uint64_t created_before() const { return created_before_; }

 private:
  enum class Action { kCreate, kDrop };
  // How one transaction went.
  struct Attempt {
    absl::Status status;
    const Entry* entry = nullptr;  // that failed; null: only COMMIT did
    std::string statement;         // that failed
    bool at_note = false;          // what failed is the note of it
  };

  // Those that an earlier run has not done.
  std::vector<const Entry*> NotDone(EntrySpan entries, Action action);
  void PassOver();
  // What is left of an entry of which an earlier run has made some steps.
  absl::Status FinishSteps(Session& session, const Entry& entry);
  absl::Status RunAll(Session& session, EntrySpan entries, Action action);
  absl::Status RunGroup(Session& session, EntrySpan entries, Action action);
  // The group failed: parts of it, or the error.
  absl::Status RunParts(Session& session, EntrySpan entries, Action action,
                        const Attempt& attempt);
  absl::Status RunSplit(Session& session, EntrySpan entries, Action action);
  // What cannot run in a transaction may have been made or dropped by an
  // earlier run that was killed before it noted that.
  bool BegunUnnoted(const Entry& entry, Action action,
                    const Attempt& attempt) const;
  absl::Status FinishUnnoted(Session& session, const Entry& entry,
                             Action action);
  static WorkRecord WorkOf(EntrySpan entries, Action action);
  // Runs what `fill` adds to a batch as one transaction, which notes `work`, or
  // each statement as one of its own; again if that may help.
  using Fill = absl::FunctionRef<void(StatementBatch&)>;
  Attempt Try(Session& session, Fill fill, const WorkRecord& work,
              bool transactional);
  Attempt TryOnce(Session& session, Fill fill, const WorkRecord& work,
                  bool transactional);
  // Behind work that was done in transactions of its own.
  Attempt NoteAlone(Session& session, const WorkRecord& work);
  static Attempt AtNote(const absl::Status& status);
  Attempt TryGroup(Session& session, EntrySpan entries, Action action);
  // By an earlier run.
  bool StepDone(const Entry& entry, size_t step) const;
  // Takes back the steps before `step`.
  Attempt Undo(Session& session, const Entry& entry, size_t step);
  // Step `step` of `entry` failed.
  absl::Status EndSteps(Session& session, const Entry& entry, size_t step,
                        Attempt attempt) ABSL_LOCKS_EXCLUDED(mu_);
  static Attempt ExecutePipelined(pg::Connection& connection,
                                  const StatementBatch& batch);
  static Attempt ExecuteOneByOne(pg::Connection& connection,
                                 const StatementBatch& batch);
  absl::Status TakeError(const Entry& entry, const Attempt& attempt,
                         Action action) ABSL_LOCKS_EXCLUDED(mu_);
  // True if what failed is what keep_unchecked is for.
  bool StaysUnchecked(const Entry& entry, const Attempt& attempt) const;
  // Makes it unchecked, unless it is `made`, and counts the rows that break it.
  absl::Status KeepUnchecked(Session& session, const Entry& entry,
                             const Attempt& attempt, bool made)
      ABSL_LOCKS_EXCLUDED(mu_);
  // Without those that belong to an object that stood there already.
  std::vector<const Entry*> WithoutExisting(EntrySpan entries) const
      ABSL_LOCKS_EXCLUDED(mu_);
  void Done(EntrySpan entries, Action action);

  const EntryRunnerOptions options_;
  CancelToken& cancel_;
  ErrorLog& errors_;
  Progress& progress_;
  Retry retry_;
  std::atomic<uint64_t> created_{0}, created_before_{0}, dropped_{0};
  mutable Mutex mu_;
  absl::flat_hash_set<uint32_t> existing_ ABSL_GUARDED_BY(mu_);
  // Entries of which a step failed.
  absl::flat_hash_set<uint32_t> given_up_ ABSL_GUARDED_BY(mu_);
  std::vector<std::string> unchecked_ ABSL_GUARDED_BY(mu_);
};

}  // namespace pgbale

#endif  // PGBALE_RESTORE_ENTRY_RUNNER_H_

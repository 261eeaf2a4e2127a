#include "restore/entry_runner.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/pg/sqlstate.h"
#include "base/status.h"
#include "base/text.h"
#include "restore/label.h"
#include "restore/plan.h"
#include "spdlog/spdlog.h"

namespace pgbale {
namespace {

// Objects in one transaction: enough to make commits and round trips cheap,
// few enough for the lock table (64 × 100 locks by default, a table with its
// TOAST table and that one's index takes three) and for the text that a
// pipeline holds in memory.
constexpr size_t kGroupObjects = 1000;

bool IsOfClass(const absl::Status& status, absl::string_view error_class) {
  return pg::LookUpSqlState(SqlStateOf(status)).error_class == error_class;
}

bool IsDuplicate(const absl::Status& status) {
  return IsOfClass(status, "duplicate object");
}

}  // namespace

absl::Status EntryRunner::Create(Session& session, EntrySpan entries) {
  if (options_.journal == nullptr)
    return RunAll(session, entries, Action::kCreate);
  for (const Entry* entry : entries)
    RETURN_IF_ERROR(FinishSteps(session, *entry));
  return RunAll(session, NotDone(entries, Action::kCreate), Action::kCreate);
}

absl::Status EntryRunner::Drop(Session& session, EntrySpan entries) {
  const std::vector<const Entry*> left = NotDone(entries, Action::kDrop);
  const std::vector<const Entry*> reversed(left.rbegin(), left.rend());
  return RunAll(session, reversed, Action::kDrop);
}

std::vector<const Entry*> EntryRunner::NotDone(EntrySpan entries,
                                               Action action) {
  std::vector<const Entry*> left;
  if (options_.journal == nullptr) {
    left.assign(entries.begin(), entries.end());
    return left;
  }
  const DoneWork& done = options_.journal->done();
  for (const Entry* entry : entries) {
    if (action == Action::kDrop) {
      if (!done.Dropped(entry->id)) left.push_back(entry);
    } else if (done.Made(entry->id)) {
      PassOver();
    } else if (done.StepsOf(entry->id) == 0) {
      left.push_back(entry);
    }
  }
  return left;
}

absl::Status EntryRunner::FinishSteps(Session& session, const Entry& entry) {
  const DoneWork& done = options_.journal->done();
  if (done.StepsOf(entry.id) == 0 || done.Made(entry.id))
    return absl::OkStatus();
  for (size_t step = 0; step < entry.steps.size(); ++step)
    RETURN_IF_ERROR(CreateStep(session, entry, step));
  return absl::OkStatus();
}

void EntryRunner::PassOver() {
  ++created_before_;
  ++progress_.jobs_done;
}

absl::Status EntryRunner::RunAll(Session& session, EntrySpan entries,
                                 Action action) {
  size_t begin = 0;
  while (begin < entries.size()) {
    size_t end = begin + 1;
    size_t objects = ObjectsOf(*entries[begin]);
    // What cannot run in a transaction is a group of its own.
    if (entries[begin]->transactional)
      while (end < entries.size() && entries[end]->transactional &&
             objects + ObjectsOf(*entries[end]) <= kGroupObjects)
        objects += ObjectsOf(*entries[end++]);
    RETURN_IF_ERROR(
        RunGroup(session, entries.subspan(begin, end - begin), action));
    begin = end;
  }
  return absl::OkStatus();
}

absl::Status EntryRunner::RunGroup(Session& session, EntrySpan entries,
                                   Action action) {
  const std::vector<const Entry*> group =
      action == Action::kCreate
          ? WithoutExisting(entries)
          : std::vector<const Entry*>(entries.begin(), entries.end());
  if (group.empty()) return absl::OkStatus();
  const Attempt attempt = TryGroup(session, group, action);
  if (!attempt.status.ok()) return RunParts(session, group, action, attempt);
  Done(group, action);
  return absl::OkStatus();
}

absl::Status EntryRunner::RunParts(Session& session, EntrySpan entries,
                                   Action action, const Attempt& attempt) {
  RETURN_IF_ERROR(cancel_.Check());
  const Entry& culprit =
      attempt.entry == nullptr ? *entries.front() : *attempt.entry;
  if (!session.connection().alive())
    return DescribeError(attempt.status, culprit, attempt.statement);
  if (attempt.at_note) return attempt.status;
  const bool stays_unchecked =
      action == Action::kCreate && StaysUnchecked(culprit, attempt);
  if (entries.size() == 1) {
    if (stays_unchecked)
      return KeepUnchecked(session, culprit, attempt, /*made=*/false);
    if (BegunUnnoted(culprit, action, attempt))
      return FinishUnnoted(session, culprit, action);
    return TakeError(culprit, attempt, action);
  }
  // Too many locks for the server: fewer at a time.
  if (SqlStateOf(attempt.status) == pg::kOutOfMemory) {
    const size_t half = entries.size() / 2;
    RETURN_IF_ERROR(RunGroup(session, entries.subspan(0, half), action));
    return RunGroup(session, entries.subspan(half), action);
  }
  // What may stand already is made one by one, and never dropped.
  const bool may_exist =
      action == Action::kCreate && !options_.may_exist.empty();
  if (errors_.stop() && !may_exist && !stays_unchecked)
    return DescribeError(attempt.status, culprit, attempt.statement);
  return RunSplit(session, entries, action);
}

bool EntryRunner::BegunUnnoted(const Entry& entry, Action action,
                               const Attempt& attempt) const {
  if (entry.transactional || options_.journal == nullptr ||
      !options_.journal->recalled())
    return false;
  if (action == Action::kDrop)
    return IsOfClass(attempt.status, "missing object");
  return IsDuplicate(attempt.status) && !entry.create.empty() &&
         attempt.statement == entry.create.front();
}

absl::Status EntryRunner::FinishUnnoted(Session& session, const Entry& entry,
                                        Action action) {
  const Entry* const done = &entry;
  const Attempt attempt = Try(
      session,
      [&](StatementBatch& batch) {
        if (action == Action::kCreate) batch.AddRest(entry);
      },
      WorkOf({&done, 1}, action), /*transactional=*/true);
  if (!attempt.status.ok()) return TakeError(entry, attempt, action);
  Done({&done, 1}, action);
  return absl::OkStatus();
}

WorkRecord EntryRunner::WorkOf(EntrySpan entries, Action action) {
  WorkRecord work;
  work.kind = action == Action::kCreate ? WorkKind::kMade : WorkKind::kDropped;
  for (const Entry* entry : entries)
    work.units.push_back({.entry_id = entry->id});
  return work;
}

absl::Status EntryRunner::RunSplit(Session& session, EntrySpan entries,
                                   Action action) {
  for (size_t i = 0; i < entries.size(); ++i)
    RETURN_IF_ERROR(RunGroup(session, entries.subspan(i, 1), action));
  return absl::OkStatus();
}

EntryRunner::Attempt EntryRunner::TryGroup(Session& session, EntrySpan entries,
                                           Action action) {
  return Try(
      session,
      [&](StatementBatch& batch) {
        for (const Entry* entry : entries) {
          if (action == Action::kCreate)
            batch.AddCreate(*entry);
          else
            batch.AddDrop(*entry);
        }
      },
      WorkOf(entries, action), entries.front()->transactional);
}

EntryRunner::Attempt EntryRunner::Try(Session& session, Fill fill,
                                      const WorkRecord& work,
                                      bool transactional) {
  Attempt attempt = TryOnce(session, fill, work, transactional);
  // What was done outside a transaction is not to be done twice.
  for (int tries = 1; transactional; ++tries) {
    const std::optional<int64_t> wait_ms =
        retry_.WaitMsAfter(attempt.status, tries);
    if (!wait_ms.has_value() || !session.connection().alive()) break;
    spdlog::info("{}; again in {} ms",
                 Printable(std::string(attempt.status.message())), *wait_ms);
    if (!WaitUnlessCancelled(*wait_ms, cancel_).ok()) break;
    attempt = TryOnce(session, fill, work, transactional);
  }
  return attempt;
}

EntryRunner::Attempt EntryRunner::TryOnce(Session& session, Fill fill,
                                          const WorkRecord& work,
                                          bool transactional) {
  StatementBatch batch(options_.statements, session.settings());
  if (options_.in_transaction) batch.Add("SAVEPOINT pgbale");
  fill(batch);
  std::string note;
  if (options_.journal != nullptr && transactional) {
    note = options_.journal->Note(session, work);
    batch.Add(note);
  }
  if (options_.in_transaction) batch.Add("RELEASE SAVEPOINT pgbale");

  pg::Connection& connection = session.connection();
  Attempt attempt = options_.in_transaction || transactional
                        ? ExecutePipelined(connection, batch)
                        : ExecuteOneByOne(connection, batch);
  if (attempt.status.ok()) {
    session.settings() = batch.settings();
    if (options_.journal != nullptr && !transactional)
      return NoteAlone(session, work);
    return attempt;
  }
  session.ForgetSettings();
  if (!note.empty() && attempt.statement == note) return AtNote(attempt.status);
  // What comes next would be a level deeper if the savepoint stayed, and COPY
  // FREEZE asks for a table of its own level.
  if (options_.in_transaction && connection.alive())
    connection
        .ExecutePipeline(
            {"ROLLBACK TO SAVEPOINT pgbale", "RELEASE SAVEPOINT pgbale"})
        .IgnoreError();
  return attempt;
}

EntryRunner::Attempt EntryRunner::NoteAlone(Session& session,
                                            const WorkRecord& work) {
  const absl::Status status =
      session.connection().Execute(options_.journal->Note(session, work));
  return status.ok() ? Attempt() : AtNote(status);
}

EntryRunner::Attempt EntryRunner::AtNote(const absl::Status& status) {
  Attempt attempt;
  attempt.at_note = true;
  attempt.status = CannotNote(status);
  return attempt;
}

absl::Status EntryRunner::CreateStep(Session& session, const Entry& entry,
                                     size_t step) {
  {
    MutexLock lock(mu_);
    if (existing_.contains(entry.parent) || existing_.contains(entry.id) ||
        given_up_.contains(entry.id))
      return absl::OkStatus();
  }
  const Entry* const done = &entry;
  const bool last = step + 1 == entry.steps.size();
  if (StepDone(entry, step)) {
    if (last) PassOver();
    return absl::OkStatus();
  }
  WorkRecord work = WorkOf({&done, 1}, Action::kCreate);
  if (!last)
    work = {WorkKind::kStep,
            {{.entry_id = entry.id, .first = step, .last = step}}};
  Attempt attempt = Try(
      session, [&](StatementBatch& batch) { batch.AddStep(entry, step); }, work,
      /*transactional=*/true);
  if (!attempt.status.ok())
    return EndSteps(session, entry, step, std::move(attempt));
  if (last) Done({&done, 1}, Action::kCreate);
  return absl::OkStatus();
}

bool EntryRunner::StepDone(const Entry& entry, size_t step) const {
  if (options_.journal == nullptr) return false;
  const DoneWork& done = options_.journal->done();
  return done.Made(entry.id) || step < done.StepsOf(entry.id);
}

EntryRunner::Attempt EntryRunner::Undo(Session& session, const Entry& entry,
                                       size_t step) {
  if (step == 0) return Attempt();
  return Try(
      session, [&](StatementBatch& batch) { batch.AddUndo(entry, step); },
      {WorkKind::kUndone, {{.entry_id = entry.id}}}, /*transactional=*/true);
}

absl::Status EntryRunner::EndSteps(Session& session, const Entry& entry,
                                   size_t step, Attempt attempt) {
  RETURN_IF_ERROR(cancel_.Check());
  if (!session.connection().alive())
    return DescribeError(attempt.status, entry, attempt.statement);
  if (attempt.at_note) return attempt.status;
  {
    MutexLock lock(mu_);
    given_up_.insert(entry.id);
  }
  if (step > 0 && StaysUnchecked(entry, attempt))
    return KeepUnchecked(session, entry, attempt, /*made=*/true);
  const Attempt undone = Undo(session, entry, step);
  if (!undone.status.ok())
    attempt.status = WithHint(
        attempt.status,
        absl::StrCat("drop what could not be dropped: ", undone.statement,
                     " fails: ", undone.status.message()));
  return TakeError(entry, attempt, Action::kCreate);
}

// Without BEGIN and COMMIT a pipeline is one implicit transaction.
EntryRunner::Attempt EntryRunner::ExecutePipelined(
    pg::Connection& connection, const StatementBatch& batch) {
  Attempt attempt;
  attempt.status =
      connection.ExecutePipeline(batch.statements(), [&](size_t index) {
        attempt.entry = batch.entry_of(index);
        attempt.statement = std::string(batch.statements()[index]);
      });
  return attempt;
}

EntryRunner::Attempt EntryRunner::ExecuteOneByOne(pg::Connection& connection,
                                                  const StatementBatch& batch) {
  for (size_t i = 0; i < batch.statements().size(); ++i) {
    const absl::Status status = connection.Execute(batch.statements()[i]);
    if (!status.ok())
      return {status, batch.entry_of(i), std::string(batch.statements()[i])};
  }
  return Attempt();
}

absl::Status EntryRunner::TakeError(const Entry& entry, const Attempt& attempt,
                                    Action action) {
  if (action == Action::kCreate && options_.may_exist.contains(entry.id) &&
      IsDuplicate(attempt.status)) {
    spdlog::info("{} stands in the target already", EntryLabel(entry));
    MutexLock lock(mu_);
    existing_.insert(entry.id);
    return absl::OkStatus();
  }
  return errors_.Take(attempt.status, entry, attempt.statement);
}

bool EntryRunner::StaysUnchecked(const Entry& entry,
                                 const Attempt& attempt) const {
  return options_.keep_unchecked && entry.steps.size() > 1 &&
         SqlStateOf(attempt.status) == pg::kForeignKeyViolation;
}

absl::Status EntryRunner::KeepUnchecked(Session& session, const Entry& entry,
                                        const Attempt& attempt, bool made) {
  if (!made) {
    const Attempt added = Try(
        session, [&](StatementBatch& batch) { batch.AddStep(entry, 0); },
        {WorkKind::kStep, {{.entry_id = entry.id}}}, /*transactional=*/true);
    if (!added.status.ok()) return TakeError(entry, added, Action::kCreate);
  }
  const auto waiting = options_.waiting_keys.find(entry.id);
  const bool waits = waiting != options_.waiting_keys.end();
  const absl::StatusOr<uint64_t> orphans =
      CountOrphans(session.connection(),
                   waits ? waiting->second
                         : KeyName{entry.schema, entry.relation, entry.name},
                   options_.in_transaction);
  RETURN_IF_ERROR(cancel_.Check());
  if (!session.connection().alive())
    return DescribeError(orphans.status(), entry, "");
  const Entry* const done = &entry;
  Done({&done, 1}, Action::kCreate);
  MutexLock lock(mu_);
  unchecked_.push_back(absl::StrCat(
      EntryLabel(entry), " stays NOT VALID: ",
      orphans.ok()
          ? absl::StrCat("rows that refer to none: ", HumanCount(*orphans))
          : "rows refer to none",
      " (", SqlStateOf(attempt.status),
      waits ? "), under the old names: " : "): ", attempt.status.message()));
  return absl::OkStatus();
}

std::vector<std::string> EntryRunner::unchecked() const {
  MutexLock lock(mu_);
  return unchecked_;
}

std::vector<const Entry*> EntryRunner::WithoutExisting(
    EntrySpan entries) const {
  MutexLock lock(mu_);
  std::vector<const Entry*> kept;
  for (const Entry* entry : entries)
    if (!existing_.contains(entry->parent)) kept.push_back(entry);
  return kept;
}

void EntryRunner::Done(EntrySpan entries, Action action) {
  if (action == Action::kDrop) {
    dropped_ += entries.size();
    return;
  }
  created_ += entries.size();
  progress_.jobs_done += entries.size();
}

}  // namespace pgbale

// The journal of a restore: what a run that was killed has committed, so that
// another one goes on from there.
//
// It has two halves. A file beside the archive says what is being restored,
// with which options and where to, and keeps others away while a run lives.
// What is committed is noted in the target, in a large object, by the
// transaction that does it: the note is there if and only if the work is,
// whatever became of the client, the server, its disk, or a commit that nobody
// waited for.
//
// Order: Begin or Reopen; then Start, or for one that has begun
// AwaitFormerSessions and Recall; then Note for each transaction; End,
// RemoveFile.
//
// Note is thread-safe, and done() is when Recall has returned; the rest: one
// thread at a time.

#ifndef PGBALE_RESTORE_JOURNAL_H_
#define PGBALE_RESTORE_JOURNAL_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/cancel.h"
#include "base/io/locked_file.h"
#include "base/pg/connection.h"
#include "restore/done_work.h"
#include "restore/journal_text.h"
#include "restore/session.h"

namespace pgbale {

class Journal {
 public:
  using Facts = std::map<std::string, std::string>;

  // Makes the file, or replaces one that no living run holds. `facts` are kept
  // as they are. The notes get an oid that `is_free`, of all that are tried.
  // Errors: kLocked, kLocalStorage.
  static absl::StatusOr<std::unique_ptr<Journal>> Begin(
      const std::string& path, const Facts& facts,
      absl::FunctionRef<bool(uint32_t)> is_free);
  // Opens the one that an earlier run left. Errors: kNotFound, kLocked,
  // kLocalStorage, kDamaged.
  static absl::StatusOr<std::unique_ptr<Journal>> Reopen(
      const std::string& path);

  const std::string& path() const { return file_->path(); }
  // "" for one that the file has not.
  std::string Fact(const std::string& name) const;
  // The target holds notes, or held them.
  bool begun() const { return begun_; }
  // All was restored and committed; if the notes are gone, durably.
  bool ended() const { return ended_; }

  // Makes the place for notes in the target. Errors: a statement's;
  // kLocalStorage. Then there is none.
  absl::Status Start(pg::Connection& target);
  // Waits until nothing of the earlier runs is at work any more. `connection`
  // leads to any database of the server, as the role that logs in: that of
  // --role need not see the sessions of that one. Errors: kLocked if they
  // neither end nor may be ended.
  absl::Status AwaitFormerSessions(pg::Connection& connection,
                                   CancelToken& cancel) const;
  // Reads what the earlier runs noted. Errors: kError if `target` holds no
  // notes of this restore; kDamaged.
  absl::Status Recall(pg::Connection& target);
  bool recalled() const { return recalled_; }
  // What Recall has read.
  const DoneWork& done() const { return done_; }
  // True if `target` holds notes of this restore. An error is a query's: then
  // it is not known.
  absl::StatusOr<bool> IsIn(pg::Connection& target) const;

  // For every session that makes notes, once: lets others see that it lives,
  // and lets it not wait for the disk at each commit; note and work are lost
  // together, if at all.
  std::string SessionStatement() const;
  // The statement that notes `record`, for the transaction that does this work
  // in `session`, behind the work. REQUIRES: Start or Recall
  std::string Note(Session& session, const WorkRecord& record);

  // Notes at once that what `record`, of kind kForgotten, names is to be done
  // again; done() no longer says that it is.
  absl::Status Forget(Session& session, const WorkRecord& record);

  // All is done: makes it durable, and takes the notes away. The session of
  // `target` is one with SessionStatement.
  absl::Status End(pg::Connection& target);
  // Takes the notes away, if there are any.
  absl::Status RemoveNotes(pg::Connection& target) const;
  // Last of all.
  absl::Status RemoveFile();

 private:
  Journal(std::unique_ptr<LockedFile> file, JournalHead head);

  absl::StatusOr<std::string> ReadNotes(pg::Connection& target) const;
  absl::Status TakeNotes(absl::string_view octets);
  // Where a line of so many octets goes.
  uint64_t PositionFor(NotesCursor& cursor, size_t octets);

  const std::unique_ptr<LockedFile> file_;
  const JournalHead head_;
  const uint32_t notes_;  // the large object
  const uint64_t lock_;   // the key of an advisory lock
  bool begun_ = false;
  bool ended_ = false;
  bool recalled_ = false;
  uint64_t page_octets_ = 0;
  DoneWork done_;
  std::atomic<uint64_t> next_page_{0};
  std::atomic<uint64_t> next_number_{1};
};

// `status`, with which a statement of Journal::Note failed: it ends the
// restore.
absl::Status CannotNote(const absl::Status& status);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_JOURNAL_H_

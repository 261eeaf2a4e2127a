#include "restore/journal.h"

#include <algorithm>
#include <random>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/pg/result.h"
#include "base/status.h"
#include "base/text.h"
#include "restore/commits.h"
#include "restore/former_sessions.h"

namespace pgbale {
namespace {

// Facts of its own.
constexpr char kId[] = "id";
constexpr char kNotes[] = "notes";
constexpr char kLock[] = "lock";
// States.
constexpr absl::string_view kBegun = "begun";
constexpr absl::string_view kEnded = "ended";

// Where the server looks for a free oid it begins far below, and so most large
// objects do.
constexpr uint32_t kNotesOidMin = 0xff000000;
// Of what is read at a time.
constexpr uint64_t kReadOctets = 256 << 10;

uint64_t RandomBits() {
  std::random_device device;
  return uint64_t{device()} << 32 | device();
}

uint32_t ChooseOid(absl::FunctionRef<bool(uint32_t)> is_free) {
  while (true) {
    const auto oid = static_cast<uint32_t>(
        kNotesOidMin + RandomBits() % (UINT32_MAX - kNotesOidMin));
    if (is_free(oid)) return oid;
  }
}

// The first page: whose notes these are.
std::string IdentityLine(const std::string& id) {
  return absl::StrCat("notes of a restore by pgbale, ", id, "\n");
}

std::string Put(uint32_t notes, uint64_t position, absl::string_view text) {
  return absl::StrCat("SELECT pg_catalog.lo_put('", notes, "', ", position,
                      ", '\\x", absl::BytesToHexString(text), "')");
}

absl::StatusOr<uint64_t> PageOctets(pg::Connection& target) {
  ASSIGN_OR_RETURN(
      const pg::Result result,
      target.Query(
          "SELECT pg_catalog.current_setting('block_size')::integer / 4"));
  return static_cast<uint64_t>(result.row(0).integer(0));
}

absl::StatusOr<std::string> Get(pg::Connection& target, uint32_t notes,
                                uint64_t position, uint64_t octets) {
  ASSIGN_OR_RETURN(const pg::Result result,
                   target.Query(absl::StrCat(
                       "SELECT pg_catalog.encode(pg_catalog.lo_get('", notes,
                       "', ", position, ", ", octets, "), 'hex')")));
  return absl::HexStringToBytes(result.row(0).text(0));
}

}  // namespace

Journal::Journal(std::unique_ptr<LockedFile> file, JournalHead head)
    : file_(std::move(file)),
      head_(std::move(head)),
      notes_([this] {
        uint32_t oid = 0;
        return absl::SimpleAtoi(Fact(kNotes), &oid) ? oid : 0;
      }()),
      lock_([this] {
        uint64_t key = 0;
        return absl::SimpleAtoi(Fact(kLock), &key) ? key : 0;
      }()),
      begun_(absl::c_linear_search(head_.states, kBegun)),
      ended_(absl::c_linear_search(head_.states, kEnded)) {}

absl::StatusOr<std::unique_ptr<Journal>> Journal::Begin(
    const std::string& path, const Facts& facts,
    absl::FunctionRef<bool(uint32_t)> is_free) {
  JournalHead head;
  head.facts = facts;
  head.facts[kId] = absl::StrCat(absl::Hex(RandomBits(), absl::kZeroPad16),
                                 absl::Hex(RandomBits(), absl::kZeroPad16));
  head.facts[kNotes] = absl::StrCat(ChooseOid(is_free));
  head.facts[kLock] = absl::StrCat(RandomBits());
  ASSIGN_OR_RETURN(std::unique_ptr<LockedFile> file,
                   LockedFile::Create(path, JournalHeadText(head.facts)));
  return std::unique_ptr<Journal>(
      new Journal(std::move(file), std::move(head)));
}

absl::StatusOr<std::unique_ptr<Journal>> Journal::Reopen(
    const std::string& path) {
  ASSIGN_OR_RETURN(std::unique_ptr<LockedFile> file, LockedFile::Open(path));
  absl::StatusOr<JournalHead> head = ParseJournalHead(file->text());
  if (!head.ok()) return Annotate(head.status(), Quoted(path));
  std::unique_ptr<Journal> journal(
      new Journal(std::move(file), *std::move(head)));
  if (journal->notes_ == 0)
    return MakeError(Failure::kDamaged,
                     absl::StrCat(Quoted(path),
                                  ": the journal is damaged: it "
                                  "does not name its notes"));
  return journal;
}

std::string Journal::Fact(const std::string& name) const {
  const auto found = head_.facts.find(name);
  return found == head_.facts.end() ? "" : found->second;
}

absl::Status Journal::Start(pg::Connection& target) {
  ASSIGN_OR_RETURN(page_octets_, PageOctets(target));
  const std::string durably = CommitToDisk(/*local=*/true);
  const std::string create =
      absl::StrCat("SELECT pg_catalog.lo_create('", notes_, "')");
  const std::string identify = Put(notes_, 0, IdentityLine(Fact(kId)));
  RETURN_IF_ERROR(
      Annotate(target.ExecutePipeline({durably, create, identify}),
               "cannot make a large object for the restore's journal"));
  const absl::Status begun = file_->Append(JournalStateText(kBegun));
  if (!begun.ok()) {
    RemoveNotes(target).IgnoreError();
    return begun;
  }
  begun_ = true;
  next_page_ = 1;
  return absl::OkStatus();
}

absl::Status Journal::AwaitFormerSessions(pg::Connection& connection,
                                          CancelToken& cancel) const {
  return WaitForFormerSessions(connection, lock_, cancel);
}

absl::Status Journal::Recall(pg::Connection& target) {
  ASSIGN_OR_RETURN(const bool here, IsIn(target));
  if (!here)
    return WithHint(
        MakeError(
            Failure::kError,
            absl::StrCat("the database does not hold large object ", notes_,
                         ", in which the restore noted what it has "
                         "committed")),
        "Was the database dropped and made anew, or is it another one? Restore "
        "into an empty database, without --resume.");
  ASSIGN_OR_RETURN(page_octets_, PageOctets(target));
  ASSIGN_OR_RETURN(const std::string notes, ReadNotes(target));
  return TakeNotes(notes);
}

absl::StatusOr<bool> Journal::IsIn(pg::Connection& target) const {
  ASSIGN_OR_RETURN(
      const pg::Result found,
      target.Query("SELECT FROM pg_catalog.pg_largeobject_metadata "
                   "WHERE oid = $1::pg_catalog.oid",
                   {absl::StrCat(notes_)}));
  if (found.rows() == 0) return false;
  const std::string identity = IdentityLine(Fact(kId));
  ASSIGN_OR_RETURN(const std::string first,
                   Get(target, notes_, 0, identity.size()));
  return first == identity;
}

absl::StatusOr<std::string> Journal::ReadNotes(pg::Connection& target) const {
  std::string notes;
  while (true) {
    ASSIGN_OR_RETURN(
        const std::string part,
        Get(target, notes_, page_octets_ + notes.size(), kReadOctets));
    if (part.empty()) return notes;
    notes += part;
  }
}

absl::Status Journal::TakeNotes(absl::string_view octets) {
  ASSIGN_OR_RETURN(const std::vector<NumberedRecord> records,
                   ParseWorkRecords(octets));
  for (const NumberedRecord& numbered : records) done_.Add(numbered.record);
  next_page_ = 1 + (octets.size() + page_octets_ - 1) / page_octets_;
  next_number_ = records.empty() ? 1 : records.back().number + 1;
  recalled_ = true;
  return absl::OkStatus();
}

std::string Journal::SessionStatement() const {
  return absl::StrCat("SELECT ", kCommitAtOnce,
                      ", pg_catalog.pg_advisory_lock_shared('",
                      static_cast<int64_t>(lock_), "'::pg_catalog.int8)");
}

std::string Journal::Note(Session& session, const WorkRecord& record) {
  const std::string line = WorkRecordLine(next_number_++, record);
  return Put(notes_, PositionFor(session.notes(), line.size()), line);
}

// A page is a row, which two transactions at a time cannot change: each
// session has pages of its own.
uint64_t Journal::PositionFor(NotesCursor& cursor, size_t octets) {
  if (cursor.end - cursor.next < octets) {
    const uint64_t pages = (octets + page_octets_ - 1) / page_octets_;
    cursor.next = next_page_.fetch_add(pages) * page_octets_;
    cursor.end = cursor.next + pages * page_octets_;
  }
  const uint64_t position = cursor.next;
  cursor.next += octets;
  return position;
}

absl::Status Journal::End(pg::Connection& target) {
  // Before the notes go: without them and this, nobody could tell.
  if (!ended_) RETURN_IF_ERROR(file_->Append(JournalStateText(kEnded)));
  ended_ = true;
  // Even if there are no notes any more, and nothing is written by that.
  RETURN_IF_ERROR(FlushCommits(target));
  return RemoveNotes(target);
}

absl::Status Journal::RemoveNotes(pg::Connection& target) const {
  return Annotate(
      target.Execute(absl::StrCat("SELECT pg_catalog.lo_unlink(oid) FROM "
                                  "pg_catalog.pg_largeobject_metadata "
                                  "WHERE oid = '",
                                  notes_, "'")),
      absl::StrCat("cannot remove large object ", notes_));
}

absl::Status Journal::RemoveFile() { return file_->Remove(); }

absl::Status Journal::Forget(Session& session, const WorkRecord& record) {
  RETURN_IF_ERROR(session.connection().Execute(Note(session, record)));
  done_.Add(record);
  return absl::OkStatus();
}

absl::Status CannotNote(const absl::Status& status) {
  return WithHint(
      Annotate(status, "cannot note in the target what is done there"),
      "The large object of the journal must stay until the restore ends; "
      "vacuumlo, for one, removes it.");
}

}  // namespace pgbale

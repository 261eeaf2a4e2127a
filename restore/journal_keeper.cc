#include "restore/journal_keeper.h"

#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "base/bytes.h"
#include "base/endian.h"
#include "base/pg/session.h"
#include "base/status.h"
#include "base/text.h"
#include "format/checksum.h"
#include "format/entry_codec.h"
#include "restore/resumed_target.h"
#include "spdlog/spdlog.h"

namespace pgbale {
namespace {

// Facts. What begins so must be the same when the restore is resumed.
constexpr absl::string_view kMustAgree = "option.";
constexpr char kArchive[] = "archive";
constexpr char kSelection[] = "selection";
constexpr char kDatabase[] = "database";
constexpr char kServer[] = "server";
constexpr char kArchiveDatabase[] = "archive.database";
constexpr char kArchiveCreated[] = "archive.created";

constexpr absl::string_view kUnknown =
    "What was committed cannot be known: restore into an empty database, "
    "without --resume.";

// Of all that the archive holds: two dumps of one database differ at least in
// their time.
std::string HashOf(const ArchiveReader& reader) {
  Buffer octets;
  for (const std::string* text :
       {&reader.info().created_at, &reader.info().snapshot_time,
        &reader.info().snapshot_lsn, &reader.info().system_identifier,
        &reader.info().database, &reader.info().salvaged_at})
    Append(octets, AsBytes(absl::StrCat(*text, "\n")));
  for (const Entry& entry : reader.entries()) EncodeEntry(entry, octets);
  for (const ChunkRef& chunk : reader.directory().chunks)
    for (const uint64_t number :
         {uint64_t{chunk.entry_id}, chunk.position, chunk.stored_bytes,
          uint64_t{chunk.rows}, chunk.head_hash, chunk.place})
      AppendLittle(octets, number);
  for (const TableTotals& table : reader.directory().tables) {
    AppendLittle(octets, table.digest.low);
    AppendLittle(octets, table.digest.high);
  }
  return Hash128(octets).ToHex();
}

// Of the statements and rows of the database, with the names that they have
// here; roles and the database itself are made equal again whenever they are
// asked for.
std::string HashOf(const Preparation& made, const std::vector<Entry>& entries) {
  Buffer octets;
  for (const Entry* entry : made.selection.entries) {
    if (IsGlobal(*entry, entries) || IsOfDatabase(*entry, entries)) continue;
    EncodeEntry(*entry, octets);
    if (const auto found = made.filters.find(entry->id);
        found != made.filters.end())
      Append(octets, AsBytes(absl::StrCat("where ", found->second.condition)));
  }
  return Hash128(octets).ToHex();
}

std::string YesOrNo(bool value) { return value ? "yes" : "no"; }

// By the names that users know.
Journal::Facts FactsOf(const ArchiveReader& reader,
                       const RestoreOptions& options) {
  Journal::Facts facts = {{kArchive, HashOf(reader)}};
  const auto option = [&](absl::string_view name, const std::string& value) {
    facts[absl::StrCat(kMustAgree, name)] = value;
  };
  option("no-owner", YesOrNo(!options.owner));
  option("no-tablespaces", YesOrNo(!options.tablespaces));
  option("role", options.role);
  option("clean", YesOrNo(options.clean));
  option("create", YesOrNo(options.create));
  option("disable-triggers", YesOrNo(options.disable_triggers));
  return facts;
}

struct Place {
  std::string server;  // "" where the role may not know
  std::string database;
};

absl::StatusOr<Place> PlaceOf(pg::Connection& connection) {
  ASSIGN_OR_RETURN(const pg::ServerIdentity identity,
                   pg::ReadServerIdentity(connection));
  ASSIGN_OR_RETURN(const pg::Result database,
                   connection.Query("SELECT pg_catalog.current_database()"));
  return Place{identity.system_identifier, database.row(0).str(0)};
}

// A server that has given out all oids begins again: a large object may have
// any.
bool HoldsLargeObject(const std::vector<Entry>& entries, uint32_t oid) {
  const std::string target = absl::StrCat("LARGE OBJECT ", oid);
  return absl::c_any_of(entries, [&target](const Entry& entry) {
    return absl::c_linear_search(entry.owner_targets, target);
  });
}

absl::Status OtherArchive(const std::string& path, const Journal& journal) {
  return WithHint(
      MakeError(
          Failure::kError,
          absl::StrCat(Quoted(path),
                       " is the journal of another archive, one of "
                       "database ",
                       Quoted(journal.Fact(kArchiveDatabase)), " dumped at ",
                       Printable(journal.Fact(kArchiveCreated)))),
      "Give the archive that was being restored, or restore this one without "
      "--resume.");
}

}  // namespace

absl::Status JournalKeeper::CheckUsage() const {
  if (!options_.resume) return absl::OkStatus();
  if (reader_ == nullptr)
    return MakeError(Failure::kUsage,
                     "--resume is for an archive that is a file: from a pipe, "
                     "rows are restored all or none");
  if (options_.single_transaction)
    return MakeError(Failure::kUsage,
                     "a single transaction leaves nothing to resume");
  if (renames_definitions())
    return MakeError(Failure::kUsage,
                     "what comes under other names (--rename, --into) cannot "
                     "be resumed, save rows alone");
  if (options_.journal.empty())
    return MakeError(Failure::kUsage, "--resume needs a journal");
  return absl::OkStatus();
}

absl::Status JournalKeeper::Open(RestoreOptions& options) {
  RETURN_IF_ERROR(CheckUsage());
  if (!wanted()) return absl::OkStatus();
  facts_ = FactsOf(*reader_, options_);
  if (!options_.resume) return absl::OkStatus();
  RETURN_IF_ERROR(Reopen());
  RETURN_IF_ERROR(CheckFacts(facts_));
  if (!journal_->begun()) return Restart(options);
  return Recall(options);
}

absl::Status JournalKeeper::Reopen() {
  absl::StatusOr<std::unique_ptr<Journal>> journal =
      Journal::Reopen(options_.journal);
  if (journal.ok()) {
    journal_ = *std::move(journal);
    return absl::OkStatus();
  }
  switch (FailureOf(journal.status())) {
    case Failure::kNotFound:
      return WithHint(
          MakeError(Failure::kError,
                    absl::StrCat("there is nothing to resume: no journal ",
                                 Quoted(options_.journal))),
          "A restore that ended well leaves none, nor does one that ended "
          "before it wrote anything. Is it elsewhere, name it with --journal; "
          "else restore without --resume.");
    case Failure::kDamaged:
      return WithHint(journal.status(), kUnknown);
    case Failure::kLocked:
      return WithHint(
          MakeError(Failure::kLocked,
                    absl::StrCat("another restore is at work with the journal ",
                                 Quoted(options_.journal))),
          "Wait until it has ended.");
    default:
      return journal.status();
  }
}

absl::Status JournalKeeper::CheckFacts(const Journal::Facts& now) const {
  if (journal_->Fact(kArchive) != now.at(kArchive))
    return OtherArchive(options_.journal, *journal_);
  std::vector<std::string> changes;
  for (const auto& [name, value] : now) {
    absl::string_view option = name;
    if (!absl::ConsumePrefix(&option, kMustAgree)) continue;
    if (journal_->Fact(name) != value)
      changes.push_back(absl::StrCat("--", option, " was ",
                                     Quoted(journal_->Fact(name)), ", is ",
                                     Quoted(value)));
  }
  if (changes.empty()) return absl::OkStatus();
  return WithHint(
      MakeError(Failure::kError,
                absl::StrCat("the restore was begun with other options: ",
                             absl::StrJoin(changes, "; "))),
      "Give the same options as then, or restore into an empty database, "
      "without --resume.");
}

absl::Status JournalKeeper::Recall(RestoreOptions& options) {
  if (options.create) {
    options.target = WithDatabase(options.target, reader_->info().database);
    options.create = options.clean = options.if_exists = false;
  }
  // It was made equal before anything was noted.
  options.database_properties = false;
  options.allow_non_empty = true;
  const std::string database = journal_->Fact(kDatabase);
  absl::StatusOr<std::unique_ptr<pg::Connection>> target =
      pg::Connection::Open(options.target);
  if (!target.ok())
    return Annotate(
        target.status(),
        absl::StrCat("to resume the restore into database ", Quoted(database)));
  RETURN_IF_ERROR(journal_->AwaitFormerSessions(**target, cancel_));
  RETURN_IF_ERROR(pg::PrepareRestoreSession(**target, reader_->info().encoding,
                                            options.role));
  RETURN_IF_ERROR(RemoveEnded(**target));
  if (ended_) return absl::OkStatus();
  const absl::Status recalled = Annotate(
      journal_->Recall(**target),
      absl::StrCat("the journal ", Quoted(options_.journal),
                   " is of a restore into database ", Quoted(database)));
  if (!recalled.ok())
    return FailureOf(recalled) == Failure::kDamaged
               ? WithHint(recalled, kUnknown)
               : recalled;
  resumed_ = true;
  return absl::OkStatus();
}

// That the notes are gone proves that all is on the server's disk: while they
// are there, a crash may have taken the last of what was committed.
absl::Status JournalKeeper::RemoveEnded(pg::Connection& target) {
  if (!journal_->ended()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const bool notes_left, journal_->IsIn(target));
  if (notes_left) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Place place, PlaceOf(target));
  if (place.database != journal_->Fact(kDatabase) ||
      place.server != journal_->Fact(kServer))
    return absl::OkStatus();
  if (!options_.journal_stays) RETURN_IF_ERROR(journal_->RemoveFile());
  journal_.reset();
  ended_ = true;
  return absl::OkStatus();
}

// The file said what was to be done, and nothing was noted: what may stand is a
// database that was about to be made, and has nothing in it.
absl::Status JournalKeeper::Restart(RestoreOptions& options) {
  const std::unique_ptr<Journal> old = std::exchange(journal_, nullptr);
  if (!options.create) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto control, pg::Connection::Open(options.target));
  // It may be at that yet.
  RETURN_IF_ERROR(old->AwaitFormerSessions(*control, cancel_));
  if (options.clean) {
    // It may have been dropped already.
    options.if_exists = true;
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(
      const pg::Result found,
      control->Query("SELECT FROM pg_catalog.pg_database WHERE datname = $1",
                     {reader_->info().database}));
  if (found.rows() == 0) return absl::OkStatus();
  options.target = WithDatabase(options.target, reader_->info().database);
  options.create = false;
  options.database_properties = true;
  return absl::OkStatus();
}

absl::Status JournalKeeper::Check(Preparation& made) {
  if (!wanted()) return absl::OkStatus();
  const std::vector<Entry>& entries =
      made.changed == nullptr ? reader_->entries() : *made.changed;
  facts_[kSelection] = HashOf(made, entries);
  if (!resumed_) return absl::OkStatus();
  if (journal_->Fact(kSelection) != facts_[kSelection])
    return WithHint(
        MakeError(Failure::kError,
                  "other objects or rows would be restored, or under other "
                  "names, than when the restore was begun"),
        "Give the same options as then. What depends on the target (roles and "
        "tables that it has) may have changed there: then restore into an "
        "empty database, without --resume.");
  ASSIGN_OR_RETURN(forgotten_,
                   CompareWithDone(*made.control, made, journal_->done()));
  return absl::OkStatus();
}

absl::Status JournalKeeper::Forbid(const absl::Status& verdict) const {
  if (verdict.ok() || !wanted() || options_.resume) return verdict;
  const absl::StatusOr<std::unique_ptr<Journal>> journal =
      Journal::Reopen(options_.journal);
  if (!journal.ok() || !(*journal)->begun() ||
      (*journal)->Fact(kArchive) != facts_.at(kArchive))
    return verdict;
  return WithHint(verdict,
                  absl::StrCat("A restore of this archive into database ",
                               Quoted((*journal)->Fact(kDatabase)),
                               " did not end: --resume goes on with it. ",
                               HintOf(verdict)));
}

// Nobody asked for a journal in this place: a restore is worth more.
absl::Status JournalKeeper::Refuse(const absl::Status& status,
                                   std::vector<std::string>& warnings) const {
  if (options_.journal_required || options_.resume) return status;
  const std::string told =
      absl::StrCat("this restore cannot be resumed if it is interrupted: ",
                   status.message());
  // Where archives are only read, that is to be expected.
  if (!LockedFile::MayCreate(options_.journal))
    spdlog::info("{}", told);
  else
    warnings.push_back(absl::StrCat(told, "; --journal names another place"));
  return absl::OkStatus();
}

// A journal in the file's place goes if it is of this database, where another
// restore takes the place of the one that was interrupted.
absl::Status JournalKeeper::CheckOther(pg::Connection& control) const {
  const absl::StatusOr<std::unique_ptr<Journal>> other =
      Journal::Reopen(options_.journal);
  if (!other.ok())
    return FailureOf(other.status()) == Failure::kNotFound ? absl::OkStatus()
                                                           : other.status();
  const Journal& old = **other;
  for (const char* fact : {kDatabase, kServer})
    if (old.begun() && old.Fact(fact) != facts_.at(fact))
      return WithHint(
          MakeError(
              Failure::kError,
              absl::StrCat(Quoted(options_.journal),
                           " is the journal of another restore, into "
                           "database ",
                           Quoted(old.Fact(kDatabase)), ", which did not end")),
          "Resume that one, or remove the journal if nobody will, or name "
          "another with --journal.");
  const absl::StatusOr<bool> here = old.IsIn(control);
  if (here.ok() && *here) old.RemoveNotes(control).IgnoreError();
  return absl::OkStatus();
}

absl::Status JournalKeeper::Begin(pg::Connection& control,
                                  std::vector<std::string>& warnings) {
  if (!wanted() || resumed_) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Place place, PlaceOf(control));
  facts_[kServer] = place.server;
  facts_[kDatabase] =
      options_.create ? reader_->info().database : place.database;
  facts_[kArchiveDatabase] = reader_->info().database;
  facts_[kArchiveCreated] = reader_->info().created_at;
  if (const absl::Status other = CheckOther(control); !other.ok())
    return Refuse(other, warnings);
  absl::StatusOr<std::unique_ptr<Journal>> journal =
      Journal::Begin(options_.journal, facts_, [this](uint32_t oid) {
        return !HoldsLargeObject(reader_->entries(), oid);
      });
  if (!journal.ok()) return Refuse(journal.status(), warnings);
  journal_ = *std::move(journal);
  made_file_ = true;
  return absl::OkStatus();
}

absl::Status JournalKeeper::Announce(pg::Connection& control) const {
  if (journal_ == nullptr) return absl::OkStatus();
  return control.Execute(journal_->SessionStatement());
}

absl::Status JournalKeeper::Start(SessionPool& sessions,
                                  std::vector<std::string>& warnings) {
  if (journal_ == nullptr) return absl::OkStatus();
  if (!resumed_) {
    const absl::Status begun = journal_->Start(sessions.first().connection());
    if (!begun.ok()) {
      journal_->RemoveFile().IgnoreError();
      journal_.reset();
      return Refuse(begun, warnings);
    }
  }
  started_ = true;
  RETURN_IF_ERROR(sessions.Set(journal_->SessionStatement()));
  if (!forgotten_.units.empty())
    RETURN_IF_ERROR(journal_->Forget(sessions.first(), forgotten_));
  return absl::OkStatus();
}

absl::Status JournalKeeper::End(pg::Connection& target,
                                std::vector<std::string>& warnings) {
  if (journal_ == nullptr) return absl::OkStatus();
  RETURN_IF_ERROR(journal_->End(target));
  const absl::Status removed =
      options_.journal_stays ? absl::OkStatus() : journal_->RemoveFile();
  if (!removed.ok())
    warnings.push_back(
        absl::StrCat("the journal of this restore, which ended well, stays: ",
                     removed.message()));
  journal_.reset();
  started_ = resumed_ = false;
  return absl::OkStatus();
}

absl::Status JournalKeeper::Explain(const absl::Status& status) {
  if (status.ok() || journal_ == nullptr) return status;
  // What --create has made can be found again by the file alone.
  if (made_file_ && !journal_->begun() && !options_.create)
    journal_->RemoveFile().IgnoreError();
  if (!started_) return status;
  std::string hint = HintOf(status);
  if (!hint.empty())
    absl::StrAppend(&hint, absl::EndsWith(hint, ".") ? " " : ". ");
  return WithHint(status, absl::StrCat(hint,
                                       "What is committed is noted: the same "
                                       "command with --resume goes on there."));
}

}  // namespace pgbale

// A restore that ended in the middle, and the one that goes on with it. How it
// ends is chosen by the statements of the archive: one that reads the table
// "stop", which the target has, ends its session while that has a row.

#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/io/locked_file.h"
#include "base/io/memory.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "restore/journal_text.h"
#include "restore/restore.h"
#include "tests/restore/entries.h"
#include "tests/support/server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using restore_test::Archive;
using restore_test::Octets;
using restore_test::Rows;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kStopping[] =
    "DO 'BEGIN IF EXISTS (SELECT FROM public.stop) THEN"
    " PERFORM pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid());"
    " PERFORM pg_catalog.pg_sleep(60); END IF; END'";

class ResumeTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    target_ = std::make_unique<TestDatabase>();
    // Rows from 50 on are refused while it holds that.
    target_->Execute(
        "CREATE TABLE stop (a integer); INSERT INTO stop VALUES (50);"
        "CREATE FUNCTION below_stop(integer) RETURNS boolean LANGUAGE sql AS"
        " 'SELECT NOT EXISTS (SELECT FROM public.stop WHERE $1 >= a)'");
    options_.target = target_->options();
    options_.jobs = 2;
    archive_.info().server_version = 140000;
    options_.allow_non_empty = true;
    options_.journal = dir_.File("journal");
  }

  // A hundred integers, in two chunks.
  void AddTable(const std::string& name, const std::string& check = "") {
    archive_.Table(name, absl::StrCat("CREATE TABLE public.", name,
                                      " (a integer", check, ")"));
    AddRows(name);
  }
  void AddRows(const std::string& name) {
    Rows rows;
    for (int i = 0; i < 100; ++i) rows.push_back({Octets(i)});
    archive_.Data(name, {4}, rows);
  }
  // A table of two partitions, and rows for either that go through it.
  void AddPartitioned(const std::string& check = "",
                      const std::string& persistence = "") {
    archive_.Table(
        "root", "CREATE TABLE public.root (a integer) PARTITION BY RANGE (a)");
    AddTable("low", check);
    archive_.Table("high",
                   absl::StrCat("CREATE ", persistence,
                                " TABLE public.high (a integer", check, ")"));
    archive_.Attach("root", "low").create = {
        "ALTER TABLE ONLY public.root ATTACH PARTITION public.low "
        "FOR VALUES FROM (0) TO (25)"};
    archive_.Attach("root", "high");
    archive_.GoThrough("root", "low");
  }
  // The second chunk of it cannot be loaded.
  void AddTableThatStops(const std::string& name) {
    AddTable(name, " CHECK (public.below_stop(a))");
  }
  std::unique_ptr<ArchiveReader> Open() const {
    auto whole = archive_.Open();
    if (!first_chunk_damaged_) return whole;
    const ChunkRef chunk = whole->directory().chunks.front();
    Buffer octets = archive_.Write();
    octets[chunk.position + chunk.stored_bytes - 1] ^= 1;
    return *ArchiveReader::Open(MakeMemorySource(std::move(octets)));
  }
  absl::StatusOr<RestoreSummary> Restore() {
    Progress progress;
    CancelToken cancel;
    const auto reader = Open();
    auto summary = pgbale::Restore(*reader, options_, cancel, progress);
    if (summary.ok()) {
      EXPECT_EQ(progress.jobs_done, progress.jobs_total);
    }
    return summary;
  }
  // With what stood in its way gone.
  absl::StatusOr<RestoreSummary> Resume() {
    target_->Execute("TRUNCATE stop");
    options_.resume = true;
    return Restore();
  }

  // Nothing but the work itself is left.
  void ExpectNoTrace() const {
    EXPECT_THAT(dir_.List(), IsEmpty());
    EXPECT_EQ(Query("SELECT count(*) FROM pg_largeobject_metadata"), "0");
  }
  std::string Query(absl::string_view sql) const { return target_->Query(sql); }

  const TempDir dir_;
  Archive archive_;
  bool first_chunk_damaged_ = false;
  RestoreOptions options_;
  std::unique_ptr<TestDatabase> target_;
};

TEST_F(ResumeTest, RestoreThatEndsWellLeavesNoTrace) {
  AddTable("t");
  target_->Execute("TRUNCATE stop");
  ASSERT_OK_AND_ASSIGN(const RestoreSummary summary, Restore());
  EXPECT_FALSE(summary.resumed);
  EXPECT_THAT(summary.warnings, IsEmpty());
  ExpectNoTrace();
}

TEST_F(ResumeTest, FinishedChunksAreNotLoadedAgain) {
  AddTableThatStops("t");
  EXPECT_THAT(Restore(), HasSqlState("23514"));
  EXPECT_EQ(Query("SELECT count(*), max(a) FROM t"), "50|49");
  EXPECT_THAT(dir_.List(), ElementsAre("journal"));
  ASSERT_OK_AND_ASSIGN(const RestoreSummary summary, Resume());
  EXPECT_EQ(Query("SELECT count(*), sum(a) FROM t"), "100|4950");
  EXPECT_TRUE(summary.resumed);
  EXPECT_EQ(summary.rows_before, 50u);
  EXPECT_EQ(summary.rows, 50u);
  EXPECT_EQ(summary.entries_before, 1u);
  ExpectNoTrace();
}

// Two chunks: pages of one object, which is made, and of another, which is not.
TEST_F(ResumeTest, FinishedPagesOfLargeObjectsAreNotWrittenAgain) {
  archive_.Add("lo", Section::kData, {"SELECT pg_catalog.lo_create('4711')"});
  Rows pages;
  for (const int object : {4711, 4712})
    for (int page = 0; page < 50; ++page)
      pages.push_back({Octets(object), Octets(page), std::string(2048, 'x')});
  archive_.Data("lo", {4, 4, 0}, pages).data->target =
      DataTarget::kLargeObjects;
  EXPECT_THAT(Restore(), AllOf(HasSqlState("42704"), StatusMessageHas("4712")));
  EXPECT_EQ(Query("SELECT length(lo_get(4711))"), "102400");
  target_->Execute("SELECT lo_create(4712); SELECT lo_put(4711, 0, 'changed')");
  ASSERT_OK_AND_ASSIGN(const RestoreSummary summary, Resume());
  EXPECT_EQ(Query("SELECT convert_from(lo_get(4711, 0, 8), 'UTF8')"),
            "changedx");
  EXPECT_EQ(Query("SELECT lo_get(4712) = repeat('x', 102400)::bytea"), "t");
  EXPECT_EQ(summary.rows_before, 50u);
  EXPECT_EQ(summary.rows, 50u);
}

TEST_F(ResumeTest, ChunksThatWentThroughTheirRootAreNotLoadedAgain) {
  AddPartitioned(" CHECK (public.below_stop(a))");
  EXPECT_THAT(Restore(), HasSqlState("23514"));
  EXPECT_EQ(Query("SELECT count(*), max(a) FROM root"), "50|49");
  ASSERT_OK_AND_ASSIGN(const RestoreSummary summary, Resume());
  EXPECT_EQ(Query("SELECT count(*), sum(a) FROM root"), "100|4950");
  EXPECT_EQ(Query("SELECT count(*) FROM low"), "25");
  EXPECT_EQ(summary.rows_before, 50u);
  EXPECT_EQ(summary.rows, 50u);
  ExpectNoTrace();
}

TEST_F(ResumeTest, RootWhosePartitionsWereEmptiedIsNamed) {
  AddPartitioned();
  archive_.Index("low", "stopping", kStopping);
  EXPECT_THAT(Restore(), FailsWith(Failure::kCancelled));
  target_->Execute("TRUNCATE root");
  options_.resume = true;
  EXPECT_THAT(Restore(),
              StatusMessageHas("rows were restored, and the table is "
                               "empty"));
}

TEST_F(ResumeTest, RowsThatACrashTookFromSomePartitionsAreMissed) {
  AddPartitioned("", "UNLOGGED");
  archive_.Index("low", "stopping", kStopping);
  EXPECT_THAT(Restore(), FailsWith(Failure::kCancelled));
  EXPECT_EQ(Query("SELECT count(*) FROM high"), "75");
  // As recovery does.
  target_->Execute("TRUNCATE high");
  options_.resume = true;
  EXPECT_THAT(Restore(), StatusMessageHas("its unlogged partitions are empty"));
}

TEST_F(ResumeTest, ErrorSaysHowToGoOn) {
  AddTableThatStops("t");
  const auto failed = Restore();
  EXPECT_THAT(HintOf(failed.status()), HasSubstr("--resume"));
}

TEST_F(ResumeTest, FinishedTablesAndIndexesAreNotMadeAgain) {
  options_.jobs = 1;
  AddTable("t");
  AddTable("u");
  archive_.Index("t", "t_index", "CREATE INDEX t_index ON public.t (a)");
  archive_.Index("u", "stopping", kStopping)
      .depends.push_back(archive_.IdOf("t_index"));
  archive_.Index("u", "u_index", "CREATE INDEX u_index ON public.u (a)")
      .depends.push_back(archive_.IdOf("stopping"));
  EXPECT_THAT(Restore(), FailsWith(Failure::kCancelled));
  const std::string stood =
      "SELECT relname, oid, pg_relation_filenode(oid) FROM pg_class WHERE "
      "relname IN ('t', 'u', 't_index') ORDER BY 1";
  const std::string before = Query(stood);
  ASSERT_OK_AND_ASSIGN(const RestoreSummary summary, Resume());
  EXPECT_EQ(Query(stood), before);
  EXPECT_EQ(Query("SELECT count(*) FROM t"), "100");
  EXPECT_EQ(Query("SELECT count(*) FROM u"), "100");
  EXPECT_EQ(Query("SELECT 'u_index'::regclass"), "u_index");
  EXPECT_EQ(summary.entries_before, 5u);
  EXPECT_EQ(summary.entries, 2u);
  ExpectNoTrace();
}

TEST_F(ResumeTest, FinishedStepsAreNotMadeAgain) {
  AddTable("t");
  options_.steps_bytes_min = 0;
  Archive::InSteps(archive_.Key("t", "k", "SELECT 1 / 0"),
                   "CREATE UNIQUE INDEX k ON public.t (a)",
                   "DROP INDEX IF EXISTS public.k", kStopping);
  archive_.Index("t", "later", "CREATE INDEX later ON public.t (a)")
      .depends.push_back(archive_.IdOf("k"));
  EXPECT_THAT(Restore(), FailsWith(Failure::kCancelled));
  const std::string before = Query("SELECT 'k'::regclass::oid");
  // As one job, it still is made in the steps that are left.
  options_.jobs = 1;
  ASSERT_OK(Resume());
  EXPECT_EQ(Query("SELECT 'k'::regclass::oid"), before);
  EXPECT_EQ(Query("SELECT 'later'::regclass"), "later");
  ExpectNoTrace();
}

TEST_F(ResumeTest, StepsThatWereTakenBackAreMadeAgain) {
  AddTable("t");
  options_.steps_bytes_min = 0;
  Archive::InSteps(archive_.Key("t", "k", "SELECT 1 / 0"),
                   "CREATE UNIQUE INDEX k ON public.t (a)",
                   "DROP INDEX IF EXISTS public.k",
                   "SELECT 1 / (SELECT 1 - count(*) FROM public.stop)");
  EXPECT_THAT(Restore(), HasSqlState("22012"));
  EXPECT_EQ(Query("SELECT to_regclass('k') IS NULL"), "t");
  ASSERT_OK(Resume());
  EXPECT_EQ(Query("SELECT 'k'::regclass"), "k");
  ExpectNoTrace();
}

TEST_F(ResumeTest, WhatWasDroppedIsNotDroppedAgain) {
  target_->Execute("CREATE TABLE t (x text)");
  AddTableThatStops("t");
  options_.clean = true;
  EXPECT_THAT(Restore(), HasSqlState("23514"));
  EXPECT_EQ(Query("SELECT count(*) FROM t"), "50");
  ASSERT_OK(Resume());
  EXPECT_EQ(Query("SELECT count(*), sum(a) FROM t"), "100|4950");
}

TEST_F(ResumeTest, DatabaseThatWasDroppedAndNotMadeIsMade) {
  const std::string name = absl::StrCat(target_->name(), "_made");
  const std::string model = absl::StrCat(target_->name(), "_model");
  archive_.info().database = name;
  Entry& database = archive_.Add(
      name, Section::kPreData,
      {absl::StrCat("CREATE DATABASE ", name, " TEMPLATE ", model)});
  database.aspect = Aspect::kDatabase;
  database.transactional = false;
  database.drop = {absl::StrCat("DROP DATABASE ", name)};
  database.drop_if_exists = {absl::StrCat("DROP DATABASE IF EXISTS ", name)};
  options_.create = options_.clean = true;
  target_->Execute(absl::StrCat("CREATE DATABASE ", name));
  EXPECT_THAT(Restore(), HasSqlState("3D000"));
  target_->Execute(absl::StrCat("CREATE DATABASE ", model));
  EXPECT_OK(Resume());
  EXPECT_THAT(dir_.List(), IsEmpty());
  target_->Execute(
      absl::StrCat("DROP DATABASE ", name, "; DROP DATABASE ", model));
}

TEST_F(ResumeTest, CanBeResumedSeveralTimes) {
  AddTableThatStops("t");
  AddTableThatStops("u");
  EXPECT_THAT(Restore(), HasSqlState("23514"));
  options_.resume = true;
  EXPECT_THAT(Restore(), HasSqlState("23514"));
  EXPECT_THAT(Restore(), HasSqlState("23514"));
  ASSERT_OK(Resume());
  EXPECT_EQ(Query("SELECT count(*), sum(a) FROM t"), "100|4950");
  EXPECT_EQ(Query("SELECT count(*), sum(a) FROM u"), "100|4950");
}

// Rows of tables that stand come all at once: a key of theirs may want that.
TEST_F(ResumeTest, RowsIntoStandingTablesComeAllOrNone) {
  target_->Execute(
      "CREATE TABLE t (a integer CHECK (public.below_stop(a)));"
      "INSERT INTO t VALUES (-1)");
  AddTable("t");
  options_.pre_data = options_.post_data = false;
  EXPECT_THAT(Restore(), HasSqlState("23514"));
  EXPECT_EQ(Query("SELECT count(*) FROM t"), "1");
  ASSERT_OK(Resume());
  EXPECT_EQ(Query("SELECT count(*), sum(a) FROM t"), "101|4949");
}

TEST_F(ResumeTest, RowsThatACrashTookFromUnloggedTablesComeAgain) {
  archive_.Table("t", "CREATE UNLOGGED TABLE public.t (a integer)");
  archive_.Data("t", {4}, {{Octets(1)}, {Octets(2)}});
  archive_.Index("t", "stopping", kStopping);
  EXPECT_THAT(Restore(), FailsWith(Failure::kCancelled));
  EXPECT_EQ(Query("SELECT count(*) FROM t"), "2");
  // As recovery does.
  target_->Execute("TRUNCATE t");
  // What comes again is noted as such.
  options_.resume = true;
  EXPECT_THAT(Restore(), FailsWith(Failure::kCancelled));
  EXPECT_EQ(Query("SELECT count(*) FROM t"), "2");
  ASSERT_OK_AND_ASSIGN(const RestoreSummary summary, Resume());
  EXPECT_EQ(Query("SELECT count(*) FROM t"), "2");
  EXPECT_EQ(summary.rows, 0u);
}

// What came first is no proof that the rest is still there.
TEST_F(ResumeTest, RowsThatCameAgainInPartAreCompleted) {
  archive_.Table("t",
                 "CREATE UNLOGGED TABLE public.t (a integer CHECK "
                 "(public.below_stop(a)))");
  AddRows("t");
  archive_.Index("t", "stopping", kStopping);
  target_->Execute("UPDATE stop SET a = 1000");
  EXPECT_THAT(Restore(), FailsWith(Failure::kCancelled));
  EXPECT_EQ(Query("SELECT count(*) FROM t"), "100");
  // As recovery does.
  target_->Execute("TRUNCATE t; UPDATE stop SET a = 50");
  options_.resume = true;
  EXPECT_THAT(Restore(), HasSqlState("23514"));
  EXPECT_EQ(Query("SELECT count(*) FROM t"), "50");
  ASSERT_OK(Resume());
  EXPECT_EQ(Query("SELECT count(*), sum(a) FROM t"), "100|4950");
}

// The work and its note are one transaction.
TEST_F(ResumeTest, RowsThatCannotBeNotedDoNotStay) {
  target_->Execute(
      "CREATE OR REPLACE FUNCTION below_stop(integer) RETURNS boolean LANGUAGE "
      "sql AS 'SELECT $1 <> 50 OR 1 = "
      "(SELECT lo_unlink(oid) FROM pg_largeobject_metadata)'");
  AddTableThatStops("t");
  EXPECT_THAT(Restore(), StatusMessageHas("cannot note in the target"));
  EXPECT_EQ(Query("SELECT count(*) FROM t"), "50");
}

TEST_F(ResumeTest, DefinitionsThatCannotBeNotedDoNotStay) {
  AddTable("t");
  archive_.Index("t", "vacuumlo",
                 "SELECT pg_catalog.lo_unlink(oid)"
                 " FROM pg_catalog.pg_largeobject_metadata");
  EXPECT_THAT(Restore(), StatusMessageHas("cannot note in the target"));
  EXPECT_EQ(Query("SELECT count(*) FROM pg_largeobject_metadata"), "1");
}

// Else nobody would know, once the first run is gone, that rows are missing.
TEST_F(ResumeTest, ChunksThatWereLeftOutAreReportedAgain) {
  AddTable("t");
  archive_.Index("t", "stopping", kStopping);
  first_chunk_damaged_ = options_.skip_corrupt = true;
  EXPECT_THAT(Restore(), FailsWith(Failure::kCancelled));
  EXPECT_EQ(Query("SELECT count(*) FROM t"), "50");
  ASSERT_OK_AND_ASSIGN(const RestoreSummary summary, Resume());
  EXPECT_EQ(Query("SELECT count(*) FROM t"), "50");
  ASSERT_EQ(summary.errors.size(), 1u);
  EXPECT_THAT(summary.errors[0].message,
              HasSubstr("rows 1 to 50 are left out"));
}

TEST_F(ResumeTest, RowsThatWereChosenAreNotChosenAgain) {
  AddTable("t");
  AddTable("empty");
  for (const char* table : {"t", "empty"})
    archive_.At(archive_.RowsOf(table)).data->columns[0].type = "integer";
  archive_.Index("t", "stopping", kStopping)
      .depends.push_back(archive_.RowsOf("empty"));
  options_.where = {{"t", "a % 10 = 3"}, {"empty", "a < 0"}};
  EXPECT_THAT(Restore(), FailsWith(Failure::kCancelled));
  options_.where.pop_back();
  options_.resume = true;
  EXPECT_THAT(Restore(), StatusMessageHas("other objects or rows would be"));
  options_.where.emplace_back("empty", "a < 0");
  ASSERT_OK(Resume());
  EXPECT_EQ(Query("SELECT count(*), sum(a) FROM t"), "10|480");
  EXPECT_EQ(Query("SELECT count(*) FROM empty"), "0");
}

// As if killed between that and the note, which is a transaction of its own.
TEST_F(ResumeTest, WhatCannotRunInATransactionMayStand) {
  AddTableThatStops("t");
  Entry& alone = archive_.Index("t", "alone", "CREATE TABLE public.alone ()");
  alone.create.push_back("COMMENT ON TABLE public.alone IS 'whole'");
  alone.transactional = false;
  alone.owner = "pg_monitor";
  alone.owner_targets = {"TABLE public.alone"};
  EXPECT_THAT(Restore(), HasSqlState("23514"));
  target_->Execute("CREATE TABLE alone ()");
  ASSERT_OK(Resume());
  EXPECT_EQ(Query("SELECT relowner::regrole FROM pg_class WHERE relname = "
                  "'alone'"),
            "pg_monitor");
  EXPECT_EQ(Query("SELECT obj_description('alone'::regclass)"), "whole");
  ExpectNoTrace();
}

// Likewise.
TEST_F(ResumeTest, WhatCannotBeDroppedInATransactionMayBeGone) {
  target_->Execute(
      "CREATE TABLE t (); CREATE TABLE alone ();"
      "CREATE VIEW on_it AS SELECT 1 FROM alone");
  Entry& alone = archive_.Add("alone", Section::kPreData,
                              {"CREATE TABLE public.alone ()"});
  alone.drop = {"DROP TABLE public.alone"};
  alone.transactional = false;
  AddTableThatStops("t");
  options_.clean = true;
  EXPECT_THAT(Restore(), HasSqlState("2BP01"));
  target_->Execute("DROP TABLE alone CASCADE");
  options_.resume = true;
  EXPECT_THAT(Restore(), HasSqlState("23514"));
  // What was made since is not dropped.
  const std::string before = Query("SELECT 'alone'::regclass::oid");
  ASSERT_OK(Resume());
  EXPECT_EQ(Query("SELECT 'alone'::regclass::oid"), before);
  ExpectNoTrace();
}

// What waits under its old name would be taken for what somebody has left.
TEST_F(ResumeTest, DefinitionsUnderOtherNamesHaveNoJournal) {
  AddTableThatStops("t");
  options_.renamings = {{"t", "u"}};
  const auto failed = Restore();
  EXPECT_THAT(failed, HasSqlState("23514"));
  EXPECT_THAT(HintOf(failed.status()), Not(HasSubstr("--resume")));
  ExpectNoTrace();
  EXPECT_THAT(Resume(), FailsWith(Failure::kUsage));
}

TEST_F(ResumeTest, RowsUnderOtherNamesCanBeResumed) {
  target_->Execute("CREATE TABLE u (a integer CHECK (public.below_stop(a)))");
  AddTable("t");
  options_.renamings = {{"t", "u"}};
  options_.pre_data = options_.post_data = false;
  EXPECT_THAT(Restore(), HasSqlState("23514"));
  ASSERT_OK(Resume());
  EXPECT_EQ(Query("SELECT count(*), sum(a) FROM u"), "100|4950");
  ExpectNoTrace();
}

TEST_F(ResumeTest, WithoutJournalThereIsNothingToResume) {
  AddTable("t");
  const auto resumed = Resume();
  EXPECT_THAT(resumed, AllOf(FailsWith(Failure::kError),
                             StatusMessageHas("there is nothing to resume")));
  EXPECT_EQ(Query("SELECT to_regclass('t') IS NULL"), "t");
}

class WrongResumeTest : public ResumeTest {
 protected:
  void SetUp() override {
    ResumeTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    AddTableThatStops("t");
    EXPECT_THAT(Restore(), HasSqlState("23514"));
    journal_ = dir_.Read("journal");
  }

  // Nothing was lost: with what is right it still goes on.
  void ExpectRefused(Failure failure, const std::string& message) {
    options_.resume = true;
    const auto resumed = Restore();
    EXPECT_THAT(resumed, AllOf(FailsWith(failure), StatusMessageHas(message)));
    EXPECT_NE(HintOf(resumed.status()), "");
    EXPECT_EQ(Query("SELECT count(*) FROM t"), "50");
    EXPECT_EQ(dir_.Read("journal"), journal_);
  }
  void ExpectResumes() {
    ASSERT_OK(Resume());
    EXPECT_EQ(Query("SELECT count(*), sum(a) FROM t"), "100|4950");
    ExpectNoTrace();
  }

  std::string journal_;
};

TEST_F(WrongResumeTest, OtherArchiveIsRefused) {
  const Archive right = archive_;
  archive_.Table("more", "CREATE TABLE public.more (a integer)");
  ExpectRefused(Failure::kError, "is the journal of another archive");
  archive_ = right;
  archive_.info().created_at = "1999-01-01T00:00:00Z";
  ExpectRefused(Failure::kError, "is the journal of another archive");
  archive_ = right;
  ExpectResumes();
}

TEST_F(WrongResumeTest, OtherOptionsAreRefused) {
  options_.owner = false;
  ExpectRefused(Failure::kError,
                R"(begun with other options: --no-owner was "no", is "yes")");
  options_.owner = true;
  ExpectResumes();
}

TEST_F(WrongResumeTest, OtherSelectionIsRefused) {
  options_.data = false;
  ExpectRefused(Failure::kError, "other objects or rows would be");
  options_.data = true;
  ExpectResumes();
}

TEST_F(WrongResumeTest, OtherDatabaseIsRefused) {
  const TestDatabase other;
  options_.target = other.options();
  ExpectRefused(
      Failure::kError,
      absl::StrCat("is of a restore into database \"", target_->name(), "\""));
  EXPECT_EQ(other.Query("SELECT count(*) FROM pg_class WHERE relname = 't'"),
            "0");
  options_.target = target_->options();
  ExpectResumes();
}

TEST_F(WrongResumeTest, DamagedJournalIsRefused) {
  dir_.Write("journal", journal_.substr(0, 200));
  options_.resume = true;
  EXPECT_THAT(Restore(), AllOf(FailsWith(Failure::kDamaged),
                               StatusMessageHas("the journal is damaged")));
  dir_.Write("journal", journal_);
  ExpectResumes();
}

TEST_F(WrongResumeTest, JournalOfALivingRunIsRefused) {
  {
    ASSERT_OK_AND_ASSIGN(const auto held,
                         LockedFile::Open(dir_.File("journal")));
    ExpectRefused(Failure::kLocked, "another restore is at work");
  }
  ExpectResumes();
}

TEST_F(WrongResumeTest, NotesThatAreGoneAreRefused) {
  target_->Execute("SELECT lo_unlink(oid) FROM pg_largeobject_metadata");
  ExpectRefused(Failure::kError, "does not hold large object");
}

TEST_F(WrongResumeTest, NotesOfAnotherRestoreAreRefused) {
  target_->Execute(
      "SELECT lo_put(oid, 0, 'notes of another') FROM pg_largeobject_metadata");
  ExpectRefused(Failure::kError, "does not hold large object");
}

TEST_F(WrongResumeTest, DamagedNotesAreRefused) {
  target_->Execute(
      "SELECT lo_put(oid, current_setting('block_size')::integer / 4, 'x')"
      " FROM pg_largeobject_metadata");
  ExpectRefused(Failure::kDamaged, "remembers of the restore is damaged");
}

TEST_F(WrongResumeTest, TableThatWasEmptiedIsNamed) {
  target_->Execute("TRUNCATE t");
  options_.resume = true;
  EXPECT_THAT(Restore(), AllOf(FailsWith(Failure::kError),
                               StatusMessageHas("\"public.t\": rows were "
                                                "restored, and the table is "
                                                "empty")));
}

TEST_F(WrongResumeTest, TableThatWasDroppedIsNamed) {
  target_->Execute("DROP TABLE t");
  options_.resume = true;
  EXPECT_THAT(Restore(),
              AllOf(FailsWith(Failure::kError),
                    StatusMessageHas("table \"public.t\" was restored and does "
                                     "not exist any more")));
}

TEST_F(WrongResumeTest, SingleTransactionHasNothingToResume) {
  options_.single_transaction = options_.resume = true;
  EXPECT_THAT(Restore(), FailsWith(Failure::kUsage));
  options_.single_transaction = false;
  ExpectResumes();
}

TEST_F(WrongResumeTest, RestoreAnewSaysThatOneCanBeResumed) {
  options_.allow_non_empty = false;
  const auto anew = Restore();
  EXPECT_THAT(anew, FailsWith(Failure::kError));
  EXPECT_THAT(HintOf(anew.status()), HasSubstr("--resume goes on with it"));
  EXPECT_EQ(dir_.Read("journal"), journal_);
  ExpectResumes();
}

TEST_F(WrongResumeTest, RestoreAnewTakesThePlaceOfTheOldOne) {
  options_.clean = true;
  target_->Execute("TRUNCATE stop");
  ASSERT_OK(Restore());
  EXPECT_EQ(Query("SELECT count(*), sum(a) FROM t"), "100|4950");
  ExpectNoTrace();
}

// As if killed between the first commit and the next line of the file.
TEST_F(WrongResumeTest, WhatWasNotNotedAsBegunBeginsAnew) {
  target_->Execute("TRUNCATE stop; DROP TABLE t");
  dir_.Write("journal", journal_.substr(0, journal_.find("begun ")));
  options_.resume = true;
  ASSERT_OK_AND_ASSIGN(const RestoreSummary summary, Restore());
  EXPECT_FALSE(summary.resumed);
  EXPECT_EQ(Query("SELECT count(*), sum(a) FROM t"), "100|4950");
  ExpectNoTrace();
}

TEST_F(WrongResumeTest, JournalOfAnotherDatabaseStays) {
  const TestDatabase other;
  other.Execute(
      "CREATE FUNCTION below_stop(integer) RETURNS boolean LANGUAGE sql AS"
      " 'SELECT true'");
  options_.target = other.options();
  ASSERT_OK_AND_ASSIGN(const RestoreSummary summary, Restore());
  EXPECT_THAT(summary.warnings,
              ElementsAre(AllOf(HasSubstr("cannot be resumed"),
                                HasSubstr(target_->name()))));
  EXPECT_EQ(other.Query("SELECT count(*) FROM t"), "100");
  EXPECT_EQ(dir_.Read("journal"), journal_);
  options_.journal_required = true;
  other.Execute("DROP TABLE t");
  EXPECT_THAT(Restore(), StatusMessageHas("is the journal of another restore"));
  options_.target = target_->options();
  ExpectResumes();
}

// As if killed before the last commit: what a crash took then is missed.
TEST_F(WrongResumeTest, WhatEndedCountsWhenItsNotesAreGone) {
  dir_.Write("journal", absl::StrCat(journal_, JournalStateText("ended")));
  ExpectResumes();
}

// As if killed between that and the end of the file.
TEST_F(WrongResumeTest, WhatEndedWellIsSaidToHave) {
  target_->Execute("SELECT lo_unlink(oid) FROM pg_largeobject_metadata");
  dir_.Write("journal", absl::StrCat(journal_, JournalStateText("ended")));
  options_.resume = true;
  ASSERT_OK_AND_ASSIGN(const RestoreSummary summary, Restore());
  EXPECT_THAT(summary.warnings,
              ElementsAre(HasSubstr("the restore had ended well")));
  ExpectNoTrace();
}

// What cannot be looked at is not gone.
TEST_F(WrongResumeTest, WhatEndedDoesNotCountForWhoMayNotRead) {
  const std::string role = absl::StrCat(target_->name(), "_poor");
  target_->Execute(absl::StrCat("CREATE ROLE ", role, " LOGIN"));
  dir_.Write("journal", absl::StrCat(journal_, JournalStateText("ended")));
  options_.resume = true;
  options_.target.parameters.emplace_back("user", role);
  EXPECT_THAT(Restore(), HasSqlState("42501"));
  target_->Execute(absl::StrCat("DROP ROLE ", role));
  options_.target = target_->options();
  ExpectResumes();
}

TEST_F(ResumeTest, JournalThatCannotBeMadeIsNoError) {
  AddTable("t");
  target_->Execute("TRUNCATE stop");
  options_.journal = dir_.File("no/journal");
  ASSERT_OK(Restore());
  EXPECT_EQ(Query("SELECT count(*) FROM pg_largeobject_metadata"), "0");
  target_->Execute("DROP TABLE t");
  options_.journal_required = true;
  EXPECT_THAT(Restore(), FailsWith(Failure::kLocalStorage));
  EXPECT_EQ(Query("SELECT to_regclass('t') IS NULL"), "t");
}

TEST_F(ResumeTest, WhatWasRefusedBeforeItBeganLeavesNoJournal) {
  AddTable("t");
  target_->Execute("CREATE TABLE t (a integer)");
  EXPECT_THAT(Restore(), FailsWith(Failure::kError));
  ExpectNoTrace();
}

// What a session of the run does that has the journal `text`.
std::string LockOf(absl::string_view text) {
  uint64_t key = 0;
  const auto head = ParseJournalHead(text);
  EXPECT_OK(head);
  EXPECT_TRUE(absl::SimpleAtoi(head->facts.at("lock"), &key));
  return absl::StrCat("SELECT pg_catalog.pg_advisory_lock_shared('",
                      static_cast<int64_t>(key), "')");
}

TEST_F(ResumeTest, WhatEndsBeforeAnythingIsWrittenLeavesNoJournal) {
  const std::string role = absl::StrCat(target_->name(), "_poor");
  target_->Execute(absl::StrCat("CREATE ROLE ", role,
                                "; GRANT CREATE ON SCHEMA public TO ", role));
  options_.role = role;
  AddTable("t");
  options_.disable_triggers = true;
  EXPECT_THAT(Restore(), HasSqlState("42501"));
  ExpectNoTrace();
  target_->Execute(absl::StrCat("DROP OWNED BY ", role, "; DROP ROLE ", role));
}

// A session of a run that was killed: idle, as if its client's machine were
// gone, or at work.
class FormerSessionTest : public WrongResumeTest {
 protected:
  std::string Lock() const { return LockOf(journal_); }
};

TEST_F(FormerSessionTest, IdleOneIsEnded) {
  ASSERT_OK_AND_ASSIGN(const auto former, target_->Connect());
  ASSERT_OK(former->Execute(Lock()));
  ASSERT_OK(former->Execute("BEGIN"));
  ASSERT_OK(former->Execute("CREATE TABLE public.half (a integer)"));
  ExpectResumes();
  EXPECT_FALSE(former->Execute("COMMIT").ok());
}

TEST_F(FormerSessionTest, WorkingOneIsWaitedFor) {
  ASSERT_OK_AND_ASSIGN(const auto former, target_->Connect());
  ASSERT_OK(former->Execute(Lock()));
  const Stopwatch waited;
  std::thread work([&former] {
    EXPECT_OK(former->Execute("SELECT pg_catalog.pg_sleep(2)"));
  });
  ExpectResumes();
  EXPECT_GT(waited.seconds(), 1.5);
  work.join();
}

// Which may not see it, nor end it: who logs in does.
TEST_F(ResumeTest, FormerSessionIsEndedForARoleToo) {
  const std::string role = absl::StrCat(target_->name(), "_poor");
  target_->Execute(absl::StrCat("CREATE ROLE ", role,
                                "; GRANT CREATE ON SCHEMA public TO ", role,
                                "; GRANT SELECT ON stop TO ", role));
  options_.role = role;
  AddTableThatStops("t");
  EXPECT_THAT(Restore(), HasSqlState("23514"));
  {
    ASSERT_OK_AND_ASSIGN(const auto former, target_->Connect());
    ASSERT_OK(former->Execute(LockOf(dir_.Read("journal"))));
    EXPECT_OK(Resume());
  }
  EXPECT_EQ(Query("SELECT count(*), sum(a) FROM t"), "100|4950");
  target_->Execute(absl::StrCat("DROP OWNED BY ", role, "; DROP ROLE ", role));
}

}  // namespace
}  // namespace pgbale

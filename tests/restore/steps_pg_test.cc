// Entries that are made in steps: what runs side by side, and what is left
// when a step fails.

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "restore/analyze.h"
#include "restore/dry_run.h"
#include "restore/restore.h"
#include "restore/session.h"
#include "tests/restore/entries.h"
#include "tests/support/activity.h"
#include "tests/support/server.h"
#include "tests/support/status_matchers.h"

namespace pgbale {
namespace {

using restore_test::Archive;
using restore_test::Octets;
using ::testing::AllOf;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class StepsRestoreTest : public ActivityTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    target_ = std::make_unique<TestDatabase>();
    options_.target = target_->options();
    options_.jobs = 3;
    options_.steps_bytes_min = 0;
  }

  // A table (a integer) with the rows 1 and 2.
  void AddTable(const std::string& name) {
    archive_.Table(name,
                   absl::StrCat("CREATE TABLE public.", name, " (a integer)"));
    archive_.Data(name, {4}, {{Octets(1)}, {Octets(2)}});
  }

  // "t_key" of the table "t", in two steps.
  Entry& AddKey(const std::string& table) {
    const std::string name = table + "_key";
    Entry& key =
        archive_.Key(table, name,
                     absl::StrCat("ALTER TABLE ONLY public.", table,
                                  " ADD CONSTRAINT ", name, " UNIQUE (a)"));
    Archive::InSteps(
        key,
        absl::StrCat("CREATE UNIQUE INDEX ", name, " ON public.", table,
                     " (a)"),
        absl::StrCat("DROP INDEX IF EXISTS public.", name),
        absl::StrCat("ALTER TABLE ONLY public.", table, " ADD CONSTRAINT ",
                     name, " UNIQUE USING INDEX ", name));
    return key;
  }

  // "one_other", unchecked and then checked. The check takes a while, and
  // leaves a row in `checks`.
  void AddForeignKey(const std::string& one, const std::string& other) {
    const std::string name = absl::StrCat(one, "_", other);
    const std::string table = absl::StrCat("ALTER TABLE ONLY public.", one);
    Entry& key = archive_.ForeignKey(one, name, other + "_key");
    key.steps = {
        {.create = {absl::StrCat(table, " ADD CONSTRAINT ", name,
                                 " FOREIGN KEY (a) REFERENCES public.", other,
                                 " (a) NOT VALID")},
         .undo = {absl::StrCat("ALTER TABLE IF EXISTS ONLY public.", one,
                               " DROP CONSTRAINT IF EXISTS ", name)},
         .locks = key.locks,
         .quick = true},
        {.create = {"CREATE TEMP TABLE t AS SELECT clock_timestamp() AS begin",
                    absl::StrCat(table, " VALIDATE CONSTRAINT ", name),
                    "SELECT pg_catalog.pg_sleep(0.2)",
                    absl::StrCat("INSERT INTO public.checks SELECT '", one,
                                 "', '", other,
                                 "', begin, clock_timestamp() FROM t"),
                    "DROP TABLE pg_temp.t"},
         .locks = {archive_.IdOf(one)},
         .shared_locks = {archive_.IdOf(other)},
         .apart = true}};
  }

  absl::StatusOr<RestoreSummary> Restore() {
    Progress progress;
    CancelToken cancel;
    const auto reader = archive_.Open();
    return pgbale::Restore(*reader, options_, cancel, progress);
  }
  std::string Query(absl::string_view sql) const { return target_->Query(sql); }

  static bool SomebodyWaits(pg::Connection& connection) {
    for (int tries = 0; tries < 6000; ++tries) {
      const auto waiting = connection.Query(
          "SELECT FROM pg_locks WHERE NOT granted AND database = (SELECT "
          "oid FROM pg_database WHERE datname = current_database())");
      if (waiting.ok() && waiting->rows() > 0) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
  }

  Archive archive_;
  RestoreOptions options_;
  std::unique_ptr<TestDatabase> target_;
};

// A lock keeps all that build an index waiting: all of them are seen to wait.
TEST_F(StepsRestoreTest, IndexesAndTheKeyOfATableAreBuiltSideBySide) {
  AddTable("t");
  archive_.Index("t", "one", "CREATE INDEX one ON public.t (a)");
  archive_.Index("t", "two", "CREATE INDEX two ON public.t (a)");
  AddKey("t");
  options_.post_data = false;
  ASSERT_OK(Restore());
  options_.post_data = true;
  options_.pre_data = options_.data = false;
  options_.allow_non_empty = true;
  ASSERT_OK_AND_ASSIGN(const auto holder, target_->Connect());
  ASSERT_OK(holder->Execute("BEGIN"));
  ASSERT_OK(holder->Execute("LOCK TABLE public.t IN ROW EXCLUSIVE MODE"));
  absl::StatusOr<RestoreSummary> summary;
  std::thread restore([&] { summary = Restore(); });
  EXPECT_TRUE(Appears(*target_,
                      "(SELECT count(*) FROM pg_locks WHERE NOT granted "
                      "AND mode = 'ShareLock' "
                      "AND relation = 'public.t'::regclass) = 3"));
  EXPECT_OK(holder->Execute("COMMIT"));
  restore.join();
  ASSERT_OK(summary);
  EXPECT_EQ(Query("SELECT count(*) FROM pg_index WHERE indrelid = "
                  "'t'::regclass AND indisvalid"),
            "3");
  EXPECT_EQ(Query("SELECT conindid::regclass FROM pg_constraint WHERE conname "
                  "= 't_key'"),
            "t_key");
}

TEST_F(StepsRestoreTest, ForeignKeysOfOneTableAreNotCheckedAtOnce) {
  for (const char* table : {"a", "b", "c", "d"}) AddTable(table);
  for (const char* table : {"a", "b"}) AddKey(table);
  archive_.Table("checks",
                 "CREATE TABLE public.checks (one text, other text, "
                 "began timestamptz, ended timestamptz)");
  for (const char* table : {"b", "c", "d"}) AddForeignKey(table, "a");
  for (const char* table : {"c", "d"}) AddForeignKey(table, "b");
  ASSERT_OK(Restore());
  EXPECT_EQ(Query("SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND "
                  "convalidated"),
            "5");
  EXPECT_EQ(Query("SELECT count(*) FROM checks"), "5");
  EXPECT_EQ(Query("SELECT x.one, x.other, y.one, y.other FROM checks x "
                  "JOIN checks y ON ARRAY[x.one, x.other] && "
                  "ARRAY[y.one, y.other] "
                  "AND (x.one, x.other) <> (y.one, y.other) "
                  "WHERE x.began < y.ended AND y.began < x.ended"),
            "");
}

TEST_F(StepsRestoreTest, WhatAFailedStepLeavesIsDropped) {
  AddTable("t");
  AddKey("t").steps[1].create = {"ALTER TABLE public.t CLUSTER ON nothing"};
  options_.exit_on_error = false;
  ASSERT_OK_AND_ASSIGN(const RestoreSummary summary, Restore());
  ASSERT_THAT(summary.errors, SizeIs(1));
  EXPECT_EQ(summary.errors[0].entry, "constraint \"public.t_key\" of \"t\"");
  EXPECT_EQ(summary.errors[0].sqlstate, "42704");
  EXPECT_EQ(Query("SELECT to_regclass('public.t_key') IS NULL"), "t");
}

TEST_F(StepsRestoreTest, RowsWithoutAParentLeaveNoForeignKeyBehind) {
  for (const char* table : {"a", "b"}) AddTable(table);
  AddKey("a");
  archive_.Table("checks", "CREATE TABLE public.checks ()");
  AddForeignKey("b", "a");
  archive_.Data("b", {4}, {{Octets(3)}});
  options_.exit_on_error = false;
  ASSERT_OK_AND_ASSIGN(const RestoreSummary summary, Restore());
  ASSERT_THAT(summary.errors, SizeIs(1));
  EXPECT_EQ(summary.errors[0].entry, "fk constraint \"public.b_a\" of \"b\"");
  EXPECT_EQ(summary.errors[0].sqlstate, "23503");
  EXPECT_EQ(Query("SELECT count(*) FROM pg_constraint WHERE contype = 'f'"),
            "0");
}

TEST_F(StepsRestoreTest, RowsWithoutAParentMayStayAndTheKeyCountsAsMade) {
  for (const char* table : {"a", "b"}) AddTable(table);
  AddKey("a");
  archive_.Table("checks", "CREATE TABLE public.checks ()");
  AddForeignKey("b", "a");
  archive_.Data("b", {4}, {{Octets(3)}});
  options_.keep_broken_keys = true;
  ASSERT_OK_AND_ASSIGN(const RestoreSummary summary, Restore());
  EXPECT_THAT(summary.errors, IsEmpty());
  EXPECT_THAT(summary.left_out, SizeIs(1));
  // Three tables, three times rows, and two keys.
  EXPECT_EQ(summary.entries, 8u);
}

TEST_F(StepsRestoreTest, NoOtherErrorLetsAKeyStayUnchecked) {
  for (const char* table : {"a", "b"}) AddTable(table);
  AddKey("a");
  archive_.Table("checks", "CREATE TABLE public.checks ()");
  AddForeignKey("b", "a");
  archive_.At(archive_.IdOf("b_a")).steps[1].create = {"SELECT 1 / 0"};
  options_.keep_broken_keys = true;
  EXPECT_THAT(Restore(), HasSqlState("22012"));
  EXPECT_EQ(Query("SELECT count(*) FROM pg_constraint WHERE contype = 'f'"),
            "0");
}

TEST_F(StepsRestoreTest, AFailedStepEndsTheRestoreWithItsName) {
  AddTable("t");
  AddKey("t").steps[1].create = {"ALTER TABLE public.t CLUSTER ON nothing"};
  EXPECT_THAT(Restore(),
              AllOf(HasSqlState("42704"),
                    StatusMessageHas("constraint \"public.t_key\" of \"t\": "
                                     "ALTER TABLE public.t CLUSTER ON")));
  EXPECT_EQ(Query("SELECT to_regclass('public.t_key') IS NULL"), "t");
}

TEST_F(StepsRestoreTest, StepsBehindAFailedOneDoNotRun) {
  AddTable("t");
  Entry& key = AddKey("t");
  key.steps[0].create = {"CREATE UNIQUE INDEX t_key ON public.t (b)"};
  options_.exit_on_error = false;
  ASSERT_OK_AND_ASSIGN(const RestoreSummary summary, Restore());
  ASSERT_THAT(summary.errors, SizeIs(1));
  EXPECT_EQ(summary.errors[0].sqlstate, "42703");
}

// Killed between the steps, a restore has left the index.
TEST_F(StepsRestoreTest, CleanDropsWhatAnEarlierRestoreLeft) {
  AddTable("t");
  Entry& key = AddKey("t");
  key.drop_if_exists = {
      "ALTER TABLE IF EXISTS ONLY public.t DROP CONSTRAINT IF EXISTS t_key"};
  ASSERT_OK(Restore());
  target_->Execute(
      "ALTER TABLE t DROP CONSTRAINT t_key; CREATE UNIQUE INDEX t_key ON t "
      "(a)");
  options_.pre_data = options_.data = false;
  options_.clean = options_.if_exists = true;
  ASSERT_OK(Restore());
  EXPECT_EQ(Query("SELECT count(*) FROM pg_constraint WHERE conname = 't_key'"),
            "1");
}

// Its name is the key's; what is not ours is not dropped.
TEST_F(StepsRestoreTest, AnIndexThatStoodThereIsKept) {
  AddTable("t");
  AddKey("t");
  target_->Execute(
      "CREATE TABLE mine (a integer); "
      "CREATE INDEX t_key ON mine (a)");
  options_.allow_non_empty = true;
  options_.exit_on_error = false;
  ASSERT_OK_AND_ASSIGN(const RestoreSummary summary, Restore());
  ASSERT_THAT(summary.errors, SizeIs(1));
  EXPECT_EQ(summary.errors[0].sqlstate, "42P07");
  EXPECT_EQ(Query("SELECT indrelid::regclass FROM pg_index WHERE indexrelid = "
                  "'public.t_key'::regclass"),
            "mine");
}

TEST_F(StepsRestoreTest, WhatCannotBeDroppedIsSaid) {
  AddTable("t");
  Entry& key = AddKey("t");
  key.steps[0].undo = {"DROP INDEX public.other"};
  key.steps[1].create = {"ALTER TABLE public.t CLUSTER ON nothing"};
  options_.exit_on_error = false;
  ASSERT_OK_AND_ASSIGN(const RestoreSummary summary, Restore());
  ASSERT_THAT(summary.errors, SizeIs(1));
  EXPECT_THAT(summary.errors[0].hint,
              ::testing::HasSubstr("DROP INDEX public.other"));
}

// The restore waits first and is the one that looks for a deadlock, so that it
// is the victim.
TEST_F(StepsRestoreTest, TheVictimOfADeadlockTriesAgain) {
  AddTable("a");
  AddTable("b");
  Entry& locker = archive_.Part("a", "locker", Section::kPostData);
  locker.create = {"ALTER TABLE public.a SET (fillfactor = 90)",
                   "ALTER TABLE public.b SET (fillfactor = 90)"};
  locker.locks = {archive_.IdOf("a"), archive_.IdOf("b")};
  options_.post_data = false;
  ASSERT_OK(Restore());
  options_.post_data = true;
  options_.pre_data = options_.data = false;
  options_.allow_non_empty = true;
  target_->Execute(absl::StrCat("ALTER DATABASE ", target_->name(),
                                " SET deadlock_timeout = '2s'"));
  ASSERT_OK_AND_ASSIGN(const auto other, target_->Connect());
  ASSERT_OK(other->Execute("SET deadlock_timeout = '60s'"));
  ASSERT_OK(other->Execute("BEGIN"));
  ASSERT_OK(other->Execute("LOCK TABLE public.b"));
  absl::StatusOr<RestoreSummary> summary;
  std::thread restore([&] { summary = Restore(); });
  EXPECT_TRUE(SomebodyWaits(*other));
  // Ends when the restore, which holds it, has lost.
  EXPECT_OK(other->Execute("LOCK TABLE public.a"));
  EXPECT_OK(other->Execute("COMMIT"));
  restore.join();
  ASSERT_OK(summary);
  EXPECT_TRUE(summary->errors.empty());
  EXPECT_EQ(summary->entries, 1u);
}

// What the session that builds an index may use.
TEST_F(StepsRestoreTest, WhoBuildsGetsAShareOfTheMemory) {
  AddTable("t");
  archive_.Table("seen", "CREATE TABLE public.seen (memory text)");
  Entry& index = archive_.Index("t", "one");
  index.create = {"CREATE INDEX one ON public.t (a)",
                  "INSERT INTO public.seen VALUES (current_setting("
                  "'maintenance_work_mem'))"};
  // Large enough to be built alone.
  archive_.Data("t", {4}, restore_test::Rows(500000, {Octets(7)}));
  options_.maintenance_memory_bytes = uint64_t{300} << 20;
  ASSERT_OK(Restore());
  EXPECT_EQ(Query("SELECT memory FROM seen"), "300MB");
}

// More than a sort needs makes it slower.
TEST_F(StepsRestoreTest, WhoSortsGetsLessThanItsShare) {
  AddTable("t");
  target_->Execute(absl::StrCat("ALTER DATABASE ", target_->name(),
                                " SET maintenance_work_mem = '8GB'"));
  archive_.Table("seen", "CREATE TABLE public.seen (name text, memory bigint)");
  for (const char* name : {"sorts", "does_not"}) {
    Entry& index = archive_.Index("t", name);
    index.sorts = absl::string_view(name) == "sorts";
    index.bytes_estimate = 100 << 20;
    index.create = {absl::StrCat("CREATE INDEX ", name, " ON public.t (a)"),
                    absl::StrCat("INSERT INTO public.seen VALUES ('", name,
                                 "', pg_size_bytes(current_setting("
                                 "'maintenance_work_mem')))")};
  }
  archive_.Data("t", {4}, restore_test::Rows(1000, {Octets(7)}));
  ASSERT_OK(Restore());
  EXPECT_EQ(Query("SELECT name, memory >= 8::bigint << 20, "
                  "memory < 8::bigint << 30, memory = 8::bigint << 30 "
                  "FROM seen ORDER BY 1"),
            "does_not|t|f|t\nsorts|t|t|f");
}

TEST_F(StepsRestoreTest, WhoSortsGetsAllThatSomebodyChose) {
  AddTable("t");
  archive_.Table("seen", "CREATE TABLE public.seen (memory text)");
  Entry& index = archive_.Index("t", "one");
  index.sorts = true;
  index.bytes_estimate = 100 << 20;
  index.create = {"CREATE INDEX one ON public.t (a)",
                  "INSERT INTO public.seen VALUES (current_setting("
                  "'maintenance_work_mem'))"};
  options_.maintenance_memory_bytes = uint64_t{3} << 30;
  ASSERT_OK(Restore());
  EXPECT_EQ(Query("SELECT memory FROM seen"), "3GB");
}

TEST_F(StepsRestoreTest, AnalyzeGathersStatisticsOfWhatWasRestored) {
  AddTable("t");
  archive_.Table("empty", "CREATE TABLE public.empty (a integer)");
  archive_.Table("root",
                 "CREATE TABLE public.root (a integer) PARTITION BY LIST (a)");
  archive_.Table("leaf",
                 "CREATE TABLE public.leaf PARTITION OF public.root DEFAULT");
  archive_.Data("leaf", {4}, {{Octets(1)}, {Octets(1)}, {Octets(2)}});
  target_->Execute(
      "CREATE TABLE mine (a integer); INSERT INTO mine VALUES (1)");
  options_.allow_non_empty = true;
  ASSERT_OK(Restore());
  constexpr absl::string_view kAnalyzed =
      "SELECT DISTINCT tablename || CASE WHEN inherited THEN '*' ELSE '' END "
      "AS name FROM pg_stats WHERE schemaname = 'public' ORDER BY 1";
  EXPECT_EQ(Query(kAnalyzed), "");
  options_.analyze = true;
  options_.clean = true;
  ASSERT_OK_AND_ASSIGN(const RestoreSummary summary, Restore());
  EXPECT_EQ(Query(kAnalyzed), "leaf\nroot*\nt");
  const bool has_only = Query(
                            "SELECT current_setting("
                            "'server_version_num')::integer >= 180000") == "t";
  EXPECT_EQ(summary.analyzed, has_only ? 3u : 2u);
}

TEST_F(StepsRestoreTest, AnalyzeInOneTransaction) {
  AddTable("t");
  options_.analyze = true;
  options_.single_transaction = true;
  ASSERT_OK(Restore());
  EXPECT_EQ(Query("SELECT reltuples FROM pg_class WHERE relname = 't'"), "2");
}

// ANALYZE holds its lock on the table when it evaluates the index, and waits
// there for a lock of somebody who then asks for the table.
TEST_F(StepsRestoreTest, AnalyzeThatADeadlockEndsIsTriedAgain) {
  target_->Execute(absl::StrCat(
      "CREATE FUNCTION f(integer) RETURNS integer IMMUTABLE LANGUAGE plpgsql"
      " AS 'BEGIN PERFORM pg_catalog.pg_advisory_xact_lock_shared(4712);"
      " RETURN $1; END';"
      "CREATE TABLE t AS SELECT generate_series(1, 10) AS a;"
      "CREATE INDEX ON t (f(a));"
      // Which sees the deadlock, and so is its victim.
      "ALTER DATABASE ",
      target_->name(), " SET deadlock_timeout = '3s'"));
  ASSERT_OK_AND_ASSIGN(const auto rival, target_->Connect());
  ASSERT_OK(rival->Execute("SET deadlock_timeout = '1min'"));
  ASSERT_OK(rival->Execute("BEGIN"));
  ASSERT_OK(rival->Execute("SELECT pg_advisory_xact_lock(4712)"));
  archive_.Table("t");
  const Entry& table = archive_.At(archive_.IdOf("t"));
  ASSERT_OK_AND_ASSIGN(const auto sessions,
                       SessionPool::Open(options_.target, "UTF8", "", 1));
  std::thread asks([&] {
    EXPECT_TRUE(SomebodyWaits(*rival));
    EXPECT_OK(rival->Execute("LOCK TABLE public.t"));
    EXPECT_OK(rival->Execute("COMMIT"));
  });
  ErrorLog errors(/*stop=*/true);
  CancelToken cancel;
  const absl::StatusOr<uint64_t> analyzed = AnalyzeRelations(
      {&table}, *sessions, 1, /*in_transaction=*/false, errors, cancel);
  asks.join();
  ASSERT_OK(analyzed);
  EXPECT_EQ(*analyzed, 1u);
  EXPECT_EQ(Query("SELECT reltuples FROM pg_class WHERE relname = 't'"), "10");
}

// A function that fails where an index needs it fails ANALYZE too.
TEST_F(StepsRestoreTest, WhatCannotBeAnalyzedIsNamed) {
  AddTable("t");
  AddTable("u");
  archive_.Add("f", Section::kPreData,
               {"CREATE FUNCTION public.f(integer) RETURNS integer IMMUTABLE "
                "LANGUAGE plpgsql AS $$BEGIN IF current_query() LIKE "
                "'ANALYZE%' THEN RAISE 'no'; END IF; RETURN 1; END$$"});
  archive_.Index("t", "one", "CREATE INDEX one ON public.t (public.f(a))");
  options_.analyze = true;
  options_.exit_on_error = false;
  ASSERT_OK_AND_ASSIGN(const RestoreSummary summary, Restore());
  ASSERT_THAT(summary.errors, SizeIs(1));
  EXPECT_EQ(summary.errors[0].entry, "table \"public.t\"");
  EXPECT_EQ(summary.errors[0].sqlstate, "P0001");
  EXPECT_EQ(summary.analyzed, 1u);
}

// The server would say so in a warning, and that all is well.
TEST_F(StepsRestoreTest, WhatTheRoleMayNotAnalyzeIsNamed) {
  AddTable("t");
  AddTable("u");
  ASSERT_OK(Restore());
  const std::string role = target_->name() + "_role";
  target_->Execute(absl::StrCat("CREATE ROLE ", role,
                                "; ALTER TABLE u OWNER TO ", role,
                                "; GRANT ALL ON SCHEMA public TO ", role,
                                "; GRANT SELECT, INSERT ON t TO ", role));
  options_.pre_data = options_.post_data = false;
  options_.analyze = true;
  options_.role = role;
  ASSERT_OK_AND_ASSIGN(const RestoreSummary summary, Restore());
  target_->Execute(absl::StrCat("DROP OWNED BY ", role, "; DROP ROLE ", role));
  ASSERT_THAT(summary.errors, SizeIs(1));
  EXPECT_EQ(summary.errors[0].entry, "table \"public.t\"");
  EXPECT_EQ(summary.analyzed, 1u);
}

// Two refreshes, each of which waits for the other's lock, which a session
// keeps; and one that reads from both.
TEST_F(StepsRestoreTest, MaterializedViewsAreRefreshedSideBySide) {
  archive_.Add(
      "meet", Section::kPreData,
      {"CREATE FUNCTION public.meet() RETURNS integer LANGUAGE plpgsql "
       "AS $$BEGIN PERFORM pg_catalog.pg_advisory_lock_shared(4711); "
       "FOR i IN 1..2000 LOOP IF (SELECT count(*) FROM "
       "pg_catalog.pg_locks WHERE locktype = 'advisory' AND objid = "
       "4711 AND database = (SELECT oid FROM pg_catalog.pg_database "
       "WHERE datname = current_database())) >= 2 "
       "THEN RETURN i; END IF; PERFORM pg_catalog.pg_sleep(0.01); "
       "END LOOP; RAISE 'alone'; END$$"});
  const auto add = [&](const std::string& name, const std::string& query) {
    archive_.Table(name, absl::StrCat("CREATE MATERIALIZED VIEW public.", name,
                                      " AS ", query, " WITH NO DATA"));
    Entry& refresh =
        archive_.Part(name, "refresh " + name, Section::kPostData,
                      absl::StrCat("REFRESH MATERIALIZED VIEW public.", name));
    refresh.pass = Pass::kLast;
    refresh.aspect = Aspect::kData;
    refresh.locks = {refresh.parent};
    return refresh.id;
  };
  const uint32_t one = add("one", "SELECT public.meet() AS a");
  const uint32_t two = add("two", "SELECT public.meet() AS a");
  const uint32_t top =
      add("top", "SELECT * FROM public.one UNION ALL SELECT * FROM public.two");
  const_cast<Entry&>(archive_.entries()[top - 1]).depends = {one, two};
  ASSERT_OK(Restore());
  EXPECT_EQ(Query("SELECT count(*) FROM top"), "2");
}

TEST_F(StepsRestoreTest, ADryRunCountsWhatIsMadeInStepsOnce) {
  AddTable("t");
  AddKey("t");
  options_.analyze = true;
  const auto reader = archive_.Open();
  CancelToken cancel;
  ASSERT_OK_AND_ASSIGN(const DryRunReport report,
                       DryRun(*reader, options_, cancel));
  std::map<std::string, uint64_t> entries;
  for (const DryRunStep& step : report.order)
    entries[step.phase] += step.entries;
  EXPECT_EQ(entries["post-data"], 1u);
  EXPECT_EQ(entries["analyze"], 1u);
}

}  // namespace
}  // namespace pgbale

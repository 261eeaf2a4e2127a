#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "restore/restore.h"
#include "tests/restore/entries.h"
#include "tests/support/server.h"
#include "tests/support/status_matchers.h"

namespace pgbale {
namespace {

using restore_test::Archive;
using restore_test::Octets;
using restore_test::Rows;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string Word(uint64_t n) { return absl::StrCat("w", n); }

// customers (a integer key, b text) and orders (a integer, b integer →
// customers), with an index, both in binary.
class RestoreTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    target_ = std::make_unique<TestDatabase>();
    options_.target = target_->options();
    options_.jobs = 2;
  }

  void AddShop() {
    archive_.Table("customers",
                   "CREATE TABLE public.customers (a integer, b text)");
    archive_.Table("orders",
                   "CREATE TABLE public.orders (a integer, b integer)");
    Rows customers, orders;
    for (int i = 0; i < 1000; ++i) {
      customers.push_back({Octets(i), Word(i)});
      orders.push_back({Octets(i), Octets(i / 2)});
    }
    archive_.Data("customers", {4, 0}, customers);
    archive_.Data("orders", {4, 4}, orders);
    archive_.Key("customers", "customers_pkey",
                 "ALTER TABLE ONLY public.customers ADD CONSTRAINT "
                 "customers_pkey PRIMARY KEY (a)");
    archive_.Index("orders", "orders_index",
                   "CREATE INDEX orders_index ON public.orders (b)");
    archive_.ForeignKey("orders", "orders_fkey", "customers_pkey",
                        "ALTER TABLE ONLY public.orders ADD CONSTRAINT "
                        "orders_fkey FOREIGN KEY (b) REFERENCES "
                        "public.customers (a)");
  }

  absl::StatusOr<RestoreSummary> Restore() {
    Progress progress;
    CancelToken cancel;
    const auto reader = archive_.Open();
    return pgbale::Restore(*reader, options_, cancel, progress);
  }

  std::string Query(absl::string_view sql) const { return target_->Query(sql); }

  void RestoreAndCancel() {
    Progress progress;
    CancelToken cancel;
    const auto reader = archive_.Open();
    std::thread stopper([&cancel] {
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
      cancel.Cancel(MakeError(Failure::kInterrupted, "interrupted"));
    });
    EXPECT_THAT(pgbale::Restore(*reader, options_, cancel, progress),
                FailsWith(Failure::kInterrupted));
    stopper.join();
    ExpectNoBackend();
  }

  // A backend takes a moment to end once its client is gone, but not as long
  // as what these tests let it sleep.
  void ExpectNoBackend() const {
    std::string count;
    for (int tries = 0; tries < 100 && count != "0"; ++tries) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      count = Query(
          "SELECT count(*) FROM pg_stat_activity WHERE datname = "
          "current_database() AND pid <> pg_backend_pid()");
    }
    EXPECT_EQ(count, "0");
  }

  Archive archive_;
  RestoreOptions options_;
  std::unique_ptr<TestDatabase> target_;
};

TEST_F(RestoreTest, TablesRowsIndexesAndForeignKeysStand) {
  AddShop();
  ASSERT_OK_AND_ASSIGN(const RestoreSummary summary, Restore());
  EXPECT_EQ(Query("SELECT count(*), sum(a), min(b) FROM customers"),
            "1000|499500|w0");
  EXPECT_EQ(Query("SELECT count(*), sum(b) FROM orders"), "1000|249500");
  EXPECT_EQ(Query("SELECT count(*) FROM pg_constraint WHERE conname IN "
                  "('customers_pkey', 'orders_fkey')"),
            "2");
  EXPECT_EQ(Query("SELECT indisvalid FROM pg_index WHERE indexrelid = "
                  "'orders_index'::regclass"),
            "t");
  EXPECT_EQ(summary.rows, 2000u);
  EXPECT_EQ(summary.tables, 2u);
  EXPECT_EQ(summary.entries, archive_.entries().size());
  EXPECT_THAT(summary.errors, IsEmpty());
}

TEST_F(RestoreTest, TextRowsKeepNullsAndEscapes) {
  archive_.Table("t", "CREATE TABLE public.t (a integer, b text)");
  archive_.TextData("t", 2,
                    {{"1", "tab\tand\nline"},
                     {"2", format_test::kNull},
                     {"3", "\\N"},
                     {"4", ""}});
  ASSERT_OK(Restore());
  EXPECT_EQ(Query("SELECT string_agg(coalesce(b, 'NULL'), ';' ORDER BY a) "
                  "FROM t"),
            "tab\tand\nline;NULL;\\N;");
}

TEST_F(RestoreTest, RowsComeBackInTheOrderOfTheirSource) {
  archive_.Table("t", "CREATE TABLE public.t (a integer)");
  Rows rows;
  for (int i = 0; i < 100; ++i) rows.push_back({Octets(i)});
  archive_.Data("t", {4}, rows);
  archive_.StoreBackwards();
  ASSERT_OK(Restore());
  EXPECT_EQ(Query("SELECT count(*) FROM (SELECT a, row_number() OVER (ORDER BY "
                  "ctid) - 1 AS n FROM t) s WHERE a = n"),
            "100");
}

TEST_F(RestoreTest, TableWithoutColumnsKeepsItsRows) {
  archive_.Table("t", "CREATE TABLE public.t ()");
  archive_.Data("t", {}, {{}, {}, {}});
  ASSERT_OK(Restore());
  EXPECT_EQ(Query("SELECT count(*) FROM t"), "3");
}

TEST_F(RestoreTest, OwnerAndPrivilegesAreSet) {
  const std::string role = target_->name() + "_role";
  target_->Execute(absl::StrCat("CREATE ROLE ", role));
  Entry& table = archive_.Table("t", "CREATE TABLE public.t ()");
  table.owner = role;
  table.owner_targets = {"TABLE public.t"};
  Entry& grant =
      archive_.Part("t", "grant", Section::kPreData,
                    absl::StrCat("GRANT SELECT ON public.t TO ", role));
  grant.pass = Pass::kPrivileges;
  grant.aspect = Aspect::kPrivileges;
  EXPECT_OK(Restore());
  EXPECT_EQ(Query("SELECT tableowner FROM pg_tables WHERE tablename = 't'"),
            role);
  target_->Execute(absl::StrCat("DROP OWNED BY ", role, "; DROP ROLE ", role));
}

TEST_F(RestoreTest, ManySmallTablesAreRestored) {
  for (int i = 0; i < 300; ++i) {
    const std::string t = absl::StrCat("t", i);
    archive_.Table(t, absl::StrCat("CREATE TABLE public.", t, " (a integer)"));
  }
  for (int i = 0; i < 300; ++i)
    archive_.Data(absl::StrCat("t", i), {4}, {{Octets(i)}, {Octets(7)}});
  for (int i = 0; i < 300; ++i) {
    const std::string t = absl::StrCat("t", i);
    archive_.Index(
        t, t + "_index",
        absl::StrCat("CREATE INDEX ", t, "_index ON public.", t, " (a)"));
  }
  ASSERT_OK_AND_ASSIGN(const RestoreSummary summary, Restore());
  EXPECT_EQ(summary.rows, 600u);
  EXPECT_EQ(Query("SELECT a FROM t299 ORDER BY a DESC LIMIT 1"), "299");
  EXPECT_EQ(Query("SELECT count(*) FROM pg_indexes WHERE indexname LIKE "
                  "'t%\\_index'"),
            "300");
}

TEST_F(RestoreTest, LargeObjectsKeepTheirBytesAndGaps) {
  archive_.Add("lo", Section::kData, {"SELECT pg_catalog.lo_create('4711')"});
  const std::string full(2048, 'x');
  Entry& data =
      archive_.Data("lo", {4, 4, 0},
                    {{Octets(4711), Octets(0), full},
                     {Octets(4711), Octets(1), full},
                     {Octets(4711), Octets(5), std::string("\0end", 4)}});
  data.data->target = DataTarget::kLargeObjects;
  ASSERT_OK(Restore());
  EXPECT_EQ(Query("SELECT md5(lo_get(4711)) = md5(repeat('x', 4096)::bytea || "
                  "decode(repeat('00', 6145), 'hex') || 'end')"),
            "t");
  EXPECT_EQ(Query("SELECT count(*) FROM pg_largeobject"), "3");
}

// They stand where an object was cut off, or made longer, at the end of a page.
TEST_F(RestoreTest, LargeObjectsReachToTheirEmptyPages) {
  for (const int object : {1, 2, 3, 4, 5, 6})
    archive_.Add(absl::StrCat("lo", object), Section::kData,
                 {absl::StrCat("SELECT pg_catalog.lo_create('", object, "')")});
  Rows pages = {{Octets(1), Octets(0), ""},
                {Octets(2), Octets(3), ""},
                {Octets(3), Octets(0), std::string(2048, 'x')},
                {Octets(3), Octets(1), ""},
                {Octets(4), Octets(0), "short"},
                {Octets(4), Octets(2), ""},
                {Octets(5), Octets(1), ""},
                {Octets(5), Octets(3), "end"}};
  // What stands behind an empty page stays.
  for (int page = 3; page <= 20; ++page)
    pages.push_back({Octets(6), Octets(page), std::string(2048, 'x')});
  pages.push_back({Octets(6), Octets(1), ""});
  Entry& data = archive_.Data("lo1", {4, 4, 0}, pages);
  data.data->target = DataTarget::kLargeObjects;
  for (int i = 2; i <= 6; ++i)
    data.depends.push_back(archive_.IdOf(absl::StrCat("lo", i)));
  ASSERT_OK(Restore());
  EXPECT_EQ(Query("SELECT string_agg(concat(oid, ':', length(lo_get(oid))), "
                  "' ' ORDER BY oid) FROM pg_largeobject_metadata"),
            "1:0 2:6144 3:2048 4:4096 5:6147 6:43008");
  EXPECT_EQ(Query("SELECT count(*) FROM pg_largeobject WHERE data = ''"), "5");
}

TEST_F(RestoreTest, PageThatIsTooLongIsDamage) {
  archive_.Add("lo", Section::kData, {"SELECT pg_catalog.lo_create('4711')"});
  archive_
      .Data("lo", {4, 4, 0},
            {{Octets(4711), Octets(0), std::string(2049, 'x')}})
      .data->target = DataTarget::kLargeObjects;
  EXPECT_THAT(Restore(), AllOf(FailsWith(Failure::kDamaged),
                               StatusMessageHas("2049 octets")));
}

// Short ones share statements with others, long ones have their own.
TEST_F(RestoreTest, LargeObjectsOfAllLengthsKeepTheirBytes) {
  Rows pages;
  for (int i = 1; i <= 300; ++i) {
    archive_.Add(absl::StrCat("lo", i), Section::kData,
                 {absl::StrCat("SELECT pg_catalog.lo_create('", i, "')")});
    const int full = i % 20;
    for (int page = 0; page < full; ++page)
      pages.push_back({Octets(i), Octets(page),
                       std::string(2048, static_cast<char>(i + page))});
    // Behind a gap of no page, one, or two.
    pages.push_back(
        {Octets(i), Octets(full + i % 3), std::string("\\\"'{},\0 end", 11)});
  }
  const size_t count = pages.size();
  Entry& data = archive_.Data("lo1", {4, 4, 0}, pages);
  data.data->target = DataTarget::kLargeObjects;
  for (int i = 2; i <= 300; ++i)
    data.depends.push_back(archive_.IdOf(absl::StrCat("lo", i)));
  ASSERT_OK(Restore());
  EXPECT_EQ(Query(R"(
    SELECT count(*) FROM pg_largeobject WHERE data =
      CASE WHEN pageno < loid::bigint % 20
      THEN decode(repeat(lpad(to_hex((loid::bigint + pageno) % 256), 2, '0'),
        2048), 'hex')
      WHEN pageno = loid::bigint % 20 + loid::bigint % 3
      THEN '\x5c22277b7d2c0020656e64'::bytea END)"),
            absl::StrCat(count));
  EXPECT_EQ(Query("SELECT count(*) FROM pg_largeobject"), absl::StrCat(count));
}

TEST_F(RestoreTest, ErrorNamesObjectStatementAndSqlState) {
  AddShop();
  archive_.Index("orders", "bad", "CREATE INDEX bad ON public.orders (c)");
  EXPECT_THAT(
      Restore(),
      AllOf(HasSqlState("42703"),
            StatusMessageHas("index \"public.bad\" of \"orders\": CREATE INDEX "
                             "bad ON public.orders (c): column \"c\" does not "
                             "exist (42703, missing object)")));
}

TEST_F(RestoreTest, FailedDefinitionLeavesNothingOfItsTransaction) {
  archive_.Table("good", "CREATE TABLE public.good ()");
  archive_.Table("bad", "CREATE TABLE public.bad (a nonsense)");
  EXPECT_THAT(Restore(),
              StatusMessageHas("table \"public.bad\": CREATE TABLE"));
  EXPECT_EQ(Query("SELECT to_regclass('public.good') IS NULL"), "t");
}

TEST_F(RestoreTest, TwoStatementsInOneAreRefused) {
  archive_.Table("t", "CREATE TABLE public.t (); DROP TABLE public.t");
  EXPECT_THAT(Restore(), StatusMessageHas("multiple commands"));
}

TEST_F(RestoreTest, RowsThatDoNotFitNameTableAndLine) {
  archive_.Table("t", "CREATE TABLE public.t (a integer)");
  archive_.TextData("t", 1, {{"1"}, {"two"}});
  EXPECT_THAT(Restore(), AllOf(HasSqlState("22P02"),
                               StatusMessageHas("table data \"public.t\""),
                               StatusMessageHas("line 2")));
}

TEST_F(RestoreTest, RowsThatATriggerKeepsAwayAreAnError) {
  target_->Execute(
      "CREATE TABLE t (a integer);"
      "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS"
      " 'BEGIN RETURN NULL; END';"
      "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()");
  archive_.Table("t");
  archive_.Data("t", {4}, {{Octets(1)}});
  options_.pre_data = options_.post_data = false;
  EXPECT_THAT(Restore(), StatusMessageHas("the server stored 0 of 1 rows"));
}

TEST_F(RestoreTest, ContinueRestoresTheRestAndListsErrors) {
  AddShop();
  archive_.Table("bad", "CREATE TABLE public.bad (a nonsense)");
  archive_.TextData("bad", 1, {{"1"}});
  archive_.Index("orders", "worse", "CREATE INDEX worse ON public.orders (c)");
  archive_.Table("good", "CREATE TABLE public.good ()");
  options_.exit_on_error = false;
  ASSERT_OK_AND_ASSIGN(const RestoreSummary summary, Restore());
  ASSERT_THAT(summary.errors, SizeIs(3));
  EXPECT_EQ(summary.errors[0].entry, "table \"public.bad\"");
  EXPECT_EQ(summary.errors[0].sqlstate, "42704");
  EXPECT_EQ(Query("SELECT to_regclass('public.good') IS NULL"), "f");
  EXPECT_EQ(Query("SELECT count(*) FROM orders"), "1000");
  EXPECT_EQ(Query("SELECT count(*) FROM pg_constraint WHERE conname = "
                  "'orders_fkey'"),
            "1");
}

TEST_F(RestoreTest, TargetThatHoldsObjectsIsRefused) {
  AddShop();
  target_->Execute("CREATE TABLE mine ()");
  EXPECT_THAT(Restore(), AllOf(FailsWith(Failure::kError),
                               StatusMessageHas("the database is not empty"),
                               StatusMessageHas("public.mine")));
  options_.allow_non_empty = true;
  EXPECT_OK(Restore());
}

TEST_F(RestoreTest, AllProblemsOfTheTargetAreListedAtOnce) {
  Entry& table = archive_.Table("t", "CREATE TABLE public.t ()");
  table.owner = "nobody_1";
  table.owner_targets = {"TABLE public.t"};
  table.tablespace = "nowhere";
  Entry& grant = archive_.Part("t", "grant", Section::kPreData,
                               "GRANT SELECT ON public.t TO \"nobody 2\"");
  grant.aspect = Aspect::kPrivileges;
  archive_.info().extensions = {{"nothing", "1"}};
  archive_.Add("nothing", Section::kPreData, {"CREATE EXTENSION nothing"});
  EXPECT_THAT(Restore(),
              AllOf(StatusMessageHas("role \"nobody_1\" does not exist"),
                    StatusMessageHas("role \"nobody 2\" does not exist"),
                    StatusMessageHas("tablespace \"nowhere\" does not exist"),
                    StatusMessageHas("extension \"nothing\" does not exist")));
  EXPECT_EQ(Query("SELECT to_regclass('public.t') IS NULL"), "t");
  options_.owner = options_.privileges = options_.tablespaces = false;
  EXPECT_THAT(Restore(), StatusMessageHas("extension \"nothing\""));
}

TEST_F(RestoreTest, EncodingWithoutConversionIsAProblem) {
  archive_.Table("t", "CREATE TABLE public.t ()");
  TestDatabase latin1("ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'");
  options_.target = latin1.options();
  archive_.info().encoding = "EUC_JP";
  EXPECT_THAT(Restore(), StatusMessageHas("there is no conversion"));
}

TEST_F(RestoreTest, TextIsConvertedToTheTargetsEncoding) {
  archive_.Table("t", "CREATE TABLE public.t (a text)");
  archive_.Data("t", {0}, {{"gr\xc3\xbc\xc3\x9f"}});
  TestDatabase latin1("ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'");
  options_.target = latin1.options();
  EXPECT_OK(Restore());
  EXPECT_EQ(latin1.Query("SELECT octet_length(a), ascii(right(a, 1)) FROM t"),
            "4|223");
}

TEST_F(RestoreTest, NewerSourceIsAWarning) {
  archive_.Table("t", "CREATE TABLE public.t ()");
  archive_.info().server_version = 990000;
  ASSERT_OK_AND_ASSIGN(const RestoreSummary summary, Restore());
  EXPECT_THAT(summary.warnings,
              ElementsAre(HasSubstr("comes from PostgreSQL 99")));
}

TEST_F(RestoreTest, WhatTheTargetIsTooOldForIsNamedBeforeAnythingIsWritten) {
  archive_.Table("old", "CREATE TABLE public.old ()");
  archive_.Table("new", "CREATE TABLE public.new (a future)").need = {
      99, "types of the future"};
  EXPECT_THAT(
      Restore(),
      AllOf(FailsWith(Failure::kError),
            StatusMessageHas("table \"public.new\" needs PostgreSQL 99 (types "
                             "of the future), the target is ")));
  EXPECT_EQ(Query("SELECT to_regclass('public.old') IS NULL"), "t");
  options_.exit_on_error = false;
  ASSERT_OK_AND_ASSIGN(const RestoreSummary summary, Restore());
  EXPECT_THAT(summary.warnings,
              Contains(HasSubstr("table \"public.new\" needs")));
  ASSERT_THAT(summary.errors, SizeIs(1));
  EXPECT_EQ(summary.errors[0].entry, "table \"public.new\"");
  EXPECT_EQ(Query("SELECT to_regclass('public.old') IS NULL"), "f");
}

TEST_F(RestoreTest, CleanReplacesWhatStands) {
  AddShop();
  ASSERT_OK(Restore());
  target_->Execute("DELETE FROM orders");
  options_.clean = true;
  EXPECT_OK(Restore());
  EXPECT_EQ(Query("SELECT count(*) FROM orders"), "1000");
}

TEST_F(RestoreTest, CleanToleratesWhatIsMissingOnlyIfAsked) {
  AddShop();
  options_.clean = true;
  EXPECT_THAT(Restore(), StatusMessageHas("DROP TABLE public.orders"));
  options_.if_exists = true;
  EXPECT_OK(Restore());
}

TEST_F(RestoreTest, CreateMakesTheDatabaseAndFillsIt) {
  const std::string name = target_->name() + " it's";
  archive_.info().database = name;
  Entry& database = archive_.Add(
      name, Section::kPreData,
      {absl::StrCat("CREATE DATABASE \"", name, "\" TEMPLATE template0")});
  database.aspect = Aspect::kDatabase;
  database.transactional = false;
  database.drop = {absl::StrCat("DROP DATABASE \"", name, "\"")};
  database.drop_if_exists = database.drop;
  AddShop();
  options_.create = true;
  EXPECT_OK(Restore());
  EXPECT_EQ(Query("SELECT to_regclass('public.orders') IS NULL"), "t");
  EXPECT_THAT(Restore(), StatusMessageHas("exists"));
  options_.clean = true;
  EXPECT_OK(Restore());
  target_->Execute(absl::StrCat("DROP DATABASE \"", name, "\""));
}

TEST_F(RestoreTest, SingleTransactionIsAllOrNothing) {
  AddShop();
  options_.single_transaction = true;
  archive_.Index("orders", "bad", "CREATE INDEX bad ON public.orders (c)");
  EXPECT_THAT(Restore(), HasSqlState("42703"));
  EXPECT_EQ(Query("SELECT count(*) FROM pg_class WHERE relname IN "
                  "('orders', 'customers')"),
            "0");
}

TEST_F(RestoreTest, SingleTransactionCommitsAtTheEnd) {
  AddShop();
  options_.single_transaction = true;
  EXPECT_OK(Restore());
  EXPECT_EQ(Query("SELECT count(*) FROM orders"), "1000");
}

TEST_F(RestoreTest, TableIntoADatabaseThatHoldsItsTypeAlready) {
  archive_.Type("mood", "CREATE TYPE public.mood AS ENUM ('sad')");
  archive_.Sequence("numbers");
  archive_.Table("t", "CREATE TABLE public.t (a public.mood)").depends = {
      archive_.IdOf("mood"), archive_.IdOf("numbers")};
  archive_.TextData("t", 1, {{"sad"}});
  archive_.Part("numbers", "state", Section::kData,
                "SELECT pg_catalog.setval('public.numbers', 5)");
  target_->Execute(
      "CREATE TYPE mood AS ENUM ('sad'); CREATE SEQUENCE numbers START 50");
  options_.tables = {"t"};
  EXPECT_OK(Restore());
  EXPECT_EQ(Query("SELECT a FROM t"), "sad");
  // What stood there keeps its state.
  EXPECT_EQ(Query("SELECT nextval('numbers')"), "50");
}

TEST_F(RestoreTest, DamagedChunkIsNotSent) {
  archive_.Table("t", "CREATE TABLE public.t (a text)");
  archive_.Data("t", {0}, {{"one"}, {"two"}});
  Buffer octets = archive_.Write();
  const auto reader = ArchiveReader::Open(MakeMemorySource(octets));
  ASSERT_OK(reader);
  const ChunkRef last = (*reader)->directory().chunks.back();
  octets[last.position + last.stored_bytes - 1] ^= 1;
  const auto damaged = ArchiveReader::Open(MakeMemorySource(octets));
  ASSERT_OK(damaged);
  Progress progress;
  CancelToken cancel;
  EXPECT_THAT(pgbale::Restore(**damaged, options_, cancel, progress),
              AllOf(FailsWith(Failure::kDamaged),
                    StatusMessageHas("table data \"public.t\"")));
  EXPECT_EQ(Query("SELECT count(*) FROM t"), "0");
  EXPECT_EQ(progress.rows, 0u);
}

TEST_F(RestoreTest, CancelledDefinitionsEndSoonAndLeaveNoBackend) {
  archive_.Table("t", "SELECT pg_catalog.pg_sleep(60)");
  RestoreAndCancel();
}

TEST_F(RestoreTest, CancelledJobsEndSoonAndLeaveNoBackend) {
  archive_.Table("t", "CREATE TABLE public.t ()");
  archive_.Index("t", "one", "SELECT pg_catalog.pg_sleep(60)");
  archive_.Index("t", "two", "SELECT pg_catalog.pg_sleep(61)");
  RestoreAndCancel();
}

TEST_F(RestoreTest, FirstErrorEndsTheOtherJobs) {
  archive_.Table("t", "CREATE TABLE public.t ()");
  archive_.Index("t", "one", "SELECT pg_catalog.pg_sleep(60)");
  archive_.Index("t", "two", "SELECT 1/0");
  EXPECT_THAT(Restore(), HasSqlState("22012"));
  ExpectNoBackend();
}

}  // namespace
}  // namespace pgbale

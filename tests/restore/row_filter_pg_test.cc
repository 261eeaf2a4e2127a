// Some rows of a table out of an archive: those that the server would choose,
// whatever of the archive is not read.

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/support/oracle.h"
#include "tests/support/paths.h"
#include "tests/support/random.h"
#include "tests/support/server.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kLog[] = R"(
  CREATE TYPE mood AS ENUM ('sad', 'ok');
  CREATE COLLATION nobody_cares (PROVIDER = icu, LOCALE = 'und-u-ks-level2',
    DETERMINISTIC = false);
  CREATE TABLE log (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz, day date, amount numeric(12,2), ratio double precision,
    name text, folded text COLLATE nobody_cares, mood mood, "Odd" smallint,
    twice integer GENERATED ALWAYS AS (length(name) * 2) STORED);
  INSERT INTO log (at, day, amount, ratio, name, folded, mood, "Odd")
  SELECT CASE WHEN i % 50 <> 0
           THEN timestamptz '2025-01-01 00:00+00' + i * interval '10 min' END,
    date '2025-01-01' + i / 100, i / 100.0, sqrt(i), 'n' || lpad(i::text, 6, '0'),
    'n' || i, CASE WHEN i < 1000 THEN 'sad' ELSE 'ok' END::mood, i % 7
  FROM generate_series(1, 30000) AS i;
  CREATE TABLE other (a integer PRIMARY KEY, b text);
  INSERT INTO other SELECT i, 'o' FROM generate_series(1, 10) AS i;
  CREATE TABLE refers (log integer REFERENCES log);
  CREATE FUNCTION is_low(integer) RETURNS boolean LANGUAGE sql
    AS $$ SELECT $1 < 10 $$;
)";

class RowFilterTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    source_.Execute(kLog);
    // So little memory makes chunks of 256 KiB.
    ASSERT_TRUE(DumpAndVerify(source_, bale(), {"-j", "1", "--memory", "1MB"}));
  }

  std::string bale() const { return dir_.File("a.bale"); }
  CommandResult Restore(Words words) const {
    words.insert(words.begin(), {"restore", "-d", target_.name(), bale()});
    return RunPgbale(target_, words);
  }
  nlohmann::json RestoreForJson(Words words) const {
    words.push_back("--json");
    const CommandResult result = Restore(words);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return nlohmann::json::parse(result.out, nullptr, false);
  }
  static std::string Fingerprint(const TestDatabase& database,
                                 const std::string& condition) {
    return database.Query(absl::StrCat(
        "SELECT count(*), md5(string_agg((log.*)::text, ' ' ORDER BY id)) FROM "
        "log WHERE (",
        condition, "\n)"));
  }
  // Puts what fulfils the condition into the standing table, and compares.
  nlohmann::json ExpectAsServer(const std::string& condition) const {
    const nlohmann::json summary =
        RestoreForJson({"-t", "log", "--table-mode", "truncate", "--where",
                        absl::StrCat("log=", condition)});
    EXPECT_EQ(Fingerprint(target_, "true"), Fingerprint(source_, condition))
        << condition;
    return summary["filtered"][0];
  }
  bool Stands(const std::string& table) const {
    return !target_.Query(absl::StrCat("SELECT to_regclass('", table, "')"))
                .empty();
  }

  const TestDatabase source_, target_;
  const TempDir dir_;
};

TEST_F(RowFilterTest, ChunksThatCannotHoldARowAreNotRead) {
  const nlohmann::json all = RestoreForJson({"-t", "log"});
  target_.Execute(
      "DROP TABLE log; DROP TYPE mood; DROP COLLATION nobody_cares");
  const nlohmann::json summary = RestoreForJson(
      {"-t", "log", "--where",
       "log=id between 10 and 20 and at >= '2025-01-01 01:00+00'"});
  EXPECT_EQ(Fingerprint(target_, "true"),
            Fingerprint(source_,
                        "id between 10 and 20 and at >= '2025-01-01 01:00Z'"));
  const nlohmann::json filtered = summary["filtered"][0];
  EXPECT_EQ(filtered["entry"], "table data \"public.log\"");
  EXPECT_EQ(filtered["chunks_read"], 1);
  EXPECT_GT(filtered["chunks"], 5);
  EXPECT_EQ(filtered["rows"], 11);
  EXPECT_EQ(summary["rows"], 11);
  EXPECT_LT(summary["archive_bytes_read"], all["archive_bytes_read"]);
}

TEST_F(RowFilterTest, TheServerDecidesWhatIsTrue) {
  ASSERT_EQ(Restore({"-t", "log"}).exit_code, 0);
  for (const char* condition :
       {"id < 0", "true", "at IS NULL", "NOT (id > 50)",
        "at < '2025-01-02 00:00'", "at > timestamp '2025-07-28 07:00'",
        "day = '2025-02-01' OR id = 1", "amount BETWEEN 10 AND 10.02",
        "amount = 7", "ratio < 1.5 AND name <> 'n000001'", "name = 'n000123'",
        "name IN ('n000123', 'n029999')", "folded = 'N123'",
        "mood = 'sad' AND id > 990", "\"Odd\" = 3",
        "name LIKE '%99' AND (id < 1000 OR day > '2025-10-20')",
        "id = (SELECT max(u) FROM unnest(ARRAY[3, 29999]) AS u)",
        "log.id <= 3 -- the first ones", "id IN (5, 29000)"})
    ExpectAsServer(condition);
}

// Octets that differ may be equal texts.
TEST_F(RowFilterTest, ATextOfAnotherCollationIsLookedForEverywhere) {
  ASSERT_EQ(Restore({"-t", "log"}).exit_code, 0);
  const nlohmann::json folded = ExpectAsServer("folded = 'N29999'");
  EXPECT_EQ(folded["rows"], 1);
  EXPECT_EQ(folded["chunks_read"], folded["chunks"]);
  const nlohmann::json name = ExpectAsServer("name = 'n029999'");
  EXPECT_EQ(name["chunks_read"], 1);
  // The target's collation counts.
  target_.Execute(
      "ALTER TABLE log DROP twice, ALTER name TYPE text COLLATE nobody_cares");
  const nlohmann::json here = RestoreForJson(
      {"-t", "log", "--table-mode", "truncate", "--where", "log=name = 'N29'"});
  EXPECT_EQ(here["filtered"][0]["chunks_read"], here["filtered"][0]["chunks"]);
}

// So does the type: there, numbers are compared as texts.
TEST_F(RowFilterTest, AColumnOfAnotherTypeTellsNothing) {
  source_.Execute(
      "CREATE TABLE x (a integer, r regclass);"
      "INSERT INTO x SELECT i, 'pg_class' FROM "
      "generate_series(1, 100000) AS i");
  ASSERT_TRUE(DumpAndVerify(source_, dir_.File("x.bale"),
                            {"-t", "x", "-j", "1", "--memory", "1MB"}));
  target_.Execute("CREATE TABLE x (a text, r regclass)");
  const CommandResult result =
      RunPgbale(target_, {"restore", "-d", target_.name(), "-a",
                          dir_.File("x.bale"), "--where", "x=a < '2'"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(target_.Query("SELECT count(*) FROM x"), "11112");
}

// As numbers of a list are compared with a real column.
TEST_F(RowFilterTest, ARealColumnIsLookedForAsTheServerDoes) {
  source_.Execute(
      "CREATE TABLE x (a real, b regclass);"
      "INSERT INTO x SELECT i / 10.0, 'pg_class' FROM "
      "generate_series(1, 100000) AS i");
  ASSERT_TRUE(DumpAndVerify(source_, dir_.File("x.bale"),
                            {"-t", "x", "-j", "1", "--memory", "1MB"}));
  target_.Execute("CREATE TABLE x (a real, b regclass)");
  for (const char* condition :
       {"a IN (0.1, 9999.9)", "a IN (9999.7, 20000)", "a IN (0.7)", "a = 0.5",
        "a IN (16777217, 0.3)", "a = '9999.7'", "a <= 0.1", "a > 9999.9"}) {
    const CommandResult result =
        RunPgbale(target_, {"restore", "-d", target_.name(), "-t", "x",
                            "--table-mode", "truncate", dir_.File("x.bale"),
                            "--where", absl::StrCat("x=", condition)});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(target_.Query("SELECT count(*), min(a), max(a) FROM x"),
              source_.Query(absl::StrCat(
                  "SELECT count(*), min(a), max(a) FROM x WHERE ", condition)))
        << condition;
  }
}

TEST_F(RowFilterTest, RandomConditionsChooseWhatTheServerChooses) {
  ASSERT_EQ(Restore({"-t", "log"}).exit_code, 0);
  Random random;
  const auto constant = [&random](uint64_t column) {
    const int64_t i = random.Between(-100, 30100);
    switch (column) {
      case 0:
        return absl::StrCat(i);
      case 1:
        return absl::StrCat("'2025-0", 1 + random.Below(9), "-01 0",
                            random.Below(10), ":00",
                            random.OneIn(2) ? "" : "+00", "'");
      case 2:
        return absl::StrCat("'2025-0", 1 + random.Below(9), "-11'");
      case 3:
        return absl::StrCat(i / 100, ".", 10 + i % 90 * (i > 0));
      default:
        return absl::StrCat("'n0", 10000 + random.Below(20000), "'");
    }
  };
  const std::vector<std::string> columns = {"id", "at", "day", "amount",
                                            "name"};
  const std::vector<std::string> ops = {"=", "<", "<=", ">", ">=", "<>"};
  const auto test = [&] {
    const uint64_t column = random.Below(columns.size());
    const std::string& name = columns[column];
    switch (random.Below(6)) {
      case 0:
        return absl::StrCat(name, " IS NULL");
      case 1:
        return absl::StrCat(name, " BETWEEN ", constant(column), " AND ",
                            constant(column));
      case 2:
        return absl::StrCat(name, " IN (", constant(column), ", ",
                            constant(column), ")");
      default:
        return absl::StrCat(name, " ", ops[random.Below(ops.size())], " ",
                            constant(column));
    }
  };
  for (int round = 0; round < 15; ++round) {
    std::string condition = test();
    for (uint64_t i = random.Below(4); i > 0; --i) {
      if (random.OneIn(4)) condition = absl::StrCat("NOT (", condition, ")");
      if (random.OneIn(4)) condition = absl::StrCat("(", condition, ")");
      absl::StrAppend(&condition, random.OneIn(2) ? " AND " : " OR ", test());
    }
    ExpectAsServer(condition);
  }
}

TEST_F(RowFilterTest, WhatTheServerCannotReadIsSaidBeforeAnythingIsWritten) {
  const auto refused = [&](const std::string& condition) {
    const CommandResult result =
        Restore({"-t", "log", "--where", absl::StrCat("log=", condition)});
    EXPECT_EQ(result.exit_code, 1) << condition;
    EXPECT_FALSE(Stands("log")) << condition;
    return result.err;
  };
  EXPECT_THAT(refused("id = = 5"),
              AllOf(HasSubstr("syntax error at or near \"=\", at character 6 "
                              "of the condition (42601)"),
                    HasSubstr("table \"public.log\"")));
  EXPECT_THAT(refused("id >"), HasSubstr("at the end of the condition"));
  EXPECT_THAT(refused("id = 5 AND no_column = 1"),
              HasSubstr("column \"no_column\" does not exist, at character "
                        "12 of the condition (42703)"));
  EXPECT_THAT(refused("twice = 4"), HasSubstr("42703"));
  EXPECT_THAT(refused("id"), HasSubstr("must be type boolean"));
  EXPECT_THAT(refused("id = 'x'"), HasSubstr("22P02"));
  EXPECT_THAT(refused("true; DROP TABLE other"), HasSubstr("42601"));
  EXPECT_THAT(refused("id > 5) OR (id < 3"),
              HasSubstr("syntax error at or near \")\", at character 7"));
  EXPECT_THAT(refused("id > 5 ORDER BY id"), HasSubstr("42601"));
}

TEST_F(RowFilterTest, WhatTheArchiveBringsMayBeUsed) {
  const CommandResult result = Restore(
      {"--where", "log=mood = 'sad'::public.mood AND public.is_low(id)"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(target_.Query("SELECT count(*) FROM log"), "9");
  EXPECT_EQ(target_.Query("SELECT count(*) FROM other"), "10");
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("refers_log_fkey"), HasSubstr("may not hold")));
}

TEST_F(RowFilterTest, EveryTableModeTakesSome) {
  ASSERT_EQ(Restore({"-t", "other"}).exit_code, 0);
  const auto put = [&](const std::string& mode, const std::string& condition) {
    const CommandResult result =
        Restore({"-t", "other", "--table-mode", mode, "--where",
                 absl::StrCat("public.other=", condition)});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return target_.Query(
        "SELECT string_agg(a || b, ' ' ORDER BY a) FROM other");
  };
  EXPECT_EQ(put("truncate", "a < 3"), "1o 2o");
  EXPECT_EQ(put("append", "a = 3"), "1o 2o 3o");
  target_.Execute("UPDATE other SET b = 'mine'");
  EXPECT_EQ(put("upsert", "a IN (2, 4)"), "1mine 2o 3mine 4o");
}

TEST_F(RowFilterTest, RowsThatATriggerKeepsAwayAreAnError) {
  ASSERT_EQ(Restore({"-t", "other"}).exit_code, 0);
  target_.Execute(R"(
    TRUNCATE other;
    CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql
      AS $$ BEGIN IF NEW.a = 2 THEN RETURN NULL; END IF; RETURN NEW; END $$;
    CREATE TRIGGER lose BEFORE INSERT ON other
      FOR EACH ROW EXECUTE FUNCTION lose();
  )");
  const CommandResult result = Restore(
      {"-t", "other", "--table-mode", "append", "--where", "other=a < 4"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("stored 2 of 3 rows"));
  EXPECT_EQ(target_.Query("SELECT count(*) FROM other"), "0");
}

TEST_F(RowFilterTest, StreamsAndSingleTransactionsTakeSomeToo) {
  const CommandResult result =
      Restore({"-1", "-t", "log", "--where", "log=id <= 7"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(target_.Query("SELECT count(*) FROM log"), "7");
  const TestDatabase streamed;
  const CommandResult from_pipe = RunCommand(
      {"sh", "-c",
       "\"$0\" restore -j 2 -d \"$1\" --where 'log=id <= 7' - < \"$2\"",
       kProgram, streamed.name(), bale()},
      streamed.environment());
  EXPECT_EQ(from_pipe.exit_code, 0) << from_pipe.err;
  EXPECT_EQ(streamed.Query("SELECT count(*) FROM log"), "7");
  EXPECT_EQ(streamed.Query("SELECT count(*) FROM other"), "10");
}

TEST_F(RowFilterTest, NamesOneTableWhoseRowsAreRestored) {
  const auto says = [&](const std::string& where) {
    const CommandResult result = Restore({"--where", where});
    EXPECT_EQ(result.exit_code, 1) << where;
    return result.err;
  };
  EXPECT_THAT(says("nothing=true"), HasSubstr("matches no table"));
  EXPECT_THAT(says("*o*=true"), HasSubstr("matches more than one table"));
  EXPECT_EQ(Restore({"-s", "--where", "log=true"}).exit_code, 2);
  EXPECT_EQ(Restore({"--where", "log"}).exit_code, 2);
  EXPECT_FALSE(Stands("log"));
}

}  // namespace
}  // namespace pgbale

#include "engine/bench/report.h"

#include <nlohmann/json.hpp>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/bench/reports.h"

namespace pgbale {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(BenchTable, ColumnsStandBelowEachOther) {
  EXPECT_THAT(
      BenchTable(MakeReport()),
      HasSubstr(
          "dump\n"
          "                    seconds             pgbale takes           CPU "
          "    server CPU  memory  archive\n"
          "  pgbale 1          2.00 (1.00 – 3.00)  1                      "
          "1.00 s  0.500 s     10 MiB  1 MiB\n"
          "  pg_dump 17.6 -Fd  4.00 (2.00 – 6.00)  0.500 (0.500 – 0.500)  "
          "2.00 s  1.00 s      10 MiB  1 MiB\n"));
}

TEST(BenchTable, TellsWhereItWasMeasuredAndByWhat) {
  const std::string table = BenchTable(MakeReport());
  EXPECT_THAT(table, HasSubstr("machine: Fast One, 2 processors, 8 GiB"));
  EXPECT_THAT(table, HasSubstr("server: PostgreSQL 17.6"));
  EXPECT_THAT(table, HasSubstr("settings: fsync = on"));
  EXPECT_THAT(table, HasSubstr("program: pg_dump (PostgreSQL) 17.6"));
  EXPECT_THAT(table, HasSubstr("\n  pg_dump -Fd\n  pg_restore\n"));
  EXPECT_THAT(table, HasSubstr("pgbale's phases: catalog 0.200 s"));
}

TEST(BenchTable, AFailedProgramHasItsMessageAndNoFigures) {
  BenchReport report = MakeReport();
  report.contestants[1].failure = "pg_dump: error: no\nsecond line";
  report.contestants[1].dump.runs.pop_back();
  report.contestants[1].restore.runs.clear();
  const std::string table = BenchTable(report);
  EXPECT_THAT(table, HasSubstr("  pg_dump 17.6 -Fd  failed\n"));
  EXPECT_THAT(table, HasSubstr("failed\n  pg_dump 17.6 -Fd:\n    pg_dump: "
                               "error: no\n    second line\n"));
  EXPECT_THAT(table, Not(HasSubstr("4.00 (2.00")));
}

TEST(BenchTable, WhoFailedInRestoresKeepsTheFiguresOfDumps) {
  BenchReport report = MakeReport();
  report.contestants[1].failure = "pg_restore: error: no";
  report.contestants[1].restore.runs.clear();
  const std::string table = BenchTable(report);
  EXPECT_THAT(table, HasSubstr("  pg_dump 17.6 -Fd  4.00 (2.00 – 6.00)"));
  EXPECT_THAT(table, HasSubstr("  pg_dump 17.6 -Fd  failed\n"));
}

TEST(BenchTable, AnUnknownServerTimeIsNotZero) {
  BenchReport report = MakeReport();
  report.contestants[0].dump.runs[1].server_cpu_seconds.reset();
  EXPECT_THAT(BenchTable(report), HasSubstr("1.00 s  ?  "));
}

TEST(BenchTable, OneKindOfWorkAloneHasOneTable) {
  BenchReport report = MakeReport();
  for (Contestant& contestant : report.contestants)
    contestant.dump.runs.clear();
  EXPECT_THAT(BenchTable(report), Not(HasSubstr("archive")));
  EXPECT_THAT(BenchTable(report), HasSubstr("restore, of what each"));
}

TEST(BenchTable, WrongResultsAreSaidLoudly) {
  BenchReport report = MakeReport();
  report.wrong = {"what x restored differs"};
  EXPECT_THAT(BenchTable(report),
              HasSubstr("WRONG RESULTS\n  what x restored differs\n"));
}

TEST(BenchJson, HoldsEveryRunAndTheSpread) {
  const auto json = nlohmann::json::parse(BenchJson(MakeReport()));
  EXPECT_EQ(json["schema"], 1);
  EXPECT_EQ(json["database"]["name"], "sh`o'p");
  EXPECT_EQ(json["server"]["settings"]["fsync"], "on");
  const auto& ours = json["contestants"][0]["dump"];
  ASSERT_EQ(ours["runs"].size(), 3u);
  EXPECT_EQ(ours["runs"][1]["seconds"], 3);
  EXPECT_EQ(ours["runs"][1]["thread_seconds"]["encode"], 3);
  const auto& theirs = json["contestants"][1]["restore"];
  EXPECT_EQ(theirs["seconds"]["median"], 5);
  EXPECT_EQ(theirs["pgbale_takes"]["lowest"], 0.4);
  EXPECT_FALSE(theirs["runs"][0].contains("phase_seconds"));
}

TEST(BenchJson, AFailedProgramHasNoRatio) {
  BenchReport report = MakeReport();
  report.contestants[1].failure = "no";
  report.contestants[1].dump.runs.pop_back();
  const auto json = nlohmann::json::parse(BenchJson(report));
  EXPECT_EQ(json["contestants"][1]["failure"], "no");
  EXPECT_EQ(json["contestants"][1]["dump"]["runs"].size(), 2u);
  EXPECT_FALSE(json["contestants"][1]["dump"].contains("pgbale_takes"));
}

}  // namespace
}  // namespace pgbale

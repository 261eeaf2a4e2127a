#include "engine/cli/report.h"

#include "base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace pgbale {
namespace {

using ::testing::HasSubstr;

TEST(Report, ErrorHasAPlaceAMessageAndAHint) {
  const absl::Status status =
      WithHint(MakeError(Failure::kLocalStorage, "\"x.bale\": file exists"),
               "Choose another name.");
  EXPECT_EQ(ErrorText(status),
            "pgbale: error: \"x.bale\": file exists\n"
            "HINT: Choose another name.\n");
}

TEST(Report, PartialSuccessIsAWarning) {
  EXPECT_EQ(ErrorText(MakeError(Failure::kPartial, "2 warnings")),
            "pgbale: warning: 2 warnings\n");
}

TEST(Report, ControlCharactersDoNotReachTheTerminal) {
  const std::string text =
      ErrorText(MakeError(Failure::kError, "a\x1b[31m\nb\rpgbale: error: c"));
  EXPECT_EQ(text, "pgbale: error: a?[31m\n  b?pgbale: error: c\n");
}

TEST(Report, ErrorJsonIsOneObjectWithTheExitCode) {
  const absl::Status status =
      WithSqlState(MakeError(Failure::kCancelled, "gone\n\xff"), "57P01");
  EXPECT_EQ(ErrorJson(status),
            "{\"type\":\"error\",\"message\":\"gone\\n\xEF\xBF\xBD\","
            "\"hint\":\"\",\"sqlstate\":\"57P01\",\"exit_code\":31}");
}

TEST(Report, UsageErrorSaysWhereTheHelpIs) {
  EXPECT_EQ(UsageErrorText(&kDumpCommand,
                           MakeError(Failure::kUsage, "no such thing")),
            "pgbale dump: no such thing\nTry \"pgbale dump --help\"\n");
  EXPECT_THAT(UsageErrorText(nullptr, MakeError(Failure::kUsage, "x")),
              HasSubstr("Try \"pgbale --help\""));
}

TEST(Report, DumpSummaryHasRowsBytesRatioAndRate) {
  DumpSummary summary;
  summary.entries = 1234;
  summary.tables = 5;
  summary.rows = 1000000;
  summary.raw_bytes = 60 << 20;
  summary.archive_bytes = 10 << 20;
  summary.catalog_seconds = 1;
  summary.data_seconds = 3;
  summary.total_seconds = 4;
  EXPECT_EQ(DumpSummaryText(summary),
            "dumped 1,234 entries, 5 tables, 1,000,000 rows in 4.0 s\n"
            "  catalog 1.0 s, data 3.0 s at 20 MiB/s\n"
            "  rows raw 60 MiB, archive 10 MiB, ratio 6.0\n");
}

TEST(Report, RestoreSummaryTellsWhatAConditionChose) {
  RestoreSummary summary;
  summary.archive_bytes_read = 3 << 20;
  summary.filtered = {{"table data \"public.t\"", 40, 3, 12345, 50}};
  EXPECT_THAT(RestoreSummaryText(summary),
              HasSubstr("\n  table data \"public.t\": 50 rows by --where, of "
                        "12,345 in the 3 of 40 chunks that were read\n"));
  EXPECT_EQ(RestoreDetailsText(summary), "  read of the archive: 3 MiB\n");
  EXPECT_THAT(RestoreSummaryJson(summary),
              HasSubstr("\"chunks\":40,\"chunks_read\":3,\"rows_read\":12345,"
                        "\"rows\":50"));
}

TEST(Report, RestoreErrorNamesObjectAndSqlState) {
  EXPECT_EQ(RestoreErrorText({"index \"public.i\"", "53100", "disk full", ""}),
            "pgbale: error: index \"public.i\": disk full (SQLSTATE 53100)\n");
}

}  // namespace
}  // namespace pgbale

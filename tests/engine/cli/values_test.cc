#include "engine/cli/values.h"

#include "tests/support/status_matchers.h"

namespace pgbale {
namespace {

TEST(Values, JobsAreAPositiveNumber) {
  EXPECT_EQ(*ParseJobs("8"), 8);
  for (const char* bad : {"0", "-1", "1001", "two", "", "2x"})
    EXPECT_THAT(ParseJobs(bad), FailsWith(Failure::kUsage)) << bad;
}

TEST(Values, CompressionIsALevelOrAMethodWithOne) {
  EXPECT_EQ(*ParseCompression("none"), 0);
  EXPECT_EQ(*ParseCompression("0"), 0);
  EXPECT_EQ(*ParseCompression("9"), 9);
  EXPECT_EQ(*ParseCompression("zstd"), 1);
  EXPECT_EQ(*ParseCompression("zstd:3"), 3);
  EXPECT_EQ(*ParseCompression("zstd:level=19"), 19);
}

TEST(Values, OtherCompressionIsRefusedWithTheOnesThereAre) {
  for (const char* bad : {"gzip", "lz4:1", "zstd:20", "zstd:", "-1", ""}) {
    const auto level = ParseCompression(bad);
    EXPECT_THAT(level, FailsWith(Failure::kUsage)) << bad;
    EXPECT_THAT(HintOf(level.status()), testing::HasSubstr("zstd:1")) << bad;
  }
}

TEST(Values, TimeoutsAreMillisecondsUnlessAUnitIsNamed) {
  EXPECT_EQ(*ParseTimeoutMs("5000"), 5000);
  EXPECT_EQ(*ParseTimeoutMs("250ms"), 250);
  EXPECT_EQ(*ParseTimeoutMs("1.5 s"), 1500);
  EXPECT_EQ(*ParseTimeoutMs("2min"), 120000);
  EXPECT_EQ(*ParseTimeoutMs("1h"), 3600000);
  EXPECT_EQ(*ParseTimeoutMs("0"), 0);
}

TEST(Values, TimeoutsThatAServerWouldRefuseAreRefused) {
  for (const char* bad : {"", "s", "5 weeks", "30d", "1e400", "-1"})
    EXPECT_THAT(ParseTimeoutMs(bad), FailsWith(Failure::kUsage)) << bad;
}

TEST(Values, SecondsMayHaveAFraction) {
  EXPECT_EQ(*ParseSecondsAsMs("30"), 30000);
  EXPECT_EQ(*ParseSecondsAsMs("0.5"), 500);
  for (const char* bad : {"", "0", "-1", "5s", "1e3", "nan"})
    EXPECT_THAT(ParseSecondsAsMs(bad), FailsWith(Failure::kUsage)) << bad;
}

TEST(Values, ConditionsFollowTheirTable) {
  const auto parts = [](absl::string_view text) {
    const auto where = ParseRowCondition(text);
    return where.ok() ? where->table + "|" + where->condition : "";
  };
  EXPECT_EQ(parts("t=a = 1"), "t|a = 1");
  EXPECT_EQ(parts(" s.t = a=1 "), "s.t|a=1");
  EXPECT_EQ(parts("\"a=b\".t=true"), "\"a=b\".t|true");
  for (const char* bad : {"", "t", "t=", "=a", "\"a=b\""})
    EXPECT_THAT(ParseRowCondition(bad), FailsWith(Failure::kUsage)) << bad;
}

TEST(Values, FormatIsCustomOrAnErrorThatSaysSo) {
  EXPECT_OK(CheckFormat("c"));
  EXPECT_OK(CheckFormat("custom"));
  EXPECT_THAT(CheckFormat("d"),
              StatusMessageHas("\"d\" is not a format that pgbale writes"));
}

TEST(Values, DataFormatIsAutoBinaryOrText) {
  EXPECT_EQ(*ParseDataFormat("auto"), DataFormat::kAuto);
  EXPECT_EQ(*ParseDataFormat("binary"), DataFormat::kBinary);
  EXPECT_EQ(*ParseDataFormat("text"), DataFormat::kText);
  EXPECT_THAT(ParseDataFormat("csv"), FailsWith(Failure::kUsage));
}

TEST(Values, SectionsAreThree) {
  EXPECT_OK(CheckSection("post-data"));
  EXPECT_THAT(CheckSection("postdata"), FailsWith(Failure::kUsage));
}

TEST(Values, RunsArePositive) {
  EXPECT_EQ(*ParseRuns("7"), 7);
  for (const char* bad : {"0", "-1", "1001", "x", ""})
    EXPECT_THAT(ParseRuns(bad), FailsWith(Failure::kUsage)) << bad;
}

TEST(Values, PhasesOfABenchmarkAreDumpRestoreOrBoth) {
  EXPECT_EQ(*ParseBenchPhases("dump"), BenchPhases::kDump);
  EXPECT_EQ(*ParseBenchPhases("restore"), BenchPhases::kRestore);
  EXPECT_EQ(*ParseBenchPhases("both"), BenchPhases::kBoth);
  EXPECT_THAT(ParseBenchPhases("index"), FailsWith(Failure::kUsage));
}

TEST(Values, OnErrorIsStopOrContinue) {
  EXPECT_FALSE(*ParseOnError("stop"));
  EXPECT_TRUE(*ParseOnError("continue"));
  EXPECT_THAT(ParseOnError("ignore"), FailsWith(Failure::kUsage));
}

TEST(Values, NamesOfTablesMayBeQuotedOnBothSides) {
  ASSERT_OK_AND_ASSIGN(const auto names,
                       ParseTableRenaming("shop.\"a=b\" = \"New\""));
  EXPECT_EQ(names.first, "shop.\"a=b\"");
  EXPECT_EQ(names.second, "\"New\"");
  for (const char* text : {"", "a", "a=", "=b", "a.b.c=d", "a*=b"})
    EXPECT_THAT(ParseTableRenaming(text), FailsWith(Failure::kUsage)) << text;
}

TEST(Values, KeysThatRowsBreakFailOrStayNotValid) {
  EXPECT_EQ(*ParseOnViolation("fail"), false);
  EXPECT_EQ(*ParseOnViolation("not-valid"), true);
  EXPECT_THAT(ParseOnViolation("yes"), FailsWith(Failure::kUsage));
}

}  // namespace
}  // namespace pgbale

#include "engine/bench/own_summary.h"

#include <utility>

#include "engine/cli/report.h"
#include "tests/support/status_matchers.h"

namespace pgbale {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(OwnSummary, ReadsWhatADumpPrints) {
  DumpSummary dump;
  dump.tables = 3;
  dump.rows = 1000;
  dump.raw_bytes = 5000;
  dump.catalog_seconds = 0.5;
  dump.data_seconds = 2;
  dump.finish_seconds = 0.25;
  dump.stages = {.receive = 4, .wait = 3, .encode = 2, .write = 1};
  const auto summary = ParseDumpSummary("{\"type\":\"status\",\"rows\":7}\n" +
                                        DumpSummaryJson(dump) + "\n");
  ASSERT_OK(summary.status());
  EXPECT_EQ(summary->tables, 3u);
  EXPECT_EQ(summary->rows, 1000u);
  EXPECT_EQ(summary->raw_bytes, 5000u);
  EXPECT_THAT(summary->wall,
              ElementsAre(Pair("catalog", 0.5), Pair("data", 1.75),
                          Pair("finish", 0.25)));
  EXPECT_THAT(summary->work, ElementsAre(Pair("receive", 4), Pair("wait", 3),
                                         Pair("encode", 2), Pair("write", 1)));
}

TEST(OwnSummary, ReadsWhatARestorePrintsByParts) {
  RestoreSummary restore;
  restore.pre_data_seconds = 1;
  restore.data_seconds = 2;
  restore.post_data_seconds = 3;
  restore.work_seconds = {{"TABLE DATA", 1},    {"BLOBS", 0.5},
                          {"INDEX", 2},         {"CONSTRAINT", 3},
                          {"FK CONSTRAINT", 4}, {"TRIGGER", 5}};
  const auto summary = ParseRestoreSummary(RestoreSummaryJson(restore));
  ASSERT_OK(summary.status());
  EXPECT_THAT(summary->wall, ElementsAre(Pair("pre-data", 1), Pair("data", 2),
                                         Pair("post-data", 3)));
  EXPECT_THAT(summary->work, ElementsAre(Pair("rows", 1.5), Pair("indexes", 2),
                                         Pair("constraints", 7),
                                         Pair("refresh", 0), Pair("other", 5)));
}

TEST(OwnSummary, OutputWithoutOneIsAnError) {
  for (const char* out : {"", "nonsense", "{\"type\":\"status\"}\n",
                          "{\"type\":1}", "[]", "{\"type\":\"summary\""})
    EXPECT_THAT(ParseDumpSummary(out),
                StatusMessageHas("pgbale printed no summary"))
        << out;
}

}  // namespace
}  // namespace pgbale

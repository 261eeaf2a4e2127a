// list and verify on an archive that is made here.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/io/file.h"
#include "base/io/memory.h"
#include "base/pg/connection.h"
#include "engine/inspect/list.h"
#include "engine/inspect/verify.h"
#include "format/archive_writer.h"
#include "format/digest.h"
#include "format/encoding_names.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::vector<Entry> MakeEntries() {
  Entry schema;
  schema.id = 1;
  schema.kind = "SCHEMA";
  schema.name = "shop\x1b[31m";
  Entry rows;
  rows.id = 2;
  rows.kind = "TABLE DATA";
  rows.schema = "shop";
  rows.name = "orders";
  rows.section = Section::kData;
  rows.depends = {1};
  rows.data = TableData{};
  rows.data->schema = "shop";
  rows.data->relation = "orders";
  rows.data->columns = {{"id", "integer", 4}};
  rows.data->format = WireFormat::kBinary;
  return {schema, rows};
}

RowBatch MakeRows() {
  const uint32_t width = 4;
  RowBatch batch(absl::MakeConstSpan(&width, 1));
  for (uint8_t i = 0; i < 100; ++i) {
    const uint8_t image[] = {0, 1, 0, 0, 0, 4, 0, 0, 0, i};
    batch.columns()[0].Append(Bytes(image + 6, 4));
    batch.EndRow(10, DigestRow(image));
  }
  return batch;
}

Buffer MakeBale() {
  Buffer out;
  ArchiveInfo info;
  info.database = "shop";
  info.server_version_text = "15.4";
  info.created_by = "pgbale 0.1.0";
  auto writer = ArchiveWriter::Open(MakeMemorySink(&out), info);
  EXPECT_OK(writer);
  EXPECT_OK((*writer)->AppendEntries(MakeEntries()));
  EXPECT_OK((*writer)->AppendChunk(2, EncodeChunk(MakeRows(), {})));
  EXPECT_OK((*writer)->Finish());
  return out;
}

class InspectTest : public testing::Test {
 protected:
  // The verdict on the first `size` octets, one of them changed if `flipped`
  // is not negative.
  absl::Status Verdict(size_t size, int flipped = -1) {
    Buffer bale = MakeBale();
    bale.resize(size == 0 ? bale.size() : size);
    if (flipped >= 0) bale[static_cast<size_t>(flipped)] ^= 1;
    const TempDir dir;
    CancelToken cancel;
    Progress progress;
    const auto report =
        VerifyFile(dir.Write("a.bale", AsText(bale)), 2, cancel, progress);
    EXPECT_OK(report);
    return VerdictOf(*report);
  }
};

TEST_F(InspectTest, ListShowsSourceEntriesAndSizes) {
  const auto archive = ArchiveReader::Open(MakeMemorySource(MakeBale()));
  ASSERT_OK(archive);
  const std::string text = ListText(**archive).value();
  EXPECT_THAT(text, HasSubstr("database    shop"));
  EXPECT_THAT(text, HasSubstr("2 entries, 1 tables, 100 rows"));
  EXPECT_THAT(text, HasSubstr("     2  TABLE DATA  shop    orders"));
}

TEST_F(InspectTest, NamesReachTheTerminalWithoutControlCharacters) {
  const auto archive = ArchiveReader::Open(MakeMemorySource(MakeBale()));
  ASSERT_OK(archive);
  EXPECT_THAT(ListText(**archive).value(), HasSubstr("shop?[31m"));
  EXPECT_THAT(ListText(**archive).value(), Not(HasSubstr("\x1b")));
}

TEST_F(InspectTest, ListJsonHasTheDigestOfATable) {
  const auto archive = ArchiveReader::Open(MakeMemorySource(MakeBale()));
  ASSERT_OK(archive);
  const std::string json = ListJson(**archive).value();
  EXPECT_THAT(json, HasSubstr("\"kind\":\"TABLE DATA\""));
  EXPECT_THAT(json, HasSubstr("\"rows\":100,\"raw_bytes\":1000"));
  EXPECT_THAT(json, HasSubstr(MakeRows().digest().ToHex()));
}

TEST_F(InspectTest, ListTellsTheEncodingsOfColumns) {
  const auto archive = ArchiveReader::Open(MakeMemorySource(MakeBale()));
  ASSERT_OK(archive);
  ASSERT_OK_AND_ASSIGN(
      const ChunkHead head,
      (*archive)->PeekChunkHead((*archive)->directory().chunks.front()));
  const std::string name = EncodingName(head.columns.front().encoding);
  EXPECT_THAT(ListText(**archive).value(), HasSubstr("  1 " + name + "\n"));
  EXPECT_THAT(ListJson(**archive).value(),
              HasSubstr("\"columns\":[{\"name\":\"id\",\"type\":"
                        "\"integer\",\"encodings\":[\"" +
                        name + "\"]}]"));
  EXPECT_EQ(EncodingName(9999), "encoding 9999");
}

TEST_F(InspectTest, ListNamesTheTableOfAChunkWhoseFrontIsDamaged) {
  Buffer bale = MakeBale();
  const auto whole = ArchiveReader::Open(MakeMemorySource(bale));
  ASSERT_OK(whole);
  const uint64_t chunk = (*whole)->directory().chunks.front().position;
  bale[chunk + BlockHeader::kSize] ^= 0x80;
  const auto archive = ArchiveReader::Open(MakeMemorySource(bale));
  ASSERT_OK(archive);
  EXPECT_THAT(ListText(**archive),
              AllOf(FailsWith(Failure::kDamaged),
                    StatusMessageHas("table \"shop.orders\"")));
}

TEST_F(InspectTest, WholeArchiveVerifies) { EXPECT_OK(Verdict(0)); }

TEST_F(InspectTest, CutArchiveIsIncomplete) {
  const absl::Status verdict = Verdict(MakeBale().size() - 10);
  EXPECT_THAT(verdict, FailsWith(Failure::kIncomplete));
  EXPECT_FALSE(HintOf(verdict).empty());
}

TEST_F(InspectTest, FlippedBitAnywhereIsDamage) {
  const int size = static_cast<int>(MakeBale().size());
  for (int position = 8; position < size; position += 7)
    EXPECT_FALSE(Verdict(0, position).ok()) << position;
}

TEST_F(InspectTest, VerifyEndsWhenItIsCancelled) {
  const TempDir dir;
  const std::string path = dir.Write("a.bale", AsText(MakeBale()));
  CancelToken cancel;
  cancel.Cancel(MakeError(Failure::kInterrupted, "stopped"));
  Progress progress;
  EXPECT_THAT(VerifyFile(path, 1, cancel, progress),
              FailsWith(Failure::kInterrupted));
}

TEST_F(InspectTest, ReportCountsWhatWasChecked) {
  VerifyReport report;
  report.blocks = 12;
  report.rows = 1000;
  report.raw_bytes = 3 << 20;
  EXPECT_THAT(VerifyText(report, 1.5), HasSubstr("whole: 12 blocks"));
  EXPECT_THAT(VerifyText(report, 1.5), HasSubstr("2 MiB/s"));
  report.damages.push_back({MakeError(Failure::kDamaged, "block 3"), 0});
  EXPECT_THAT(VerifyText(report, 1.5), HasSubstr("bad: block 3\n"));
  EXPECT_THAT(VerifyJson(report, 1.5), HasSubstr("\"damages\":[\"block 3\"]"));
}

}  // namespace
}  // namespace pgbale

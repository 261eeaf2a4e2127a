#include "format/archive_writer.h"

#include <thread>

#include "tests/format/archives.h"
#include "tests/support/fault_sink.h"

namespace pgbale {
namespace {

using namespace format_test;

EncodedChunk OneRow(const std::string& text) {
  return EncodeChunk(BatchOf({0}, {{text}}), {});
}

TEST(ArchiveWriter, TheSameStepsGiveTheSameOctets) {
  EXPECT_EQ(SmallArchive(), SmallArchive());
}

TEST(ArchiveWriter, EveryArchiveHasItsOwnId) {
  EXPECT_NE(SmallArchive(/*id=*/0), SmallArchive(/*id=*/0));
}

TEST(ArchiveWriter, EntriesNoReaderWouldAcceptAreRefused) {
  ArchiveBuilder builder;
  EXPECT_THAT(builder.writer().AppendEntries({{SchemaEntry(2, "a")}}),
              FailsWith(Failure::kError));
  Entry entry = SchemaEntry(1, "a");
  entry.depends = {1};
  ArchiveBuilder other;
  EXPECT_THAT(other.writer().AppendEntries({{entry}}),
              StatusMessageHas("it depends on entry 1"));
}

TEST(ArchiveWriter, AChunkNeedsAnEntryWithData) {
  ArchiveBuilder builder;
  builder.Entries({SchemaEntry(1, "s"), DataEntry(2, "t", {0})});
  EXPECT_OK(builder.writer().AppendChunk(2, OneRow("a")));
  EXPECT_THAT(builder.writer().AppendChunk(1, OneRow("a")),
              FailsWith(Failure::kError));
  EXPECT_THAT(builder.writer().AppendChunk(3, OneRow("a")),
              FailsWith(Failure::kError));
  EXPECT_OK(ReadEverything(builder.Finish()));
}

TEST(ArchiveWriter, AChunkBeyondTheLimitsIsRefused) {
  ArchiveBuilder builder;
  builder.Entries({DataEntry(1, "t", {0})});
  EncodedChunk chunk = OneRow("a");
  chunk.decoded_bytes = kChunkDecodedOctetsMax + 1;
  EXPECT_THAT(builder.writer().AppendChunk(1, chunk),
              StatusMessageHas("above the limits"));
}

TEST(ArchiveWriter, DirectoryAndSizeSayWhatWasWritten) {
  ArchiveBuilder builder;
  builder.Entries({DataEntry(1, "t", {0})}).Chunk(1, {{"a"}}).Chunk(1, {{"b"}});
  EXPECT_EQ(builder.writer().bytes_written(), builder.octets().size());
  const Directory directory = builder.writer().directory();
  EXPECT_EQ(directory.chunks.size(), 2u);
  ASSERT_EQ(directory.tables.size(), 1u);
  EXPECT_EQ(directory.tables[0].digest, BatchOf({0}, {{"a"}, {"b"}}).digest());
}

TEST(ArchiveWriter, ThreadsMayAppendChunks) {
  ArchiveBuilder builder;
  builder.Entries({DataEntry(1, "t", {0}), DataEntry(2, "u", {0})});
  std::vector<std::thread> threads;
  for (uint32_t i = 0; i < 4; ++i) {
    threads.emplace_back([&builder, i] {
      for (int j = 0; j < 50; ++j)
        EXPECT_OK(builder.writer().AppendChunk(1 + i % 2, OneRow("x")));
    });
  }
  for (std::thread& thread : threads) thread.join();
  const VerifyReport report = Verify(builder.Finish());
  EXPECT_THAT(report.damages, ::testing::IsEmpty());
  EXPECT_EQ(report.rows, 200u);
}

// Writes all of an archive to a sink that fails as `plan` says; the last
// status.
absl::Status WriteTo(Buffer* octets, const FaultPlan& plan) {
  ASSIGN_OR_RETURN(
      const auto writer,
      ArchiveWriter::Open(
          std::make_unique<FaultSink>(MakeMemorySink(octets), plan), {}));
  RETURN_IF_ERROR(writer->AppendEntries({{DataEntry(1, "t", {0})}}));
  RETURN_IF_ERROR(writer->AppendChunk(1, OneRow("a")));
  return writer->Finish();
}

TEST(ArchiveWriter, EveryFaultOfTheSinkIsReturnedAndLeavesNoValidArchive) {
  Buffer whole;
  ASSERT_OK(WriteTo(&whole, {}));
  for (uint64_t octets = 0; octets < whole.size(); ++octets) {
    Buffer written;
    EXPECT_THAT(WriteTo(&written, {.octets = octets}),
                FailsWith(Failure::kLocalStorage));
    EXPECT_FALSE(ReadEverything(written).ok());
  }
  Buffer written;
  EXPECT_THAT(WriteTo(&written, {.finish = true}),
              FailsWith(Failure::kLocalStorage));
}

TEST(ArchiveWriter, AfterAFaultNothingIsWritten) {
  Buffer octets;
  ASSERT_OK_AND_ASSIGN(
      const auto writer,
      ArchiveWriter::Open(std::make_unique<FaultSink>(MakeMemorySink(&octets),
                                                      FaultPlan{.append = 4}),
                          {}));
  ASSERT_OK(writer->AppendEntries({{DataEntry(1, "t", {0})}}));
  const size_t before = octets.size();
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(writer->AppendChunk(1, OneRow("a")),
                FailsWith(Failure::kLocalStorage));
  }
  EXPECT_THAT(writer->Finish(), FailsWith(Failure::kLocalStorage));
  EXPECT_EQ(octets.size(), before);
}

}  // namespace
}  // namespace pgbale

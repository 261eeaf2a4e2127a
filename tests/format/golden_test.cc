// Archives of all versions are read for ever, and docs/format.md shows what is
// written.

#include "tests/format/golden.h"

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "format/chunk_head.h"
#include "format/encodings/encoding.h"
#include "tests/support/paths.h"

namespace pgbale {
namespace {

using namespace format_test;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

std::string ReadFile(const std::string& path) {
  std::ifstream in(absl::StrCat(kSourceDir, "/", path));
  std::stringstream text;
  text << in.rdbuf();
  EXPECT_FALSE(text.str().empty()) << path;
  return text.str();
}

Buffer FromHex(absl::string_view hex) {
  const std::string octets =
      absl::HexStringToBytes(absl::StrReplaceAll(hex, {{"\n", ""}, {" ", ""}}));
  return Buffer(octets.begin(), octets.end());
}

Buffer Golden() { return FromHex(ReadFile("tests/format/golden/1.0.hex")); }

Buffer GoldenGlobals() {
  return FromHex(ReadFile("tests/format/golden/1.0-globals.hex"));
}

Buffer GoldenEncodings() {
  return FromHex(ReadFile("tests/format/golden/1.0-encodings.hex"));
}

Buffer GoldenColumns() {
  return FromHex(ReadFile("tests/format/golden/1.0-columns.hex"));
}

Buffer GoldenPlaces() {
  return FromHex(ReadFile("tests/format/golden/1.0-places.hex"));
}

// The octets of the block ```hex in docs/format.md: lines of a position, up
// to 8 octets, and a comment.
Buffer Documented() {
  const std::string page = ReadFile("docs/format.md");
  const size_t begin = page.find("```hex\n") + 7;
  const std::string block = page.substr(begin, page.find("```", begin) - begin);
  std::string hex;
  for (const absl::string_view line : absl::StrSplit(block, '\n')) {
    if (!line.empty() && line[0] != '#')
      absl::StrAppend(&hex, line.substr(6, 24));
  }
  return FromHex(hex);
}

TEST(Golden, TheDocumentedArchiveIsWhatIsWritten) {
  EXPECT_EQ(absl::BytesToHexString(AsText(Documented())),
            absl::BytesToHexString(AsText(SmallestArchive())));
}

TEST(Golden, TheDocumentedArchiveIsRead) {
  EXPECT_THAT(Verify(Documented()).damages, IsEmpty());
  ASSERT_OK_AND_ASSIGN(const auto reader, OpenArchive(Documented()));
  ASSERT_OK_AND_ASSIGN(const RowBatch batch,
                       reader->ReadChunk(reader->directory().chunks[0]));
  EXPECT_THAT(RowsOf(batch), ElementsAreArray<Row>({{Octets(1)}, {kNull}}));
}

TEST(Golden, Version1Dot0IsWhole) {
  const VerifyReport report = Verify(Golden());
  EXPECT_THAT(report.damages, IsEmpty());
  EXPECT_EQ(report.chunks, 5u);
  EXPECT_EQ(report.rows, 805u);
}

TEST(Golden, Version1Dot0HoldsWhatItHeld) {
  ASSERT_OK_AND_ASSIGN(const auto reader, OpenArchive(Golden()));
  EXPECT_EQ(reader->info(), GoldenInfo());
  EXPECT_THAT(reader->entries(), ElementsAreArray(GoldenEntries()));
  const std::vector<std::vector<Row>> expected = {GoldenNumbers(),
                                                  GoldenTexts(),
                                                  GoldenNumbers(),
                                                  {Row(), Row(), Row()},
                                                  {{kNull, ""}, {kNull, ""}}};
  for (size_t i = 0; i < expected.size(); ++i) {
    ASSERT_OK_AND_ASSIGN(const RowBatch batch,
                         reader->ReadChunk(reader->directory().chunks[i]));
    EXPECT_THAT(RowsOf(batch), ElementsAreArray(expected[i]));
  }
}

TEST(Golden, EveryFlippedOctetOfVersion1Dot0IsFound) {
  Buffer archive = Golden();
  for (size_t i = 0; i < archive.size(); ++i) {
    archive[i] ^= 0x10;
    EXPECT_FALSE(Verify(archive).damages.empty()) << i;
    archive[i] ^= 0x10;
  }
}

TEST(Golden, GlobalsOfVersion1Dot0AreWhatTheyWere) {
  EXPECT_THAT(Verify(GoldenGlobals()).damages, IsEmpty());
  ASSERT_OK_AND_ASSIGN(const auto reader, OpenArchive(GoldenGlobals()));
  EXPECT_THAT(reader->entries(), ElementsAreArray(GlobalEntries()));
}

TEST(Golden, GlobalsAreWrittenAsTheyWere) {
  EXPECT_EQ(absl::BytesToHexString(AsText(GoldenGlobals())),
            absl::BytesToHexString(AsText(GlobalsArchive())));
}

TEST(Golden, PlacesOfVersion1Dot0AreWhatTheyWere) {
  EXPECT_THAT(Verify(GoldenPlaces()).damages, IsEmpty());
  ASSERT_OK_AND_ASSIGN(const auto reader, OpenArchive(GoldenPlaces()));
  std::map<uint64_t, std::string> rows;
  for (const ChunkRef& chunk : reader->directory().chunks) {
    ASSERT_OK_AND_ASSIGN(const RowBatch batch, reader->ReadChunk(chunk));
    EXPECT_EQ(batch.place(), chunk.place);
    rows[chunk.place] = *RowsOf(batch).at(0).at(0);
  }
  EXPECT_EQ(rows, (std::map<uint64_t, std::string>{{0, Octets(1)},
                                                   {1, Octets(2)},
                                                   {2, Octets(3)},
                                                   {1 << 24, Octets(4)}}));
}

TEST(Golden, PlacesAreWrittenAsTheyWere) {
  EXPECT_EQ(absl::BytesToHexString(AsText(GoldenPlaces())),
            absl::BytesToHexString(AsText(PlacesArchive())));
}

TEST(Golden, EncodingsOfVersion1Dot0HoldWhatTheyHeld) {
  EXPECT_THAT(Verify(GoldenEncodings()).damages, IsEmpty());
  ASSERT_OK_AND_ASSIGN(const auto reader, OpenArchive(GoldenEncodings()));
  ASSERT_EQ(reader->directory().chunks.size(), 2u);
  for (const ChunkRef& chunk : reader->directory().chunks) {
    ASSERT_OK_AND_ASSIGN(const RowBatch batch, reader->ReadChunk(chunk));
    EXPECT_THAT(RowsOf(batch), ElementsAreArray(GoldenEncodedRows()));
  }
}

TEST(Golden, EncodingsOfVersion1Dot0AreThoseThatTheirNameSays) {
  std::vector<uint32_t> ids;
  for (const RawBlock& block : BlocksOf(GoldenEncodings())) {
    if (!block.header.is(BlockKind::kChunk)) continue;
    ASSERT_OK_AND_ASSIGN(const SplitChunk chunk,
                         DecodeChunkHead(block.payload));
    ids.clear();
    for (const ColumnHead& column : chunk.head.columns)
      ids.push_back(column.encoding);
    EXPECT_EQ(ids, kEncodedBy);
  }
  EXPECT_FALSE(ids.empty());
}

TEST(Golden, ColumnsOfVersion1Dot0HoldWhatTheyHeld) {
  EXPECT_THAT(Verify(GoldenColumns()).damages, IsEmpty());
  ASSERT_OK_AND_ASSIGN(const auto reader, OpenArchive(GoldenColumns()));
  EXPECT_THAT(reader->entries(), ElementsAreArray(ColumnsEntries()));
  const auto& chunks = reader->directory().chunks;
  ASSERT_EQ(chunks.size(), 2u);
  ASSERT_OK_AND_ASSIGN(const RowBatch binary, reader->ReadChunk(chunks[0]));
  EXPECT_THAT(RowsOf(binary), ElementsAreArray(ColumnsRows()));
  ASSERT_OK_AND_ASSIGN(const RowBatch text, reader->ReadChunk(chunks[1]));
  EXPECT_THAT(RowsOf(text), ElementsAreArray(ColumnsTextRows()));
}

TEST(Golden, ColumnsOfVersion1Dot0AreKnownAsTheyWere) {
  ASSERT_OK_AND_ASSIGN(const auto reader, OpenArchive(GoldenColumns()));
  std::vector<uint32_t> types, orders;
  for (const ChunkRef& chunk : reader->directory().chunks) {
    ASSERT_OK_AND_ASSIGN(const ChunkHead head, reader->ReadChunkHead(chunk));
    for (const ColumnHead& column : head.columns) {
      EXPECT_NE(column.hash, 0u);
      types.push_back(column.typed.has_value() ? column.typed->type_oid : 0);
      orders.push_back(column.range.has_value()
                           ? static_cast<uint32_t>(column.range->order)
                           : 0);
    }
  }
  EXPECT_THAT(types, ElementsAreArray({0, 0, 0, 0, 0, 0, 0,  //
                                       23, 701, 1700, 0, 1007, 0, 0}));
  EXPECT_THAT(orders, ElementsAreArray({2, 3, 4, 1, 0, 2, 0,  //
                                        2, 3, 4, 1, 0, 0, 0}));
}

TEST(Golden, EveryFlippedOctetOfTheColumnsIsFound) {
  Buffer archive = GoldenColumns();
  for (size_t i = 0; i < archive.size(); i += 3) {
    archive[i] ^= 0x10;
    EXPECT_FALSE(Verify(archive).damages.empty()) << i;
    archive[i] ^= 0x10;
  }
}

TEST(Golden, EveryFlippedOctetOfTheEncodingsIsFound) {
  Buffer archive = GoldenEncodings();
  for (size_t i = 0; i < archive.size(); i += 3) {
    archive[i] ^= 0x10;
    EXPECT_FALSE(Verify(archive).damages.empty()) << i;
    archive[i] ^= 0x10;
  }
}

// What the fuzzer starts from reaches the decoder of every encoding.
TEST(Golden, SeedsForChunksAreChunks) {
  constexpr uint32_t kWidths[] = {0, 1, 2, 4, 8, 16};  // chunk_fuzz.cc
  std::set<uint32_t> ids;
  const std::string folder =
      absl::StrCat(kSourceDir, "/tests/fuzz/seeds/chunk_fuzz");
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    std::ifstream in(file.path());
    std::stringstream text;
    text << in.rdbuf();
    const std::string octets = text.str();
    ASSERT_GT(octets.size(), 2u);
    const uint32_t width = kWidths[AsBytes(octets)[1]];
    const Bytes payload = AsBytes(octets).subspan(2);
    EXPECT_OK(DecodeChunk(payload, {width}));
    ASSERT_OK_AND_ASSIGN(const SplitChunk chunk, DecodeChunkHead(payload));
    ids.insert(chunk.head.columns.at(0).encoding);
  }
  for (uint32_t id = 0; FindEncoding(id) != nullptr; ++id)
    EXPECT_TRUE(ids.contains(id)) << "no seed for encoding " << id;
}

}  // namespace
}  // namespace pgbale

// The reader that was made from docs/format.md alone reads what ours reads.

#include "tests/format/reference_reader.h"

#include <fstream>
#include <sstream>

#include "absl/strings/escaping.h"
#include "absl/strings/str_replace.h"
#include "tests/format/proof_archive.h"
#include "tests/format/same_archive.h"
#include "tests/support/paths.h"

namespace pgbale {
namespace {

using namespace format_test;

Buffer Golden(absl::string_view name) {
  std::ifstream in(absl::StrCat(kSourceDir, "/tests/format/golden/", name));
  std::stringstream text;
  text << in.rdbuf();
  const std::string octets = absl::HexStringToBytes(
      absl::StrReplaceAll(text.str(), {{"\n", ""}, {" ", ""}}));
  EXPECT_FALSE(octets.empty()) << name;
  return Buffer(octets.begin(), octets.end());
}

TEST(ReferenceReader, ReadsGoldenArchives) {
  for (const char* const name :
       {"1.0.hex", "1.0-globals.hex", "1.0-encodings.hex", "1.0-columns.hex",
        "1.0-places.hex"}) {
    SCOPED_TRACE(name);
    ExpectReferenceReadsTheSame(Golden(name));
  }
}

TEST(ReferenceReader, ReadsEveryEncodingWhateverTheValues) {
  Random random;
  ExpectReferenceReadsTheSame(ProofArchive());
  ExpectReferenceReadsTheSame(ProofArchive(kProofId, random.Next()));
}

TEST(ReferenceReader, ReadsWhatIsChosen) {
  Random random;
  for (int round = 0; round < 5; ++round) {
    ArchiveBuilder builder;
    const Widths widths = {1, 2, 4, 8, 16, 0, 0};
    builder.Entries({DataEntry(1, "t", widths), DataEntry(2, "none", {})});
    builder.Chunk(1, RandomRows(random, widths, 300), 0);
    builder.Chunk(1, RandomRows(random, widths, random.Below(3)), 1);
    builder.Chunk(2, {Row(), Row()});
    builder.Chunk(1, RandomRows(random, widths, 3000), 3);
    ExpectReferenceReadsTheSame(builder.Finish());
  }
}

TEST(ReferenceReader, RefusesFlippedBits) {
  Buffer archive = SmallArchive();
  for (size_t bit = 0; bit < archive.size() * 8; bit += 3) {
    const uint8_t mask = static_cast<uint8_t>(1u << bit % 8);
    archive[bit / 8] ^= mask;
    EXPECT_ANY_THROW(reference::Read(ViewOf(archive))) << bit;
    archive[bit / 8] ^= mask;
  }
}

}  // namespace
}  // namespace pgbale

#include "format/digest.h"

#include "format/checksum.h"
#include "tests/format/archives.h"

namespace pgbale {
namespace {

using namespace format_test;

TEST(Digest, DoesNotDependOnTheOrderOfRows) {
  EXPECT_EQ(BatchOf({0}, {{"a"}, {"b"}, {kNull}}).digest(),
            BatchOf({0}, {{kNull}, {"b"}, {"a"}}).digest());
}

TEST(Digest, DoesNotDependOnHowRowsAreCutIntoBatches) {
  Digest sum = BatchOf({0}, {{"a"}}).digest();
  sum += BatchOf({0}, {{"b"}}).digest();
  EXPECT_EQ(sum, BatchOf({0}, {{"a"}, {"b"}}).digest());
}

TEST(Digest, CountsEqualRows) {
  EXPECT_NE(BatchOf({0}, {{"a"}}).digest(),
            BatchOf({0}, {{"a"}, {"a"}, {"a"}}).digest());
}

TEST(Digest, TellsNullFromEmptyAndColumnsFromEachOther) {
  EXPECT_NE(BatchOf({0}, {{kNull}}).digest(), BatchOf({0}, {{""}}).digest());
  EXPECT_NE(BatchOf({0, 0}, {{"ab", "c"}}).digest(),
            BatchOf({0, 0}, {{"a", "bc"}}).digest());
}

TEST(Digest, CarriesIntoItsHighHalf) {
  Digest sum{~uint64_t{0}, 1};
  sum += Digest{1, 1};
  EXPECT_EQ(sum, (Digest{0, 3}));
}

TEST(Digest, PrintsItsHighHalfFirst) {
  EXPECT_EQ((Digest{0x1, 0xab}).ToHex(), "00000000000000ab0000000000000001");
}

// The values that xxHash's own test suite fixes for empty input.
TEST(Checksum, IsXxh3WithSeedZero) {
  EXPECT_EQ(Hash64(Bytes()), 0x2d06800538d394c2u);
  EXPECT_EQ(Hash128(Bytes()), (Digest{0x6001c324468d497f, 0x99aa06d3014798d8}));
}

}  // namespace
}  // namespace pgbale

#include "format/transpose.h"

#include "tests/format/archives.h"

namespace pgbale {
namespace {

TEST(Transpose, PutsLikePlacesTogether) {
  const uint8_t values[] = {1, 2, 3, 4, 5, 6};
  uint8_t planes[6];
  Transpose(2, 3, values, planes);
  EXPECT_THAT(planes, ::testing::ElementsAre(1, 3, 5, 2, 4, 6));
}

TEST(Transpose, EveryOctetGoesToItsPlace) {
  Random random;
  for (const size_t width : {2, 4, 8, 16}) {
    for (size_t count = 0; count < 70; ++count) {
      const Buffer values = random.Octets(width * count);
      Buffer planes(values.size());
      Transpose(width, count, values.data(), planes.data());
      for (size_t i = 0; i < values.size(); ++i)
        EXPECT_EQ(planes[i % width * count + i / width], values[i]);
      Buffer back(values.size());
      Untranspose(width, count, planes.data(), back.data());
      EXPECT_EQ(back, values);
    }
  }
}

}  // namespace
}  // namespace pgbale

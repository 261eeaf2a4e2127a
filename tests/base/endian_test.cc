#include "base/endian.h"

#include "gtest/gtest.h"

namespace pgbale {
namespace {

TEST(Endian, LittleStoresTheLowOctetFirst) {
  uint8_t raw[4];
  StoreLittle<uint32_t>(raw, 0x01020304);
  EXPECT_EQ(raw[0], 4);
  EXPECT_EQ(LoadLittle<uint32_t>(raw), 0x01020304u);
}

TEST(Endian, BigStoresTheHighOctetFirst) {
  uint8_t raw[4];
  StoreBig<uint32_t>(raw, 0x01020304);
  EXPECT_EQ(raw[0], 1);
  EXPECT_EQ(LoadBig<uint32_t>(raw), 0x01020304u);
}

TEST(Endian, NegativeNumbersSurvive) {
  uint8_t raw[8];
  StoreBig<int64_t>(raw, -2);
  EXPECT_EQ(LoadBig<int64_t>(raw), -2);
  StoreLittle<int16_t>(raw, -2);
  EXPECT_EQ(LoadLittle<int16_t>(raw), -2);
}

TEST(Endian, AddressesNeedNoAlignment) {
  uint8_t raw[9] = {};
  StoreLittle<uint64_t>(raw + 1, 0x0102030405060708);
  EXPECT_EQ(LoadBig<uint64_t>(raw + 1), 0x0807060504030201u);
}

TEST(Endian, AppendGrowsTheBuffer) {
  Buffer out;
  AppendBig<uint16_t>(out, 0x0102);
  AppendLittle<uint16_t>(out, 0x0102);
  EXPECT_EQ(out, (Buffer{1, 2, 2, 1}));
}

TEST(Bytes, TextAndBytesAreViewsOfTheSame) {
  const std::string text("a\0b", 3);
  EXPECT_EQ(AsText(AsBytes(text)), text);
  EXPECT_EQ(ToString(AsBytes(text)), text);
}

}  // namespace
}  // namespace pgbale

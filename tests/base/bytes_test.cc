#include "base/bytes.h"

#include <cstdint>
#include <string>

#include "gtest/gtest.h"

namespace pgbale {
namespace {

TEST(Bytes, WhatIsAppendedSurvivesGrowth) {
  Buffer buffer;
  std::string expected;
  for (int i = 0; i < 2000; ++i) {
    const std::string piece(static_cast<size_t>(i % 37), static_cast<char>(i));
    Append(buffer, AsBytes(piece));
    expected += piece;
  }
  EXPECT_EQ(ToString(buffer), expected);
}

TEST(Bytes, ExtendGivesRoomAtTheEnd) {
  Buffer buffer = {1, 2, 3};
  uint8_t* const room = Extend(buffer, 2);
  room[0] = 4;
  room[1] = 5;
  EXPECT_EQ(buffer, (Buffer{1, 2, 3, 4, 5}));
  EXPECT_EQ(Extend(buffer, 0), buffer.data() + 5);
}

TEST(Bytes, GrowthIsByFactors) {
  Buffer buffer;
  int moves = 0;
  for (int i = 0; i < 100'000; ++i) {
    const uint8_t* const before = buffer.data();
    *Extend(buffer, 1) = 7;
    moves += buffer.data() != before ? 1 : 0;
  }
  EXPECT_LT(moves, 30);
}

TEST(Bytes, ReserveKeepsWhatIsThere) {
  Buffer buffer = {1, 2, 3};
  Reserve(buffer, 1000);
  EXPECT_GE(buffer.capacity(), 1000u);
  EXPECT_EQ(buffer, (Buffer{1, 2, 3}));
  Reserve(buffer, 10);
  EXPECT_GE(buffer.capacity(), 1000u);
}

}  // namespace
}  // namespace pgbale

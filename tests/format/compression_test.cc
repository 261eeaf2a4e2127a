#include "format/compression.h"

#include "tests/format/archives.h"

namespace pgbale {
namespace {

using namespace format_test;

const Buffer kRaw(10'000, 'x');

Buffer Frame(Bytes raw = kRaw) {
  Buffer frame;
  EXPECT_EQ(CompressTo(raw, 1, frame), Method::kZstd);
  return frame;
}

TEST(Compression, GivesBackWhatItGot) {
  for (int level = 1; level <= 19; ++level) {
    Buffer frame;
    ASSERT_EQ(CompressTo(kRaw, level, frame), Method::kZstd);
    ASSERT_OK_AND_ASSIGN(const Buffer raw,
                         Decompress(Method::kZstd, frame, kRaw.size()));
    EXPECT_EQ(raw, kRaw);
  }
}

TEST(Compression, StoresWhatDoesNotShrink) {
  Random random;
  const Buffer raw = random.Octets(10'000);
  Buffer out = {'!'};
  EXPECT_EQ(CompressTo(raw, 1, out), Method::kStored);
  EXPECT_EQ(out.size(), raw.size() + 1);
  EXPECT_OK(Decompress(Method::kStored, raw, raw.size()));
}

TEST(Compression, LevelZeroStores) {
  Buffer out;
  EXPECT_EQ(CompressTo(kRaw, 0, out), Method::kStored);
  EXPECT_EQ(out, kRaw);
}

TEST(Compression, AnotherSizeIsDamage) {
  for (const uint64_t octets :
       {uint64_t{0}, uint64_t{9'999}, uint64_t{10'001}, uint64_t{1} << 31}) {
    EXPECT_THAT(Decompress(Method::kZstd, Frame(), octets),
                FailsWith(Failure::kDamaged));
    EXPECT_THAT(Decompress(Method::kStored, kRaw, octets),
                FailsWith(Failure::kDamaged));
  }
}

TEST(Compression, NothingMayFollowTheFrame) {
  Buffer frame = Frame();
  frame.push_back(0);
  EXPECT_THAT(Decompress(Method::kZstd, frame, kRaw.size()),
              FailsWith(Failure::kDamaged));
  frame.pop_back();
  Append(frame, Frame());
  EXPECT_THAT(Decompress(Method::kZstd, frame, kRaw.size()),
              FailsWith(Failure::kDamaged));
}

TEST(Compression, EveryTruncatedFrameIsDamage) {
  const Buffer frame = Frame();
  for (size_t octets = 0; octets < frame.size(); ++octets) {
    EXPECT_THAT(
        Decompress(Method::kZstd, Bytes(frame).first(octets), kRaw.size()),
        FailsWith(Failure::kDamaged));
  }
}

TEST(Compression, ASkippableFrameIsDamage) {
  const Buffer frame = {0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0};
  EXPECT_THAT(Decompress(Method::kZstd, frame, 0),
              FailsWith(Failure::kDamaged));
}

// A frame's header with the window `descriptor`, a content size of four
// octets, and one raw block.
Buffer FrameWithWindow(uint8_t descriptor) {
  return {0x28, 0xb5, 0x2f, 0xfd, 0x80, descriptor, 4,   0,  0,
          0,    0x21, 0,    0,    'a',  'b',        'c', 'd'};
}

TEST(Compression, AWindowAboveTheLimitIsDamage) {
  EXPECT_OK(Decompress(Method::kZstd, FrameWithWindow(17 << 3), 4));
  EXPECT_THAT(Decompress(Method::kZstd, FrameWithWindow(17 << 3 | 1), 4),
              StatusMessageHas("window"));
}

TEST(Compression, ADictionaryIsDamage) {
  // As above, without window, with a dictionary's id of one octet.
  const Buffer frame = {0x28, 0xb5, 0x2f, 0xfd, 0x21, 7,   4,
                        0x21, 0,    0,    'a',  'b',  'c', 'd'};
  EXPECT_THAT(Decompress(Method::kZstd, frame, 4),
              StatusMessageHas("dictionary"));
}

TEST(Compression, FlippedBitsNeverCrash) {
  Random random;
  Buffer raw = random.Octets(300);
  raw.resize(600, 'a');
  Buffer frame = Frame(raw);
  for (size_t bit = 0; bit < frame.size() * 8; ++bit) {
    frame[bit / 8] ^= static_cast<uint8_t>(1u << bit % 8);
    Decompress(Method::kZstd, frame, raw.size()).status().IgnoreError();
    frame[bit / 8] ^= static_cast<uint8_t>(1u << bit % 8);
  }
}

}  // namespace
}  // namespace pgbale

#include "format/pack.h"

#include "tests/format/archives.h"

namespace pgbale {
namespace {

using namespace format_test;

TEST(Pack, GivesBackWhatItGot) {
  for (const size_t octets : {0, 1, 1023, 1024, 100'000}) {
    const Buffer raw(octets, 'x');
    ASSERT_OK_AND_ASSIGN(const Buffer unpacked, Unpack(Pack(raw)));
    EXPECT_EQ(unpacked, raw);
  }
}

TEST(Pack, CompressesWhatIsLarge) {
  EXPECT_LT(Pack(Buffer(100'000, 'x')).size(), 1000u);
}

TEST(Pack, DamageIsNoticed) {
  const Buffer whole = Pack(Buffer(2000, 'x'));
  for (const size_t octet : {4, 7, 8, 15}) {
    Buffer payload = whole;
    payload[octet] ^= 0x40;
    EXPECT_THAT(Unpack(payload), FailsWith(Failure::kDamaged)) << octet;
  }
  for (size_t octets = 0; octets < whole.size(); ++octets) {
    EXPECT_THAT(Unpack(Bytes(whole).first(octets)),
                FailsWith(Failure::kDamaged));
  }
}

TEST(Pack, AnUnknownMethodIsRefused) {
  Buffer payload = Pack({});
  payload[0] = 2;
  EXPECT_THAT(Unpack(payload), FailsWith(Failure::kError));
}

}  // namespace
}  // namespace pgbale

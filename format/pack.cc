#include "format/pack.h"

#include "absl/strings/str_cat.h"
#include "base/endian.h"
#include "format/compression.h"
#include "format/constants.h"
#include "format/errors.h"

namespace pgbale {
namespace {

//    0  4  method
//    4  4  zero
//    8  8  raw octets
//   16     the octets, as the method stores them
constexpr size_t kHeadOctets = 16;

// Smaller ones gain little, and stay legible in a hex dump.
constexpr size_t kCompressedFrom = 1024;
constexpr int kLevel = 3;

}  // namespace

Buffer Pack(Bytes raw) {
  Buffer payload(kHeadOctets);
  const int level = raw.size() >= kCompressedFrom ? kLevel : 0;
  const Method method = CompressTo(raw, level, payload);
  StoreLittle(payload.data(), static_cast<uint32_t>(method));
  StoreLittle(payload.data() + 4, uint32_t{0});
  StoreLittle(payload.data() + 8, uint64_t{raw.size()});
  return payload;
}

absl::StatusOr<Buffer> Unpack(Bytes payload) {
  if (payload.size() < kHeadOctets) return Damaged("the payload is too short");
  const uint32_t method = LoadLittle<uint32_t>(payload.data());
  const uint32_t zero = LoadLittle<uint32_t>(payload.data() + 4);
  const uint64_t raw_octets = LoadLittle<uint64_t>(payload.data() + 8);
  if (method > static_cast<uint32_t>(Method::kZstd))
    return TooNew(absl::StrCat("compression method ", method, " is unknown"));
  if (zero != 0) return Damaged("reserved octets of the payload are not zero");
  if (raw_octets > kPackedRawOctetsMax) {
    return Damaged(absl::StrCat("the raw size of ", raw_octets,
                                " octets is above the limit of ",
                                kPackedRawOctetsMax));
  }
  return Decompress(static_cast<Method>(method), payload.subspan(kHeadOctets),
                    raw_octets);
}

}  // namespace pgbale

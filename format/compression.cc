#include "format/compression.h"

#include <zstd.h>

#include <cstring>
#include <memory>

#include "absl/strings/str_cat.h"
#include "base/endian.h"
#include "format/errors.h"

namespace pgbale {
namespace {

// Less than this is not worth a frame's header and the call.
constexpr size_t kCompressedFrom = 64;

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

ZSTD_CCtx* CompressionContext(int level) {
  thread_local std::unique_ptr<ZSTD_CCtx, FreeContext> context(
      ZSTD_createCCtx());
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level);
  return context.get();
}

ZSTD_DCtx* DecompressionContext() {
  thread_local std::unique_ptr<ZSTD_DCtx, FreeContext> context(
      ZSTD_createDCtx());
  return context.get();
}

// RFC 8878, 3.1.1.1: the magic number, a descriptor, and, unless the frame is
// a single segment, the window: 5 bits of exponent, 3 of mantissa.
bool WindowIsWithinLimit(Bytes frame) {
  constexpr size_t kDescriptorAt = 4, kWindowAt = 5;
  constexpr uint8_t kSingleSegment = 0x20;
  if (frame.size() <= kWindowAt) return false;
  if ((frame[kDescriptorAt] & kSingleSegment) != 0) return true;
  const int exponent = frame[kWindowAt] >> 3, mantissa = frame[kWindowAt] & 7;
  return 10 + exponent + (mantissa != 0 ? 1 : 0) <= kZstdWindowLogMax;
}

// A block of a frame takes 4 octets or more and makes 128 KiB or less: what
// cannot be there needs no memory.
bool CanHold(Bytes frame, uint64_t raw_octets) {
  constexpr uint64_t kBlockOctetsMin = 4, kBlockRawOctetsMax = 128 << 10;
  return raw_octets / kBlockRawOctetsMax <= frame.size() / kBlockOctetsMin;
}

absl::Status CheckFrame(Bytes frame, uint64_t raw_octets) {
  if (frame.size() < sizeof(uint32_t) ||
      LoadLittle<uint32_t>(frame.data()) != ZSTD_MAGICNUMBER)
    return Damaged("no zstd frame is found there");
  const unsigned long long content =
      ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (content != raw_octets) {
    return Damaged(absl::StrCat("the zstd frame does not state the ",
                                raw_octets, " octets that are expected"));
  }
  if (!CanHold(frame, raw_octets)) {
    return Damaged(absl::StrCat("a zstd frame of ", frame.size(),
                                " octets cannot hold ", raw_octets));
  }
  if (!WindowIsWithinLimit(frame))
    return Damaged("the zstd frame's window is above the limit");
  if (ZSTD_getDictID_fromFrame(frame.data(), frame.size()) != 0)
    return Damaged("the zstd frame asks for a dictionary");
  if (ZSTD_findFrameCompressedSize(frame.data(), frame.size()) != frame.size())
    return Damaged("the zstd frame does not end where it should");
  return absl::OkStatus();
}

// OK if decompressing cannot need more than `raw_octets`.
absl::Status CheckStored(Method method, Bytes stored, uint64_t raw_octets) {
  if (method == Method::kZstd) return CheckFrame(stored, raw_octets);
  if (stored.size() != raw_octets)
    return Damaged("stored octets are not as many as raw ones");
  return absl::OkStatus();
}

absl::Status DecompressChecked(Method method, Bytes stored, MutableBytes raw) {
  if (method == Method::kStored) {
    if (!raw.empty()) std::memcpy(raw.data(), stored.data(), raw.size());
    return absl::OkStatus();
  }
  const size_t got =
      ZSTD_decompressDCtx(DecompressionContext(), raw.data(), raw.size(),
                          stored.data(), stored.size());
  if (ZSTD_isError(got)) {
    return Damaged(
        absl::StrCat("the zstd frame is broken: ", ZSTD_getErrorName(got)));
  }
  if (got != raw.size()) return Damaged("the zstd frame is too short");
  return absl::OkStatus();
}

}  // namespace

Method CompressTo(Bytes raw, int level, Buffer& out) {
  const size_t start = out.size();
  if (level > 0 && raw.size() >= kCompressedFrom) {
    out.resize(start + ZSTD_compressBound(raw.size()));
    const size_t frame =
        ZSTD_compress2(CompressionContext(level), out.data() + start,
                       out.size() - start, raw.data(), raw.size());
    if (!ZSTD_isError(frame) && frame < raw.size()) {
      out.resize(start + frame);
      return Method::kZstd;
    }
    out.resize(start);
  }
  Append(out, raw);
  return Method::kStored;
}

absl::StatusOr<Buffer> Decompress(Method method, Bytes stored,
                                  uint64_t raw_octets) {
  RETURN_IF_ERROR(CheckStored(method, stored, raw_octets));
  Buffer raw(raw_octets);
  RETURN_IF_ERROR(DecompressChecked(method, stored, MutableBytes(raw)));
  return raw;
}

absl::Status DecompressInto(Method method, Bytes stored, MutableBytes raw) {
  RETURN_IF_ERROR(CheckStored(method, stored, raw.size()));
  return DecompressChecked(method, stored, raw);
}

}  // namespace pgbale

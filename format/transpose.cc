#include "format/transpose.h"

#include <cstring>

namespace pgbale {
namespace {

constexpr size_t kLanes = 16;
// The compiler's portable vectors: SSE2, NEON, or plain code.
using Lanes = uint8_t __attribute__((vector_size(kLanes)));

Lanes InterleaveLow(Lanes a, Lanes b) {
  return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21,
                                 6, 22, 7, 23);
}
Lanes InterleaveHigh(Lanes a, Lanes b) {
  return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13,
                                 29, 14, 30, 15, 31);
}

// A tile is 16 values, in kWidth registers. Its octet at value v, place p has
// the index v * kWidth + p; transposed, p * 16 + v. As kWidth is a power of
// two, this is the index with its bits rotated left by 4 (back: by
// log2(kWidth)), and to rotate by 1 is to shuffle the halves of the tile
// together like a deck of cards.
template <size_t kWidth>
void Shuffle(Lanes (&tile)[kWidth]) {
  Lanes mixed[kWidth];
  for (size_t i = 0; i < kWidth / 2; ++i) {
    mixed[2 * i] = InterleaveLow(tile[i], tile[i + kWidth / 2]);
    mixed[2 * i + 1] = InterleaveHigh(tile[i], tile[i + kWidth / 2]);
  }
  std::memcpy(tile, mixed, sizeof(tile));
}

constexpr int Log2(size_t value) {
  return value == 1 ? 0 : 1 + Log2(value / 2);
}

template <size_t kWidth>
void TransposeWidth(size_t count, const uint8_t* in, uint8_t* out) {
  size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    Lanes tile[kWidth];
    std::memcpy(tile, in + i * kWidth, sizeof(tile));
    for (int round = 0; round < Log2(kLanes); ++round) Shuffle(tile);
    for (size_t p = 0; p < kWidth; ++p)
      std::memcpy(out + p * count + i, &tile[p], kLanes);
  }
  for (; i < count; ++i) {
    for (size_t p = 0; p < kWidth; ++p) out[p * count + i] = in[i * kWidth + p];
  }
}

template <size_t kWidth>
void UntransposeWidth(size_t count, const uint8_t* in, uint8_t* out) {
  size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    Lanes tile[kWidth];
    for (size_t p = 0; p < kWidth; ++p)
      std::memcpy(&tile[p], in + p * count + i, kLanes);
    for (int round = 0; round < Log2(kWidth); ++round) Shuffle(tile);
    std::memcpy(out + i * kWidth, tile, sizeof(tile));
  }
  for (; i < count; ++i) {
    for (size_t p = 0; p < kWidth; ++p) out[i * kWidth + p] = in[p * count + i];
  }
}

}  // namespace

void Transpose(size_t width, size_t count, const uint8_t* in, uint8_t* out) {
  if (width == 2) TransposeWidth<2>(count, in, out);
  if (width == 4) TransposeWidth<4>(count, in, out);
  if (width == 8) TransposeWidth<8>(count, in, out);
  if (width == 16) TransposeWidth<16>(count, in, out);
}

void Untranspose(size_t width, size_t count, const uint8_t* in, uint8_t* out) {
  if (width == 2) UntransposeWidth<2>(count, in, out);
  if (width == 4) UntransposeWidth<4>(count, in, out);
  if (width == 8) UntransposeWidth<8>(count, in, out);
  if (width == 16) UntransposeWidth<16>(count, in, out);
}

}  // namespace pgbale

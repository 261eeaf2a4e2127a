#include "format/digest.h"

#include "absl/strings/str_cat.h"
#include "format/checksum.h"

namespace pgbale {

Digest& Digest::operator+=(const Digest& other) {
  low += other.low;
  const uint64_t carry = low < other.low ? 1 : 0;
  high += other.high + carry;
  return *this;
}

std::string Digest::ToHex() const {
  return absl::StrCat(absl::Hex(high, absl::kZeroPad16),
                      absl::Hex(low, absl::kZeroPad16));
}

Digest DigestRow(Bytes row_image) { return Hash128(row_image); }

}  // namespace pgbale

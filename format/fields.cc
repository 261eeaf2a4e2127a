#include "format/fields.h"

#include <cstddef>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "base/endian.h"
#include "format/errors.h"

namespace pgbale {
namespace {

constexpr int kVarintOctetsMax = 10;
constexpr uint8_t kMore = 0x80;
constexpr size_t kDigestOctets = 16;
constexpr uint32_t kTagMax = std::numeric_limits<int32_t>::max();

size_t VarintOctets(uint64_t value) {
  size_t octets = 1;
  for (; value >= kMore; value >>= 7) ++octets;
  return octets;
}

// Returns where the next octet goes. `at` has room for kVarintOctetsMax.
uint8_t* StoreVarint(uint8_t* at, uint64_t value) {
  for (; value >= kMore; value >>= 7)
    *at++ = static_cast<uint8_t>(value) | kMore;
  *at++ = static_cast<uint8_t>(value);
  return at;
}

}  // namespace

void AppendVarint(Buffer& out, uint64_t value) {
  uint8_t octets[kVarintOctetsMax];
  const uint8_t* const end = StoreVarint(octets, value);
  Append(out, Bytes(octets, static_cast<size_t>(end - octets)));
}

void FieldEncoder::Field(uint32_t tag, Bytes octets) {
  uint8_t head[2 * kVarintOctetsMax];
  uint8_t* end = StoreVarint(StoreVarint(head, tag), octets.size());
  Append(out_, Bytes(head, static_cast<size_t>(end - head)));
  Append(out_, octets);
}

size_t FieldEncoder::Begin(uint32_t tag) {
  AppendVarint(out_, tag);
  return out_.size();
}

void FieldEncoder::End(size_t begin) {
  const size_t length = out_.size() - begin;
  uint8_t head[kVarintOctetsMax];
  const auto head_octets =
      static_cast<size_t>(StoreVarint(head, length) - head);
  out_.resize(out_.size() + head_octets);
  uint8_t* const octets = out_.data() + begin;
  std::memmove(octets + head_octets, octets, length);
  std::memcpy(octets, head, head_octets);
}

void FieldEncoder::Number(uint32_t tag, uint64_t value) {
  if (value == 0) return;
  AppendVarint(out_, tag);
  AppendVarint(out_, VarintOctets(value));
  AppendVarint(out_, value);
}

void FieldEncoder::Flag(uint32_t tag, bool value, bool absent) {
  const uint8_t octet = value ? 1 : 0;
  if (value != absent) Field(tag, Bytes(&octet, 1));
}

void FieldEncoder::Text(uint32_t tag, absl::string_view text) {
  if (!text.empty()) Field(tag, AsBytes(text));
}

void FieldEncoder::Texts(uint32_t tag, const std::vector<std::string>& texts) {
  for (const std::string& text : texts) Field(tag, AsBytes(text));
}

void FieldEncoder::DigestOf(uint32_t tag, const Digest& digest) {
  if (digest == Digest()) return;
  uint8_t octets[kDigestOctets];
  StoreLittle(octets, digest.low);
  StoreLittle(octets + 8, digest.high);
  Field(tag, octets);
}

void FieldDecoder::Fail(absl::Status status) {
  if (status_.ok()) status_ = std::move(status);
  rest_ = Bytes();
  octets_ = Bytes();
  tag_ = 0;
}

bool FieldDecoder::TakeVarint(Bytes& from, uint64_t max, uint64_t& value) {
  value = 0;
  for (int i = 0; i < kVarintOctetsMax; ++i) {
    if (from.empty()) break;
    const uint8_t octet = from.front();
    from.remove_prefix(1);
    const uint64_t bits = octet & ~kMore;
    const bool fits = (bits << (7 * i)) >> (7 * i) == bits;
    if (!fits || (octet == 0 && i > 0)) break;  // too great, or too long
    value |= bits << (7 * i);
    if ((octet & kMore) != 0) continue;
    if (value > max) break;
    return true;
  }
  Fail(Damaged("a number is cut off, too great or not in its shortest form"));
  return false;
}

void FieldDecoder::Advance() {
  const uint32_t last_tag = tag_;
  tag_ = 0;
  octets_ = Bytes();
  if (rest_.empty()) return;
  uint64_t tag = 0, length = 0;
  if (!TakeVarint(rest_, kTagMax, tag) ||
      !TakeVarint(rest_, std::numeric_limits<uint64_t>::max(), length))
    return;
  if (length > rest_.size()) {
    return Fail(
        Damaged(absl::StrCat("field ", tag, " of ", length,
                             " octets goes beyond its ", rest_.size())));
  }
  if (tag == 0 || tag < last_tag)
    return Fail(Damaged(absl::StrCat("field ", tag, " is out of order")));
  if (tag == single_tag_)
    return Fail(Damaged(absl::StrCat("field ", tag, " is repeated")));
  tag_ = static_cast<uint32_t>(tag);
  octets_ = rest_.first(length);
  rest_.remove_prefix(length);
}

bool FieldDecoder::Find(uint32_t tag) {
  while (tag_ != 0 && tag_ < tag) {
    if (tag_ % 2 == 1)
      Fail(TooNew(absl::StrCat("field ", tag_, " is unknown")));
    else
      Advance();
  }
  return tag_ == tag;
}

bool FieldDecoder::FindOne(uint32_t tag) {
  if (!Find(tag)) return false;
  single_tag_ = tag;
  return true;
}

uint64_t FieldDecoder::TakeNumber(uint64_t max) {
  uint64_t value = 0;
  if (!TakeVarint(octets_, max, value)) return 0;
  if (!octets_.empty()) {
    Fail(Damaged(absl::StrCat("field ", tag_, " is longer than a number")));
    return 0;
  }
  Advance();
  return value;
}

uint64_t FieldDecoder::TakeEnum(uint32_t tag, uint64_t lowest,
                                uint64_t highest) {
  const uint64_t value =
      FindOne(tag) ? TakeNumber(std::numeric_limits<uint8_t>::max()) : 0;
  if (value >= lowest && value <= highest) return value;
  Fail(TooNew(absl::StrCat("field ", tag, " has the unknown value ", value)));
  return lowest;
}

void FieldDecoder::Flag(uint32_t tag, bool& value, bool absent) {
  value = FindOne(tag) ? TakeNumber(1) != 0 : absent;
}

// PostgreSQL has no text with an octet 0: to who passes it on as a C string,
// it would be another one.
bool FieldDecoder::IsText(Bytes octets) {
  if (octets.empty() || std::memchr(octets.data(), 0, octets.size()) == nullptr)
    return true;
  Fail(Damaged("a text holds an octet 0"));
  return false;
}

void FieldDecoder::Text(uint32_t tag, std::string& text) {
  if (!FindOne(tag) || !IsText(octets_)) return;
  text = ToString(octets_);
  Advance();
}

void FieldDecoder::Octets(uint32_t tag, std::string& octets) {
  if (!FindOne(tag)) return;
  octets = ToString(octets_);
  Advance();
}

void FieldDecoder::Texts(uint32_t tag, std::vector<std::string>& texts) {
  while (const std::optional<Bytes> octets = Next(tag)) {
    if (!IsText(*octets)) return;
    texts.push_back(ToString(*octets));
  }
}

void FieldDecoder::DigestOf(uint32_t tag, Digest& digest) {
  if (!FindOne(tag)) return;
  if (octets_.size() != kDigestOctets)
    return Fail(Damaged(absl::StrCat("field ", tag, " is no digest")));
  digest.low = LoadLittle<uint64_t>(octets_.data());
  digest.high = LoadLittle<uint64_t>(octets_.data() + 8);
  Advance();
}

std::optional<Bytes> FieldDecoder::Next(uint32_t tag) {
  if (!Find(tag)) return std::nullopt;
  const Bytes octets = octets_;
  Advance();
  // What comes next may be broken; this field is not.
  return octets;
}

absl::Status FieldDecoder::Finish() {
  while (tag_ != 0) Find(tag_ + 1);
  return status_;
}

}  // namespace pgbale

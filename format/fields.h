// Structures as tagged fields, so that a reader can pass over what a later
// writer added:
//
//   field:   tag (varint) length (varint) octets
//   varint:  7 bits an octet, least significant first, the top bit set in all
//            but the last; as short as possible
//
// Fields stand in ascending order of tag; one that is zero or empty is left
// out, and one that repeats stands as often as it has items. A reader skips an
// even tag that it does not know and refuses an odd one.
//
// Each structure is described once, for both directions, in ascending order:
//
//   template <typename Io>
//   void Describe(Io& io, Either<Point> auto& point) {
//     io.Number(1, point.x);
//     io.Text(3, point.name);
//   }
//
// Thread-compatible.

#ifndef PGBALE_FORMAT_FIELDS_H_
#define PGBALE_FORMAT_FIELDS_H_

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/bytes.h"
#include "format/digest.h"
#include "format/errors.h"

namespace pgbale {

// T to decode into, const T to encode.
template <typename T, typename Structure>
concept Either = std::same_as<std::remove_const_t<T>, Structure>;

void AppendVarint(Buffer& out, uint64_t value);

class FieldEncoder {
 public:
  // `out` must remain live while this encoder is in use.
  explicit FieldEncoder(Buffer& out) : out_(out) {}

  void Number(uint32_t tag, uint64_t value);
  // Left out where it equals `absent`.
  void Flag(uint32_t tag, bool value, bool absent = false);
  template <typename E>
  void Enum(uint32_t tag, E value, E /*lowest*/, E /*highest*/) {
    Number(tag, static_cast<uint64_t>(value));
  }
  void Text(uint32_t tag, absl::string_view text);
  // Likewise, of any octets.
  void Octets(uint32_t tag, absl::string_view octets) { Text(tag, octets); }
  void Texts(uint32_t tag, const std::vector<std::string>& texts);
  template <typename T>
  void Numbers(uint32_t tag, const std::vector<T>& values);
  void DigestOf(uint32_t tag, const Digest& digest);
  template <typename T>
  void Record(uint32_t tag, const T& record);
  template <typename T>
  void Records(uint32_t tag, const std::vector<T>& records,
               size_t /*records_max*/);
  template <typename T>
  void Record(uint32_t tag, const std::optional<T>& record) {
    if (record.has_value()) Record(tag, *record);
  }

 private:
  void Field(uint32_t tag, Bytes octets);
  // Around the octets of a field whose length is known behind them; what Begin
  // returns goes to End.
  size_t Begin(uint32_t tag);
  void End(size_t begin);

  Buffer& out_;
};

// The first violation ends the decoding: later calls leave their argument
// alone, and Finish tells.
class FieldDecoder {
 public:
  // `octets` must remain live while this decoder is in use.
  explicit FieldDecoder(Bytes octets) : rest_(octets) { Advance(); }

  template <std::unsigned_integral T>
  void Number(uint32_t tag, T& value) {
    if (FindOne(tag))
      value = static_cast<T>(TakeNumber(std::numeric_limits<T>::max()));
  }
  void Flag(uint32_t tag, bool& value, bool absent = false);
  // A value that is not between the two is a later version's.
  template <typename E>
  void Enum(uint32_t tag, E& value, E lowest, E highest) {
    value = static_cast<E>(TakeEnum(tag, static_cast<uint64_t>(lowest),
                                    static_cast<uint64_t>(highest)));
  }
  void Text(uint32_t tag, std::string& text);
  void Octets(uint32_t tag, std::string& octets);
  void Texts(uint32_t tag, std::vector<std::string>& texts);
  template <typename T>
  void Numbers(uint32_t tag, std::vector<T>& values);
  void DigestOf(uint32_t tag, Digest& digest);
  template <typename T>
  void Record(uint32_t tag, T& record);
  template <typename T>
  void Record(uint32_t tag, std::optional<T>& record);
  template <typename T>
  void Records(uint32_t tag, std::vector<T>& records, size_t records_max);

  // Moves to the next field `tag`, which may repeat, and hands out its octets;
  // nullopt behind the last. They are valid as long as the decoder's are.
  std::optional<Bytes> Next(uint32_t tag);

  // OK if all fields were right and none to be understood is left.
  absl::Status Finish();

 private:
  // Reads the field at the front of `rest_` into tag_ and octets_.
  void Advance();
  void Fail(absl::Status status);
  // Passes over unknown fields before `tag`; true if the current one is `tag`.
  bool Find(uint32_t tag);
  // Likewise, for a field that must not repeat.
  bool FindOne(uint32_t tag);
  // Takes a varint of at most `max` off the front of `from`; false after a
  // failure.
  bool TakeVarint(Bytes& from, uint64_t max, uint64_t& value);
  // The current field, which is one varint; goes on to the next.
  uint64_t TakeNumber(uint64_t max);
  uint64_t TakeEnum(uint32_t tag, uint64_t lowest, uint64_t highest);
  // False after a failure.
  bool IsText(Bytes octets);

  absl::Status status_;
  Bytes rest_;
  // The current field; tag_ is 0 behind the last, or after a failure.
  uint32_t tag_ = 0;
  // The last one that must not repeat.
  uint32_t single_tag_ = 0;
  Bytes octets_;
};

// Appends `record` to `out` as one field.
template <typename T>
void EncodeRecord(uint32_t tag, const T& record, Buffer& out) {
  FieldEncoder(out).Record(tag, record);
}

// Rebuilds a structure from its fields.
template <typename T>
absl::StatusOr<T> DecodeFields(Bytes octets) {
  T record;
  FieldDecoder in(octets);
  Describe(in, record);
  if (absl::Status status = in.Finish(); !status.ok()) return status;
  return record;
}

template <typename T>
void FieldEncoder::Numbers(uint32_t tag, const std::vector<T>& values) {
  if (values.empty()) return;
  const size_t begin = Begin(tag);
  for (const T value : values) AppendVarint(out_, value);
  End(begin);
}

template <typename T>
void FieldEncoder::Record(uint32_t tag, const T& record) {
  const size_t begin = Begin(tag);
  Describe(*this, record);
  End(begin);
}

template <typename T>
void FieldEncoder::Records(uint32_t tag, const std::vector<T>& records,
                           size_t /*records_max*/) {
  for (const T& record : records) Record(tag, record);
}

template <typename T>
void FieldDecoder::Numbers(uint32_t tag, std::vector<T>& values) {
  if (!FindOne(tag)) return;
  uint64_t value = 0;
  while (!octets_.empty() &&
         TakeVarint(octets_, std::numeric_limits<T>::max(), value))
    values.push_back(static_cast<T>(value));
  if (status_.ok()) Advance();
}

template <typename T>
void FieldDecoder::Record(uint32_t tag, T& record) {
  if (!FindOne(tag)) return;
  absl::StatusOr<T> decoded = DecodeFields<T>(octets_);
  if (!decoded.ok()) return Fail(decoded.status());
  record = *std::move(decoded);
  Advance();
}

template <typename T>
void FieldDecoder::Record(uint32_t tag, std::optional<T>& record) {
  if (!Find(tag)) return;
  Record(tag, record.emplace());
}

template <typename T>
void FieldDecoder::Records(uint32_t tag, std::vector<T>& records,
                           size_t records_max) {
  while (const std::optional<Bytes> octets = Next(tag)) {
    if (records.size() == records_max)
      return Fail(Damaged("there are too many records of one kind"));
    absl::StatusOr<T> decoded = DecodeFields<T>(*octets);
    if (!decoded.ok()) return Fail(decoded.status());
    records.push_back(*std::move(decoded));
  }
}

}  // namespace pgbale

#endif  // PGBALE_FORMAT_FIELDS_H_

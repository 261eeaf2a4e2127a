// Values of which there are few different ones: these, in the order in which
// they first appear, and for each value the number of its like. Streams:
// parameters, then those of two columns: the numbers, of 1 octet if there are
// no more than 256 different values, else of 2; the different values.

#include <algorithm>
#include <cstring>

#include "format/checksum.h"
#include "format/encodings/encoding.h"
#include "format/encodings/integers.h"
#include "format/encodings/parameters.h"
#include "format/encodings/part.h"
#include "format/errors.h"

namespace pgbale {
namespace {

struct DictionaryParameters {
  uint32_t numbers = 0;
  uint32_t entries = 0;
  uint32_t entry_count = 0;
  uint64_t entry_octets = 0;
};

template <typename Io>
void Describe(Io& io, Either<DictionaryParameters> auto& parameters) {
  io.Number(1, parameters.numbers);
  io.Number(3, parameters.entries);
  io.Number(5, parameters.entry_count);
  io.Number(7, parameters.entry_octets);
}

constexpr uint32_t kEntriesMax = 1 << 16;
// A value that appears less often than this on the average is no good entry.
constexpr uint32_t kUsesMin = 4;
// If of the first values fewer than one in so many is a repetition, there are
// many thousands of different ones.
constexpr uint32_t kLookedAt = 1024, kRepeatedShare = 16;
// A short value is copied together with what follows it, in one move.
constexpr size_t kMoveOctets = 16;

uint32_t NumberWidth(uint32_t entry_count) {
  return entry_count <= 256 ? 1 : 2;
}

// Up to 8 octets as an integer: other octets, another integer, if there are as
// many.
uint64_t LoadShort(Bytes value) {
  const uint8_t* const octets = value.data();
  const size_t size = value.size();
  if (size == 8) return LoadLittle<uint64_t>(octets);
  if (size >= 4) {
    return LoadLittle<uint32_t>(octets) |
           uint64_t{LoadLittle<uint32_t>(octets + size - 4)} << 32;
  }
  if (size == 0) return 0;
  return octets[0] | uint64_t{octets[size / 2]} << 8 |
         uint64_t{octets[size - 1]} << 16;
}

constexpr size_t kWordOctets = sizeof(uint64_t);

// Of up to 8 octets another hash for each, if there are as many.
uint64_t HashOf(Bytes value) {
  constexpr uint64_t kOdd = 0x9e3779b97f4a7c15, kOther = 0xc2b2ae3d27d4eb4f;
  const size_t size = value.size();
  if (size <= kWordOctets) return LoadShort(value) * kOdd;
  if (size > 2 * kWordOctets) return Hash64(value);
  const uint64_t first = LoadLittle<uint64_t>(value.data()) * kOdd;
  const uint64_t last = LoadLittle<uint64_t>(value.data() + size - kWordOctets);
  return (first ^ first >> 32 ^ last) * kOther;
}

// REQUIRES: both are longer than 8 octets, and equally long
bool AreEqual(const uint8_t* one, const uint8_t* other, size_t size) {
  if (size > 2 * kWordOctets) return std::memcmp(one, other, size) == 0;
  const size_t last = size - kWordOctets;
  return LoadLittle<uint64_t>(one) == LoadLittle<uint64_t>(other) &&
         LoadLittle<uint64_t>(one + last) == LoadLittle<uint64_t>(other + last);
}

// Numbers values by what they are.
class Entries {
 public:
  Entries(uint32_t width, uint32_t max)
      : max_(max), different_(width), slots_(kSlotsMin) {}

  // The number of `value`; `max` if it is one more than there may be.
  uint32_t NumberOf(Bytes value) {
    const uint64_t hash = HashOf(value);
    for (size_t at = FirstSlot(hash);; ++at) {
      Slot& slot = slots_[at & (slots_.size() - 1)];
      if (slot.next == 0) return Add(value, hash, slot);
      if (slot.hash == hash && IsEntry(slot, value)) return slot.next - 1;
    }
  }

  const Column& different() const { return different_; }
  Column TakeDifferent() { return std::move(different_); }

 private:
  static constexpr int kSlotBitsMin = 10;
  static constexpr size_t kSlotsMin = size_t{1} << kSlotBitsMin;
  struct Slot {
    uint64_t hash = 0;
    uint32_t next = 0;  // the number that follows the entry's; 0: none
    uint32_t length = 0;
  };

  // By the highest bits: in those of a product, each octet has a share.
  size_t FirstSlot(uint64_t hash) const { return hash >> shift_; }

  // REQUIRES: the hashes are equal
  bool IsEntry(const Slot& slot, Bytes value) const {
    if (slot.length != value.size()) return false;
    return value.size() <= kWordOctets ||
           AreEqual(different_.values().data() + starts_[slot.next - 1],
                    value.data(), value.size());
  }

  uint32_t Add(Bytes value, uint64_t hash, Slot& slot) {
    const uint32_t number = static_cast<uint32_t>(starts_.size());
    if (number == max_) return max_;
    slot = {hash, number + 1, static_cast<uint32_t>(value.size())};
    starts_.push_back(different_.values().size());
    different_.Append(value);
    if (starts_.size() * 2 > slots_.size()) Grow();
    return number;
  }

  void Grow() {
    std::vector<Slot> old(slots_.size() * 4);
    old.swap(slots_);
    shift_ -= 2;
    for (const Slot& slot : old) {
      if (slot.next == 0) continue;
      size_t at = FirstSlot(slot.hash);
      while (slots_[at & (slots_.size() - 1)].next != 0) ++at;
      slots_[at & (slots_.size() - 1)] = slot;
    }
  }

  const uint32_t max_;
  Column different_;
  std::vector<size_t> starts_;  // of each entry in different_
  std::vector<Slot> slots_;
  int shift_ = 64 - kSlotBitsMin;
};

// The number of each of the first `count` values; as many as could be
// numbered.
std::vector<uint16_t> NumbersOf(const Column& column, uint32_t count,
                                uint32_t max, Entries& entries) {
  std::vector<uint16_t> numbers(count);
  const uint8_t* value = column.values().data();
  for (uint32_t i = 0; i < count; ++i) {
    const size_t length =
        column.width() != 0 ? column.width() : column.lengths()[i];
    const uint32_t number = entries.NumberOf(Bytes(value, length));
    if (number == max) {
      numbers.resize(i);
      break;
    }
    numbers[i] = static_cast<uint16_t>(number);
    value += length;
  }
  return numbers;
}

void StoreNumbers(const std::vector<uint16_t>& numbers, uint32_t width,
                  uint8_t* values) {
  for (size_t i = 0; i < numbers.size(); ++i) {
    if (width == 1)
      values[i] = static_cast<uint8_t>(numbers[i]);
    else
      StoreBig(values + 2 * i, numbers[i]);
  }
}

// Where each entry is, and its octets with room behind them.
struct Gatherer {
  Gatherer(uint32_t width, ColumnValues entries, uint32_t count)
      : octets(std::move(entries.values)) {
    octets.resize(octets.size() + kMoveOctets);
    starts.resize(count + 1);
    for (uint32_t i = 0; i < count; ++i)
      starts[i + 1] = starts[i] + (width != 0 ? width : entries.lengths[i]);
  }

  // Appends entry `number` at `*at`, if it fits before `end`, behind which
  // there is room for one move.
  bool Append(uint32_t number, uint8_t*& at, const uint8_t* end) const {
    const uint64_t length = starts[number + 1] - starts[number];
    if (length > static_cast<uint64_t>(end - at)) return false;
    const uint8_t* const from = octets.data() + starts[number];
    if (length <= kMoveOctets)
      std::memcpy(at, from, kMoveOctets);
    else
      std::memcpy(at, from, length);
    at += length;
    return true;
  }

  Buffer octets;
  std::vector<uint64_t> starts;
};

class Dictionary : public Encoding {
 public:
  Fit FitOf(const Column& column) const override {
    const uint32_t looked_at = std::min(CountOf(column), kLookedAt);
    if (looked_at < kUsesMin || column.width() == 1) return Fit::kNone;
    const uint32_t max = looked_at - looked_at / kRepeatedShare;
    Entries entries(column.width(), max);
    return NumbersOf(column, looked_at, max, entries).size() == looked_at
               ? Fit::kPossible
               : Fit::kNone;
  }

  // In a sample, an entry is used less often than in the whole.
  bool is_sampled() const override { return false; }

  bool has_parts() const override { return true; }

  bool Encode(const Column& column, EncodingPlan& plan,
              StreamWriter& out) const override {
    const uint32_t count = CountOf(column);
    const uint32_t max = std::min(kEntriesMax, count / kUsesMin);
    Entries entries(column.width(), max);
    const std::vector<uint16_t> numbers =
        NumbersOf(column, count, max, entries);
    if (numbers.size() != count) return false;
    const Column& different = entries.different();
    const StreamWriter::Mark start = out.mark();
    const uint32_t width = NumberWidth(different.rows());
    Part values(width, count);
    StoreNumbers(numbers, width, values.values());
    EncodeValues(values.Finish(), plan.Part(0), out);
    EncodeValues(different, plan.Part(1), out);
    InsertParameters(
        DictionaryParameters{.numbers = plan.Part(0).id,
                             .entries = plan.Part(1).id,
                             .entry_count = different.rows(),
                             .entry_octets = different.values().size()},
        start, out);
    if (plan.depth == 0) plan.different = entries.TakeDifferent();
    return true;
  }

  absl::StatusOr<ColumnValues> Decode(const ColumnShape& shape,
                                      StreamReader& in) const override {
    ASSIGN_OR_RETURN(const DictionaryParameters parameters,
                     ReadParameters<DictionaryParameters>(in));
    const uint32_t entry_count = parameters.entry_count;
    if (entry_count > shape.count || entry_count > kEntriesMax ||
        parameters.entry_octets > shape.value_octets ||
        (shape.width != 0 &&
         parameters.entry_octets != uint64_t{entry_count} * shape.width))
      return Damaged("the dictionary is larger than the values");
    const uint32_t width = NumberWidth(entry_count);
    ASSIGN_OR_RETURN(
        const ColumnValues numbers,
        DecodeValues(parameters.numbers,
                     {.width = width,
                      .count = shape.count,
                      .value_octets = uint64_t{shape.count} * width},
                     in));
    ASSIGN_OR_RETURN(ColumnValues entries,
                     DecodeValues(parameters.entries,
                                  {.width = shape.width,
                                   .count = entry_count,
                                   .value_octets = parameters.entry_octets},
                                  in));
    const Gatherer gatherer(shape.width, std::move(entries), entry_count);
    return width == 1 ? Gather<uint8_t>(shape, numbers.values, gatherer)
                      : Gather<uint16_t>(shape, numbers.values, gatherer);
  }

 private:
  template <typename T>
  static absl::StatusOr<ColumnValues> Gather(const ColumnShape& shape,
                                             Bytes numbers,
                                             const Gatherer& gatherer) {
    ColumnValues column;
    column.values.resize(shape.value_octets + kMoveOctets);
    if (shape.width == 0) column.lengths.resize(shape.count);
    uint8_t* at = column.values.data();
    const uint8_t* const end = at + shape.value_octets;
    for (uint32_t i = 0; i < shape.count; ++i) {
      const uint32_t number = LoadBig<T>(&numbers[i * sizeof(T)]);
      const uint8_t* const start = at;
      if (number + 1 >= gatherer.starts.size() ||
          !gatherer.Append(number, at, end))
        return Damaged("a value is not in the dictionary, or too long");
      if (shape.width == 0)
        column.lengths[i] = static_cast<uint32_t>(at - start);
    }
    if (at != end) return Damaged("the values are shorter than they should be");
    column.values.resize(shape.value_octets);
    return column;
  }
};

}  // namespace

const Encoding& DictionaryEncoding() {
  static const Dictionary encoding;
  return encoding;
}

}  // namespace pgbale

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
constexpr uint32_t kLookedAt = 256;
// A short value is copied together with what follows it, in one move.
constexpr size_t kMoveOctets = 16;

uint32_t NumberWidth(uint32_t entry_count) {
  return entry_count <= 256 ? 1 : 2;
}

// Numbers values by what they are.
class Entries {
 public:
  Entries(uint32_t width, uint32_t max)
      : max_(max), different_(width), slots_(kSlotsMin, 0) {}

  // The number of `value`; `max` if it is one more than there may be.
  uint32_t NumberOf(Bytes value) {
    const uint64_t hash = Hash64(value);
    for (size_t slot = hash;; ++slot) {
      uint32_t& entry = slots_[slot & (slots_.size() - 1)];
      if (entry == 0) return Add(value, hash, entry);
      const Known& known = known_[entry - 1];
      if (known.hash == hash && known.length == value.size() &&
          std::memcmp(different_.values().data() + known.start, value.data(),
                      value.size()) == 0)
        return entry - 1;
    }
  }

  const Column& different() const { return different_; }

 private:
  static constexpr size_t kSlotsMin = 1024;
  struct Known {
    uint64_t hash;
    size_t start;
    size_t length;
  };

  uint32_t Add(Bytes value, uint64_t hash, uint32_t& slot) {
    const uint32_t number = static_cast<uint32_t>(known_.size());
    if (number == max_) return max_;
    slot = number + 1;
    known_.push_back({hash, different_.values().size(), value.size()});
    different_.Append(value);
    if (known_.size() * 2 > slots_.size()) Grow();
    return number;
  }

  void Grow() {
    slots_.assign(slots_.size() * 4, 0);
    for (size_t i = 0; i < known_.size(); ++i) {
      size_t slot = known_[i].hash;
      while (slots_[slot & (slots_.size() - 1)] != 0) ++slot;
      slots_[slot & (slots_.size() - 1)] = static_cast<uint32_t>(i + 1);
    }
  }

  const uint32_t max_;
  Column different_;
  std::vector<Known> known_;
  std::vector<uint32_t> slots_;  // 0, or the number of an entry + 1
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

Column ColumnOfNumbers(const std::vector<uint16_t>& numbers, uint32_t width) {
  Buffer values(numbers.size() * width);
  for (size_t i = 0; i < numbers.size(); ++i) {
    if (width == 1)
      values[i] = static_cast<uint8_t>(numbers[i]);
    else
      StoreBig(values.data() + 2 * i, numbers[i]);
  }
  Column column(width);
  column.Assign(static_cast<uint32_t>(numbers.size()), 0, {}, std::move(values),
                {});
  return column;
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
    const uint32_t count = CountOf(column);
    if (count < 2 * kUsesMin || column.width() == 1) return Fit::kNone;
    const uint32_t looked_at = std::min(count, kLookedAt);
    const uint32_t max = looked_at / 2;
    Entries entries(column.width(), max);
    return NumbersOf(column, looked_at, max, entries).size() == looked_at
               ? Fit::kPossible
               : Fit::kNone;
  }

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
    EncodeValues(ColumnOfNumbers(numbers, NumberWidth(different.rows())),
                 plan.Part(0), out);
    EncodeValues(different, plan.Part(1), out);
    InsertParameters(
        DictionaryParameters{.numbers = plan.Part(0).id,
                             .entries = plan.Part(1).id,
                             .entry_count = different.rows(),
                             .entry_octets = different.values().size()},
        start, out);
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

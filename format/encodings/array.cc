// Arrays of one dimension that begins at 1, without NULLs, in COPY's binary
// form: the elements of all of them as one column. Streams: parameters, then
// those of two columns: how many elements each array has, and the elements.
//
// The binary form, in 32-bit integers: how many dimensions (0 if it is empty);
// 0; the oid of the elements' type; for a dimension its elements and its lower
// bound; for each element its length, before its octets.

#include <algorithm>

#include "format/encodings/encoding.h"
#include "format/encodings/integers.h"
#include "format/encodings/parameters.h"
#include "format/encodings/part.h"
#include "format/errors.h"

namespace pgbale {
namespace {

struct ArrayParameters {
  uint32_t type = 0;
  uint32_t width = 0;  // of an element; 0 if they vary
  uint32_t counts = 0;
  uint32_t elements = 0;
  uint32_t element_count = 0;
  uint64_t element_octets = 0;
};

template <typename Io>
void Describe(Io& io, Either<ArrayParameters> auto& parameters) {
  io.Number(1, parameters.type);
  io.Number(3, parameters.width);
  io.Number(5, parameters.counts);
  io.Number(7, parameters.elements);
  io.Number(9, parameters.element_count);
  io.Number(11, parameters.element_octets);
}

constexpr size_t kLengthOctets = 4;
constexpr size_t kEmptyOctets = 12, kHeadOctets = 20;
constexpr size_t kTypeAt = 8, kCountAt = 12, kBoundAt = 16;
constexpr size_t kLookedAt = 16;
// A fixed width is worth it only for what is encoded better then.
constexpr uint32_t kWidthMax = 16;

// The elements of arrays, one behind the other.
struct Elements {
  uint32_t type = 0;
  std::vector<uint32_t> counts;
  std::vector<uint32_t> lengths;
  Buffer octets;

  // False if `array` is not of the form above, or of another type.
  bool Add(Bytes array) {
    if (array.size() < kEmptyOctets) return false;
    const uint32_t dimensions = LoadBig<uint32_t>(array.data());
    const uint32_t has_null = LoadBig<uint32_t>(array.data() + 4);
    const uint32_t array_type = LoadBig<uint32_t>(array.data() + kTypeAt);
    if (counts.empty()) type = array_type;
    if (dimensions > 1 || has_null != 0 || array_type != type) return false;
    if (dimensions == 0) {
      counts.push_back(0);
      return array.size() == kEmptyOctets;
    }
    if (array.size() < kHeadOctets) return false;
    const uint32_t count = LoadBig<uint32_t>(array.data() + kCountAt);
    const uint32_t bound = LoadBig<uint32_t>(array.data() + kBoundAt);
    counts.push_back(count);
    return count != 0 && bound == 1 &&
           AddElements(count, array.subspan(kHeadOctets));
  }

  // That of all elements, if it is one that is worth it; else 0.
  uint32_t Width() const {
    if (lengths.empty() || lengths[0] > kWidthMax) return 0;
    const bool equal =
        std::all_of(lengths.begin(), lengths.end(),
                    [&](uint32_t length) { return length == lengths[0]; });
    return equal ? lengths[0] : 0;
  }

 private:
  bool AddElements(uint32_t count, Bytes rest) {
    for (uint32_t i = 0; i < count; ++i) {
      if (rest.size() < kLengthOctets) return false;
      const uint32_t length = LoadBig<uint32_t>(rest.data());
      rest.remove_prefix(kLengthOctets);
      if (length > rest.size()) return false;
      lengths.push_back(length);
      Append(octets, rest.first(length));
      rest.remove_prefix(length);
    }
    return rest.empty();
  }
};

class Array : public Encoding {
 public:
  Fit FitOf(const Column& column) const override {
    const auto lengths = column.lengths();
    Elements elements;
    const uint8_t* value = column.values().data();
    for (size_t i = 0; i < std::min(lengths.size(), kLookedAt); ++i) {
      if (!elements.Add(Bytes(value, lengths[i]))) return Fit::kNone;
      value += lengths[i];
    }
    return elements.lengths.empty() ? Fit::kNone : Fit::kPossible;
  }

  bool has_parts() const override { return true; }

  bool Encode(const Column& column, EncodingPlan& plan,
              StreamWriter& out) const override {
    Elements elements;
    elements.octets.reserve(column.values().size());
    const uint8_t* value = column.values().data();
    for (const uint32_t length : column.lengths()) {
      if (!elements.Add(Bytes(value, length))) return false;
      value += length;
    }
    const uint32_t count = static_cast<uint32_t>(elements.lengths.size());
    const uint32_t width = elements.Width();
    ArrayParameters parameters{.type = elements.type,
                               .width = width,
                               .element_count = count,
                               .element_octets = elements.octets.size()};
    const StreamWriter::Mark start = out.mark();
    Part counts(sizeof(uint32_t), CountOf(column));
    StoreLengths(elements.counts, counts.values());
    EncodeValues(counts.Finish(), plan.Part(0), out);
    Column values(width);
    if (width != 0) elements.lengths.clear();
    values.Assign(count, 0, {}, std::move(elements.octets),
                  std::move(elements.lengths));
    EncodeValues(values, plan.Part(1), out);
    parameters.counts = plan.Part(0).id;
    parameters.elements = plan.Part(1).id;
    InsertParameters(parameters, start, out);
    return true;
  }

  absl::StatusOr<ColumnValues> Decode(const ColumnShape& shape,
                                      StreamReader& in) const override {
    ASSIGN_OR_RETURN(const ArrayParameters parameters,
                     ReadParameters<ArrayParameters>(in));
    const uint64_t width = parameters.width;
    // So what follows takes no more than the result.
    if (shape.width != 0 || parameters.element_octets > shape.value_octets ||
        uint64_t{parameters.element_count} * kLengthOctets >
            shape.value_octets - parameters.element_octets ||
        (width != 0 &&
         parameters.element_octets != width * parameters.element_count))
      return Damaged("the values cannot be arrays");
    ASSIGN_OR_RETURN(
        const ColumnValues counts,
        DecodeValues(parameters.counts,
                     {.width = sizeof(uint32_t),
                      .count = shape.count,
                      .value_octets = sizeof(uint32_t) * uint64_t{shape.count}},
                     in));
    ASSIGN_OR_RETURN(const ColumnValues elements,
                     DecodeValues(parameters.elements,
                                  {.width = parameters.width,
                                   .count = parameters.element_count,
                                   .value_octets = parameters.element_octets},
                                  in));
    const std::vector<uint32_t> counted = LengthsOfColumn(counts.values);
    uint64_t count = 0, octets = parameters.element_octets;
    for (const uint32_t each : counted) {
      count += each;
      octets += each == 0 ? kEmptyOctets
                          : kHeadOctets + uint64_t{each} * kLengthOctets;
    }
    if (count != parameters.element_count || octets != shape.value_octets)
      return Damaged("the arrays do not add up to the values");
    return Join(shape, parameters, counted, elements);
  }

 private:
  // REQUIRES: all of it adds up
  static ColumnValues Join(const ColumnShape& shape,
                           const ArrayParameters& parameters,
                           absl::Span<const uint32_t> counts,
                           const ColumnValues& elements) {
    ColumnValues column;
    column.values.resize(shape.value_octets);
    column.lengths.resize(shape.count);
    uint8_t* at = column.values.data();
    const uint8_t* element = elements.values.data();
    size_t next = 0;
    for (uint32_t i = 0; i < shape.count; ++i) {
      const uint8_t* const start = at;
      StoreBig(at, uint32_t{counts[i] != 0});
      StoreBig(at + 4, uint32_t{0});
      StoreBig(at + kTypeAt, parameters.type);
      at += kEmptyOctets;
      if (counts[i] != 0) {
        StoreBig(at, counts[i]);
        StoreBig(at + 4, uint32_t{1});
        at += kHeadOctets - kEmptyOctets;
      }
      for (uint32_t each = 0; each < counts[i]; ++each, ++next) {
        const uint32_t length =
            parameters.width != 0 ? parameters.width : elements.lengths[next];
        StoreBig(at, length);
        at += kLengthOctets;
        if (length != 0) std::memcpy(at, element, length);
        at += length;
        element += length;
      }
      column.lengths[i] = static_cast<uint32_t>(at - start);
    }
    return column;
  }
};

}  // namespace

const Encoding& ArrayEncoding() {
  static const Array encoding;
  return encoding;
}

}  // namespace pgbale

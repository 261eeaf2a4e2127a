#include "format/encodings/encoding.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "format/scratch.h"

namespace pgbale {

// Each in its own file.
#define ENCODING(id, name) const Encoding& name##Encoding();
#include "format/encodings/encodings.def"
#undef ENCODING

namespace {

// Large enough for a compressor to show what it can do, small against a chunk
// of 4 MiB with some ten columns.
constexpr size_t kSampleOctets = 16 * 1024;

const auto& AllEncodings() {
  static const std::array table = {
#define ENCODING(id, name) EncodingChoice{id, &name##Encoding()},
#include "format/encodings/encodings.def"
#undef ENCODING
  };
  return table;
}

// Values from the middle of `column`, one behind the other as they stand
// there.
Column Sample(const Column& column) {
  const uint32_t count = column.rows() - column.nulls();
  const size_t mean = std::max<size_t>(column.values().size() / count, 1);
  const uint32_t taken = static_cast<uint32_t>(
      std::min<size_t>(count, std::max<size_t>(kSampleOctets / mean, 1)));
  const uint32_t first = (count - taken) / 2;
  size_t start = size_t{first} * column.width();
  size_t octets = size_t{taken} * column.width();
  std::vector<uint32_t> lengths;
  if (column.width() == 0) {
    const auto all = column.lengths();
    start = std::accumulate(all.begin(), all.begin() + first, size_t{0});
    lengths.assign(all.begin() + first, all.begin() + first + taken);
    octets = std::accumulate(lengths.begin(), lengths.end(), size_t{0});
  }
  const Bytes values = column.values().subspan(start, octets);
  Column sample(column.width());
  sample.Assign(taken, 0, {}, Buffer(values.begin(), values.end()),
                std::move(lengths));
  return sample;
}

size_t EncodedOctets(const Encoding& encoding, const Column& column,
                     int level) {
  Scratch body;
  StreamWriter out(level, *body);
  encoding.Encode(column, out);
  return body->size();
}

}  // namespace

EncodingChoice ChooseEncoding(const Column& column, int level) {
  std::vector<EncodingChoice> possible;
  for (const EncodingChoice& choice : AllEncodings()) {
    const Encoding::Fit fit = choice.encoding->FitOf(column);
    if (fit == Encoding::Fit::kPerfect) return choice;
    if (fit == Encoding::Fit::kPossible) possible.push_back(choice);
  }
  if (possible.size() == 1 || level == 0) return possible.front();
  const Column sample = Sample(column);
  EncodingChoice best = possible.front();
  size_t best_octets = SIZE_MAX;
  for (const EncodingChoice& choice : possible) {
    const size_t octets = EncodedOctets(*choice.encoding, sample, level);
    if (octets < best_octets) best = choice;
    best_octets = std::min(best_octets, octets);
  }
  return best;
}

const Encoding* FindEncoding(uint32_t id) {
  for (const EncodingChoice& choice : AllEncodings()) {
    if (choice.id == id) return choice.encoding;
  }
  return nullptr;
}

}  // namespace pgbale

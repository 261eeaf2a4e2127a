// Each encoding on a column that it is made for, uncompressed and at level 1:
// octets are those of the values.

#include <bit>
#include <random>
#include <string>

#include "base/endian.h"
#include "benchmark/benchmark.h"
#include "format/encodings/encoding.h"

namespace pgbale {
namespace {

constexpr uint32_t kRows = 32768;

Column Fixed(uint32_t width, uint64_t (*value)(uint64_t random, uint64_t row)) {
  std::mt19937_64 random(1);
  Column column(width);
  for (uint32_t row = 0; row < kRows; ++row) {
    Buffer octets;
    AppendBig(octets, value(random(), row));
    column.Append(Bytes(octets).last(width));
  }
  return column;
}

Column Varying(std::string (*value)(uint64_t random)) {
  std::mt19937_64 random(1);
  Column column(0);
  for (uint32_t row = 0; row < kRows; ++row)
    column.Append(AsBytes(value(random())));
  return column;
}

template <typename... T>
std::string Big(T... values) {
  Buffer octets;
  (AppendBig(octets, values), ...);
  return ToString(octets);
}

// A price: two digits to base 10000 before the point, one behind it.
std::string Price(uint64_t random) {
  return Big(int16_t{3}, int16_t{1}, int16_t{0}, int16_t{2}) +
         Big(static_cast<int16_t>(1 + random % 90),
             static_cast<int16_t>(random >> 32 & 8191),
             static_cast<int16_t>(random % 99 * 100 + 100));
}

std::string Codes(uint64_t random) {
  return std::string("code number ") + static_cast<char>('a' + random % 20);
}

std::string Vector(uint64_t random) {
  std::string value = Big(1, 0, 700, 8, 1);
  for (int i = 0; i < 8; ++i, random = random * 6364136223846793005 + 1)
    value += Big(int32_t{4}, static_cast<uint32_t>(random >> 32));
  return value;
}

const Column& ColumnFor(uint32_t id) {
  static const Column same =
      Fixed(8, [](uint64_t, uint64_t) { return uint64_t{5}; });
  static const Column keys =
      Fixed(8, [](uint64_t random, uint64_t) { return random % 200000; });
  static const Column ascending = Fixed(
      8, [](uint64_t random, uint64_t row) { return row * 9 + random % 9; });
  static const Column decimals = Fixed(8, [](uint64_t random, uint64_t) {
    return std::bit_cast<uint64_t>(static_cast<double>(random % 10000) / 100);
  });
  static const Column words =
      Varying([](uint64_t random) { return std::string(random % 30, 'w'); });
  static const Column uuids =
      Varying([](uint64_t random) { return Big(random, ~random); });
  static const Column prices = Varying(Price), codes = Varying(Codes),
                      vectors = Varying(Vector);
  switch (id) {
    case 1:
      return same;
    case 7:
      return ascending;
    case 4:
    case 9:
      return words;
    case 8:
      return uuids;
    case 10:
      return prices;
    case 11:
      return codes;
    case 12:
      return decimals;
    case 13:
      return vectors;
    default:
      return keys;
  }
}

EncodingPlan PlanOf(uint32_t id) { return {.id = id, .depth = 0, .parts = {}}; }

// What is chosen for the parts of a column is chosen before.
void Encode(benchmark::State& state, uint32_t id) {
  const Column& column = ColumnFor(id);
  const int level = static_cast<int>(state.range(0));
  EncodingPlan plan = PlanOf(id);
  Buffer body;
  for (auto _ : state) {
    body.clear();
    StreamWriter out(level, body);
    EncodeValues(column, plan, out);
    benchmark::DoNotOptimize(body.data());
  }
  if (plan.id != id) state.SkipWithError("the column does not fit");
  const size_t octets = column.values().size();
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * octets));
  state.counters["ratio"] =
      static_cast<double>(octets) / static_cast<double>(body.size() + 1);
}

void Decode(benchmark::State& state, uint32_t id) {
  const Column& column = ColumnFor(id);
  EncodingPlan plan = PlanOf(id);
  Buffer body;
  StreamWriter out(static_cast<int>(state.range(0)), body);
  EncodeValues(column, plan, out);
  const ColumnShape shape{.width = column.width(),
                          .count = column.rows(),
                          .value_octets = column.values().size()};
  for (auto _ : state) {
    StreamReader in(out.streams(), body);
    const auto values = DecodeValues(plan.id, shape, in);
    if (!values.ok()) state.SkipWithError("the column does not come back");
    benchmark::DoNotOptimize(values);
  }
  state.SetBytesProcessed(
      static_cast<int64_t>(state.iterations() * shape.value_octets));
}

const int kRegistered = [] {
#define ENCODING(id, name)                                                     \
  if (id != 0) {                                                               \
    benchmark::RegisterBenchmark("Encode/" #name, Encode, id)->Arg(0)->Arg(1); \
    benchmark::RegisterBenchmark("Decode/" #name, Decode, id)->Arg(0)->Arg(1); \
  }
#include "format/encodings/encodings.def"
#undef ENCODING
  return 0;
}();

}  // namespace
}  // namespace pgbale

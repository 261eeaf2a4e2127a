// The codecs of types, both ways, on values as tables have them; octets are
// those of the texts.

#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "benchmark/benchmark.h"
#include "format/types/type_codec.h"

namespace pgbale {
namespace {

using Engine = std::mt19937_64;

constexpr int kValues = 4096;

template <typename... T>
std::string Format(const char* format, T... values) {
  char text[256];
  const int size = std::snprintf(text, sizeof(text), format, values...);
  return std::string(text, static_cast<size_t>(size));
}

std::string Integer(Engine& random) { return Format("%u", random() >> 40); }
std::string Price(Engine& random) {
  return Format("%u.%u%u", static_cast<unsigned>(random() % 100000),
                static_cast<unsigned>(random() % 10),
                static_cast<unsigned>(random() % 9 + 1));
}
std::string Measure(Engine& random) {
  return Format("0.%015llu1", random() % 1000000000000000 | 1ull << 49);
}
std::string Date(Engine& random) {
  return Format("%04llu-%02llu-%02llu", 1990 + random() % 40, 1 + random() % 12,
                1 + random() % 28);
}
std::string Timestamp(Engine& random) {
  return Date(random) + Format(" %02llu:%02llu:%02llu.%05llu1", random() % 24,
                               random() % 60, random() % 60, random() % 100000);
}
std::string Timestamptz(Engine& random) { return Timestamp(random) + "+00"; }
std::string Interval(Engine& random) {
  return Format("%llu days %02llu:%02llu:09", 2 + random() % 100, random() % 24,
                random() % 60);
}
std::string Uuid(Engine& random) {
  return Format("%08llx-%04llx-%04llx-%04llx-%012llx", random() >> 32,
                random() >> 48, random() >> 48, random() >> 48, random() >> 16);
}
std::string Bytea(Engine& random) {
  std::string text = "\\x";
  for (int i = 0; i < 4; ++i) text += Format("%016llx", random() + 0ull);
  return text;
}
std::string Words(Engine& random) {
  return "words of a line " + Integer(random);
}
std::string Jsonb(Engine& random) {
  return "{\"id\": " + Integer(random) + ", \"tags\": [\"a\", \"b\"]}";
}
std::string Inet(Engine& random) {
  return Format("%llu.%llu.%llu.%llu", random() % 256, random() % 256,
                random() % 256, random() % 256);
}
std::string Point(Engine& random) {
  return "(" + Price(random) + "," + Price(random) + ")";
}
std::string Integers(Engine& random) {
  std::string text = "{" + Integer(random);
  for (int i = 0; i < 7; ++i) text += "," + Integer(random);
  return text + "}";
}
std::string Range(Engine& random) { return "[\"" + Timestamp(random) + "\",)"; }

struct Subject {
  const char* type;
  std::string (*make)(Engine& random);
};
constexpr Subject kSubjects[] = {
    {"integer", Integer},
    {"bigint", Integer},
    {"numeric", Price},
    {"double precision", Measure},
    {"double precision", Price},
    {"date", Date},
    {"timestamp without time zone", Timestamp},
    {"timestamp with time zone", Timestamptz},
    {"interval", Interval},
    {"uuid", Uuid},
    {"bytea", Bytea},
    {"text", Words},
    {"jsonb", Jsonb},
    {"inet", Inet},
    {"point", Point},
    {"integer[]", Integers},
    {"tsrange", Range},
};

struct Values {
  std::vector<std::string> texts;
  std::vector<Buffer> binaries;
  int64_t text_octets = 0;
};

// Those that the server would not print so are left out.
Values MakeValues(const Subject& subject, const TypeCodec& codec) {
  Engine random(1);
  Values values;
  while (values.texts.size() < kValues) {
    const std::string text = subject.make(random);
    Buffer binary;
    if (!codec.FromText(text, binary)) continue;
    values.texts.push_back(text);
    values.binaries.push_back(binary);
    values.text_octets += static_cast<int64_t>(text.size());
  }
  return values;
}

void Count(benchmark::State& state, const Values& values) {
  state.SetBytesProcessed(state.iterations() * values.text_octets);
  state.SetItemsProcessed(state.iterations() * kValues);
}

void TypeToText(benchmark::State& state) {
  const Subject& subject = kSubjects[state.range(0)];
  state.SetLabel(subject.type);
  const TypeCodec& codec = *FindBuiltInType(subject.type)->codec;
  const Values values = MakeValues(subject, codec);
  std::string text;
  for (auto _ : state) {
    text.clear();
    for (const Buffer& binary : values.binaries) codec.ToText(binary, text);
    benchmark::DoNotOptimize(text.data());
  }
  Count(state, values);
}
BENCHMARK(TypeToText)->DenseRange(0, std::size(kSubjects) - 1);

void TypeFromText(benchmark::State& state) {
  const Subject& subject = kSubjects[state.range(0)];
  state.SetLabel(subject.type);
  const TypeCodec& codec = *FindBuiltInType(subject.type)->codec;
  const Values values = MakeValues(subject, codec);
  Buffer binary;
  for (auto _ : state) {
    binary.clear();
    for (const std::string& text : values.texts) codec.FromText(text, binary);
    benchmark::DoNotOptimize(binary.data());
  }
  Count(state, values);
}
BENCHMARK(TypeFromText)->DenseRange(0, std::size(kSubjects) - 1);

}  // namespace
}  // namespace pgbale

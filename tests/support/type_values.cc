#include "tests/support/type_values.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace pgbale {
namespace {

using Strings = std::vector<std::string>;

std::string Pick(const Strings& choices, Random& random) {
  return choices[random.Below(choices.size())];
}

std::string Repeat(absl::string_view piece, size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i) absl::StrAppend(&text, piece);
  return text;
}

template <typename T>
std::string Integer(Random& random) {
  return absl::StrCat(
      static_cast<T>(static_cast<T>(random.Skewed(8 * sizeof(T))) *
                     static_cast<T>(random.OneIn(2) ? -1 : 1)));
}

template <typename T>
Strings IntegerEdges() {
  using Limits = std::numeric_limits<T>;
  return {"0", "1", absl::StrCat(Limits::min()), absl::StrCat(Limits::max())};
}

std::string Digits(size_t count, Random& random) {
  std::string digits;
  while (digits.size() < count)
    digits.push_back("0123456789"[random.Below(10)]);
  return digits;
}

// Any bits that are a number; few digits; what is between two of them.
template <typename T, typename Bits>
std::string Float(Random& random) {
  constexpr int kExponents = std::numeric_limits<T>::max_exponent10;
  switch (random.Below(4)) {
    case 0:
      return absl::StrCat(Digits(1 + random.Below(3), random), "e",
                          random.Between(-kExponents, kExponents - 3));
    case 1:
      return absl::StrCat(random.OneIn(2) ? "-" : "",
                          Digits(1 + random.Below(9), random), ".",
                          Digits(1 + random.Below(9), random));
    case 2:
      return absl::StrCat(Digits(1, random), "e", random.Between(0, 25));
    default:
      break;
  }
  const T value = std::bit_cast<T>(static_cast<Bits>(random.Next()));
  return std::isfinite(value) ? absl::StrFormat("%.17g", value) : "Infinity";
}

Strings FloatEdges(const Strings& more) {
  Strings edges = {"0",         "-0",        "NaN",
                   "Infinity",  "-Infinity", "1",
                   "0.1",       "100000",    "1000000",
                   "999999",    "0.0001",    "0.00001",
                   "1e14",      "1e15",      "999999999999999",
                   "1e22",      "1e23",      "9007199254740993",
                   "123456.789"};
  edges.insert(edges.end(), more.begin(), more.end());
  return edges;
}

std::string Numeric(Random& random) {
  std::string number = random.OneIn(2) ? "-" : "";
  const size_t length_max = random.OneIn(10) ? 60 : 8;
  if (!random.OneIn(3))
    absl::StrAppend(&number, Digits(1 + random.Below(length_max), random));
  else
    number.push_back('0');
  if (random.OneIn(3)) absl::StrAppend(&number, Repeat("0", random.Below(20)));
  if (random.OneIn(3)) return number;
  return absl::StrCat(number, ".", Repeat("0", random.Below(10)),
                      Digits(1 + random.Below(length_max), random),
                      Repeat("0", random.Below(6)));
}

Strings NumericEdges() {
  return {"0",
          "0.0",
          "0.0000000000",
          "-0.00",
          "NaN",
          "Infinity",
          "-Infinity",
          "1e-16383",
          "1e131071",
          "-9.99e131071",
          "10000",
          "9999",
          "99999999",
          "100000000.0001",
          "0.0001",
          "0.00010000",
          "1e-20",
          "123e-5",
          "1.10000",
          "12345.678901"};
}

std::string Money(Random& random) {
  return absl::StrFormat("%s%d.%02d", random.OneIn(2) ? "-" : "",
                         random.Skewed(56) / 100, random.Below(100));
}

std::string Tid(Random& random) {
  return absl::StrCat("(", random.Skewed(32), ",", random.Skewed(16), ")");
}

std::string Lsn(Random& random) {
  return absl::StrFormat("%X/%X", random.Skewed(32), random.Skewed(32));
}

// Most near today, some anywhere from `first` to `last` as Julian days.
std::string Day(int64_t last, Random& random) {
  const int64_t day = random.OneIn(2) ? random.Between(2400000, 2500000)
                                      : random.Between(0, last);
  return absl::StrCat("J", day);
}

std::string Clock(Random& random) {
  const std::string clock = absl::StrFormat("%02d:%02d:%02d", random.Below(24),
                                            random.Below(60), random.Below(60));
  if (random.OneIn(2)) return clock;
  return absl::StrCat(clock, ".", Digits(1 + random.Below(6), random));
}

std::string Date(Random& random) { return Day(2147483493, random); }

std::string Timestamp(Random& random) {
  return absl::StrCat(Day(109203527, random), " ", Clock(random));
}

Strings DateEdges() {
  return {"infinity",      "-infinity",     "2000-01-01", "1999-12-31",
          "4714-11-24 BC", "5874897-12-31", "0001-01-01", "0001-12-31 BC",
          "9999-12-31",    "10000-01-01",   "2000-02-29", "1900-02-28",
          "0001-02-29 BC", "0101-02-28 BC", "1900-03-01", "2024-02-29"};
}

Strings TimestampEdges() {
  return {"infinity",
          "-infinity",
          "2000-01-01 00:00:00",
          "1999-12-31 23:59:59.999999",
          "4714-11-24 00:00:00 BC",
          "294276-12-31 23:59:59.999999",
          "0001-01-01 00:00:00",
          "0001-12-31 23:59:59.9 BC",
          "1970-01-01 00:00:00.000001",
          "9999-12-31 23:59:59",
          "10000-01-01 00:00:00"};
}

std::string Zone(Random& random) {
  std::string zone =
      absl::StrFormat("%s%02d", random.OneIn(2) ? "-" : "+", random.Below(16));
  if (random.OneIn(2)) return zone;
  absl::StrAppendFormat(&zone, ":%02d", random.Below(60));
  if (random.OneIn(2)) return zone;
  return absl::StrCat(zone, absl::StrFormat(":%02d", random.Below(60)));
}

std::string Timetz(Random& random) {
  return absl::StrCat(Clock(random), Zone(random));
}

std::string Interval(Random& random) {
  Strings parts;
  const auto sign = [&] { return random.OneIn(2) ? "-" : ""; };
  if (random.OneIn(2))
    parts.push_back(absl::StrCat(sign(), random.Skewed(31), " mons"));
  if (random.OneIn(2))
    parts.push_back(absl::StrCat(sign(), random.Skewed(31), " days"));
  if (random.OneIn(2))
    parts.push_back(absl::StrCat(sign(), random.Skewed(30), " hours"));
  if (parts.empty() || random.OneIn(2))
    parts.push_back(absl::StrCat(sign(), random.Below(10000), ".",
                                 Digits(1 + random.Below(6), random), " secs"));
  return absl::StrJoin(parts, " ");
}

Strings IntervalEdges() {
  return {"0",
          "1 mon",
          "-1 mon",
          "1 year",
          "-1 year",
          "1 day",
          "-1 day",
          "2147483647 mons 2147483647 days",
          "-2147483648 mons",
          "-2147483648 days",
          "1 year -1 day",
          "-1 year 1 day 00:00:01",
          "-1 day 00:00:00.000001",
          "1 day -00:00:00.5",
          "-1 mon -1 sec",
          "13 mons",
          "-13 mons",
          "11 mons",
          "1 year -2 mons",
          "99:59:59",
          "100:00:00",
          "-0.1 secs",
          "1 mon -1 day 1 sec"};
}

std::string Text(Random& random) {
  static const Strings& pieces =
      *new Strings{"a",    "Z",  "0",  " ",  "\t",   "\n",   "\r",    "\v",
                   "\f",   "\\", "\"", "'",  ",",    ";",    "{",     "}",
                   "(",    ")",  "[",  "]",  "NULL", "null", "empty", "\x01",
                   "\x7F", "é",  "ß",  "漢", "😀",    "\\N",  "\\."};
  std::string text;
  for (uint64_t i = random.Below(12); i > 0; --i)
    absl::StrAppend(&text, Pick(pieces, random));
  return text;
}

std::string Word(Random& random) { return absl::StrCat(Text(random), "w"); }

std::string AsciiChar(Random& random) {
  return std::string(1, static_cast<char>(random.Between(1, 127)));
}

std::string JsonText(Random& random) {
  std::string text = "\"";
  for (uint64_t i = random.Below(8); i > 0; --i)
    absl::StrAppend(&text, Pick({"a", " ", "é", "\\\"", "\\\\", "\\n", "😀",
                                 "\\u0041", "{", "]", "\\t", "/"},
                                random));
  return absl::StrCat(text, "\"");
}

std::string Json(Random& random) {
  switch (random.Below(6)) {
    case 0:
      return absl::StrCat("{", JsonText(random), ":", JsonText(random), ", ",
                          JsonText(random), ": ", random.Below(100), "}");
    case 1:
      return absl::StrCat("[", JsonText(random), ",", Json(random), "]");
    case 2:
      return Pick({"true", "false", "null", "[]", "{}", "[ ]"}, random);
    case 3:
      return Pick({"-1.50", "1e5", "0.10", "123456789012345678901"}, random);
    default:
      return JsonText(random);
  }
}

std::string JsonPath(Random& random) {
  return Pick({"$.a", "strict $.a.b[*] ? (@.c > 1)", "$[1 to last]",
               "$.\"a b\".size()"},
              random);
}

std::string Hex(size_t octets, Random& random) {
  std::string hex;
  for (const uint8_t octet : random.Octets(octets))
    absl::StrAppendFormat(&hex, "%02x", octet);
  return hex;
}

std::string Bytea(Random& random) {
  return absl::StrCat("\\x", Hex(random.Below(30), random));
}
std::string Uuid(Random& random) { return Hex(16, random); }
std::string Macaddr(Random& random) { return Hex(6, random); }
std::string Macaddr8(Random& random) { return Hex(8, random); }

std::string Bits(size_t count, Random& random) {
  std::string bits;
  while (bits.size() < count) bits.push_back(random.OneIn(2) ? '1' : '0');
  return bits;
}
std::string Bit13(Random& random) { return Bits(13, random); }
std::string Varbit(Random& random) { return Bits(random.Below(40), random); }

// With `bits` of a network, nothing behind them is set.
std::string Address(bool version4, uint64_t bits, Random& random) {
  Buffer octets = random.Octets(version4 ? 4 : 16);
  for (size_t i = 0; i < octets.size(); i += 2)
    if (random.OneIn(2)) octets[i] = octets[i + 1] = 0;
  if (!version4 && random.OneIn(3))
    std::fill(octets.begin(), octets.begin() + 10, uint8_t{0});
  if (!version4 && random.OneIn(6)) octets[10] = octets[11] = 0xFF;
  for (size_t i = bits; i < 8 * octets.size(); ++i)
    octets[i / 8] &= static_cast<uint8_t>(~(0x80 >> (i % 8)));
  std::string text;
  for (size_t i = 0; i < octets.size(); i += version4 ? 1 : 2)
    text.append(version4 ? absl::StrCat(i == 0 ? "" : ".", octets[i])
                         : absl::StrFormat("%s%x", i == 0 ? "" : ":",
                                           octets[i] << 8 | octets[i + 1]));
  return text;
}

std::string Inet(Random& random) {
  const bool version4 = random.OneIn(2);
  const uint64_t bits = random.Below(version4 ? 33 : 129);
  const std::string address = Address(version4, 128, random);
  return random.OneIn(2) ? address : absl::StrCat(address, "/", bits);
}

std::string Cidr(Random& random) {
  const bool version4 = random.OneIn(2);
  const uint64_t bits = random.Below(version4 ? 33 : 129);
  return absl::StrCat(Address(version4, bits, random), "/", bits);
}

std::string Number(Random& random) { return Float<double, uint64_t>(random); }

std::string Point(Random& random) {
  return absl::StrCat("(", Number(random), ",", Number(random), ")");
}
std::string Lseg(Random& random) {
  return absl::StrCat("[", Point(random), ",", Point(random), "]");
}
std::string Box(Random& random) {
  return absl::StrCat(Point(random), ",", Point(random));
}
std::string Line(Random& random) {
  return absl::StrCat("{", Number(random), ",1,", Number(random), "}");
}
std::string Circle(Random& random) {
  return absl::StrCat("<", Point(random), ",", random.Below(1000), ".5>");
}
std::string Points(Random& random) {
  std::string points = Point(random);
  for (uint64_t i = random.Below(4); i > 0; --i)
    absl::StrAppend(&points, ",", Point(random));
  return points;
}
std::string Polygon(Random& random) {
  return absl::StrCat("(", Points(random), ")");
}
std::string Path(Random& random) {
  if (random.OneIn(2)) return Polygon(random);
  return absl::StrCat("[", Points(random), "]");
}

std::string Lexeme(Random& random) {
  std::string lexeme = "'";
  for (const char c : Word(random)) {
    if (c == '\'' || c == '\\') lexeme.push_back(c);
    lexeme.push_back(c);
  }
  lexeme.push_back('\'');
  uint64_t place = 0;
  for (uint64_t i = random.Below(4); i > 0; --i) {
    lexeme.push_back(place == 0 ? ':' : ',');
    place += 1 + random.Below(100);
    absl::StrAppend(&lexeme, place, Pick({"", "A", "B", "C", "D"}, random));
  }
  return lexeme;
}

std::string Tsvector(Random& random) {
  Strings lexemes;
  for (uint64_t i = random.Below(5); i > 0; --i)
    lexemes.push_back(Lexeme(random));
  return absl::StrJoin(lexemes, " ");
}

std::string Boolean(Random& random) { return random.OneIn(2) ? "t" : "f"; }

// From one number to a greater one, each spelled by `spell`.
template <typename Spell>
std::string Range(Spell spell, Random& random) {
  const int64_t low = random.Between(-1000000, 1000000);
  const int64_t high = low + random.Between(0, 1000);
  if (random.OneIn(20)) return "empty";
  return absl::StrCat(
      random.OneIn(2) ? "[" : "(", random.OneIn(5) ? "" : spell(low), ",",
      random.OneIn(5) ? "" : spell(high), random.OneIn(2) ? "]" : ")");
}

std::string IntegerRange(Random& random) {
  return Range([](int64_t n) { return absl::StrCat(n); }, random);
}
std::string NumericRange(Random& random) {
  return Range([](int64_t n) { return absl::StrCat(n, ".50"); }, random);
}
std::string DateRange(Random& random) {
  return Range([](int64_t n) { return absl::StrCat("J", n + 1000000); },
               random);
}
std::string TimestampRange(Random& random) {
  return Range(
      [](int64_t n) { return absl::StrCat("\"J", n + 1000000, " 10:20:30\""); },
      random);
}

std::string Quote(absl::string_view element) {
  std::string quoted = "\"";
  for (const char c : element) {
    if (c == '"' || c == '\\') quoted.push_back('\\');
    quoted.push_back(c);
  }
  return absl::StrCat(quoted, "\"");
}

std::string ArrayLevel(const TypeValues& elements,
                       const std::vector<size_t>& lengths, size_t level,
                       Random& random) {
  if (level == lengths.size()) {
    if (random.OneIn(8)) return "NULL";
    if (random.OneIn(4) && !elements.edges.empty())
      return Quote(Pick(elements.edges, random));
    return Quote(elements.make(random));
  }
  Strings items;
  for (size_t i = 0; i < lengths[level]; ++i)
    items.push_back(ArrayLevel(elements, lengths, level + 1, random));
  return absl::StrCat(
      "{", absl::StrJoin(items, elements.type == "box" ? ";" : ","), "}");
}

}  // namespace

const std::vector<TypeValues>& ScalarValues() {
  static const auto& values = *new std::vector<TypeValues>{
      {"boolean", Boolean, {}},
      {"\"char\"", AsciiChar, {""}},
      {"smallint", Integer<int16_t>, IntegerEdges<int16_t>()},
      {"integer", Integer<int32_t>, IntegerEdges<int32_t>()},
      {"bigint", Integer<int64_t>, IntegerEdges<int64_t>()},
      {"real", Float<float, uint32_t>,
       FloatEdges({"3.4028235e38", "1.17549435e-38", "1e-45", "16777216",
                   "8589934592", "33554432", "1.1754944e-38"})},
      {"double precision", Float<double, uint64_t>,
       FloatEdges({"1.7976931348623157e308", "4.9e-324",
                   "2.2250738585072014e-308", "9007199254740992",
                   "18014398509481984", "36028797018963968", "5e-324",
                   "1.8014398509481984e16", "9.5367431640625e-7"})},
      {"numeric", Numeric, NumericEdges()},
      {"money",
       Money,
       {"0", "0.01", "-0.01", "999.99", "1000", "-92233720368547758.08",
        "92233720368547758.07"}},
      {"oid", Integer<uint32_t>, IntegerEdges<uint32_t>()},
      {"xid", Integer<uint32_t>, IntegerEdges<uint32_t>()},
      {"cid", Integer<uint32_t>, IntegerEdges<uint32_t>()},
      {"xid8", Integer<uint64_t>, IntegerEdges<uint64_t>()},
      {"tid", Tid, {"(4294967295,65535)", "(0,0)"}},
      {"pg_lsn", Lsn, {"0/0", "FFFFFFFF/FFFFFFFF", "0/10"}},
      {"date", Date, DateEdges()},
      {"timestamp without time zone", Timestamp, TimestampEdges()},
      {"timestamp with time zone", Timestamp, TimestampEdges()},
      {"time without time zone",
       Clock,
       {"00:00:00", "24:00:00", "23:59:59.999999", "00:00:00.1"}},
      {"time with time zone",
       Timetz,
       {"24:00:00+15:59:59", "00:00:00-15:59:59", "12:00:00-00:00:01"}},
      {"interval", Interval, IntervalEdges()},
      {"text", Text, {""}},
      {"character varying(60)", Text, {""}},
      {"bpchar", Text, {"", "  "}},
      {"name", Text, {""}},
      {"json", Json, {}},
      {"jsonb", Json, {}},
      {"jsonpath", JsonPath, {}},
      {"bytea", Bytea, {"\\x", "\\x00"}},
      {"uuid", Uuid, {}},
      {"bit(13)", Bit13, {}},
      {"bit varying", Varbit, {""}},
      {"inet", Inet, {"::", "::1", "::ffff:1.2.3.4", "::1.2.3.4", "0.0.0.0/0"}},
      {"cidr", Cidr, {"::/0", "::1", "10", "::ffff:1.2.3.4/128", "1.2.3.4"}},
      {"macaddr", Macaddr, {}},
      {"macaddr8", Macaddr8, {}},
      {"point", Point, {"(NaN,-0)", "(Infinity,-Infinity)"}},
      {"lseg", Lseg, {}},
      {"box", Box, {}},
      {"line", Line, {}},
      {"circle", Circle, {"<(0,0),NaN>", "<(0,0),0>"}},
      {"path", Path, {}},
      {"polygon", Polygon, {}},
      {"tsvector", Tsvector, {"", "a:16383A"}},
  };
  return values;
}

const std::vector<TypeValues>& RangeValues() {
  static const auto& values = *new std::vector<TypeValues>{
      {"int4range", IntegerRange, {"(,)", "empty", "[1,1]"}},
      {"int8range", IntegerRange, {"(,)", "empty"}},
      {"numrange", NumericRange, {"(,)", "empty", "[0,Infinity]"}},
      {"daterange", DateRange, {"(,)", "[-infinity,infinity]"}},
      {"tsrange", TimestampRange, {"(,)", "[-infinity,infinity]"}},
      {"tstzrange", TimestampRange, {"(,)", "[0044-03-15 BC,)"}},
  };
  return values;
}

std::string MakeArray(const TypeValues& elements, Random& random) {
  if (random.OneIn(20)) return "{}";
  std::vector<size_t> lengths(random.OneIn(3) ? 1 + random.Below(3) : 1);
  for (size_t& length : lengths) length = 1 + random.Below(3);
  std::string bounds;
  if (random.OneIn(4)) {
    for (const size_t length : lengths) {
      const int64_t first = random.Between(-5, 5);
      absl::StrAppend(&bounds, "[", first, ":",
                      first + static_cast<int64_t>(length) - 1, "]");
    }
    bounds.push_back('=');
  }
  return absl::StrCat(bounds, ArrayLevel(elements, lengths, 0, random));
}

std::string MakeMultirange(const TypeValues& ranges, Random& random) {
  Strings items;
  for (uint64_t i = random.Below(5); i > 0; --i)
    items.push_back(ranges.make(random));
  return absl::StrCat("{", absl::StrJoin(items, ","), "}");
}

}  // namespace pgbale

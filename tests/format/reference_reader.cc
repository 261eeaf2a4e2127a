#include "tests/format/reference_reader.h"

#include <xxhash.h>
#include <zstd.h>

#include <array>
#include <bit>
#include <cmath>
#include <stdexcept>

namespace reference {
namespace {

using std::string;
using std::string_view;
__extension__ typedef unsigned __int128 Wide;

void Check(bool fits, int line = __builtin_LINE()) {
  if (!fits) throw std::runtime_error("line " + std::to_string(line));
}

string_view Take(string_view& octets, uint64_t size) {
  Check(size <= octets.size());
  const string_view taken = octets.substr(0, size);
  octets.remove_prefix(size);
  return taken;
}
uint64_t Big(string_view octets) {
  uint64_t number = 0;
  for (const uint8_t octet : octets) number = number << 8 | octet;
  return number;
}
uint64_t TakeLittle(string_view& octets, uint64_t size) {
  const string_view taken = Take(octets, size);
  return Big(string(taken.rbegin(), taken.rend()));
}
uint64_t TakeVarint(string_view& octets) {
  const uint64_t octet = TakeLittle(octets, 1);
  return octet < 0x80 ? octet : (octet & 0x7f) | TakeVarint(octets) << 7;
}
string ToBig(uint64_t number, size_t size) {
  string octets(size, 0);
  for (; size > 0; number >>= 8) octets[--size] = static_cast<char>(number);
  return octets;
}
uint64_t Unzigzag(uint64_t number) { return number >> 1 ^ (0 - (number & 1)); }
int64_t Signed(uint64_t number, size_t width) {
  return static_cast<int64_t>(number << (64 - 8 * width)) >> (64 - 8 * width);
}
uint64_t Bit(string_view octets, size_t k) {
  return octets[k / 8] >> k % 8 & 1;
}
uint64_t Hash(string_view octets) {
  return XXH3_64bits(octets.data(), octets.size());
}
Wide DigestIn(string_view octets) {
  if (octets.empty()) return 0;
  const uint64_t low = TakeLittle(octets, 8);
  return Wide{TakeLittle(octets, 8)} << 64 | low;
}

string Unzip(uint64_t method, string_view stored, uint64_t raw_octets) {
  Check(method == 1 || (method == 0 && stored.size() == raw_octets));
  if (method == 0) return string(stored);
  Check(ZSTD_getFrameContentSize(stored.data(), stored.size()) == raw_octets);
  string raw(raw_octets, 0);
  Check(ZSTD_decompress(raw.data(), raw_octets, stored.data(), stored.size()) ==
        raw_octets);
  return raw;
}
string Unpack(string_view payload) {
  const uint64_t method = TakeLittle(payload, 8);  // below four octets of 0
  const uint64_t raw_octets = TakeLittle(payload, 8);
  return Unzip(method, payload, raw_octets);
}

// The values of a column, out of its streams: each encoding takes its own.
struct Column {
  Strings streams;
  size_t next = 0;

  string Next(uint64_t raw_octets) {
    Check(streams.at(next).size() == raw_octets);
    return streams[next++];
  }
  Numbers Parameters() {  // by tag
    const Record record = Parse(streams.at(next++), 11);
    Numbers numbers(12);
    for (size_t tag = 0; tag < 12; ++tag) numbers[tag] = record.Number(tag);
    return numbers;
  }
  Numbers Integers(uint64_t encoding, size_t width, size_t count) {
    Numbers integers;
    for (const string& value : Values(encoding, width, count, width * count))
      integers.push_back(Big(value));
    return integers;
  }
  Strings Cut(uint64_t octets, const Numbers& lengths) {
    const string values = Next(octets);
    string_view rest = values;
    Strings cut;
    for (const uint64_t length : lengths) cut.emplace_back(Take(rest, length));
    return cut;
  }
  Strings Transposed(size_t width, size_t count) {
    const string octets = Next(width * count);
    Strings values(count, string(width, 0));
    for (size_t i = 0; i < octets.size(); ++i)
      values[i % count][i / count] = octets[i];
    return values;
  }
  Strings Variable(size_t count, uint64_t octets) {
    Numbers lengths;
    for (string_view length : Transposed(4, count))
      lengths.push_back(TakeLittle(length, 4));
    return Cut(octets, lengths);
  }
  // Packed; and Planes, each of which is like distances of 8 bits.
  Strings Distances(size_t width, size_t count, bool in_planes) {
    const Numbers own = Parameters();
    const uint64_t bits = in_planes ? 8 : own[3];
    Numbers numbers(count, Unzigzag(own[1]));
    for (uint64_t plane = 0; plane < (in_planes ? own[3] : 1); ++plane) {
      const string octets = Next((count * bits + 7) / 8);
      for (uint64_t k = 0; k < count * bits; ++k)
        numbers[k / bits] += Bit(octets, k) << (8 * plane + k % bits);
    }
    Strings values;
    for (const uint64_t each : numbers) values.push_back(ToBig(each, width));
    return values;
  }
  Strings Delta(size_t width, size_t count) {
    const Numbers own = Parameters();
    uint64_t number = Unzigzag(own[1]);
    Strings values = {ToBig(number, width)};
    for (const uint64_t step : Integers(own[3], width, count - 1))
      values.push_back(ToBig(number += Unzigzag(step), width));
    return values;
  }
  // integer / 10^scale, its digits to base 10000 from the last one on.
  static string NumericOf(int64_t integer, uint64_t scale) {
    Wide rest = integer < 0 ? -Wide(integer) : Wide(integer);
    for (uint64_t places = scale; places % 4 != 0; ++places) rest *= 10;
    uint64_t weight = 0 - (scale + 3) / 4 - 1;
    string digits;
    for (; rest != 0; rest /= 10000, ++weight)
      if (rest % 10000 != 0 || !digits.empty())
        digits = ToBig(uint64_t(rest % 10000), 2) + digits;
    return ToBig(digits.size() / 2, 2) + ToBig(digits.empty() ? 0 : weight, 2) +
           ToBig(integer < 0 ? 0x4000 : 0, 2) + ToBig(scale, 2) + digits;
  }
  Strings Numeric(size_t count) {
    const Numbers own = Parameters();
    const Numbers scales = Integers(own[1], 2, count);
    const Numbers integers = Integers(own[3], 8, count);
    Strings values, others = Values(own[5], 0, own[7], own[9]);
    size_t other = 0;
    for (size_t i = 0; i < count; ++i)
      values.push_back(scales[i] == 0xffff
                           ? others.at(other++)
                           : NumericOf(Signed(integers[i], 8), scales[i]));
    return values;
  }
  Strings Dictionary(size_t width, size_t count) {
    const Numbers own = Parameters();
    const Numbers numbers = Integers(own[1], own[5] <= 256 ? 1 : 2, count);
    const Strings entries = Values(own[3], width, own[5], own[7]);
    Strings values;
    for (const uint64_t each : numbers) values.push_back(entries.at(each));
    return values;
  }
  Strings Decimal(size_t width, size_t count) {
    const Numbers own = Parameters();
    Strings values;
    for (const uint64_t integer : Integers(own[3], width, count)) {
      const double value =
          static_cast<double>(Signed(integer, width)) / std::pow(10, own[1]);
      const auto single = std::bit_cast<uint32_t>(static_cast<float>(value));
      values.push_back(
          ToBig(width == 4 ? single : std::bit_cast<uint64_t>(value), width));
    }
    const Numbers places = Integers(own[5], 4, own[9]);
    const Numbers others = Integers(own[7], width, own[9]);
    for (size_t i = 0; i < others.size(); ++i)
      values.at(places[i]) = ToBig(others[i], width);
    return values;
  }
  Strings Array(size_t count) {
    const Numbers own = Parameters();
    const Numbers counts = Integers(own[5], 4, count);
    Strings values, elements = Values(own[7], own[3], own[9], own[11]);
    size_t next = 0;
    for (const uint64_t n : counts) {
      string value = ToBig(n != 0, 4) + ToBig(0, 4) + ToBig(own[1], 4);
      if (n != 0) value += ToBig(n, 4) + ToBig(1, 4);
      for (const size_t end = next + n; next < end; ++next)
        value += ToBig(elements.at(next).size(), 4) + elements[next];
      values.push_back(value);
    }
    return values;
  }
  Strings Values(uint64_t encoding, size_t width, size_t count,
                 uint64_t octets) {
    const uint64_t each = count == 0 ? 0 : octets / count;
    Strings values;
    if (encoding == 1) values.assign(count, Next(each));
    if (encoding == 2) values = Cut(octets, Numbers(count, width));
    if (encoding == 3) values = Transposed(width, count);
    if (encoding == 4) values = Variable(count, octets);
    if (encoding == 5) values = Distances(width, count, false);
    if (encoding == 6) values = Distances(width, count, true);
    if (encoding == 7) values = Delta(width, count);
    if (encoding == 8) values = Values(Parameters()[1], each, count, octets);
    if (encoding == 9)
      values = Cut(octets, Integers(Parameters()[1], 4, count));
    if (encoding == 10) values = Numeric(count);
    if (encoding == 11) values = Dictionary(width, count);
    if (encoding == 12) values = Decimal(width, count);
    if (encoding == 13) values = Array(count);
    Check(encoding <= 13 && values.size() == count);
    for (const string& value : values) octets -= value.size();
    Check(octets == 0);
    return values;
  }
};

// Appends a column to the rows; takes its streams off the front of `body`.
void TakeColumn(const Record& head, string_view& body, std::vector<Row>& rows) {
  const string_view all = body;
  const Numbers numbers = NumbersIn(head.Text(9));
  Column column;
  for (size_t i = 0; i + 2 < numbers.size(); i += 3)
    column.streams.push_back(
        Unzip(numbers[i], Take(body, numbers[i + 2]), numbers[i + 1]));
  const uint64_t hash = Hash(all.substr(0, all.size() - body.size()));
  Check(head.Number(10, hash) == hash);
  const uint64_t width = head.Number(3), nulls = head.Number(5),
                 count = rows.size() - nulls;
  string bits(rows.size(), nulls == 0 ? '\0' : '\xff');
  if (nulls != 0 && count != 0) bits = column.Next((rows.size() + 7) / 8);
  const Strings values = column.Values(head.Number(1), width, count,
                                       width ? width * count : head.Number(7));
  size_t next = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    rows[i].emplace_back();
    if (!Bit(bits, i)) rows[i].back() = values.at(next++);
  }
  Check(next == count && column.next == column.streams.size());
}

Wide DigestOf(const std::vector<Row>& rows) {
  Wide digest = 0;
  for (const Row& row : rows) {
    string image = ToBig(row.size(), 2);
    for (const auto& cell : row)
      image += ToBig(cell ? cell->size() : UINT64_MAX, 4) + cell.value_or("");
    const XXH128_hash_t hash = XXH3_128bits(image.data(), image.size());
    digest += Wide{hash.high64} << 64 | hash.low64;
  }
  return digest;
}

struct Reader {
  Archive archive;
  uint64_t ordinal = 0, chain = 0;
  Numbers directory;  // position and ordinal of its first block
  // What the directory must say: of each chunk its odd tags, the hash and the
  // place; of each table, and of all, rows, raw and stored octets, chunks,
  // digest.
  std::vector<Numbers> chunks;
  std::map<uint64_t, std::array<Wide, 5>> tables;
  std::array<Wide, 5> totals = {};
  size_t stated_chunks = 0, stated_tables = 0;

  void ReadEntries(string_view payload) {
    for (const string& octets : Parse(Unpack(payload), 1).All(1)) {
      const Record& entry = archive.entries.emplace_back(Parse(octets, 41));
      Check(entry.Number(1) == archive.entries.size());
      if (entry.count(41) != 0) tables[entry.Number(1)] = {};
    }
  }

  void ReadChunk(uint64_t id, uint64_t position, string_view payload) {
    auto& table = tables.at(id);
    const auto columns = Parse(archive.entries[id - 1].Text(41), 11).All(7);
    const string_view front = payload;
    const Record head = Parse(Take(payload, TakeLittle(payload, 4)), 7);
    const uint64_t hash = Hash(front.substr(0, front.size() - payload.size()));
    const uint64_t rows = head.Number(1), raw = head.Number(3);
    const uint64_t stored = 64 + front.size();
    const Wide digest = DigestIn(head.Text(5));
    const Strings heads = head.All(7);
    Check(heads.size() == columns.size());
    Chunk chunk{id, std::vector<Row>(rows), {}};
    bool is_typed = false;
    for (size_t i = 0; i < heads.size(); ++i) {
      const Record column = Parse(heads[i], 11);
      chunk.types.push_back(Parse(column.Text(11), 3).Number(1));
      is_typed = is_typed || chunk.types[i] != 0;
      const uint64_t width = Parse(columns[i], 5).Number(5);
      Check(chunk.types[i] != 0 || column.Number(3) == width);
      TakeColumn(column, payload, chunk.rows);
    }
    // The digest of typed columns is of their texts, which are not made here.
    Check(payload.empty() && (is_typed || DigestOf(chunk.rows) == digest));
    const Wide sums[] = {rows, raw, stored, 1, digest};
    for (size_t i = 0; i < 5; ++i) table[i] += sums[i], totals[i] += sums[i];
    chunks.push_back({id, ordinal, position, stored, rows, raw, hash,  //
                      head.Number(6)});
    archive.chunks.push_back(chunk);
  }

  void ReadDirectory(string_view payload) {
    const Record record = Parse(Unpack(payload), 3);
    for (const string& octets : record.All(1)) {
      const Record stated = Parse(octets, 11);
      const Numbers& chunk = chunks.at(stated_chunks++);
      for (size_t i = 0; i < 6; ++i)
        Check(stated.Number(1 + 2 * i) == chunk[i]);
      Check(stated.Number(12, chunk[6]) == chunk[6]);
      Check(stated.Number(14) == chunk[7]);
    }
    for (const string& octets : record.All(3)) {
      const Record stated = Parse(octets, 11);
      const auto& table = tables.at(stated.Number(1));
      for (size_t i = 0; i < 4; ++i)
        Check(stated.Number(3 + 2 * i) == table[i]);
      Check(DigestIn(stated.Text(11)) == table[4]);
      ++stated_tables;
    }
  }

  void ReadFooter(string_view payload) {
    Check(stated_chunks == chunks.size() && stated_tables == tables.size());
    for (const Wide number :
         {Wide{directory.at(0)}, Wide{directory[1]}, totals[3], totals[0],
          totals[1], totals[2], Wide{archive.entries.size()}, Wide{chain}})
      Check(TakeLittle(payload, 8) == number);
  }

  // Reads the block at the front of `rest`; returns its kind.
  uint64_t ReadBlock(string_view octets, string_view& rest) {
    const uint64_t position = octets.size() - rest.size();
    string_view header = Take(rest, 64);
    const uint64_t hash = Hash(header.substr(0, 56));
    Check(Take(header, 8) == "\x89\x42\x41\x4c\x45\r\n\x1a");
    const uint64_t kind = TakeLittle(header, 2), flags = TakeLittle(header, 2);
    const uint64_t entry_id = TakeLittle(header, 4);
    Check((flags & 0x7f00) == 0 && (kind <= 5 || (flags & 0x8000) == 0));
    Check(Take(header, 8) == octets.substr(16, 8));
    Check(TakeLittle(header, 8) == ordinal &&
          TakeLittle(header, 8) == position);
    string_view payload = Take(rest, TakeLittle(header, 8));
    Check(TakeLittle(header, 8) == Hash(payload));
    Check(TakeLittle(header, 8) == hash);
    Check((ordinal == 0) == (kind == 1) && (kind > 3 || directory.empty()));
    if (kind == 1) Check(TakeLittle(payload, 4) % 0x10000 == 1);
    if (kind == 1) archive.header = Parse(payload, 1);
    if (kind == 2) ReadEntries(payload);
    if (kind == 3) ReadChunk(entry_id, position, payload);
    if (kind == 4 && directory.empty()) directory = {position, ordinal};
    if (kind == 4) ReadDirectory(payload);
    if (kind == 5) ReadFooter(payload);
    const uint64_t pair[] = {chain, hash};
    chain = XXH3_64bits(pair, sizeof pair);
    ++ordinal;
    return kind;
  }
};

}  // namespace

Record Parse(string_view octets, uint64_t last_odd) {
  Record record;
  for (uint64_t last = 1; !octets.empty();) {
    const uint64_t tag = TakeVarint(octets);
    Check(tag >= last && (tag % 2 == 0 || tag <= last_odd));
    record[tag].emplace_back(Take(octets, TakeVarint(octets)));
    last = tag;
  }
  return record;
}
Numbers NumbersIn(string_view field) {
  Numbers numbers;
  while (!field.empty()) numbers.push_back(TakeVarint(field));
  return numbers;
}
uint64_t Record::Number(uint64_t tag, uint64_t absent) const {
  return count(tag) ? NumbersIn(Text(tag)).at(0) : absent;
}

Archive Read(string_view octets) {
  Reader reader;
  string_view rest = octets;
  while (reader.ReadBlock(octets, rest) != 5) continue;
  Check(rest.empty());
  return reader.archive;
}

}  // namespace reference

// In the order of docs/format.md.

#include "tests/format/reference_reader.h"

#include <xxhash.h>
#include <zstd.h>

#include <bit>
#include <cmath>
#include <stdexcept>

namespace reference {
namespace {

using std::string;
using std::string_view;
using Strings = std::vector<string>;
using Numbers = std::vector<uint64_t>;
__extension__ typedef unsigned __int128 Wide;

// Nothing is thrown beyond Read(). What is wrong is named by its line here.
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
uint64_t Little(string_view octets) {
  return Big(string(octets.rbegin(), octets.rend()));
}
uint64_t TakeLittle(string_view& octets, uint64_t size) {
  return Little(Take(octets, size));
}
string ToBig(uint64_t number, size_t size) {
  string octets(size, 0);
  for (; size > 0; number >>= 8) octets[--size] = static_cast<char>(number);
  return octets;
}
bool Bit(string_view octets, size_t k) { return octets[k / 8] >> k % 8 & 1; }
uint64_t Hash(string_view octets) {
  return XXH3_64bits(octets.data(), octets.size());
}

uint64_t TakeVarint(string_view& octets) {
  uint64_t number = 0;
  for (int shift = 0;; shift += 7) {
    const uint64_t octet = TakeLittle(octets, 1), bits = octet & 0x7f;
    Check(shift < 64 && bits << shift >> shift == bits);
    Check(octet != 0 || shift == 0);
    number |= bits << shift;
    if (octet < 0x80) return number;
  }
}

// The tags that are known, with a * those that repeat.
constexpr char kHeader[] = " 1 2 4 6 8 10 12 14 16 18 20 22* 24 26 ",
               kEntry[] =
                   " 1 3 5 7 9 11 13 15 17* 19* 21* 23 25* 27 29 31 33 35 37 "
                   "39 40 41 42* 44 46 ",
               kData[] = " 1 3 5 7* 9 11 12 ", kDataColumn[] = " 1 3 5 6 ",
               kHead[] = " 1 3 5 7* ", kColumn[] = " 1 3 5 7 9 10 11 ",
               kTyped[] = " 1 3 ", kParameters[] = " 1 3 5 7 9 11 ",
               kChunkRef[] = " 1 3 5 7 9 11 12 ",
               kTable[] = " 1 3 5 7 9 11 12 14 ";

Record Parse(string_view octets, const string& known) {
  Record record;
  for (uint64_t last = 0; !octets.empty();) {
    const uint64_t tag = TakeVarint(octets);
    const string_view field = Take(octets, TakeVarint(octets));
    const string word = ' ' + std::to_string(tag);
    const bool once = known.find(word + ' ') != known.npos;
    const bool repeats = known.find(word + '*') != known.npos;
    Check(tag > last || (tag == last && tag != 0 && !once));
    Check(once || repeats || tag % 2 == 0);
    if (once || repeats) record.fields[tag].emplace_back(field);
    last = tag;
  }
  return record;
}

string Unzip(uint64_t method, string_view stored, uint64_t raw_octets) {
  Check(method == 1 || (method == 0 && stored.size() == raw_octets));
  if (method == 0) return string(stored);
  const char* const frame = stored.data();
  const size_t size = stored.size();
  Check(ZSTD_getFrameContentSize(frame, size) == raw_octets &&
        ZSTD_findFrameCompressedSize(frame, size) == size);
  string raw(raw_octets, 0);
  Check(ZSTD_decompress(raw.data(), raw_octets, frame, size) == raw_octets);
  return raw;
}
string Unpack(string_view payload) {
  const uint64_t method = TakeLittle(payload, 4);
  Check(TakeLittle(payload, 4) == 0);
  const uint64_t raw_octets = TakeLittle(payload, 8);
  return Unzip(method, payload, raw_octets);
}

// The streams of a column, of which each encoding takes its own.
struct Streams {
  struct Stream {
    uint64_t method, raw_octets;
    string_view stored;
  };
  std::vector<Stream> left;  // the next one last

  string Next(uint64_t raw_octets) {
    Check(!left.empty() && left.back().raw_octets == raw_octets);
    const Stream next = left.back();
    left.pop_back();
    return Unzip(next.method, next.stored, raw_octets);
  }
  Record Parameters() {
    Check(!left.empty());
    return Parse(Next(left.back().raw_octets), kParameters);
  }
};

// The values of a column, or of what a column is made of.
Strings Values(Streams& in, uint64_t encoding, size_t width, size_t count,
               uint64_t octets);
Numbers Integers(Streams& in, uint64_t encoding, size_t width, size_t count) {
  Numbers integers;
  for (const string& value : Values(in, encoding, width, count, width * count))
    integers.push_back(Big(value));
  return integers;
}
uint64_t Unzigzag(uint64_t number) { return number >> 1 ^ (0 - (number & 1)); }
int64_t Signed(uint64_t number, size_t width) {
  const size_t unused = 64 - 8 * width;
  return static_cast<int64_t>(number << unused) >> unused;
}

Strings Cut(string_view values, const Numbers& lengths) {
  Strings cut;
  for (const uint64_t length : lengths) cut.emplace_back(Take(values, length));
  return cut;
}

Strings Transposed(Streams& in, size_t width, size_t count) {
  const string octets = in.Next(width * count);
  Strings values(count, string(width, 0));
  for (size_t i = 0; i < octets.size(); ++i)
    values[i % count][i / count] = octets[i];
  return values;
}

// Packed, and Planes.
Strings Distances(Streams& in, bool in_planes, size_t width, size_t count) {
  const Record own = in.Parameters();
  Numbers distances(count);
  const size_t bits = in_planes ? 8 : own.Number(3);
  const size_t streams = in_planes ? own.Number(3) : 1;
  for (size_t stream = 0; stream < streams; ++stream) {
    const string packed = in.Next((count * bits + 7) / 8);
    for (size_t k = 0; k < 8 * packed.size(); ++k) {
      if (!Bit(packed, k)) continue;
      distances.at(k / bits) |= uint64_t{1} << (k % bits + 8 * stream);
    }
  }
  Strings values;
  for (const uint64_t distance : distances)
    values.push_back(ToBig(Unzigzag(own.Number(1)) + distance, width));
  return values;
}

Strings Delta(Streams& in, size_t width, size_t count) {
  const Record own = in.Parameters();
  uint64_t number = Unzigzag(own.Number(1));
  Strings values = {ToBig(number, width)};
  for (const uint64_t step : Integers(in, own.Number(3), width, count - 1))
    values.push_back(ToBig(number += Unzigzag(step), width));
  return values;
}

// integer / 10^scale, its digits to base 10000 from the last one on.
string NumericOf(int64_t integer, uint64_t scale) {
  Wide rest = integer < 0 ? 0 - Wide(integer) : Wide(integer);
  for (uint64_t places = scale; places % 4 != 0; ++places) rest *= 10;
  uint64_t weight = 0 - (scale + 3) / 4 - 1;
  string digits;
  for (; rest != 0; rest /= 10000, ++weight) {
    const auto digit = static_cast<uint64_t>(rest % 10000);
    if (digit != 0 || !digits.empty()) digits = ToBig(digit, 2) + digits;
  }
  return ToBig(digits.size() / 2, 2) + ToBig(digits.empty() ? 0 : weight, 2) +
         ToBig(integer < 0 ? 0x4000 : 0, 2) + ToBig(scale, 2) + digits;
}

Strings Numeric(Streams& in, size_t count) {
  const Record own = in.Parameters();
  const Numbers scales = Integers(in, own.Number(1), 2, count);
  const Numbers integers = Integers(in, own.Number(3), 8, count);
  const Strings others =
      Values(in, own.Number(5), 0, own.Number(7), own.Number(9));
  Strings values;
  size_t other = 0;
  for (size_t i = 0; i < count; ++i)
    values.push_back(scales[i] == 0xffff
                         ? others.at(other++)
                         : NumericOf(Signed(integers[i], 8), scales[i]));
  Check(other == others.size());
  return values;
}

Strings Dictionary(Streams& in, size_t width, size_t count) {
  const Record own = in.Parameters();
  const size_t number_width = own.Number(5) <= 256 ? 1 : 2;
  const Numbers numbers = Integers(in, own.Number(1), number_width, count);
  const Strings entries =
      Values(in, own.Number(3), width, own.Number(5), own.Number(7));
  Strings values;
  for (const uint64_t number : numbers) values.push_back(entries.at(number));
  return values;
}

Strings Decimal(Streams& in, size_t width, size_t count) {
  const Record own = in.Parameters();
  Strings values;
  for (const uint64_t integer : Integers(in, own.Number(3), width, count)) {
    const double value = static_cast<double>(Signed(integer, width)) /
                         std::pow(10, own.Number(1));
    const auto single = std::bit_cast<uint32_t>(static_cast<float>(value));
    values.push_back(
        ToBig(width == 4 ? single : std::bit_cast<uint64_t>(value), width));
  }
  const size_t others = own.Number(9);
  const Numbers places = Integers(in, own.Number(5), 4, others);
  const Numbers at_places = Integers(in, own.Number(7), width, others);
  for (size_t i = 0; i < others; ++i)
    values.at(places[i]) = ToBig(at_places[i], width);
  return values;
}

Strings Array(Streams& in, size_t count) {
  const Record own = in.Parameters();
  const Numbers counts = Integers(in, own.Number(5), 4, count);
  const Strings elements =
      Values(in, own.Number(7), own.Number(3), own.Number(9), own.Number(11));
  Strings values;
  size_t next = 0;
  for (const uint64_t n : counts) {
    string value = ToBig(n != 0, 4) + ToBig(0, 4) + ToBig(own.Number(1), 4);
    if (n != 0) value += ToBig(n, 4) + ToBig(1, 4);
    for (const size_t end = next + n; next < end; ++next)
      value += ToBig(elements.at(next).size(), 4) + elements[next];
    values.push_back(value);
  }
  Check(next == elements.size());
  return values;
}

Strings Values(Streams& in, uint64_t encoding, size_t width, size_t count,
               uint64_t octets) {
  const uint64_t each = count == 0 ? 0 : octets / count;
  Strings values;
  Numbers lengths(count, width);
  if (encoding == 1) values.assign(count, in.Next(each));
  if (encoding == 3) values = Transposed(in, width, count);
  if (encoding == 4) lengths.clear();
  if (encoding == 4)
    for (const string& length : Transposed(in, 4, count))
      lengths.push_back(Little(length));
  if (encoding == 9)
    lengths = Integers(in, in.Parameters().Number(1), 4, count);
  if (encoding == 2 || encoding == 4 || encoding == 9)
    values = Cut(in.Next(octets), lengths);
  if (encoding == 5) values = Distances(in, false, width, count);
  if (encoding == 6) values = Distances(in, true, width, count);
  if (encoding == 7) values = Delta(in, width, count);
  if (encoding == 8)
    values = Values(in, in.Parameters().Number(1), each, count, octets);
  if (encoding == 10) values = Numeric(in, count);
  if (encoding == 11) values = Dictionary(in, width, count);
  if (encoding == 12) values = Decimal(in, width, count);
  if (encoding == 13) values = Array(in, count);
  Check(encoding <= 13 && values.size() == count);
  for (const string& value : values) octets -= value.size();
  Check(octets == 0);
  return values;
}

// Appends a column to the rows; takes its streams off the front of `body`.
void TakeColumn(const Record& head, uint64_t width, string_view& body,
                std::vector<Row>& rows) {
  const uint64_t nulls = head.Number(5), count = rows.size() - nulls;
  Check(head.Number(3) == width && nulls <= rows.size());
  const Numbers numbers = head.Numbers(9);
  const string_view all = body;
  Streams in;
  for (size_t i = 0; i + 2 < numbers.size(); i += 3)
    in.left.insert(in.left.begin(),
                   {numbers[i], numbers[i + 1], Take(body, numbers[i + 2])});
  const uint64_t hash = Hash(all.substr(0, all.size() - body.size()));
  Check(head.Number(10, hash) == hash);
  string null_bits(rows.size(), nulls == 0 ? 0 : '\xff');
  if (nulls != 0 && count != 0) null_bits = in.Next((rows.size() + 7) / 8);
  const Strings values = Values(in, head.Number(1), width, count,
                                width ? width * count : head.Number(7));
  size_t next = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    rows[i].emplace_back();
    if (!Bit(null_bits, i)) rows[i].back() = values.at(next++);
  }
  Check(next == count && in.left.empty());
}

Wide DigestOf(const std::vector<Row>& rows) {
  Wide digest = 0;
  for (const Row& row : rows) {
    string image = ToBig(row.size(), 2);
    for (const auto& cell : row)
      image += cell ? ToBig(cell->size(), 4) + *cell : ToBig(UINT64_MAX, 4);
    const XXH128_hash_t hash = XXH3_128bits(image.data(), image.size());
    digest += Wide{hash.high64} << 64 | hash.low64;
  }
  return digest;
}
Wide DigestIn(const string& octets) {
  const string_view view = octets;
  if (view.empty()) return 0;
  return Wide{Little(view.substr(8))} << 64 | Little(view.substr(0, 8));
}

struct Reader {
  Archive archive;
  uint64_t ordinal = 0, chain = 0;
  Numbers directory;  // position and ordinal of its first block
  // As the chunks are, and as the directory says. Of a table: rows, raw octets,
  // stored octets, chunks.
  std::vector<Numbers> chunks;
  std::map<uint64_t, Numbers> tables;
  std::map<uint64_t, Wide> digests;
  Strings stated_chunks, stated_tables;

  void ReadEntries(string_view payload) {
    for (const string& octets : Parse(Unpack(payload), " 1* ").All(1)) {
      const Record entry = Parse(octets, kEntry);
      archive.entries.push_back(entry);
      Check(entry.Number(1) == archive.entries.size());
      if (!entry.Text(41).empty()) tables[entry.Number(1)].resize(4);
    }
  }

  void ReadChunk(uint64_t entry_id, uint64_t position, string_view payload) {
    Numbers& table = tables.at(entry_id);
    const auto columns = ColumnsOf(archive.entries[entry_id - 1]);
    const uint64_t stored = 64 + payload.size();
    const string_view start = payload;
    const string_view octets = Take(payload, TakeLittle(payload, 4));
    const uint64_t front_hash = Hash(start.substr(0, 4 + octets.size()));
    const Record head = Parse(octets, kHead);
    Chunk chunk{entry_id, {}, std::vector<Row>(head.Number(1))};
    const Strings heads = head.All(7);
    Check(heads.size() == columns.size());
    bool is_typed = false;
    for (size_t i = 0; i < heads.size(); ++i) {
      const Record column = Parse(heads[i], kColumn);
      const uint64_t type = Parse(column.Text(11), kTyped).Number(1);
      // A typed column has the width of its type.
      TakeColumn(column, type ? column.Number(3) : columns[i].Number(5),
                 payload, chunk.rows);
      chunk.types.push_back(type);
      is_typed = is_typed || type != 0;
    }
    // The digest of typed columns is of their texts, which are not made here.
    const Wide digest = DigestIn(head.Text(5));
    Check(payload.empty() && (is_typed || digest == DigestOf(chunk.rows)));
    digests[entry_id] += digest;
    const Numbers sizes = {chunk.rows.size(), head.Number(3), stored, 1};
    for (size_t i = 0; i < 4; ++i) table[i] += sizes[i];
    chunks.push_back({entry_id, ordinal, position, stored, chunk.rows.size(),
                      head.Number(3), front_hash});
    archive.chunks.push_back(std::move(chunk));
  }

  void ReadDirectory(string_view payload) {
    const Record record = Parse(Unpack(payload), " 1* 3* ");
    for (const string& chunk : record.All(1)) stated_chunks.push_back(chunk);
    for (const string& table : record.All(3)) stated_tables.push_back(table);
  }

  void CheckDirectory() {
    Check(stated_chunks.size() == chunks.size());
    for (size_t i = 0; i < chunks.size(); ++i) {
      const Record chunk = Parse(stated_chunks[i], kChunkRef);
      for (size_t each = 0; each < 6; ++each)
        Check(chunk.Number(1 + 2 * each) == chunks[i][each]);
      Check(chunk.Number(12, chunks[i][6]) == chunks[i][6]);
    }
    Check(stated_tables.size() == tables.size());
    for (const string& octets : stated_tables) {
      const Record table = Parse(octets, kTable);
      const uint64_t id = table.Number(1);
      for (size_t each = 0; each < 4; ++each)
        Check(table.Number(3 + 2 * each) == tables.at(id)[each]);
      Check(DigestIn(table.Text(11)) == digests[id]);
    }
  }

  void ReadFooter(string_view payload) {
    CheckDirectory();
    Numbers sums(4);
    for (const auto& [id, table] : tables)
      for (size_t i = 0; i < 4; ++i) sums[i] += table[i];
    const Numbers expected = {
        directory.at(0), directory.at(1),        sums[3], sums[0], sums[1],
        sums[2],         archive.entries.size(), chain};
    for (const uint64_t number : expected)
      Check(TakeLittle(payload, 8) == number);
    Check(payload.empty());
  }

  void ReadPayload(uint64_t kind, uint64_t entry_id, uint64_t position,
                   string_view payload) {
    Check((ordinal == 0) == (kind == 1));
    Check(kind > 3 || directory.empty());
    if (kind == 1) {
      Check(TakeLittle(payload, 2) == 1);
      TakeLittle(payload, 2);
      archive.header = Parse(payload, kHeader);
    }
    if (kind == 2) ReadEntries(payload);
    if (kind == 3) ReadChunk(entry_id, position, payload);
    if (kind == 4 && directory.empty()) directory = {position, ordinal};
    if (kind == 4) ReadDirectory(payload);
    if (kind == 5) ReadFooter(payload);
  }

  // Returns the kind of the block.
  uint64_t ReadBlock(string_view octets, string_view& rest) {
    const uint64_t position = octets.size() - rest.size();
    string_view header = Take(rest, 64);
    const uint64_t hash = Hash(header.substr(0, 56));
    Check(Take(header, 8) ==
          "\x89"
          "BALE\r\n\x1a");
    const uint64_t kind = TakeLittle(header, 2), flags = TakeLittle(header, 2);
    const uint64_t entry_id = TakeLittle(header, 4);
    Check((flags & 0x7f00) == 0 && (kind <= 5 || (flags & 0x8000) == 0));
    Check(Take(header, 8) == octets.substr(16, 8));
    Check(TakeLittle(header, 8) == ordinal);
    Check(TakeLittle(header, 8) == position);
    const string_view payload = Take(rest, TakeLittle(header, 8));
    Check(TakeLittle(header, 8) == Hash(payload));
    Check(TakeLittle(header, 8) == hash);
    ReadPayload(kind, entry_id, position, payload);
    const uint64_t pair[] = {chain, hash};
    chain = XXH3_64bits(pair, sizeof pair);
    ++ordinal;
    return kind;
  }
};

}  // namespace

Strings Record::All(uint64_t tag) const {
  const auto found = fields.find(tag);
  return found == fields.end() ? Strings() : found->second;
}
string Record::Text(uint64_t tag) const {
  const Strings all = All(tag);
  return all.empty() ? string() : all[0];
}
Numbers Record::Numbers(uint64_t tag) const {
  std::vector<uint64_t> numbers;
  const string text = Text(tag);
  for (string_view octets = text; !octets.empty();)
    numbers.push_back(TakeVarint(octets));
  return numbers;
}
uint64_t Record::Number(uint64_t tag, uint64_t absent) const {
  const std::vector<uint64_t> numbers = Numbers(tag);
  return numbers.empty() ? absent : numbers[0];
}

Record DataOf(const Record& entry) { return Parse(entry.Text(41), kData); }
std::vector<Record> ColumnsOf(const Record& entry) {
  std::vector<Record> columns;
  for (const string& octets : DataOf(entry).All(7))
    columns.push_back(Parse(octets, kDataColumn));
  return columns;
}

std::optional<Archive> Read(string_view octets, string* error) {
  try {
    Reader reader;
    string_view rest = octets;
    while (reader.ReadBlock(octets, rest) != 5) continue;
    Check(rest.empty());
    return reader.archive;
  } catch (const std::exception& wrong) {
    *error = wrong.what();
    return std::nullopt;
  }
}

}  // namespace reference

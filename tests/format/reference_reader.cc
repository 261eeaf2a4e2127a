#include "tests/format/reference_reader.h"

#include <xxhash.h>
#include <zstd.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <sstream>
#include <stdexcept>

namespace reference {
namespace {

using std::string;
using std::string_view;
using Strings = std::vector<string>;
using Numbers = std::vector<uint64_t>;
__extension__ typedef unsigned __int128 Digest;

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
uint64_t Little(string_view octets, size_t at, size_t size) {
  Take(octets, at);
  uint64_t number = 0;
  for (const uint8_t octet : Take(octets, size))
    number = number >> 8 | uint64_t{octet} << 56;
  return number >> (64 - 8 * size);
}
uint64_t Big(string_view octets) {
  uint64_t number = 0;
  for (const uint8_t octet : octets) number = number << 8 | octet;
  return number;
}
string ToBig(uint64_t number, size_t size) {
  string octets(size, 0);
  for (; size > 0; number >>= 8) octets[--size] = static_cast<char>(number);
  return octets;
}
uint64_t Hash(string_view octets) {
  return XXH3_64bits(octets.data(), octets.size());
}
bool Bit(string_view octets, size_t k) { return octets[k / 8] >> k % 8 & 1; }

uint64_t TakeVarint(string_view& octets) {
  uint64_t number = 0;
  for (int shift = 0;; shift += 7) {
    const auto octet = static_cast<uint8_t>(Take(octets, 1)[0]);
    const uint64_t bits = octet & 0x7f;
    Check(shift < 64 && bits << shift >> shift == bits);
    Check(octet != 0 || shift == 0);
    number |= bits << shift;
    if (octet < 0x80) return number;
  }
}

// Known tags, each with its type: n a number of 64 bits, i of 32, e of 8, f a
// flag, N a list of numbers, t a text, d a digest, r a record; T and R repeat.
constexpr char kHeader[] = "1t 2t 4t 6i 8t 10t 12t 14t 16t 18t 20t 22R 24t 26n";
constexpr char kEntry[] =
    "1i 3t 5t 7t 9t 11e 13e 15e 17T 19T 21T 23t 25T 27t 29t 31f 33N 35N 37N "
    "39i 40f 41r 42T 44i 46t";
constexpr char kData[] = "1e 3t 5t 7R 9e 11f 12n",
               kDataColumn[] = "1t 3t 5i 6i";
constexpr char kHead[] = "1i 3n 5d 7R", kColumn[] = "1i 3i 5i 7n 9N 10n 11r";
constexpr char kChunkRef[] = "1i 3n 5n 7n 9i 11n 12n";
constexpr char kTable[] = "1i 3n 5n 7n 9n 11d 12f 14n";
constexpr char kParameters[] = "1n 3i 5i 7n 9n 11n";

void CheckField(char type, string_view octets) {
  while (type == 'N' && !octets.empty()) TakeVarint(octets);
  if (type == 't' || type == 'T') Check(octets.find('\0') == octets.npos);
  if (type == 'd') Check(octets.size() == 16);
  if (string_view("feni").find(type) == string_view::npos) return;
  const uint64_t max = type == 'f'   ? 1
                       : type == 'e' ? 255
                       : type == 'i' ? UINT32_MAX
                                     : UINT64_MAX;
  Check(TakeVarint(octets) <= max && octets.empty());
}

Record Parse(string_view octets, const char* known) {
  std::map<uint64_t, char> types;
  std::istringstream words(known);
  for (uint64_t tag; words >> tag;) words >> types[tag];
  Record record;
  for (uint64_t last = 0; !octets.empty();) {
    const uint64_t tag = TakeVarint(octets);
    const string_view field = Take(octets, TakeVarint(octets));
    const char type = types.count(tag) != 0 ? types[tag] : '?';
    Check(tag > 0 && tag <= INT32_MAX && tag >= last);
    Check(tag > last || type == 'T' || type == 'R' || type == '?');
    Check(type != '?' || tag % 2 == 0);
    CheckField(type, field);
    if (type != '?') record.fields[tag].emplace_back(field);
    last = tag;
  }
  return record;
}

string Unzip(uint64_t method, string_view stored, uint64_t raw_octets) {
  Check(method <= 1);
  if (method == 0) {
    Check(stored.size() == raw_octets);
    return string(stored);
  }
  const char* const frame = stored.data();
  Check(stored.size() > 5 && Little(stored, 0, 4) == ZSTD_MAGICNUMBER &&
        ZSTD_getFrameContentSize(frame, stored.size()) == raw_octets &&
        ((frame[4] & 0x20) != 0 || Little(stored, 5, 1) <= 17 << 3) &&
        ZSTD_findFrameCompressedSize(frame, stored.size()) == stored.size() &&
        raw_octets / stored.size() <= 1 << 15);
  string raw(raw_octets, 0);
  Check(ZSTD_decompress(raw.data(), raw_octets, frame, stored.size()) ==
        raw_octets);
  return raw;
}

string Unpack(string_view payload) {
  const uint64_t raw = Little(payload, 8, 8);
  Check(Little(payload, 4, 4) == 0 && raw <= 1 << 28);
  return Unzip(Little(payload, 0, 4), payload.substr(16), raw);
}

struct Stream {
  uint64_t method, raw;
  string_view stored;
};

// The values of a column, by the streams that are left.
struct Column {
  std::vector<Stream> streams;  // the next one last

  string Next(uint64_t raw_octets) {
    Check(!streams.empty() && streams.back().raw == raw_octets);
    const Stream stream = streams.back();
    streams.pop_back();
    return Unzip(stream.method, stream.stored, raw_octets);
  }
  Record Parameters() {
    Check(!streams.empty() && streams.back().raw <= 1024);
    return Parse(Next(streams.back().raw), kParameters);
  }
  Numbers Integers(uint64_t encoding, size_t width, size_t count) {
    Numbers integers;
    for (const string& value : Values(encoding, width, count, width * count))
      integers.push_back(Big(value));
    return integers;
  }
  Strings Transposed(size_t width, size_t count) {
    const string octets = Next(width * count);
    Strings values(count, string(width, 0));
    for (size_t i = 0; i < octets.size(); ++i)
      values[i % count][i / count] = octets[i];
    return values;
  }
  Strings Cut(const string& values, const Numbers& lengths) {
    string_view rest = values;
    Strings cut;
    for (const uint64_t length : lengths) cut.emplace_back(Take(rest, length));
    return cut;
  }
  Strings Values(uint64_t encoding, size_t width, size_t count,
                 uint64_t octets);
  Strings Distances(bool in_planes, size_t width, size_t count);
  Strings Delta(size_t width, size_t count);
  Strings Numeric(size_t count);
  Strings Dictionary(size_t width, size_t count);
  Strings Decimal(size_t width, size_t count);
  Strings Array(size_t count);
};

uint64_t Unzigzag(uint64_t number) { return number >> 1 ^ (0 - (number & 1)); }
int64_t Signed(uint64_t number, size_t width) {
  const size_t unused = 64 - 8 * width;
  return static_cast<int64_t>(number << unused) >> unused;
}

// Packed, and Planes.
Strings Column::Distances(bool in_planes, size_t width, size_t count) {
  const Record parameters = Parameters();
  const uint64_t number = parameters.Number(3);
  Check(number <= width * (in_planes ? 1 : 8));
  Numbers sums(count, Unzigzag(parameters.Number(1)));
  for (uint64_t plane = 0; in_planes && plane < number; ++plane) {
    const string octets = Next(count);
    for (size_t i = 0; i < count; ++i)
      sums[i] += Little(octets, i, 1) << 8 * plane;
  }
  const string bits = in_planes ? "" : Next((count * number + 7) / 8);
  for (size_t k = 0; k < 8 * bits.size(); ++k) {
    if (k < count * number)
      sums[k / number] += uint64_t{Bit(bits, k)} << k % number;
    else
      Check(!Bit(bits, k));
  }
  Strings values;
  for (const uint64_t sum : sums) values.push_back(ToBig(sum, width));
  return values;
}

Strings Column::Delta(size_t width, size_t count) {
  const Record parameters = Parameters();
  uint64_t number = Unzigzag(parameters.Number(1));
  Strings values = {ToBig(number, width)};
  Check(count > 0);
  for (const uint64_t step : Integers(parameters.Number(3), width, count - 1))
    values.push_back(ToBig(number += Unzigzag(step), width));
  return values;
}

// integer / 10^scale: groups of four digits, counted from the point.
string NumericOf(int64_t integer, size_t scale) {
  string digits = std::to_string(integer);
  const bool negative = digits[0] == '-';
  if (negative) digits.erase(0, 1);
  if (digits.size() < scale) digits.insert(0, scale - digits.size(), '0');
  const size_t before = (digits.size() - scale + 3) / 4;
  digits.insert(0, 4 * before - (digits.size() - scale), '0');
  digits.append((4 - digits.size() % 4) % 4, '0');
  Strings groups;
  for (size_t i = 0; i < digits.size(); i += 4)
    groups.push_back(ToBig(std::stoul(digits.substr(i, 4)), 2));
  const string zero(2, 0);
  size_t weight = before - 1;
  for (; !groups.empty() && groups[0] == zero; --weight)
    groups.erase(groups.begin());
  while (!groups.empty() && groups.back() == zero) groups.pop_back();
  string value = ToBig(groups.size(), 2) +
                 ToBig(groups.empty() ? 0 : weight, 2) +
                 ToBig(negative ? 0x4000 : 0, 2) + ToBig(scale, 2);
  for (const string& group : groups) value += group;
  return value;
}

Strings Column::Numeric(size_t count) {
  const Record parameters = Parameters();
  const Numbers scales = Integers(parameters.Number(1), 2, count);
  const Numbers integers = Integers(parameters.Number(3), 8, count);
  const Strings others = Values(parameters.Number(5), 0, parameters.Number(7),
                                parameters.Number(9));
  Strings values;
  size_t other = 0;
  for (size_t i = 0; i < count; ++i) {
    Check(scales[i] <= 0x3fff || scales[i] == 0xffff);
    values.push_back(scales[i] == 0xffff
                         ? others.at(other++)
                         : NumericOf(Signed(integers[i], 8), scales[i]));
  }
  Check(other == others.size());
  return values;
}

Strings Column::Dictionary(size_t width, size_t count) {
  const Record parameters = Parameters();
  const uint64_t entry_count = parameters.Number(5);
  const Numbers numbers =
      Integers(parameters.Number(1), entry_count <= 256 ? 1 : 2, count);
  const Strings entries =
      Values(parameters.Number(3), width, entry_count, parameters.Number(7));
  Strings values;
  for (const uint64_t number : numbers) values.push_back(entries.at(number));
  return values;
}

Strings Column::Decimal(size_t width, size_t count) {
  const Record parameters = Parameters();
  const uint64_t other_count = parameters.Number(9);
  const Numbers integers = Integers(parameters.Number(3), width, count);
  const Numbers places = Integers(parameters.Number(5), 4, other_count);
  const Strings others =
      Values(parameters.Number(7), width, other_count, width * other_count);
  Check(parameters.Number(1) <= 15);
  const double divisor = std::pow(10, parameters.Number(1));
  Strings values;
  for (const uint64_t integer : integers) {
    const double value = static_cast<double>(Signed(integer, width)) / divisor;
    const auto single = std::bit_cast<uint32_t>(static_cast<float>(value));
    values.push_back(
        ToBig(width == 4 ? single : std::bit_cast<uint64_t>(value), width));
  }
  for (size_t i = 0; i < places.size(); ++i) values.at(places[i]) = others[i];
  return values;
}

Strings Column::Array(size_t count) {
  const Record parameters = Parameters();
  const Numbers counts = Integers(parameters.Number(5), 4, count);
  const Strings elements = Values(parameters.Number(7), parameters.Number(3),
                                  parameters.Number(9), parameters.Number(11));
  Strings values;
  size_t next = 0;
  for (const uint64_t n : counts) {
    string value =
        ToBig(n != 0, 4) + ToBig(0, 4) + ToBig(parameters.Number(1), 4);
    if (n != 0) value += ToBig(n, 4) + ToBig(1, 4);
    for (const size_t end = next + n; next < end; ++next)
      value += ToBig(elements.at(next).size(), 4) + elements[next];
    values.push_back(value);
  }
  Check(next == elements.size());
  return values;
}

Strings Column::Values(uint64_t encoding, size_t width, size_t count,
                       uint64_t octets) {
  Strings values;
  Numbers lengths(count, width);
  const uint64_t each = count == 0 ? 0 : octets / count;
  if (encoding == 1) values.assign(count, Next(each));
  if (encoding == 2) values = Cut(Next(octets), lengths);
  if (encoding == 3) values = Transposed(width, count);
  if (encoding == 4) {
    const Strings all = Transposed(4, count);
    for (size_t i = 0; i < count; ++i) lengths[i] = Little(all[i], 0, 4);
    values = Cut(Next(octets), lengths);
  }
  if (encoding == 5 || encoding == 6)
    values = Distances(encoding == 6, width, count);
  if (encoding == 7) values = Delta(width, count);
  if (encoding == 8)
    values = Values(Parameters().Number(1), each, count, octets);
  if (encoding == 9) {
    lengths = Integers(Parameters().Number(1), 4, count);
    values = Cut(Next(octets), lengths);
  }
  if (encoding == 10) values = Numeric(count);
  if (encoding == 11) values = Dictionary(width, count);
  if (encoding == 12) values = Decimal(width, count);
  if (encoding == 13) values = Array(count);
  Check(encoding <= 13);
  for (const string& value : values) {
    Check(width == 0 || value.size() == width);
    Check(value.size() <= octets);
    octets -= value.size();
  }
  Check(values.size() == count && octets == 0);
  return values;
}

// Appends a column to the rows; takes its streams off the front of `body`.
void TakeColumn(const Record& head, uint64_t width, string_view& body,
                std::vector<Row>& rows) {
  const uint64_t nulls = head.Number(5);
  Check(head.Number(3) == width && nulls <= rows.size());
  const Numbers numbers = head.Numbers(9);
  const string_view all = body;
  Column column;
  Check(numbers.size() % 3 == 0 && numbers.size() <= 48);
  for (size_t i = 0; i < numbers.size(); i += 3)
    column.streams.insert(column.streams.begin(), {numbers[i], numbers[i + 1],
                                                   Take(body, numbers[i + 2])});
  const uint64_t hash = Hash(all.substr(0, all.size() - body.size()));
  Check(head.Number(10, hash) == hash);
  string bits((rows.size() + 7) / 8, static_cast<char>(nulls == 0 ? 0 : 0xff));
  if (nulls != 0 && nulls != rows.size()) bits = column.Next(bits.size());
  const uint64_t count = rows.size() - nulls;
  const Strings values = column.Values(head.Number(1), width, count,
                                       width ? width * count : head.Number(7));
  size_t next = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    rows[i].emplace_back();
    if (!Bit(bits, i)) rows[i].back() = values.at(next++);
  }
  Check(next == values.size() && column.streams.empty());
}

Digest DigestOf(const std::vector<Row>& rows) {
  Digest digest = 0;
  for (const Row& row : rows) {
    string image = ToBig(row.size(), 2);
    for (const auto& cell : row)
      image += cell ? ToBig(cell->size(), 4) + *cell : ToBig(UINT64_MAX, 4);
    const XXH128_hash_t hash = XXH3_128bits(image.data(), image.size());
    digest += Digest{hash.high64} << 64 | hash.low64;
  }
  return digest;
}
Digest DigestIn(const Record& record, uint64_t tag) {
  const string octets = record.Text(tag);
  if (octets.empty()) return 0;
  return Digest{Little(octets, 8, 8)} << 64 | Little(octets, 0, 8);
}

class Reader {
 public:
  Archive Read(string_view rest);

 private:
  void ReadEntries(string_view payload);
  void ReadChunk(uint64_t entry_id, uint64_t position, string_view payload);
  void ReadDirectory(string_view payload);
  void ReadFooter(string_view payload);

  struct Table {
    Numbers sums{0, 0, 0, 0};  // rows, raw octets, stored octets, chunks
    Digest digest = 0;
    bool operator==(const Table&) const = default;
  };
  Archive archive_;
  uint64_t ordinal_ = 0, chain_ = 0;
  Numbers directory_;  // position and ordinal of the first one
  // As the chunks are, and as the directory says.
  std::vector<Numbers> chunks_, stated_chunks_;
  std::map<uint64_t, Table> tables_, stated_tables_;
};

void Reader::ReadEntries(string_view payload) {
  for (const string& octets : Parse(Unpack(payload), "1R").All(1)) {
    const Record entry = Parse(octets, kEntry);
    const uint64_t id = entry.Number(1);
    Check(id == archive_.entries.size() + 1);
    for (const uint64_t tag : {33, 35, 37})
      for (const uint64_t other : entry.Numbers(tag))
        Check(other > 0 && other < id);
    if (entry.fields.count(41) != 0) tables_[id];
    archive_.entries.push_back(entry);
  }
}

void Reader::ReadChunk(uint64_t entry_id, uint64_t position,
                       string_view payload) {
  Check(tables_.count(entry_id) != 0);
  const auto columns = ColumnsOf(archive_.entries[entry_id - 1]);
  const uint64_t stored = 64 + payload.size(), size = Little(payload, 0, 4);
  const string_view front = Take(payload, 4 + size);
  const Record head = Parse(front.substr(4), kHead);
  const Strings heads = head.All(7);
  std::vector<Row> rows(head.Number(1));
  Check(heads.size() == columns.size());
  std::vector<uint64_t> types;
  for (size_t i = 0; i < heads.size(); ++i) {
    const Record column = Parse(heads[i], kColumn);
    types.push_back(Parse(column.Text(11), "1i 3n").Number(1));
    // A typed column has the width of its type.
    TakeColumn(column, types[i] != 0 ? column.Number(3) : columns[i].Number(5),
               payload, rows);
  }
  // The digest of typed columns is of their texts, which are not made here.
  const bool typed =
      std::count(types.begin(), types.end(), 0) != std::ssize(types);
  const Digest digest = typed ? DigestIn(head, 5) : DigestOf(rows);
  Check(payload.empty() && digest == DigestIn(head, 5));
  Table& table = tables_[entry_id];
  table.digest += digest;
  const Numbers sizes = {rows.size(), head.Number(3), stored, 1};
  for (size_t i = 0; i < 4; ++i) table.sums[i] += sizes[i];
  chunks_.push_back({entry_id, ordinal_, position, stored, rows.size(),
                     head.Number(3), Hash(front)});
  archive_.chunks.push_back({entry_id, std::move(types), std::move(rows)});
}

void Reader::ReadDirectory(string_view payload) {
  const Record record = Parse(Unpack(payload), "1R 3R");
  for (const string& octets : record.All(1)) {
    const Record chunk = Parse(octets, kChunkRef);
    Numbers& stated = stated_chunks_.emplace_back();
    for (const uint64_t tag : {1, 3, 5, 7, 9, 11})
      stated.push_back(chunk.Number(tag));
    // This hash need not be there.
    Check(stated_chunks_.size() <= chunks_.size());
    stated.push_back(chunk.Number(12, chunks_[stated_chunks_.size() - 1][6]));
  }
  for (const string& octets : record.All(3)) {
    const Record table = Parse(octets, kTable);
    Table& stated = stated_tables_[table.Number(1)];
    for (size_t i = 0; i < 4; ++i) stated.sums[i] = table.Number(3 + 2 * i);
    stated.digest = DigestIn(table, 11);
  }
}

void Reader::ReadFooter(string_view payload) {
  Check(payload.size() == 64 && directory_.size() == 2);
  Check(stated_chunks_ == chunks_ && stated_tables_ == tables_);
  Numbers sums(4);
  for (const auto& [entry_id, table] : tables_)
    for (size_t i = 0; i < 4; ++i) sums[i] += table.sums[i];
  const Numbers expected = {
      directory_[0], directory_[1],           sums[3], sums[0], sums[1],
      sums[2],       archive_.entries.size(), chain_};
  for (size_t i = 0; i < 8; ++i)
    Check(Little(payload, 8 * i, 8) == expected[i]);
}

Archive Reader::Read(string_view rest) {
  const string_view octets = rest;
  uint64_t kind = 0;
  for (; kind != 5; ++ordinal_) {
    const uint64_t position = octets.size() - rest.size();
    const string_view header = Take(rest, 64);
    Check(header.substr(0, 8) ==
          "\x89"
          "BALE\r\n\x1a");
    Check(Hash(header.substr(0, 56)) == Little(header, 56, 8));
    kind = Little(header, 8, 2);
    const uint64_t flags = Little(header, 10, 2);
    const uint64_t entry_id = Little(header, 12, 4);
    Check((flags & 0x7f00) == 0);
    Check(kind <= 5 || (flags & 0x8000) == 0);
    Check(Little(header, 16, 8) == Little(octets, 16, 8) &&
          Little(header, 24, 8) == ordinal_ &&
          Little(header, 32, 8) == position);
    const string_view payload = Take(rest, Little(header, 40, 8));
    Check(Hash(payload) == Little(header, 48, 8));
    Check((ordinal_ == 0) == (kind == 1));
    Check(kind > 3 || directory_.empty());
    if (kind == 1) {
      Check(Little(payload, 0, 2) == 1);
      archive_.header = Parse(payload.substr(4), kHeader);
    }
    if (kind == 2) ReadEntries(payload);
    if (kind == 3) ReadChunk(entry_id, position, payload);
    if (kind == 4 && directory_.empty()) directory_ = {position, ordinal_};
    if (kind == 4) ReadDirectory(payload);
    if (kind == 5) ReadFooter(payload);
    const uint64_t pair[] = {chain_, Little(header, 56, 8)};
    chain_ = XXH3_64bits(pair, sizeof pair);
  }
  Check(rest.empty());
  return std::move(archive_);
}

}  // namespace

Strings Record::All(uint64_t tag) const {
  const auto found = fields.find(tag);
  return found == fields.end() ? Strings() : found->second;
}

string Record::Text(uint64_t tag) const {
  const auto found = fields.find(tag);
  return found == fields.end() ? string() : found->second[0];
}

Numbers Record::Numbers(uint64_t tag) const {
  std::vector<uint64_t> numbers;
  const string text = Text(tag);
  for (string_view octets = text; !octets.empty();)
    numbers.push_back(TakeVarint(octets));
  return numbers;
}

uint64_t Record::Number(uint64_t tag, uint64_t absent) const {
  return fields.count(tag) == 0 ? absent : Numbers(tag)[0];
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
    return Reader().Read(octets);
  } catch (const std::exception& wrong) {
    *error = wrong.what();
    return std::nullopt;
  }
}

}  // namespace reference

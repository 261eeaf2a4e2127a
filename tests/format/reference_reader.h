// A reader of bales made from docs/format.md alone, as an outsider would make
// one: it shares no code with format/ or base/, only the libraries of zstd and
// xxHash. It is slow and plain, keeps all in memory, and takes the archive for
// accidentally, not maliciously, damaged. Tests compare our reader with it.

#ifndef PGBALE_TESTS_FORMAT_REFERENCE_READER_H_
#define PGBALE_TESTS_FORMAT_REFERENCE_READER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reference {

using Numbers = std::vector<uint64_t>;
using Strings = std::vector<std::string>;
using Row = std::vector<std::optional<std::string>>;  // nullopt is NULL

// The octets of fields, by their tags.
struct Record : std::map<uint64_t, Strings> {
  Strings All(uint64_t tag) const { return count(tag) ? at(tag) : Strings(); }
  std::string Text(uint64_t tag) const { return count(tag) ? at(tag)[0] : ""; }
  uint64_t Number(uint64_t tag, uint64_t absent = 0) const;
};
// Of the odd tags those up to `last_odd` are known.
Record Parse(std::string_view octets, uint64_t last_odd);
Numbers NumbersIn(std::string_view field);

struct Chunk {
  uint64_t entry_id;
  std::vector<Row> rows;
  // Of each column: the oid of its type if it is typed, else 0. Of a typed one,
  // the rows have the stored form, as this reader knows no types.
  Numbers types;
};

struct Archive {
  Record header;
  std::vector<Record> entries;
  std::vector<Chunk> chunks;
};

// Reads `octets` by scanning. Throws if they are no valid archive, or of a
// later version; what it throws says which line found so.
Archive Read(std::string_view octets);

}  // namespace reference

#endif  // PGBALE_TESTS_FORMAT_REFERENCE_READER_H_

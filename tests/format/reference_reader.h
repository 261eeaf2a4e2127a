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

struct Record {
  std::map<uint64_t, std::vector<std::string>> fields;  // octets, by tag

  std::vector<std::string> All(uint64_t tag) const;
  std::string Text(uint64_t tag) const;  // "" if it is absent
  std::vector<uint64_t> Numbers(uint64_t tag) const;
  uint64_t Number(uint64_t tag, uint64_t absent = 0) const;
};

using Row = std::vector<std::optional<std::string>>;  // nullopt is NULL

struct Chunk {
  uint64_t entry_id = 0;
  // Of each column: the oid of its type if it is typed, else 0. Of a typed one,
  // the rows have the stored form, as this reader knows no types.
  std::vector<uint64_t> types;
  std::vector<Row> rows;
};

struct Archive {
  Record header;
  std::vector<Record> entries;
  std::vector<Chunk> chunks;
};

// The fields of a table's data, and of its columns.
Record DataOf(const Record& entry);
std::vector<Record> ColumnsOf(const Record& entry);

// Reads `octets` by scanning. If they are no valid archive, or of a later
// version, the result is empty and `*error` says why.
std::optional<Archive> Read(std::string_view octets, std::string* error);

}  // namespace reference

#endif  // PGBALE_TESTS_FORMAT_REFERENCE_READER_H_

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

// The octets of fields by their tags, checked to be of the right type.
struct Record {
  std::map<uint64_t, std::vector<std::string>> fields;

  std::vector<std::string> All(uint64_t tag) const;
  std::string Text(uint64_t tag) const;  // "" if it is absent
  std::vector<uint64_t> Numbers(uint64_t tag) const;
  uint64_t Number(uint64_t tag, uint64_t absent = 0) const;
};

// nullopt is NULL.
using Row = std::vector<std::optional<std::string>>;

struct Archive {
  Record header;
  std::vector<Record> entries;
  // Of each chunk: its entry's id, and its rows.
  std::vector<std::pair<uint64_t, std::vector<Row>>> chunks;
};

// The fields of a table's data, and of its columns.
Record DataOf(const Record& entry);
std::vector<Record> ColumnsOf(const Record& entry);

// Reads `octets` by scanning. If they are no valid archive, or of a later
// version, the result is empty and `*error` says why.
std::optional<Archive> Read(std::string_view octets, std::string* error);

}  // namespace reference

#endif  // PGBALE_TESTS_FORMAT_REFERENCE_READER_H_

// What one connection reads at a time: a table, or a range of its pages.
//
// A large table is cut, so that all connections are busy as long as there is
// work, even where one table is most of the database. It is cut by ctid, never
// by an index: a corrupt one would lose rows in silence.

#ifndef PGBALE_ENGINE_DUMP_TABLE_PARTS_H_
#define PGBALE_ENGINE_DUMP_TABLE_PARTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/pg/connection.h"
#include "catalog/reader.h"
#include "format/entry.h"

namespace pgbale {

// Pages from `first` up to `end`, or, without it, up to the last one, which may
// have been added since.
struct PageRange {
  uint64_t first = 0;
  std::optional<uint64_t> end = std::nullopt;

  bool is_all() const { return first == 0 && !end.has_value(); }
  // "WHERE …" for the rows of the pages, whose table is named `alias` there or,
  // if that is empty, not named; "" for all pages.
  std::string Condition(const std::string& alias = "") const;
};

struct TablePart {
  const Entry* entry;
  const DataSource* source;
  PageRange pages;
  // What it weighs: its share of the table's octets, those in TOAST included.
  uint64_t bytes;
  // Of large objects: the table whose pages these are; else empty.
  std::string table = {};
};

// Large objects are read from there, where that is allowed (by default it is a
// superuser's right) and the server's pages are those of archives.
constexpr absl::string_view kLargeObjectPages = "pg_largeobject";
// Else each object of a part of this table is read by functions, which check
// its own privileges.
constexpr absl::string_view kLargeObjectMetadata = "pg_largeobject_metadata";
// Which of them `connection` is to read.
absl::StatusOr<absl::string_view> LargeObjectTable(pg::Connection& connection);

// Parts that one connection reads one after the other.
using PartBundle = std::vector<const TablePart*>;

// Each of `parts` in one bundle: small tables with others, so that a lock and a
// round trip serve many of them, all others alone. `parts` must outlive the
// result, unmoved.
std::vector<PartBundle> BundleParts(const std::vector<TablePart>& parts);

// The parts of all data of `catalog`, whose entries get their size as it is now
// (TableData::bytes_estimate). `leader` holds the snapshot and the locks, and
// takes one more for large objects. With one connection nothing is cut. The
// parts of one table are of one weight and in order; a table without a page has
// none. `catalog` must outlive the parts.
absl::StatusOr<std::vector<TablePart>> PlanTableParts(pg::Connection& leader,
                                                      CatalogDump& catalog,
                                                      int connections);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_DUMP_TABLE_PARTS_H_

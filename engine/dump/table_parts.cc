#include "engine/dump/table_parts.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/pg/version.h"
#include "base/status.h"

namespace pgbale {
namespace {

// Before, the server reads the whole table to find the rows of a range.
constexpr int kTidRangeScanSince = 14;

// A range costs a few round trips and ends with a chunk that is not full; the
// last ranges leave connections idle for half of one in the mean.
constexpr uint64_t kPartsAConnection = 24;
constexpr uint64_t kPartBytesMin = uint64_t{8} << 20;
constexpr uint64_t kPartBytesMax = uint64_t{1} << 30;

// Small enough to be read in about a millisecond, which is what a few round
// trips cost; a bundle is small enough to leave no connection idle at the end.
constexpr uint64_t kSmallBytes = uint64_t{128} << 10;
constexpr uint64_t kBundleBytes = uint64_t{1} << 20;
constexpr size_t kBundleTables = 32;

struct Size {
  uint64_t pages = 0;
  uint64_t bytes = 0;  // with TOAST
  bool is_heap = false;
};

using Sizes = absl::flat_hash_map<Oid, Size>;

// Only what is locked: nothing can take it from under us.
absl::StatusOr<Sizes> ReadSizes(pg::Connection& leader,
                                const CatalogDump& catalog) {
  enum { kRelation, kPages, kBytes, kIsHeap };
  std::vector<Oid> tables;
  for (const DataSource& source : catalog.sources)
    if (source.relation != 0 && !source.foreign)
      tables.push_back(source.relation);
  ASSIGN_OR_RETURN(
      const pg::Result result,
      leader.Query(
          "SELECT c.oid, s.heap"
          " / pg_catalog.current_setting('block_size')::pg_catalog.int8,"
          " s.heap + coalesce(pg_catalog.pg_relation_size(c.reltoastrelid), 0),"
          " c.relkind IN ('r', 't', 'm') AND am.amname = 'heap'"
          " FROM pg_catalog.pg_class c"
          " LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam,"
          " LATERAL (SELECT"
          " coalesce(pg_catalog.pg_relation_size(c.oid), 0) AS heap OFFSET 0) s"
          " WHERE c.oid = ANY ($1::pg_catalog.oid[])",
          {{absl::StrCat("{", absl::StrJoin(tables, ","), "}")}}));
  Sizes sizes;
  for (const pg::Row row : result)
    sizes[row.oid(kRelation)] = {
        .pages = static_cast<uint64_t>(row.integer(kPages)),
        .bytes = static_cast<uint64_t>(row.integer(kBytes)),
        .is_heap = row.boolean(kIsHeap)};
  return sizes;
}

struct LargeObjects {
  absl::string_view table;
  Size size;
};

// While it is locked, nobody can move its rows from one page to another.
absl::StatusOr<LargeObjects> LockLargeObjects(pg::Connection& leader) {
  LargeObjects objects;
  ASSIGN_OR_RETURN(objects.table, LargeObjectTable(leader));
  RETURN_IF_ERROR(leader.Execute(absl::StrCat(
      "LOCK TABLE pg_catalog.", objects.table, " IN ACCESS SHARE MODE")));
  ASSIGN_OR_RETURN(
      const pg::Result size,
      leader.Query(absl::StrCat(
          "SELECT pg_catalog.pg_relation_size('pg_catalog.", objects.table,
          "') / pg_catalog.current_setting('block_size')::pg_catalog.int8,"
          " pg_catalog.pg_relation_size('pg_catalog.",
          kLargeObjectPages, "')")));
  objects.size = {.pages = static_cast<uint64_t>(size.row(0).integer(0)),
                  .bytes = static_cast<uint64_t>(size.row(0).integer(1)),
                  .is_heap = true};
  return objects;
}

uint64_t PartBytes(uint64_t all_bytes, int connections) {
  return std::clamp(
      all_bytes / (kPartsAConnection * static_cast<uint64_t>(connections)),
      kPartBytesMin, kPartBytesMax);
}

// Into how many ranges the table is to be cut.
uint64_t PartsOf(const DataSource& source, const Size& size,
                 uint64_t part_bytes) {
  if (source.foreign || !source.condition.empty() || !size.is_heap) return 1;
  return std::clamp(size.bytes / part_bytes, uint64_t{1},
                    std::max(size.pages, uint64_t{1}));
}

// Rows that the snapshot shows were written into pages before it was taken, and
// the lock, under which the size was read, keeps pages from being cut off.
bool HasNoRows(const DataSource& source, const Size& size) {
  return source.relation != 0 && !source.foreign && size.is_heap &&
         size.pages == 0;
}

// What a condition costs is not known.
bool IsSmall(const TablePart& part) {
  return part.bytes <= kSmallBytes && part.table.empty() &&
         part.pages.is_all() && !part.source->foreign &&
         part.source->condition.empty();
}

// Cuts `whole`.
void AppendParts(const TablePart& whole, const Size& size, uint64_t parts,
                 std::vector<TablePart>& out) {
  const uint64_t pages = (size.pages + parts - 1) / parts;
  for (uint64_t i = 0; i < parts; ++i) {
    TablePart& part = out.emplace_back(whole);
    part.bytes = size.bytes / parts;
    part.pages.first = i * pages;
    if (i + 1 < parts) part.pages.end = (i + 1) * pages;
  }
}

}  // namespace

std::string PageRange::Condition(const std::string& alias) const {
  const std::string column =
      absl::StrCat(alias, alias.empty() ? "" : ".", "ctid");
  std::vector<std::string> limits;
  if (first > 0)
    limits.push_back(
        absl::StrCat(column, " >= '(", first, ",0)'::pg_catalog.tid"));
  if (end.has_value())
    limits.push_back(
        absl::StrCat(column, " < '(", *end, ",0)'::pg_catalog.tid"));
  if (limits.empty()) return "";
  return absl::StrCat("WHERE ", absl::StrJoin(limits, " AND "));
}

std::vector<PartBundle> BundleParts(const std::vector<TablePart>& parts) {
  std::vector<PartBundle> bundles;
  PartBundle open;
  uint64_t open_bytes = 0;
  for (const TablePart& part : parts) {
    if (!IsSmall(part)) {
      bundles.push_back({&part});
      continue;
    }
    open.push_back(&part);
    open_bytes += part.bytes;
    if (open_bytes < kBundleBytes && open.size() < kBundleTables) continue;
    bundles.push_back(std::exchange(open, {}));
    open_bytes = 0;
  }
  if (!open.empty()) bundles.push_back(std::move(open));
  return bundles;
}

absl::StatusOr<absl::string_view> LargeObjectTable(pg::Connection& connection) {
  // A page has a quarter of a block.
  ASSIGN_OR_RETURN(
      const pg::Result direct,
      connection.Query("SELECT pg_catalog.has_table_privilege("
                       "'pg_catalog.pg_largeobject', 'SELECT')"
                       " AND pg_catalog.current_setting('block_size') = "
                       "'8192'"));
  return direct.row(0).boolean(0) ? kLargeObjectPages : kLargeObjectMetadata;
}

absl::StatusOr<std::vector<TablePart>> PlanTableParts(pg::Connection& leader,
                                                      CatalogDump& catalog,
                                                      int connections) {
  ASSIGN_OR_RETURN(Sizes sizes, ReadSizes(leader, catalog));
  LargeObjects large_objects;
  uint64_t all_bytes = 0;
  for (const DataSource& source : catalog.sources) {
    if (catalog.entries[source.entry_id - 1].data->target ==
        DataTarget::kLargeObjects) {
      ASSIGN_OR_RETURN(large_objects, LockLargeObjects(leader));
      sizes[source.relation] = large_objects.size;
    }
    all_bytes += sizes[source.relation].bytes;
  }
  const bool cuts =
      connections > 1 && leader.server_major() >= kTidRangeScanSince;
  const uint64_t part_bytes = PartBytes(all_bytes, connections);
  std::vector<TablePart> parts;
  for (const DataSource& source : catalog.sources) {
    Entry& entry = catalog.entries[source.entry_id - 1];
    const Size& size = sizes[source.relation];
    if (!source.foreign) entry.data->bytes_estimate = size.bytes;
    if (HasNoRows(source, size)) continue;
    TablePart whole{&entry, &source, {}, size.bytes};
    if (entry.data->target == DataTarget::kLargeObjects)
      whole.table = std::string(large_objects.table);
    AppendParts(whole, size, cuts ? PartsOf(source, size, part_bytes) : 1,
                parts);
  }
  return parts;
}

}  // namespace pgbale

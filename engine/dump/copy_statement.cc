#include "engine/dump/copy_statement.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/substitute.h"
#include "base/pg/quote.h"

namespace pgbale {
namespace {

std::string ColumnList(const TableData& data) {
  return absl::StrJoin(data.columns, ", ",
                       [](std::string* out, const DataColumn& column) {
                         out->append(pg::QuoteIdentifier(column.name));
                       });
}

absl::string_view FormatClause(WireFormat format) {
  return format == WireFormat::kBinary ? " TO STDOUT (FORMAT binary)"
                                       : " TO STDOUT";
}

constexpr char kPages[] =
    "SELECT l.loid, l.pageno, l.data FROM pg_catalog.pg_largeobject l ";
// An empty page says how long an object is only if it is the last one: others
// are of objects that were cut off and written to farther behind.
constexpr char kSaysMore[] =
    "(pg_catalog.length(l.data) > 0 OR NOT EXISTS (SELECT FROM"
    " pg_catalog.pg_largeobject n"
    " WHERE n.loid = l.loid AND n.pageno > l.pageno))";

// The objects' sizes come from seeking to their ends; each object is read in
// pieces of 128 pages, and the pieces are cut into pages of 2048 octets
// (LOBLKSIZE with the usual block size). OFFSET 0 keeps each step from being
// evaluated more than once.
constexpr char kPagesByFunctions[] =
    "SELECT o.oid, (p.piece * 128 + s.page)::pg_catalog.int4,"
    " pg_catalog.substr(p.data, (s.page * 2048 + 1)::pg_catalog.int4, 2048)"
    " FROM (SELECT f.oid, pg_catalog.lo_lseek64(f.fd, 0, 2) AS size, f.fd"
    " FROM (SELECT m.oid, pg_catalog.lo_open(m.oid, 262144) AS fd"
    " FROM pg_catalog.pg_largeobject_metadata m$0 OFFSET 0) f OFFSET 0) o,"
    " LATERAL (SELECT pg_catalog.lo_close(o.fd) AS closed OFFSET 0) c,"
    " LATERAL (SELECT g.piece,"
    " pg_catalog.lo_get(o.oid, g.piece * 262144, 262144) AS data"
    " FROM pg_catalog.generate_series(0, (o.size - 1) / 262144) AS g(piece)"
    " WHERE c.closed = 0 AND o.size > 0 OFFSET 0) p,"
    " LATERAL pg_catalog.generate_series(0,"
    " (pg_catalog.length(p.data) - 1) / 2048) AS s(page)";

}  // namespace

std::string CopyTableStatement(const Entry& entry, absl::string_view condition,
                               bool by_query) {
  const TableData& data = *entry.data;
  const std::string table = pg::QualifiedName(entry.schema, entry.name);
  const std::string columns = ColumnList(data);
  std::string rows;
  if (by_query || !condition.empty()) {
    rows = absl::StrCat("(SELECT ", columns, " FROM ONLY ", table,
                        condition.empty() ? "" : " ", condition, ")");
  } else if (columns.empty()) {
    // An empty list is no syntax; without one COPY means the columns that are
    // not generated, of which there are none.
    rows = table;
  } else {
    rows = absl::StrCat(table, " (", columns, ")");
  }
  return absl::StrCat("COPY ", rows, FormatClause(data.format));
}

std::string CopyPartitionsStatement(const Entry& entry) {
  const TableData& data = *entry.data;
  return absl::StrCat("COPY (SELECT ", ColumnList(data), " FROM ",
                      pg::QualifiedName(entry.schema, entry.name), ")",
                      FormatClause(data.format));
}

std::string CopyLargeObjectsStatement(absl::string_view table,
                                      const PageRange& pages) {
  std::string query;
  if (table == kLargeObjectPages) {
    const std::string condition = pages.Condition("l");
    query = absl::StrCat(kPages, condition.empty() ? "WHERE " : condition,
                         condition.empty() ? "" : " AND ", kSaysMore);
  } else {
    const std::string condition =
        pages.is_all() ? "" : absl::StrCat(" ", pages.Condition("m"));
    query = absl::Substitute(kPagesByFunctions, condition);
  }
  return absl::StrCat("COPY (", query, ")", FormatClause(WireFormat::kBinary));
}

}  // namespace pgbale

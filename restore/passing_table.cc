#include "restore/passing_table.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/pg/quote.h"

namespace pgbale {

std::string ColumnNames(const TableData& data) {
  return absl::StrJoin(data.columns, ", ",
                       [](std::string* out, const DataColumn& column) {
                         out->append(pg::QuoteIdentifier(column.name));
                       });
}

TableData Passing(const TableData& data, uint32_t id) {
  TableData passing = data;
  passing.schema = "pg_temp";
  passing.relation = absl::StrCat("pgbale_rows_", id);
  return passing;
}

std::string CreatePassingTable(const TableData& data, uint32_t id) {
  return absl::StrCat("CREATE TEMPORARY TABLE ", Passing(data, id).relation,
                      " ON COMMIT DROP AS SELECT ", ColumnNames(data), " FROM ",
                      pg::QualifiedName(data.schema, data.relation),
                      " WITH NO DATA");
}

std::string InsertPassed(const TableData& data, uint32_t id) {
  const TableData passing = Passing(data, id);
  const std::string names = ColumnNames(data);
  return absl::StrCat("INSERT INTO ",
                      pg::QualifiedName(data.schema, data.relation),
                      // An empty list is no syntax.
                      names.empty() ? "" : absl::StrCat(" (", names, ")"),
                      " OVERRIDING SYSTEM VALUE SELECT ", names, " FROM ",
                      pg::QualifiedName(passing.schema, passing.relation));
}

}  // namespace pgbale

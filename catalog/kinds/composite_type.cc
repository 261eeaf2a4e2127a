// TYPE … AS (…): composite types that stand alone; row types of tables come
// with their table. The columns, and their comments, are those of a relation
// of kind 'c', which is an alias of the type.

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "base/text.h"
#include "catalog/collector.h"
#include "catalog/type_parts.h"

namespace pgbale {
namespace {

enum Field { kRelationOid = kTypeFieldCount };

std::string CompositeTypesSql() {
  return absl::StrCat("SELECT ", kTypeColumns, ", c.oid", kTypeFrom,
                      "JOIN pg_catalog.pg_class c ON c.oid = t.typrelid "
                      "WHERE t.typtype = 'c' AND c.relkind = 'c' AND ",
                      kUserSchema);
}

std::string CreateComposite(const Relation& relation) {
  std::vector<std::string> columns;
  for (const RelationColumn& column : relation.columns) {
    if (column.dropped) continue;
    std::string text = absl::StrCat("\n\t", pg::QuoteIdentifier(column.name),
                                    " ", column.type_name);
    if (!column.collation.empty())
      absl::StrAppend(&text, " COLLATE ", column.collation);
    columns.push_back(std::move(text));
  }
  return absl::StrCat("CREATE TYPE ", relation.qualified, " AS (",
                      absl::StrJoin(columns, ","), "\n)");
}

absl::Status CollectCompositeTypes(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(CompositeTypesSql()));
  for (pg::Row row : result) {
    Object& object = AddType(collector, row, "TYPE");
    const Oid oid = row.oid(kRelationOid);
    object.aliases.push_back({catalog_oid::kClass, oid});
    const Relation* relation = collector.relations().Find(oid);
    if (relation == nullptr) {
      return absl::InternalError(
          absl::StrCat("the columns of type ",
                       Quoted(object.schema, object.name), " were not read"));
    }
    object.body = std::make_shared<SqlBody>(
        std::vector<std::string>{CreateComposite(*relation)}, "TYPE",
        relation->qualified);
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kCompositeTypeKind = {"TYPE", CollectCompositeTypes};

}  // namespace pgbale

// TYPE … AS ENUM. Labels stand in the order of enumsortorder, which ALTER TYPE
// … ADD VALUE BEFORE may have made fractional; the copy's is 1, 2, 3 ….

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "catalog/collector.h"
#include "catalog/type_parts.h"

namespace pgbale {
namespace {

enum Field { kLabels = kTypeFieldCount };

std::string EnumTypesSql() {
  return absl::StrCat("SELECT ", kTypeColumns,
                      ", ARRAY(SELECT l.enumlabel::pg_catalog.text "
                      "FROM pg_catalog.pg_enum l WHERE l.enumtypid = t.oid "
                      "ORDER BY l.enumsortorder)",
                      kTypeFrom, "WHERE t.typtype = 'e' AND ", kUserSchema);
}

std::string CreateEnum(const Object& object, pg::Row row) {
  std::vector<std::string> labels;
  for (const std::string& label : row.array(kLabels))
    labels.push_back(absl::StrCat("\n    ", pg::QuoteLiteral(label)));
  return absl::StrCat("CREATE TYPE ", TypeNameOf(object), " AS ENUM (",
                      absl::StrJoin(labels, ","), "\n)");
}

absl::Status CollectEnumTypes(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(EnumTypesSql()));
  for (pg::Row row : result) {
    Object& object = AddType(collector, row, "TYPE");
    object.body = std::make_shared<SqlBody>(
        std::vector<std::string>{CreateEnum(object, row)}, "TYPE",
        TypeNameOf(object));
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kEnumTypeKind = {"TYPE", CollectEnumTypes};

}  // namespace pgbale

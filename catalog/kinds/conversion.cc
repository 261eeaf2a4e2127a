// CONVERSION between two encodings.

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/collector.h"

namespace pgbale {
namespace {

enum Field { kOid, kSchema, kName, kOwner, kFrom, kTo, kFunction, kDefault };

std::string ConversionsSql() {
  return absl::StrCat(
      "SELECT c.oid, n.nspname, c.conname, "
      "pg_catalog.pg_get_userbyid(c.conowner), "
      "pg_catalog.pg_encoding_to_char(c.conforencoding), "
      "pg_catalog.pg_encoding_to_char(c.contoencoding), "
      "c.conproc, c.condefault "
      "FROM pg_catalog.pg_conversion c "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace WHERE ",
      kUserSchema, " ORDER BY c.oid");
}

absl::Status CollectConversions(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(ConversionsSql()));
  for (pg::Row row : result) {
    Object& object = collector.Add({catalog_oid::kConversion, row.oid(kOid)});
    object.schema = row.str(kSchema);
    object.name = row.str(kName);
    object.owner = row.str(kOwner);
    const std::string name = pg::QualifiedName(object.schema, object.name);
    object.target = absl::StrCat("CONVERSION ", name);
    object.body = std::make_shared<SqlBody>(
        std::vector<std::string>{absl::StrCat(
            "CREATE ", row.boolean(kDefault) ? "DEFAULT " : "", object.target,
            " FOR ", pg::QuoteLiteral(row.text(kFrom)), " TO ",
            pg::QuoteLiteral(row.text(kTo)), " FROM ", row.text(kFunction))},
        "CONVERSION", name);
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kConversionKind = {"CONVERSION", CollectConversions};

}  // namespace pgbale

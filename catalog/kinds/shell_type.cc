// SHELL TYPE: the bare name of a type, which the type's own functions need.
// A base type cannot be without input and output functions that name it, nor
// a range type without its canonical function if it has one; so each of them
// gets a shell type, which its functions depend on in its place.

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/collector.h"
#include "catalog/type_parts.h"

namespace pgbale {
namespace {

enum Field { kOid, kNamespace, kSchema, kName };

std::string ShellTypesSql() {
  return absl::StrCat("SELECT t.oid, n.oid, n.nspname, t.typname ", kTypeFrom,
                      "LEFT JOIN pg_catalog.pg_range r ON r.rngtypid = t.oid "
                      "WHERE t.typisdefined AND (r.rngcanonical <> 0 "
                      "OR t.typtype = 'b' AND NOT ",
                      kIsArrayType, ") AND ", kUserSchema);
}

absl::Status CollectShellTypes(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(ShellTypesSql()));
  for (pg::Row row : result) {
    const Oid type = row.oid(kOid);
    Object& object = collector.Add({catalog_oid::kPseudoShellType, type});
    object.schema = row.str(kSchema);
    object.name = row.str(kName);
    object.parent = {catalog_oid::kType, type};
    object.depends = {{catalog_oid::kNamespace, row.oid(kNamespace)}};
    // Dropped with the type that it becomes.
    object.body =
        std::make_shared<SqlBody>(std::vector<std::string>{absl::StrCat(
                                      "CREATE TYPE ", TypeNameOf(object))},
                                  "", "");
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kShellTypeKind = {"SHELL TYPE", CollectShellTypes};

}  // namespace pgbale

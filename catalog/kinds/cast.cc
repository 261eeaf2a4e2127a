// CAST. Made before functions and views: what casts by it depends on the
// cast's function, if it has one, and on nothing else.

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/collector.h"

namespace pgbale {
namespace {

enum Field {
  kOid,
  kSource,
  kTarget,
  kContext,
  kMethod,
  kFunctionSchema,
  kFunction,
  kFunctionArguments
};

// The cast of a range type to its multirange type comes with the types.
std::string CastsSql(int server_major) {
  return absl::StrCat(
      "SELECT k.oid, pg_catalog.format_type(k.castsource, NULL), "
      "pg_catalog.format_type(k.casttarget, NULL), k.castcontext, "
      "k.castmethod, n.nspname, p.proname, "
      "pg_catalog.oidvectortypes(p.proargtypes) "
      "FROM pg_catalog.pg_cast k "
      "LEFT JOIN pg_catalog.pg_proc p ON p.oid = k.castfunc "
      "LEFT JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace "
      "WHERE k.oid >= ",
      kFirstUserOid,
      server_major >= 14 ? " AND NOT EXISTS (SELECT FROM pg_catalog.pg_range r "
                           "WHERE r.rngtypid = k.castsource "
                           "AND r.rngmultitypid = k.casttarget)"
                         : "",
      " ORDER BY k.oid");
}

std::string Method(pg::Row row) {
  if (row.text(kMethod) == "b") return "WITHOUT FUNCTION";
  if (row.text(kMethod) == "i") return "WITH INOUT";
  return absl::StrCat(
      "WITH FUNCTION ",
      pg::QualifiedName(row.text(kFunctionSchema), row.text(kFunction)), "(",
      row.text(kFunctionArguments), ")");
}

absl::string_view Context(pg::Row row) {
  if (row.text(kContext) == "a") return " AS ASSIGNMENT";
  return row.text(kContext) == "i" ? " AS IMPLICIT" : "";
}

absl::Status CollectCasts(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result,
                   collector.Query(CastsSql(collector.server_major())));
  for (pg::Row row : result) {
    Object& object = collector.Add({catalog_oid::kCast, row.oid(kOid)});
    object.name =
        absl::StrCat("(", row.text(kSource), " AS ", row.text(kTarget), ")");
    object.target = absl::StrCat("CAST ", object.name);
    // Its function may have to move behind the data.
    object.loop_break = LoopBreak::kPostpone;
    object.body = std::make_shared<SqlBody>(
        std::vector<std::string>{absl::StrCat("CREATE ", object.target, " ",
                                              Method(row), Context(row))},
        "CAST", object.name);
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kCastKind = {"CAST", CollectCasts};

}  // namespace pgbale

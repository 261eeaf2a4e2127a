// FOREIGN DATA WRAPPER.

#include <string>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/collector.h"
#include "catalog/foreign_options.h"
#include "catalog/named_object.h"

namespace pgbale {
namespace {

enum Field {
  kOid,
  kName,
  kOwner,
  kHandler,    // NULL: none
  kValidator,  // NULL: none
  kOptions,
};

std::string WrappersSql() {
  return absl::StrCat(
      "SELECT w.oid, w.fdwname, pg_catalog.pg_get_userbyid(w.fdwowner), "
      "nullif(w.fdwhandler, 0)::pg_catalog.regproc, "
      "nullif(w.fdwvalidator, 0)::pg_catalog.regproc, ",
      ForeignOptionsSql("w.fdwoptions"),
      " FROM pg_catalog.pg_foreign_data_wrapper w");
}

std::string FunctionClause(absl::string_view word, absl::string_view function) {
  return function.empty() ? "" : absl::StrCat(word, function);
}

absl::Status CollectWrappers(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(WrappersSql()));
  for (pg::Row row : result) {
    Object& object = AddNamedObject(
        collector, {catalog_oid::kForeignDataWrapper, row.oid(kOid)},
        "FOREIGN DATA WRAPPER", {"", row.str(kName), row.str(kOwner)},
        {absl::StrCat("CREATE FOREIGN DATA WRAPPER ",
                      pg::QuoteIdentifier(row.text(kName)),
                      FunctionClause(" HANDLER ", row.text(kHandler)),
                      FunctionClause(" VALIDATOR ", row.text(kValidator)),
                      ForeignOptionsClause(" ", row.text(kOptions)))});
    object.grant_target = object.target;
    object.acl_kind = 'F';
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kForeignDataWrapperKind = {"FOREIGN DATA WRAPPER",
                                             CollectWrappers};

}  // namespace pgbale

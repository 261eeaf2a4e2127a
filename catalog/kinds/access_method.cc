// ACCESS METHOD, for indexes or for tables. It has no owner.

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/collector.h"

namespace pgbale {
namespace {

enum Field { kOid, kName, kType, kHandler };

// regproc prints a name that is found under the empty search_path.
std::string AccessMethodsSql() {
  return absl::StrCat(
      "SELECT m.oid, m.amname, m.amtype, m.amhandler "
      "FROM pg_catalog.pg_am m WHERE m.oid >= ",
      kFirstUserOid, " ORDER BY m.oid");
}

absl::Status CollectAccessMethods(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(AccessMethodsSql()));
  for (pg::Row row : result) {
    Object& object = collector.Add({catalog_oid::kAm, row.oid(kOid)});
    object.name = row.str(kName);
    const std::string quoted = pg::QuoteIdentifier(object.name);
    object.target = absl::StrCat("ACCESS METHOD ", quoted);
    const absl::string_view type =
        row.text(kType) == "t" ? " TYPE TABLE" : " TYPE INDEX";
    object.body = std::make_shared<SqlBody>(
        std::vector<std::string>{absl::StrCat("CREATE ", object.target, type,
                                              " HANDLER ", row.text(kHandler))},
        "ACCESS METHOD", quoted);
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kAccessMethodKind = {"ACCESS METHOD", CollectAccessMethods};

}  // namespace pgbale

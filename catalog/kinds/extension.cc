// EXTENSION. The version is left out: the target brings its own. Members are
// made by the extension's script; the core leaves them out, save the rows of
// configuration tables. An extension has an owner, but no statement sets it.

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/collector.h"

namespace pgbale {
namespace {

enum Field { kOid, kName, kSchema };

// Those that initdb made (plpgsql) stand in every new database.
std::string ExtensionsSql() {
  return absl::StrCat(
      "SELECT e.oid, e.extname, n.nspname FROM pg_catalog.pg_extension e "
      "JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace "
      "WHERE e.oid >= ",
      kFirstUserOid);
}

absl::Status CollectExtensions(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(ExtensionsSql()));
  for (pg::Row row : result) {
    Object& object = collector.Add({catalog_oid::kExtension, row.oid(kOid)});
    object.name = row.str(kName);
    const std::string quoted = pg::QuoteIdentifier(object.name);
    object.target = absl::StrCat("EXTENSION ", quoted);
    const std::string create =
        absl::StrCat("CREATE EXTENSION IF NOT EXISTS ", quoted, " WITH SCHEMA ",
                     pg::QuoteIdentifier(row.text(kSchema)));
    object.body = std::make_shared<SqlBody>(std::vector<std::string>{create},
                                            "EXTENSION", quoted);
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kExtensionKind = {"EXTENSION", CollectExtensions};

}  // namespace pgbale

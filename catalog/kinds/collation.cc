// COLLATION. The version of what it collates by is left out: the target's own
// library is what its indexes are built with.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/collector.h"
#include "catalog/named_object.h"

namespace pgbale {
namespace {

enum Field {
  kOid,
  kSchema,
  kName,
  kOwner,
  kProvider,
  kDeterministic,
  kCollate,
  kCType,
  kLocale,
  kRules,
};

// Where the locale of providers other than libc stands.
absl::string_view LocaleColumn(int server_major) {
  if (server_major >= 17) return "c.colllocale";
  if (server_major >= 15) return "c.colliculocale";
  return "c.collcollate";
}

std::string CollationsSql(int server_major) {
  return absl::StrCat(
      "SELECT c.oid, n.nspname, c.collname, "
      "pg_catalog.pg_get_userbyid(c.collowner), c.collprovider, "
      "c.collisdeterministic, c.collcollate, c.collctype, ",
      LocaleColumn(server_major), ", ",
      server_major >= 16 ? "c.collicurules" : "NULL",
      " FROM pg_catalog.pg_collation c "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace WHERE ",
      kUserSchema);
}

std::string LibcLocale(pg::Row row) {
  if (row.text(kCollate) == row.text(kCType))
    return absl::StrCat(", locale = ", pg::QuoteLiteral(row.text(kCollate)));
  return absl::StrCat(", lc_collate = ", pg::QuoteLiteral(row.text(kCollate)),
                      ", lc_ctype = ", pg::QuoteLiteral(row.text(kCType)));
}

std::string CreateStatement(pg::Row row) {
  const absl::string_view letter = row.text(kProvider);
  std::string sql = absl::StrCat(
      "CREATE COLLATION ",
      pg::QualifiedName(row.text(kSchema), row.text(kName)), " (provider = ",
      letter == "c" ? "libc" : (letter == "i" ? "icu" : "builtin"));
  if (!row.boolean(kDeterministic))
    absl::StrAppend(&sql, ", deterministic = false");
  absl::StrAppend(
      &sql, letter == "c" ? LibcLocale(row)
                          : absl::StrCat(", locale = ",
                                         pg::QuoteLiteral(row.text(kLocale))));
  if (!row.is_null(kRules))
    absl::StrAppend(&sql, ", rules = ", pg::QuoteLiteral(row.text(kRules)));
  return absl::StrCat(sql, ")");
}

absl::Status CollectCollations(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result,
                   collector.Query(CollationsSql(collector.server_major())));
  for (pg::Row row : result) {
    Object& object = AddNamedObject(
        collector, {catalog_oid::kCollation, row.oid(kOid)}, "COLLATION",
        {row.str(kSchema), row.str(kName), row.str(kOwner)},
        {CreateStatement(row)});
    if (!row.is_null(kRules)) object.need.Add({16, "rules of collations"});
    if (row.text(kProvider) == "b")
      object.need.Add({17, "the collation provider builtin"});
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kCollationKind = {"COLLATION", CollectCollations};

}  // namespace pgbale

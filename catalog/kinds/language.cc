// PROCEDURAL LANGUAGE. One that belongs to an extension comes with that. One
// whose handlers are neither dumped nor part of an extension or of every
// database is left from the days when CREATE LANGUAGE brought them along: it
// is made by its name alone, which stands for CREATE EXTENSION today.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/collector.h"

namespace pgbale {
namespace {

enum Field {
  kOid,
  kName,
  kOwner,
  kTrusted,
  kHandler,  // NULL: there is none
  kInline,
  kValidator,
  kHandlersStand
};

// SQL: the function whose oid is the expression `oid`, as regproc writes it.
std::string Function(absl::string_view oid) {
  return absl::StrCat("CASE WHEN ", oid, " <> 0 THEN ", oid,
                      "::pg_catalog.regproc END, ");
}

std::string LanguagesSql() {
  return absl::StrCat(
      "SELECT l.oid, l.lanname, pg_catalog.pg_get_userbyid(l.lanowner), "
      "l.lanpltrusted, ",
      Function("l.lanplcallfoid"), Function("l.laninline"),
      Function("l.lanvalidator"),
      "NOT EXISTS (SELECT FROM pg_catalog.pg_proc p "
      "JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace "
      "WHERE p.oid IN (l.lanplcallfoid, l.laninline, l.lanvalidator) "
      "AND p.oid >= ",
      kFirstUserOid, " AND NOT ", kUserSchema,
      " AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d "
      "WHERE d.classid = ",
      catalog_oid::kProc,
      " AND d.objid = p.oid AND d.deptype = 'e')) "
      "FROM pg_catalog.pg_language l WHERE l.lanispl AND l.oid >= ",
      kFirstUserOid, " ORDER BY l.oid");
}

std::string CreateStatement(pg::Row row, absl::string_view quoted) {
  if (row.is_null(kHandler) || !row.boolean(kHandlersStand))
    return absl::StrCat("CREATE OR REPLACE PROCEDURAL LANGUAGE ", quoted);
  std::string sql = absl::StrCat(
      "CREATE ", row.boolean(kTrusted) ? "TRUSTED " : "",
      "PROCEDURAL LANGUAGE ", quoted, " HANDLER ", row.text(kHandler));
  if (!row.is_null(kInline))
    absl::StrAppend(&sql, " INLINE ", row.text(kInline));
  if (!row.is_null(kValidator))
    absl::StrAppend(&sql, " VALIDATOR ", row.text(kValidator));
  return sql;
}

absl::Status CollectLanguages(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(LanguagesSql()));
  for (pg::Row row : result) {
    Object& object = collector.Add({catalog_oid::kLanguage, row.oid(kOid)});
    object.name = row.str(kName);
    object.owner = row.str(kOwner);
    const std::string quoted = pg::QuoteIdentifier(object.name);
    object.target = absl::StrCat("LANGUAGE ", quoted);
    object.owner_target = absl::StrCat("PROCEDURAL LANGUAGE ", quoted);
    if (row.boolean(kTrusted)) {
      object.grant_target = object.target;
      object.acl_kind = 'l';
    }
    object.body = std::make_shared<SqlBody>(
        std::vector<std::string>{CreateStatement(row, quoted)},
        "PROCEDURAL LANGUAGE", quoted);
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kLanguageKind = {"PROCEDURAL LANGUAGE", CollectLanguages};

}  // namespace pgbale

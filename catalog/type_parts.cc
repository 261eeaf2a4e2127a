#include "catalog/type_parts.h"

#include "absl/strings/str_cat.h"
#include "base/pg/quote.h"

namespace pgbale {

const char kTypeColumns[] =
    "t.oid, t.typarray, n.nspname, t.typname, "
    "pg_catalog.pg_get_userbyid(t.typowner)";

const char kTypeFrom[] =
    " FROM pg_catalog.pg_type t "
    "JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace ";

const char kIsArrayType[] =
    "EXISTS (SELECT FROM pg_catalog.pg_type e "
    "WHERE e.oid = t.typelem AND e.typarray = t.oid)";

// A domain's default is kept as an expression, and as text for the reader's
// eye; a base type's only as text, which is a literal.
const char kTypeDefaultColumns[] =
    "pg_catalog.pg_get_expr(t.typdefaultbin, 0), t.typdefault";

Object& AddType(Collector& collector, pg::Row row, absl::string_view keyword) {
  Object& object = collector.Add({catalog_oid::kType, row.oid(kTypeOid)});
  if (const Oid array = row.oid(kTypeArray))
    object.aliases.push_back({catalog_oid::kType, array});
  object.schema = row.str(kTypeSchema);
  object.name = row.str(kTypeName);
  object.owner = row.str(kTypeOwner);
  object.target = absl::StrCat(keyword, " ", TypeNameOf(object));
  object.grant_target = absl::StrCat("TYPE ", TypeNameOf(object));
  object.acl_kind = 'T';
  return object;
}

std::string TypeNameOf(const Object& type) {
  return pg::QualifiedName(type.schema, type.name);
}

std::string TypeDefault(pg::Row row, int first) {
  const int expression = first, literal = first + 1;
  if (!row.is_null(expression)) return row.str(expression);
  if (!row.is_null(literal)) return pg::QuoteLiteral(row.text(literal));
  return "";
}

}  // namespace pgbale

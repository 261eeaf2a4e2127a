// TYPE … AS RANGE. Its multirange type, its constructor functions and the cast
// between the two are made with it; from server 14 on the multirange type has
// a name of its own.

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/collector.h"
#include "catalog/type_parts.h"

namespace pgbale {
namespace {

enum Field {
  kSubtype = kTypeFieldCount,
  kMultirange,  // this and the next two are NULL before 14
  kMultirangeArray,
  kMultirangeName,
  kOpClassSchema,  // NULL: the subtype's default
  kOpClass,
  kCollationSchema,  // NULL: the subtype's
  kCollation,
  kCanonical,  // "-" for none, as regproc writes it
  kSubtypeDiff,
};

std::string RangeTypesSql(int server_major) {
  const bool has_multirange = server_major >= 14;
  return absl::StrCat(
      "SELECT ", kTypeColumns, ", pg_catalog.format_type(r.rngsubtype, NULL), ",
      has_multirange ? "m.oid, m.typarray, pg_catalog.format_type(m.oid, NULL)"
                     : "NULL, NULL, NULL",
      ", opn.nspname, op.opcname, cn.nspname, co.collname, "
      "r.rngcanonical, r.rngsubdiff",
      kTypeFrom, "JOIN pg_catalog.pg_range r ON r.rngtypid = t.oid ",
      has_multirange
          ? "LEFT JOIN pg_catalog.pg_type m ON m.oid = r.rngmultitypid "
          : "",
      "LEFT JOIN pg_catalog.pg_opclass op "
      "ON op.oid = r.rngsubopc AND NOT op.opcdefault "
      "LEFT JOIN pg_catalog.pg_namespace opn ON opn.oid = op.opcnamespace "
      "JOIN pg_catalog.pg_type s ON s.oid = r.rngsubtype "
      "LEFT JOIN pg_catalog.pg_collation co "
      "ON co.oid = r.rngcollation AND r.rngcollation <> s.typcollation "
      "LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace "
      "WHERE ",
      kUserSchema);
}

std::string CreateRange(const Object& object, pg::Row row) {
  std::string sql =
      absl::StrCat("CREATE TYPE ", TypeNameOf(object),
                   " AS RANGE (\n    subtype = ", row.text(kSubtype));
  auto append = [&sql](absl::string_view attribute, absl::string_view value) {
    absl::StrAppend(&sql, ",\n    ", attribute, " = ", value);
  };
  if (!row.is_null(kMultirange))
    append("multirange_type_name", row.text(kMultirangeName));
  if (!row.is_null(kOpClass)) {
    append("subtype_opclass",
           pg::QualifiedName(row.text(kOpClassSchema), row.text(kOpClass)));
  }
  if (!row.is_null(kCollation)) {
    append("collation",
           pg::QualifiedName(row.text(kCollationSchema), row.text(kCollation)));
  }
  if (row.text(kCanonical) != "-") append("canonical", row.text(kCanonical));
  if (row.text(kSubtypeDiff) != "-")
    append("subtype_diff", row.text(kSubtypeDiff));
  return absl::StrCat(sql, "\n)");
}

absl::Status CollectRangeTypes(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result,
                   collector.Query(RangeTypesSql(collector.server_major())));
  for (pg::Row row : result) {
    Object& object = AddType(collector, row, "TYPE");
    if (!row.is_null(kMultirange)) {
      object.aliases.push_back({catalog_oid::kType, row.oid(kMultirange)});
      object.aliases.push_back({catalog_oid::kType, row.oid(kMultirangeArray)});
    }
    std::string dropped = TypeNameOf(object);
    if (row.text(kCanonical) != "-") {
      // The function cannot be dropped before the type, nor it before that.
      dropped += " CASCADE";
      object.loop_break = LoopBreak::kShell;
      object.depends = {{catalog_oid::kPseudoShellType, object.address.oid}};
    }
    object.body = std::make_shared<SqlBody>(
        std::vector<std::string>{CreateRange(object, row)}, "TYPE", dropped);
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kRangeTypeKind = {"TYPE", CollectRangeTypes};

}  // namespace pgbale

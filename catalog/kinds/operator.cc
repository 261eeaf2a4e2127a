// OPERATOR. Commutators and negators name each other: what stands first makes
// an empty shell of the other, which its own statement then fills. A shell
// that nothing has filled (oprcode = 0) comes with the operator that names it.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "catalog/collector.h"

namespace pgbale {
namespace {

enum Field {
  kOid,
  kSchema,
  kName,
  kOwner,
  kFunction,  // functions as regprocedure writes them; "-": none
  kRestrict,
  kJoin,
  kLeft,  // types; NULL: none
  kRight,
  kMerges,
  kHashes,
  kCommutatorNamespace,  // three columns an operator; NULL: none
  kCommutatorSchema,
  kCommutator,
  kNegatorNamespace,
  kNegatorSchema,
  kNegator,
  kSortDetail
};

// Operators of one name are told apart by their operands' types: NULL where
// the name is the only one.
constexpr char kOperatorSortDetail[] =
    "CASE WHEN pg_catalog.count(*) OVER (PARTITION BY o.oprnamespace, "
    "o.oprname) > 1 THEN o.oprkind::pg_catalog.text || pg_catalog.chr(1) || "
    "coalesce(pg_catalog.format_type(nullif(o.oprleft, 0), NULL), '') || "
    "pg_catalog.chr(1) || "
    "coalesce(pg_catalog.format_type(nullif(o.oprright, 0), NULL), '') END";

std::string OperatorsSql() {
  return absl::StrCat(
      "SELECT o.oid, n.nspname, o.oprname, "
      "pg_catalog.pg_get_userbyid(o.oprowner), "
      "o.oprcode::pg_catalog.regprocedure, "
      "o.oprrest::pg_catalog.regprocedure, "
      "o.oprjoin::pg_catalog.regprocedure, "
      "pg_catalog.format_type(nullif(o.oprleft, 0), NULL), "
      "pg_catalog.format_type(nullif(o.oprright, 0), NULL), "
      "o.oprcanmerge, o.oprcanhash, "
      "cn.oid, cn.nspname, c.oprname, gn.oid, gn.nspname, g.oprname, ",
      kOperatorSortDetail,
      " FROM pg_catalog.pg_operator o "
      "JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace "
      "LEFT JOIN pg_catalog.pg_operator c ON c.oid = o.oprcom "
      "LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = c.oprnamespace "
      "LEFT JOIN pg_catalog.pg_operator g ON g.oid = o.oprnegate "
      "LEFT JOIN pg_catalog.pg_namespace gn ON gn.oid = g.oprnamespace "
      "WHERE o.oprcode <> 0 AND ",
      kUserSchema, " ORDER BY o.oid");
}

// The name that regprocedure writes, without the arguments.
absl::string_view WithoutArguments(absl::string_view function) {
  bool quoted = false;
  for (size_t i = 0; i < function.size(); ++i) {
    if (function[i] == '"') quoted = !quoted;
    if (function[i] == '(' && !quoted) return function.substr(0, i);
  }
  return function;
}

// An operator's name is no identifier: it is never quoted.
std::string Qualified(absl::string_view schema, absl::string_view name) {
  return absl::StrCat(pg::QuoteIdentifier(schema), ".", name);
}

std::string Definition(pg::Row row) {
  std::vector<std::string> items;
  const auto add_function = [&](absl::string_view word, int field) {
    if (row.text(field) == "-") return;
    items.push_back(
        absl::StrCat(word, " = ", WithoutArguments(row.text(field))));
  };
  const auto add_type = [&](absl::string_view word, int field) {
    if (!row.is_null(field))
      items.push_back(absl::StrCat(word, " = ", row.text(field)));
  };
  const auto add_operator = [&](absl::string_view word, int schema, int name) {
    if (row.is_null(name)) return;
    items.push_back(absl::StrCat(word, " = OPERATOR(",
                                 Qualified(row.text(schema), row.text(name)),
                                 ")"));
  };
  add_function("FUNCTION", kFunction);
  add_type("LEFTARG", kLeft);
  add_type("RIGHTARG", kRight);
  add_operator("COMMUTATOR", kCommutatorSchema, kCommutator);
  add_operator("NEGATOR", kNegatorSchema, kNegator);
  if (row.boolean(kMerges)) items.emplace_back("MERGES");
  if (row.boolean(kHashes)) items.emplace_back("HASHES");
  add_function("RESTRICT", kRestrict);
  add_function("JOIN", kJoin);
  return absl::StrJoin(items, ",\n    ");
}

void AddOperator(Collector& collector, pg::Row row) {
  Object& object = collector.Add({catalog_oid::kOperator, row.oid(kOid)});
  const auto operand = [&](int field) {
    return row.is_null(field) ? absl::string_view("NONE") : row.text(field);
  };
  object.schema = row.str(kSchema);
  object.name = row.str(kName);
  object.owner = row.str(kOwner);
  object.sort_detail = row.str(kSortDetail);
  const std::string name = Qualified(object.schema, object.name);
  const std::string signature =
      absl::StrCat(name, " (", operand(kLeft), ", ", operand(kRight), ")");
  object.target = absl::StrCat("OPERATOR ", signature);
  // A shell is made in its schema, which pg_depend does not say.
  for (int field : {kCommutatorNamespace, kNegatorNamespace}) {
    if (!row.is_null(field))
      object.depends.push_back({catalog_oid::kNamespace, row.oid(field)});
  }
  // Its function may have to move behind the data.
  object.loop_break = LoopBreak::kPostpone;
  object.body = std::make_shared<SqlBody>(
      std::vector<std::string>{absl::StrCat(
          "CREATE OPERATOR ", name, " (\n    ", Definition(row), "\n)")},
      "OPERATOR", signature);
}

absl::Status CollectOperators(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(OperatorsSql()));
  for (pg::Row row : result) AddOperator(collector, row);
  return absl::OkStatus();
}

}  // namespace

extern const Kind kOperatorKind = {"OPERATOR", CollectOperators};

}  // namespace pgbale

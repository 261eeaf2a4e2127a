// RULE: rewrite rules of tables and views. A view's _RETURN rule is the view
// itself (an alias of it), not an object of this kind.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/status.h"
#include "catalog/collector.h"
#include "catalog/references.h"

namespace pgbale {
namespace {

enum Field { kOid, kRelation, kName, kEnabled, kDefinition, kReferenced };

// ev_type '1' is ON SELECT: only views have such rules. A rule's actions lock
// what they refer to.
std::string RulesSql() {
  return absl::StrCat(
      "SELECT r.oid, r.ev_class, r.rulename, r.ev_enabled, "
      "pg_catalog.pg_get_ruledef(r.oid), rf.relations "
      "FROM pg_catalog.pg_rewrite r "
      "JOIN pg_catalog.pg_class c ON c.oid = r.ev_class "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace",
      ReferencedRelationsJoin(catalog_oid::kRewrite, "r.oid"),
      "WHERE r.ev_type <> '1' AND c.relpersistence <> 't' AND ", kUserSchema,
      " ORDER BY r.oid");
}

// "" for the state that CREATE RULE gives.
absl::string_view StateWord(absl::string_view letter) {
  if (letter == "D") return "DISABLE";
  if (letter == "R") return "ENABLE REPLICA";
  return letter == "A" ? "ENABLE ALWAYS" : "";
}

void AddRule(Collector& collector, pg::Row row, const Relation& relation) {
  Object& object = collector.Add({catalog_oid::kRewrite, row.oid(kOid)});
  object.schema = relation.schema;
  object.name = row.str(kName);
  object.relation = relation.name;
  object.section = Section::kPostData;
  object.parent = relation.address();
  object.locks = {object.parent};
  AddSharedLocks(row.array(kReferenced), object);
  object.sort_detail = relation.name;

  const std::string name = pg::QuoteIdentifier(object.name);
  const std::string identity = absl::StrCat(name, " ON ", relation.qualified);
  object.target = absl::StrCat("RULE ", identity);
  // The server ends it with a semicolon.
  std::vector<std::string> create = {
      std::string(absl::StripSuffix(row.text(kDefinition), ";"))};
  const absl::string_view state = StateWord(row.text(kEnabled));
  if (!state.empty()) {
    create.push_back(absl::StrCat("ALTER TABLE ", relation.qualified, " ",
                                  state, " RULE ", name));
  }
  object.body = std::make_shared<SqlBody>(std::move(create), "RULE", identity);
}

absl::Status CollectRules(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(RulesSql()));
  for (pg::Row row : result) {
    const Relation* relation = collector.relations().Find(row.oid(kRelation));
    if (relation != nullptr) AddRule(collector, row, *relation);
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kRuleKind = {"RULE", CollectRules};

}  // namespace pgbale

// ROW SECURITY: that a table's policies are in force (ALTER TABLE … ENABLE
// ROW LEVEL SECURITY), apart from the table, since data come in between. FORCE
// is part of the table.

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "catalog/collector.h"
#include "catalog/statement_body.h"

namespace pgbale {
namespace {

constexpr char kDisable[] = " DISABLE ROW LEVEL SECURITY";

absl::Status CollectRowSecurity(Collector& collector) {
  for (Oid oid : collector.relations().oids()) {
    const Relation& relation = *collector.relations().Find(oid);
    if (!relation.is_table() || !relation.row_security) continue;
    Object& object = collector.Add({catalog_oid::kPseudoRowSecurity, oid});
    object.schema = relation.schema;
    object.name = relation.name;
    object.relation = relation.name;
    object.section = Section::kPostData;
    object.aspect = Aspect::kPolicy;
    object.parent = relation.address();
    object.depends = {object.parent};
    object.locks = {object.parent};
    object.body = std::make_shared<StatementBody>(
        std::vector<std::string>{absl::StrCat(
            "ALTER TABLE ", relation.qualified, " ENABLE ROW LEVEL SECURITY")},
        DropStatements{
            {absl::StrCat("ALTER TABLE ", relation.qualified, kDisable)},
            {absl::StrCat("ALTER TABLE IF EXISTS ", relation.qualified,
                          kDisable)}});
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kRowSecurityKind = {"ROW SECURITY", CollectRowSecurity};

}  // namespace pgbale

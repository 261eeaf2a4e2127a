// TABLE ATTACH. A partition is made as a table of its own, which keeps the
// order of its columns and its tablespace, and becomes a partition here.

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/catalog.h"
#include "catalog/collector.h"
#include "catalog/kind_id.h"

namespace pgbale {
namespace {

enum Field { kOid, kBound };

std::string BoundsSql() {
  return absl::StrCat(
      "SELECT c.oid, pg_catalog.pg_get_expr(c.relpartbound, c.oid) "
      "FROM pg_catalog.pg_class c "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "WHERE c.relispartition AND c.relkind IN ('r', 'p', 'f') "
      "AND c.relpersistence <> 't' AND ",
      kUserSchema, " ORDER BY c.oid");
}

absl::Status CollectTableAttaches(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(BoundsSql()));
  for (pg::Row row : result) {
    const Relation* partition = collector.relations().Find(row.oid(kOid));
    if (partition == nullptr || partition->parents.empty()) continue;
    const Relation* parent =
        collector.relations().Find(partition->parents.front());
    if (parent == nullptr) continue;
    Object& object =
        collector.Add({catalog_oid::kPseudoTableAttach, partition->oid});
    object.schema = partition->schema;
    object.name = partition->name;
    object.relation = parent->name;
    object.parent = partition->address();
    object.depends = {parent->address()};
    object.locks = {partition->address(), parent->address()};
    // Nothing to drop: the partition goes as a table.
    object.body = std::make_shared<SqlBody>(
        std::vector<std::string>{absl::StrCat(
            "ALTER TABLE ONLY ", parent->qualified, " ATTACH PARTITION ",
            partition->qualified, " ", row.text(kBound))},
        "", "");
  }
  return absl::OkStatus();
}

absl::Status DeriveTableAttaches(Catalog& catalog) {
  catalog.OmitIncomplete(KindId::kTableAttach);
  return absl::OkStatus();
}

}  // namespace

extern const Kind kTableAttachKind = {"TABLE ATTACH", CollectTableAttaches,
                                      DeriveTableAttaches};

}  // namespace pgbale

// MATERIALIZED VIEW. Made empty; Refresh fills it. Its definition moves behind
// the data where it needs what stands there (GROUP BY a primary key).

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/catalog.h"
#include "catalog/collector.h"
#include "catalog/extension_dependency.h"
#include "catalog/table_sql.h"

namespace pgbale {
namespace {

enum Field { kOid, kRule, kDefinition, kExtensions };

std::string MaterializedViewsSql() {
  return absl::StrCat(
      "SELECT c.oid, r.oid, pg_catalog.pg_get_viewdef(c.oid), "
      "ex.names FROM pg_catalog.pg_class c "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "JOIN pg_catalog.pg_rewrite r ON r.ev_class = c.oid "
      "AND r.rulename = '_RETURN'",
      ExtensionNamesJoin(catalog_oid::kClass, "c.oid"),
      "WHERE c.relkind = 'm' AND ", kUserSchema, " ORDER BY c.oid");
}

class MaterializedViewBody : public Body {
 public:
  MaterializedViewBody(std::string definition,
                       std::vector<std::string> extensions)
      : definition_(std::move(definition)),
        extensions_(std::move(extensions)) {}

  void Emit(const Catalog& catalog, const Object& object,
            Entry& entry) const override {
    const Relation* view = catalog.relations().Find(object.address.oid);
    if (view == nullptr) return;
    const std::string named =
        absl::StrCat("MATERIALIZED VIEW ", view->qualified);
    entry.create.push_back(absl::StrCat("CREATE ", named, StorageClause(*view),
                                        " AS\n", definition_,
                                        "\n  WITH NO DATA"));
    AddDependsOnExtension(named, extensions_, entry.create);
    for (const RelationColumn& column : view->columns) {
      for (std::string& statement : ColumnStatements(*view, column))
        entry.create.push_back(std::move(statement));
    }
    for (std::string& statement : RelationStatements(*view))
      entry.create.push_back(std::move(statement));
    AddDrop(entry, "MATERIALIZED VIEW", view->qualified);
    entry.tablespace = view->tablespace;
    entry.access_method = view->access_method;
  }

 private:
  const std::string definition_;
  const std::vector<std::string> extensions_;
};

absl::Status CollectMaterializedViews(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(MaterializedViewsSql()));
  for (pg::Row row : result) {
    const Relation* view = collector.relations().Find(row.oid(kOid));
    if (view == nullptr) continue;
    Object& object = collector.Add(view->address());
    object.aliases = {{catalog_oid::kRewrite, row.oid(kRule)},
                      {catalog_oid::kType, view->row_type},
                      {catalog_oid::kType, view->row_type_array}};
    object.schema = view->schema;
    object.name = view->name;
    object.owner = view->owner;
    object.target = absl::StrCat("MATERIALIZED VIEW ", view->qualified);
    object.grant_target = absl::StrCat("TABLE ", view->qualified);
    object.acl_kind = 'r';
    object.loop_break = LoopBreak::kPostpone;
    object.body = std::make_shared<MaterializedViewBody>(
        ViewQuery(row.text(kDefinition)), row.array(kExtensions));
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kMaterializedViewKind = {"MATERIALIZED VIEW",
                                           CollectMaterializedViews};

}  // namespace pgbale

// MATERIALIZED VIEW DATA. Fills the materialized views that were filled, those
// below first. What is filled and reads from one that is not (any more) cannot
// be filled again.

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "catalog/collector.h"
#include "catalog/kind_id.h"

namespace pgbale {
namespace {

enum Field { kReader, kSource };

// Which view or materialized view reads from which.
std::string ReadsSql() {
  return absl::StrCat(
      "SELECT DISTINCT r.ev_class, d.refobjid "
      "FROM pg_catalog.pg_rewrite r "
      "JOIN pg_catalog.pg_class c ON c.oid = r.ev_class "
      "JOIN pg_catalog.pg_depend d ON d.objid = r.oid AND d.classid = ",
      catalog_oid::kRewrite, " AND d.refclassid = ", catalog_oid::kClass,
      " JOIN pg_catalog.pg_class s ON s.oid = d.refobjid "
      "WHERE r.rulename = '_RETURN' AND r.ev_class <> d.refobjid "
      "AND c.relkind IN ('v', 'm') AND s.relkind IN ('v', 'm') "
      "ORDER BY 1, 2");
}

class Refreshes {
 public:
  Refreshes(const RelationMap& relations, const pg::Result& reads)
      : relations_(relations) {
    for (pg::Row row : reads)
      reads_[row.oid(kReader)].push_back(row.oid(kSource));
  }

  // The materialized views that `view` reads from, directly or through views.
  std::vector<Oid> Below(Oid view) const {
    std::vector<Oid> found;
    std::vector<Oid> open = {view};
    absl::flat_hash_set<Oid> seen = {view};
    while (!open.empty()) {
      auto it = reads_.find(open.back());
      open.pop_back();
      if (it == reads_.end()) continue;
      for (Oid source : it->second) {
        if (!seen.insert(source).second) continue;
        const Relation* relation = relations_.Find(source);
        (relation != nullptr && relation->kind == 'm' ? found : open)
            .push_back(source);
      }
    }
    return found;
  }

  // The first that is not populated among `view` and all that it needs;
  // nullptr if it can be refreshed.
  const Relation* Obstacle(Oid view) {
    auto [it, added] = obstacles_.emplace(view, nullptr);
    if (!added) return it->second;
    const Relation* relation = relations_.Find(view);
    const Relation* obstacle = relation->populated ? nullptr : relation;
    for (Oid below : Below(view)) {
      if (obstacle == nullptr) obstacle = Obstacle(below);
    }
    obstacles_[view] = obstacle;
    return obstacle;
  }

 private:
  const RelationMap& relations_;
  absl::flat_hash_map<Oid, std::vector<Oid>> reads_;
  absl::flat_hash_map<Oid, const Relation*> obstacles_;
};

std::string CannotFill(const Relation& view, const Relation& obstacle) {
  return absl::StrCat("materialized view ", Quoted(view.schema, view.name),
                      " cannot be filled by a restore: it reads from ",
                      Quoted(obstacle.schema, obstacle.name),
                      ", which is not filled");
}

void AddRefresh(Collector& collector, const Relation& view,
                const std::vector<Oid>& below) {
  Object& object = collector.Add({catalog_oid::kPseudoRefresh, view.oid});
  object.schema = view.schema;
  object.name = view.name;
  object.section = Section::kPostData;
  object.pass = Pass::kLast;
  object.aspect = Aspect::kData;
  object.parent = view.address();
  for (Oid source : below)
    object.depends.push_back({catalog_oid::kPseudoRefresh, source});
  object.locks = {view.address()};
  object.body = std::make_shared<SqlBody>(
      std::vector<std::string>{
          absl::StrCat("REFRESH MATERIALIZED VIEW ", view.qualified)},
      "", "");
}

absl::Status CollectRefreshes(Collector& collector) {
  if (!collector.options().data) {
    collector.Omit(catalog_oid::kPseudoRefresh);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(pg::Result reads, collector.Query(ReadsSql()));
  Refreshes refreshes(collector.relations(), reads);
  for (Oid oid : collector.relations().oids()) {
    const Relation& view = *collector.relations().Find(oid);
    if (view.kind != 'm' || !view.populated) continue;
    if (const Relation* obstacle = refreshes.Obstacle(oid)) {
      collector.Cover({catalog_oid::kPseudoRefresh, oid});
      collector.WarnOf(view.address(), CannotFill(view, *obstacle));
      continue;
    }
    AddRefresh(collector, view, refreshes.Below(oid));
  }
  return absl::OkStatus();
}

// The refresh below `refresh` that is left out although its view is restored,
// so that it stays empty (--exclude-table-data); nullptr if there is none.
const Object* LeftOutBelow(const Catalog& catalog, const Object& refresh) {
  for (const Address& address : refresh.depends) {
    const Object* below = catalog.Find(address);
    const Object* view = catalog.Find({catalog_oid::kClass, address.oid});
    if (below != nullptr && view != nullptr && view->wanted.definition &&
        !below->wanted.data)
      return below;
  }
  return nullptr;
}

// Round by round: a view that is left out may leave out others above it.
absl::Status DeriveRefreshes(Catalog& catalog) {
  bool changed = true;
  while (changed) {
    changed = false;
    for (Object* refresh : catalog.OfKind(KindId::kRefresh)) {
      if (!refresh->wanted.data) continue;
      const Object* below = LeftOutBelow(catalog, *refresh);
      if (below == nullptr) continue;
      catalog.Warn(CannotFill(*catalog.relations().Find(refresh->address.oid),
                              *catalog.relations().Find(below->address.oid)));
      // From now on its data are selected with those below.
      refresh->parent = below->address;
      refresh->wanted = {};
      changed = true;
    }
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kRefreshKind = {"MATERIALIZED VIEW DATA", CollectRefreshes,
                                  DeriveRefreshes};

}  // namespace pgbale

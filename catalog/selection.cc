#include "catalog/selection.h"

#include <algorithm>
#include <functional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "base/text.h"

namespace pgbale {

// The relations that table patterns name.
class TablePatterns {
 public:
  TablePatterns(const std::vector<std::string>& search_path,
                const RelationMap& relations)
      : relations_(relations) {
    // Of relations with one name, only the first in the path is visible.
    std::set<std::string> seen;
    for (const std::string& schema : search_path) {
      std::vector<std::string> names;
      for (Oid oid : relations.oids()) {
        const Relation& relation = *relations.Find(oid);
        if (relation.schema != schema) continue;
        if (seen.count(relation.name) == 0) visible_.insert(oid);
        names.push_back(relation.name);
      }
      seen.insert(names.begin(), names.end());
    }
  }

  std::vector<Oid> Match(const NamePattern& pattern) const {
    std::vector<Oid> found;
    for (Oid oid : relations_.oids()) {
      const Relation& relation = *relations_.Find(oid);
      if (relation.kind == 'c') continue;
      const bool in_schema =
          pattern.schema.empty()
              ? visible_.contains(oid)
              : MatchesPattern(pattern.schema, relation.schema);
      if (in_schema && MatchesPattern(pattern.name, relation.name))
        found.push_back(oid);
    }
    return found;
  }

 private:
  const RelationMap& relations_;
  absl::flat_hash_set<Oid> visible_;
};

namespace {

absl::StatusOr<std::vector<NamePattern>> ParseAll(
    const std::vector<std::string>& texts, int parts) {
  std::vector<NamePattern> patterns;
  for (const std::string& text : texts) {
    ASSIGN_OR_RETURN(NamePattern pattern, ParsePattern(text, parts));
    patterns.push_back(std::move(pattern));
  }
  return patterns;
}

bool MatchesAny(const std::vector<NamePattern>& patterns,
                const std::string& name) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const NamePattern& pattern) {
                       return MatchesPattern(pattern.name, name);
                     });
}

// The tables of `roots`, and all that inherit from them.
absl::flat_hash_set<Oid> WithChildren(const RelationMap& relations,
                                      const std::vector<Oid>& roots) {
  absl::flat_hash_map<Oid, std::vector<Oid>> children;
  for (Oid oid : relations.oids()) {
    for (Oid parent : relations.Find(oid)->parents)
      children[parent].push_back(oid);
  }
  absl::flat_hash_set<Oid> found;
  std::vector<Oid> open = roots;
  while (!open.empty()) {
    const Oid oid = open.back();
    open.pop_back();
    if (!found.insert(oid).second) continue;
    const auto below = children.find(oid);
    if (below != children.end())
      open.insert(open.end(), below->second.begin(), below->second.end());
  }
  return found;
}

absl::Status NoMatch(absl::string_view what, absl::string_view pattern) {
  return MakeError(Failure::kError,
                   absl::StrCat("no matching ", what,
                                " were found for pattern ", Quoted(pattern)));
}

// pg_dump's rule: one pattern that matches nothing is an error only with
// --strict-names; if none matches, there is nothing to dump.
absl::Status CheckMatched(const CatalogOptions& options, absl::string_view what,
                          const std::vector<NamePattern>& patterns,
                          const std::function<bool(const NamePattern&)>& hit) {
  bool any = patterns.empty();
  for (const NamePattern& pattern : patterns) {
    const bool matched = hit(pattern);
    if (!matched && options.strict_names) return NoMatch(what, pattern.text);
    any = any || matched;
  }
  if (!any) return NoMatch(what, patterns.front().text);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ObjectSelection> ObjectSelection::Make(
    const CatalogOptions& options, const std::vector<std::string>& schemas,
    const std::vector<std::string>& search_path, const RelationMap& relations) {
  ObjectSelection selection;
  selection.options_ = options;
  ASSIGN_OR_RETURN(selection.extensions_, ParseAll(options.extensions, 1));
  RETURN_IF_ERROR(selection.SelectSchemas(schemas));
  RETURN_IF_ERROR(selection.SelectRelations(search_path, relations));
  return selection;
}

absl::Status ObjectSelection::SelectSchemas(
    const std::vector<std::string>& schemas) {
  ASSIGN_OR_RETURN(auto wanted, ParseAll(options_.schemas, 1));
  ASSIGN_OR_RETURN(auto unwanted, ParseAll(options_.exclude_schemas, 1));
  if (options_.tables.empty()) {
    for (const std::string& schema : schemas) {
      if ((options_.everything() || MatchesAny(wanted, schema)) &&
          !MatchesAny(unwanted, schema)) {
        schemas_.insert(schema);
      }
    }
  }
  return CheckMatched(
      options_, "schemas", wanted, [&](const NamePattern& pattern) {
        return std::any_of(schemas.begin(), schemas.end(),
                           [&](const std::string& schema) {
                             return MatchesPattern(pattern.name, schema);
                           });
      });
}

absl::Status ObjectSelection::SelectRelations(
    const std::vector<std::string>& search_path, const RelationMap& relations) {
  ASSIGN_OR_RETURN(auto wanted, ParseAll(options_.tables, 2));
  ASSIGN_OR_RETURN(auto unwanted, ParseAll(options_.exclude_tables, 2));
  const TablePatterns tables(search_path, relations);
  for (Oid oid : relations.oids()) {
    if (HasSchema(relations.Find(oid)->schema)) relations_.insert(oid);
  }
  RETURN_IF_ERROR(
      CheckMatched(options_, "tables", wanted, [&](const NamePattern& pattern) {
        const std::vector<Oid> found = tables.Match(pattern);
        relations_.insert(found.begin(), found.end());
        return !found.empty();
      }));
  for (const NamePattern& pattern : unwanted) {
    for (Oid oid : tables.Match(pattern)) relations_.erase(oid);
  }
  return SelectRows(tables, relations);
}

absl::Status ObjectSelection::SelectRows(const TablePatterns& tables,
                                         const RelationMap& relations) {
  ASSIGN_OR_RETURN(auto no_data, ParseAll(options_.exclude_table_data, 2));
  for (const NamePattern& pattern : no_data) {
    const std::vector<Oid> found = tables.Match(pattern);
    without_data_.insert(found.begin(), found.end());
  }
  ASSIGN_OR_RETURN(auto trees,
                   ParseAll(options_.exclude_table_data_and_children, 2));
  for (const NamePattern& pattern : trees) {
    const auto found = WithChildren(relations, tables.Match(pattern));
    without_data_.insert(found.begin(), found.end());
  }
  if (options_.unlogged_data != CatalogOptions::Unlogged::kYes)
    LeaveOutUnlogged(relations);
  return SelectConditions(tables, relations);
}

void ObjectSelection::LeaveOutUnlogged(const RelationMap& relations) {
  for (Oid oid : relations.oids()) {
    if (relations.Find(oid)->persistence != 'u') continue;
    if (without_data_.insert(oid).second && options_.data && HasRelation(oid))
      unlogged_.push_back(oid);
  }
}

absl::Status ObjectSelection::SelectConditions(const TablePatterns& tables,
                                               const RelationMap& relations) {
  for (const RowCondition& where : options_.where) {
    const auto fail = [&](absl::string_view why) {
      return MakeError(
          Failure::kError,
          absl::StrCat("option --where: ", Printable(where.table), " ", why));
    };
    ASSIGN_OR_RETURN(const NamePattern pattern, ParsePattern(where.table, 2));
    const std::vector<Oid> found = tables.Match(pattern);
    if (found.empty()) return fail("matches no table");
    if (found.size() > 1) return fail("matches more than one table");
    const Relation& table = *relations.Find(found.front());
    if (table.kind == 'p')
      return fail("is partitioned: name the partitions, which hold the rows");
    if (table.kind != 'r' && table.kind != 'f') return fail("is no table");
    if (!HasRelation(table.oid) || ExcludesRows(table.oid) || !options_.data)
      return fail("is not among the tables whose rows are dumped");
    if (table.extension_config)
      return fail("belongs to an extension, which says what rows are dumped");
    // What ends in a comment needs a line of its own.
    const absl::string_view end =
        absl::StrContains(where.condition, "--") ? "\n)" : ")";
    if (!conditions_
             .try_emplace(table.oid,
                          absl::StrCat("WHERE (", where.condition, end))
             .second) {
      return fail("is named twice");
    }
  }
  return absl::OkStatus();
}

// What has an owner can be without its parent: a sequence that a column owns,
// but not one of an identity, which is part of its table.
bool ObjectSelection::StandsAlone(const Object& object) {
  return object.address.catalog == catalog_oid::kClass &&
         object.section == Section::kPreData && !object.owner.empty();
}

bool ObjectSelection::SelectsExtension(const Object& object) const {
  if (options_.extensions.empty()) return options_.everything();
  for (const NamePattern& pattern : extensions_) {
    if (MatchesPattern(pattern.name, object.name)) return true;
  }
  return false;
}

bool ObjectSelection::Selects(const Object& object) const {
  const Address& address = object.address;
  // Collected because they were asked for.
  if (KindOf(object.kind).scope != Scope::kDatabase) return true;
  if (object.aspect == Aspect::kDatabase) return true;
  if (object.aspect == Aspect::kPublication && !options_.publications)
    return false;
  if (object.aspect == Aspect::kSubscription && !options_.subscriptions)
    return false;
  if (address.catalog == catalog_oid::kExtension)
    return SelectsExtension(object);
  if (address.catalog == catalog_oid::kNamespace) return HasSchema(object.name);
  // What is a relation is selected as one: tables, views, sequences.
  if (address.catalog == catalog_oid::kClass &&
      object.section != Section::kPostData) {
    return HasRelation(address.oid);
  }
  if (!object.schema.empty()) return HasSchema(object.schema);
  // Large objects come when asked for even if schemas or tables were named.
  if (object.section == Section::kData) return true;
  return options_.everything();
}

Wanted ObjectSelection::WantedOfMember(const Catalog& catalog,
                                       const Object& object) const {
  Wanted wanted;
  const Relation* relation = catalog.relations().Find(object.address.oid);
  wanted.data = options_.data && options_.everything() &&
                object.address.catalog == catalog_oid::kClass &&
                relation != nullptr && relation->extension_config &&
                !without_data_.contains(relation->oid);
  return wanted;
}

Wanted ObjectSelection::SelectedOf(const Catalog& catalog,
                                   const Object& object) const {
  if (object.extension_member) return WantedOfMember(catalog, object);
  Wanted wanted;
  const Object* parent =
      object.parent.valid() ? catalog.Find(object.parent) : nullptr;
  if (object.parent.valid() && parent == nullptr) return wanted;
  if (parent != nullptr) wanted = SelectedOf(catalog, *parent);
  if ((parent == nullptr || StandsAlone(object)) && Selects(object)) {
    wanted.definition = options_.schema;
    wanted.data = options_.data;
    wanted.statistics = options_.statistics;
  }
  return wanted;
}

bool ObjectSelection::ExcludesData(const Catalog& catalog,
                                   const Object& object) const {
  const Object* relation = &object;
  while (relation != nullptr &&
         relation->address.catalog != catalog_oid::kClass) {
    relation =
        relation->parent.valid() ? catalog.Find(relation->parent) : nullptr;
  }
  return relation != nullptr && without_data_.contains(relation->address.oid);
}

Wanted ObjectSelection::WantedOf(const Catalog& catalog,
                                 const Object& object) const {
  Wanted wanted = SelectedOf(catalog, object);
  if (ExcludesData(catalog, object)) wanted.data = false;
  return wanted;
}

void ObjectSelection::Mark(Catalog& catalog) const {
  for (const auto& object : catalog.objects())
    object->wanted = WantedOf(catalog, *object);
}

}  // namespace pgbale

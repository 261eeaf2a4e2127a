// DEFAULT. Defaults and generation expressions of columns. Mostly part of
// CREATE TABLE; a statement of its own for a view's column, for a column that
// the table inherits, and where the expression needs the table.

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/collector.h"
#include "catalog/expressions.h"
#include "catalog/inheritance.h"
#include "catalog/table_parts.h"

namespace pgbale {
namespace {

enum Field { kOid, kRelation, kColumn, kTree };

std::string DefaultsSql(int /*server_major*/) {
  return absl::StrCat(
      "SELECT d.oid, d.adrelid, d.adnum, d.adbin "
      "FROM pg_catalog.pg_attrdef d "
      "JOIN pg_catalog.pg_class c ON c.oid = d.adrelid "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "WHERE c.relkind IN ('r', 'p', 'v', 'f') AND c.relpersistence <> 't' "
      "AND ",
      kUserSchema, " ORDER BY d.adrelid, d.adnum");
}

using ColumnKey = std::pair<Oid, int16_t>;
using Expressions = absl::flat_hash_map<ColumnKey, std::string>;

// The parents' generation expressions make the child's, which inherits them:
// it must be said again only where they differ.
bool InheritsExpression(const RelationMap& relations,
                        const Expressions& expressions, const Relation& child,
                        const RelationColumn& column,
                        absl::string_view expression) {
  if (child.is_partition) return false;
  bool same = false;
  for (const ParentColumn& parent : ParentColumns(relations, child, column)) {
    if (parent.column->generated == 0) continue;
    auto it = expressions.find({parent.relation->oid, parent.column->number});
    if (it == expressions.end() || it->second != expression) return false;
    same = true;
  }
  return same;
}

// Which columns need DEFAULT NULL: those without a default below a parent with
// one, which they would inherit. As it may be set behind CREATE TABLE, tables
// below have inherited by then too, and need it again.
class HiddenDefaults {
 public:
  HiddenDefaults(const RelationMap& relations, const Expressions& expressions)
      : relations_(relations), expressions_(expressions) {}

  bool Has(const Relation& table, const RelationColumn& column) {
    const ColumnKey key = {table.oid, column.number};
    if (expressions_.contains(key)) return false;
    auto [it, added] = known_.emplace(key, false);
    if (!added) return it->second;
    bool hidden = false;
    for (const ParentColumn& parent :
         ParentColumns(relations_, table, column)) {
      if (parent.column->generated != 0) continue;
      hidden = hidden ||
               expressions_.contains(
                   {parent.relation->oid, parent.column->number}) ||
               Has(*parent.relation, *parent.column);
    }
    known_[key] = hidden;
    return hidden;
  }

 private:
  const RelationMap& relations_;
  const Expressions& expressions_;
  absl::flat_hash_map<ColumnKey, bool> known_;
};

void AddDefault(Collector& collector, Address address, const Relation& relation,
                const RelationColumn& column, std::string expression) {
  Object& object = collector.Add(address);
  object.schema = relation.schema;
  object.name = column.name;
  object.relation = relation.name;
  object.parent = relation.address();
  object.inlined = column.generated != 0 ||
                   (relation.is_table() && IsPrinted(relation, column));
  object.loop_break =
      column.generated != 0 ? LoopBreak::kNone : LoopBreak::kSeparate;
  object.body = std::make_shared<DefaultBody>(relation.oid, column.number,
                                              std::move(expression));
}

void AddHidingDefaults(Collector& collector, const Expressions& expressions) {
  HiddenDefaults hidden(collector.relations(), expressions);
  Oid number = 0;
  for (Oid oid : collector.relations().oids()) {
    const Relation& child = *collector.relations().Find(oid);
    if (!child.is_table() || child.parents.empty()) continue;
    for (const RelationColumn& column : child.columns) {
      if (!column.dropped && hidden.Has(child, column)) {
        AddDefault(collector, {catalog_oid::kPseudoDefault, ++number}, child,
                   column, "NULL");
      }
    }
  }
}

absl::Status CollectDefaults(Collector& collector) {
  ASSIGN_OR_RETURN(const pg::Result result,
                   collector.Query(DefaultsSql(collector.server_major())));
  ASSIGN_OR_RETURN(
      const std::vector<std::string> texts,
      PrintExpressions(
          collector, result,
          {.oid = kOid, .relation = kRelation, .tree = kTree},
          {.catalog = "pg_attrdef", .tree = "adbin", .relation = "adrelid"}));
  Expressions expressions;
  for (int i = 0; i < result.rows(); ++i) {
    const pg::Row row = result.row(i);
    expressions[{row.oid(kRelation),
                 static_cast<int16_t>(row.integer(kColumn))}] =
        texts[static_cast<size_t>(i)];
  }
  for (int i = 0; i < result.rows(); ++i) {
    const pg::Row row = result.row(i);
    const std::string& expression = texts[static_cast<size_t>(i)];
    const Relation* relation = collector.relations().Find(row.oid(kRelation));
    const RelationColumn* column =
        relation == nullptr
            ? nullptr
            : relation->FindColumn(static_cast<int>(row.integer(kColumn)));
    if (column == nullptr || column->dropped) continue;
    const Address address = {catalog_oid::kAttrDef, row.oid(kOid)};
    if (column->generated != 0 &&
        InheritsExpression(collector.relations(), expressions, *relation,
                           *column, expression)) {
      collector.Cover(address);
    } else {
      AddDefault(collector, address, *relation, *column, expression);
    }
  }
  AddHidingDefaults(collector, expressions);
  return absl::OkStatus();
}

}  // namespace

extern const Kind kDefaultKind = {.tag = "DEFAULT",
                                  .collect = CollectDefaults,
                                  .early_queries = OneQuery<DefaultsSql>,
                                  .collect_cost = 4};

}  // namespace pgbale

// NOT NULL constraints of tables, which have names from server 18 on (before,
// they are a property of the column, and no object). Part of CREATE TABLE; a
// statement behind the data if not validated.

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/collector.h"
#include "catalog/inheritance.h"
#include "catalog/table_parts.h"

namespace pgbale {
namespace {

enum Field {
  kOid,
  kTable,
  kName,
  kColumn,
  kLocal,
  kNoInherit,
  kValidated,
  kCommented,
  kDefinition
};

std::string NotNullsSql() {
  return absl::StrCat(
      "SELECT k.oid, k.conrelid, k.conname, k.conkey[1], k.conislocal, "
      "k.connoinherit, k.convalidated, d.objoid IS NOT NULL, "
      "CASE WHEN NOT k.convalidated "
      "THEN pg_catalog.pg_get_constraintdef(k.oid) END "
      "FROM pg_catalog.pg_constraint k "
      "JOIN pg_catalog.pg_class c ON c.oid = k.conrelid "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "LEFT JOIN pg_catalog.pg_description d "
      "ON d.objoid = k.oid AND d.objsubid = 0 AND d.classoid = ",
      catalog_oid::kConstraint,
      " WHERE k.contype = 'n' AND c.relkind IN ('r', 'p', 'f') "
      "AND c.relpersistence <> 't' AND ",
      kUserSchema, " ORDER BY k.conrelid, k.conkey[1]");
}

struct Constraint {
  Address address;
  bool validated = false;
};
using ConstraintsByColumn =
    absl::flat_hash_map<std::pair<Oid, int16_t>, Constraint>;

ConstraintsByColumn IndexByColumn(const pg::Result& result) {
  ConstraintsByColumn by_column;
  for (pg::Row row : result) {
    by_column[{row.oid(kTable), static_cast<int16_t>(row.integer(kColumn))}] = {
        {catalog_oid::kConstraint, row.oid(kOid)}, row.boolean(kValidated)};
  }
  return by_column;
}

// A valid constraint must be printed though it is inherited if those that it
// comes from are not valid: they come too late, and would leave it not valid.
bool IsOnlyValidHere(const RelationMap& relations,
                     const ConstraintsByColumn& by_column,
                     const Relation& table, const RelationColumn& column) {
  for (const ParentColumn& parent : ParentColumns(relations, table, column)) {
    auto it = by_column.find({parent.relation->oid, parent.column->number});
    if (it != by_column.end() && it->second.validated) return false;
  }
  return true;
}

class NotNullCollector {
 public:
  NotNullCollector(Collector& collector, const pg::Result& result)
      : collector_(collector),
        by_column_(IndexByColumn(result)),
        descendants_(collector.relations()) {}

  void Add(pg::Row row) {
    const Relation* table = collector_.relations().Find(row.oid(kTable));
    const RelationColumn* column =
        table == nullptr
            ? nullptr
            : table->FindColumn(static_cast<int>(row.integer(kColumn)));
    if (column == nullptr) return;
    if (!row.boolean(kValidated)) {
      AddSeparate(row, *table);
    } else if (row.boolean(kCommented)) {
      Object& object = AddNamed(row, *table);
      object.inlined = true;
      object.body = std::make_shared<NotNullBody>(
          std::vector<NotNull>{Describe(row, *table, *column)});
    } else {
      unnamed_[table].push_back(Describe(row, *table, *column));
      // Any of their addresses does: nothing refers to them.
      addresses_[table] = {catalog_oid::kConstraint, row.oid(kOid)};
      collector_.Cover(addresses_[table]);
    }
  }

  void Finish() {
    for (auto& [table, columns] : unnamed_) {
      Object& object = AddPart(addresses_[table], *table);
      object.inlined = true;
      object.body = std::make_shared<NotNullBody>(std::move(columns));
    }
  }

 private:
  NotNull Describe(pg::Row row, const Relation& table,
                   const RelationColumn& column) const {
    NotNull constraint;
    constraint.column = column.number;
    constraint.local =
        row.boolean(kLocal) ||
        IsOnlyValidHere(collector_.relations(), by_column_, table, column);
    constraint.no_inherit = row.boolean(kNoInherit);
    // A comment must be able to rely on the name.
    if (row.boolean(kCommented) ||
        row.text(kName) !=
            absl::StrCat(table.name, "_", column.name, "_not_null")) {
      constraint.name = row.str(kName);
    }
    return constraint;
  }

  Object& AddPart(Address address, const Relation& table) {
    Object& object = collector_.Add(address);
    object.schema = table.schema;
    object.relation = table.name;
    object.section = Section::kPostData;
    object.parent = table.address();
    return object;
  }

  Object& AddNamed(pg::Row row, const Relation& table) {
    Object& object = AddPart({catalog_oid::kConstraint, row.oid(kOid)}, table);
    object.name = row.str(kName);
    object.target =
        absl::StrCat("CONSTRAINT ", pg::QuoteIdentifier(object.name), " ON ",
                     table.qualified);
    object.need = {18, "names of NOT NULL"};
    return object;
  }

  // Not validated: behind the data.
  void AddSeparate(pg::Row row, const Relation& table) {
    const bool local = row.boolean(kLocal);
    // The parent's statement adds the child's too. Only a comment on the
    // child's is then left to say.
    if (!local && !row.boolean(kCommented)) {
      collector_.Cover({catalog_oid::kConstraint, row.oid(kOid)});
      return;
    }
    Object& object = AddNamed(row, table);
    object.body = std::make_shared<TableConstraintBody>(
        table.oid, local, row.str(kDefinition),
        ServerNeed{18, "NOT NULL that is NOT VALID"});
    if (local) {
      object.locks = descendants_.WithSelf(table.oid);
      return;
    }
    const RelationColumn& column =
        *table.FindColumn(static_cast<int>(row.integer(kColumn)));
    for (const ParentColumn& parent :
         ParentColumns(collector_.relations(), table, column)) {
      auto it = by_column_.find({parent.relation->oid, parent.column->number});
      if (it != by_column_.end()) object.depends.push_back(it->second.address);
    }
  }

  Collector& collector_;
  const ConstraintsByColumn by_column_;
  const Descendants descendants_;
  std::map<const Relation*, std::vector<NotNull>> unnamed_;
  std::map<const Relation*, Address> addresses_;
};

absl::Status CollectNotNulls(Collector& collector) {
  if (collector.server_version() < 180000) return absl::OkStatus();
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(NotNullsSql()));
  NotNullCollector not_nulls(collector, result);
  for (pg::Row row : result) not_nulls.Add(row);
  not_nulls.Finish();
  return absl::OkStatus();
}

}  // namespace

extern const Kind kNotNullConstraintKind = {"CONSTRAINT", CollectNotNulls};

}  // namespace pgbale

// TABLE. Ordinary, partitioned and foreign tables, with everything that CREATE
// TABLE says itself: columns, inlined defaults and constraints, parents,
// partition key or server, storage parameters; and what ALTER TABLE must add
// to columns and relation. Identity comes with its sequence, partitions are
// attached later (TableAttach).

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "catalog/catalog.h"
#include "catalog/collector.h"
#include "catalog/foreign_options.h"
#include "catalog/inheritance.h"
#include "catalog/kind_id.h"
#include "catalog/table_parts.h"
#include "catalog/table_sql.h"

namespace pgbale {
namespace {

// What can be inlined in a table, by the table's oid.
using PartsByTable = absl::flat_hash_map<Oid, std::vector<Address>>;

// What CREATE TABLE says around the storage parameters.
struct TableClauses {
  std::string before_storage;  // PARTITION BY, SERVER
  std::string behind_storage;  // OPTIONS of a foreign table
};

// Writes the statements of one table.
class TableWriter {
 public:
  TableWriter(const Catalog& catalog, const Relation& table,
              const std::vector<Address>& parts)
      : catalog_(catalog), table_(table) {
    for (const Address& address : parts) {
      const Object* part = catalog.Find(address);
      if (part != nullptr && part->inlined) AddPart(*part);
    }
  }

  std::string Create(const TableClauses& clauses) const {
    std::string sql = absl::StrCat(
        "CREATE ",
        // The flag has no meaning for a partitioned table, and 18 refuses it.
        table_.persistence == 'u' && table_.kind != 'p' ? "UNLOGGED " : "",
        table_.table_keyword(), " ", table_.qualified);
    if (table_.of_type != 0) absl::StrAppend(&sql, " OF ", table_.of_type_name);
    return absl::StrCat(sql, Elements(), Inherits(), clauses.before_storage,
                        StorageClause(table_), clauses.behind_storage);
  }

  std::vector<std::string> Alter() const {
    std::vector<std::string> statements;
    for (const RelationColumn& column : table_.columns) {
      if (column.dropped) continue;
      if (NeedsSetNotNull(column)) {
        statements.push_back(
            absl::StrCat("ALTER ", table_.table_keyword(), " ONLY ",
                         table_.qualified, " ALTER COLUMN ",
                         pg::QuoteIdentifier(column.name), " SET NOT NULL"));
      }
      for (std::string& statement : ColumnStatements(table_, column))
        statements.push_back(std::move(statement));
    }
    for (std::string& statement : RelationStatements(table_))
      statements.push_back(std::move(statement));
    // A partitioned table has an access method only to hand it on.
    if (table_.kind == 'p' && !table_.access_method.empty()) {
      statements.push_back(
          absl::StrCat("ALTER TABLE ", table_.qualified, " SET ACCESS METHOD ",
                       pg::QuoteIdentifier(table_.access_method)));
    }
    return statements;
  }

  // Of what Create and Alter write.
  ServerNeed Need() const {
    ServerNeed need;
    if (table_.kind == 'p' && !table_.access_method.empty())
      need.Add({17, "access methods of partitioned tables"});
    for (const Object* check : Checks())
      need.Add(
          static_cast<const TableConstraintBody*>(check->body.get())->need());
    for (const RelationColumn& column : table_.columns) {
      if (!column.dropped) need.Add(NeedOf(column));
    }
    return need;
  }

 private:
  void AddPart(const Object& part) {
    switch (part.kind) {
      case KindId::kDefault: {
        auto* body = static_cast<const DefaultBody*>(part.body.get());
        defaults_[body->column()] = body;
        break;
      }
      case KindId::kNotNullConstraint: {
        auto* body = static_cast<const NotNullBody*>(part.body.get());
        for (const NotNull& column : body->columns())
          not_nulls_[column.column] = &column;
        break;
      }
      default:
        checks_.push_back(&part);
    }
  }

  bool named_not_nulls() const { return catalog_.server_version() >= 180000; }

  // " NOT NULL" with its name; "" if there is none to print.
  std::string NotNullClause(const RelationColumn& column) const {
    if (!named_not_nulls()) {
      return HasOwnNotNull(catalog_.relations(), table_, column) ? " NOT NULL"
                                                                 : "";
    }
    auto it = not_nulls_.find(column.number);
    if (it == not_nulls_.end()) return "";
    const NotNull& constraint = *it->second;
    if (!constraint.local && !table_.is_partition) return "";
    return absl::StrCat(ConstraintName(constraint), " NOT NULL",
                        constraint.no_inherit ? " NO INHERIT" : "");
  }

  static std::string ConstraintName(const NotNull& constraint) {
    if (constraint.name.empty()) return "";
    return absl::StrCat(" CONSTRAINT ", pg::QuoteIdentifier(constraint.name));
  }

  std::string DefaultClause(const RelationColumn& column) const {
    auto it = defaults_.find(column.number);
    if (it == defaults_.end()) return "";
    const std::string& expression = it->second->expression();
    if (column.generated == 0) return absl::StrCat(" DEFAULT ", expression);
    return absl::StrCat(" GENERATED ALWAYS AS (", expression, ")",
                        column.generated == 's' ? " STORED" : "");
  }

  // "" if the table's type says everything about the column.
  std::string ColumnElement(const RelationColumn& column) const {
    const std::string clauses =
        absl::StrCat(DefaultClause(column), NotNullClause(column));
    if (table_.of_type != 0 && clauses.empty()) return "";
    return absl::StrCat(
        pg::QuoteIdentifier(column.name),
        table_.of_type != 0 ? "" : absl::StrCat(" ", column.type_name), clauses,
        column.collation.empty() ? ""
                                 : absl::StrCat(" COLLATE ", column.collation));
  }

  // A not-null constraint of the table's own on a column that is not.
  std::string InheritedColumnElement(const RelationColumn& column) const {
    auto it = not_nulls_.find(column.number);
    if (it == not_nulls_.end() || !it->second->local) return "";
    const std::string name = ConstraintName(*it->second);
    return absl::StrCat(name.empty() ? "" : absl::StrCat(name.substr(1), " "),
                        "NOT NULL ", pg::QuoteIdentifier(column.name),
                        it->second->no_inherit ? " NO INHERIT" : "");
  }

  ServerNeed NeedOf(const RelationColumn& column) const {
    const bool printed = IsPrinted(table_, column);
    ServerNeed need;
    if (!printed && !InheritedColumnElement(column).empty())
      need.Add({18, "NOT NULL of inherited columns"});
    auto it = not_nulls_.find(column.number);
    if (printed && it != not_nulls_.end() && it->second->no_inherit)
      need.Add({18, "NOT NULL NO INHERIT"});
    if (printed && column.generated == 'v')
      need.Add({18, "virtual generated columns"});
    if (printed && column.generated != 0 && HasGeneratedParent(column))
      need.Add({16, "generation expressions unlike the parent's"});
    return need;
  }

  bool HasGeneratedParent(const RelationColumn& column) const {
    // Before 16 a child had the parent's expression, and none of its own.
    if (catalog_.server_version() < 160000) return false;
    const std::vector<ParentColumn> parents =
        ParentColumns(catalog_.relations(), table_, column);
    return std::any_of(parents.begin(), parents.end(),
                       [](const ParentColumn& parent) {
                         return parent.column->generated != 0;
                       });
  }

  // Older servers have no syntax for the element above.
  bool NeedsSetNotNull(const RelationColumn& column) const {
    return !named_not_nulls() && !IsPrinted(table_, column) &&
           HasOwnNotNull(catalog_.relations(), table_, column);
  }

  // Those that are said here: ATTACH PARTITION wants to find the parent's.
  std::vector<const Object*> Checks() const {
    std::vector<const Object*> own;
    for (const Object* check : checks_) {
      auto* body = static_cast<const TableConstraintBody*>(check->body.get());
      if (body->local() || table_.is_partition) own.push_back(check);
    }
    return own;
  }

  // The list in parentheses.
  std::string Elements() const {
    std::vector<std::string> elements;
    auto add = [&elements](std::string element) {
      if (!element.empty()) elements.push_back(std::move(element));
    };
    for (const RelationColumn& column : table_.columns) {
      if (column.dropped) continue;
      add(IsPrinted(table_, column) ? ColumnElement(column)
                                    : InheritedColumnElement(column));
    }
    for (const Object* check : Checks()) {
      auto* body = static_cast<const TableConstraintBody*>(check->body.get());
      add(absl::StrCat("CONSTRAINT ", pg::QuoteIdentifier(check->name), " ",
                       body->definition()));
    }
    if (!elements.empty())
      return absl::StrCat(" (\n    ", absl::StrJoin(elements, ",\n    "),
                          "\n)");
    return table_.of_type != 0 ? "" : " (\n)";
  }

  std::string Inherits() const {
    if (table_.parents.empty() || table_.is_partition) return "";
    std::vector<std::string> names;
    for (Oid oid : table_.parents) {
      if (const Relation* parent = catalog_.relations().Find(oid))
        names.push_back(parent->qualified);
    }
    return absl::StrCat("\nINHERITS (", absl::StrJoin(names, ", "), ")");
  }

  const Catalog& catalog_;
  const Relation& table_;
  absl::flat_hash_map<int16_t, const DefaultBody*> defaults_;
  absl::flat_hash_map<int16_t, const NotNull*> not_nulls_;
  std::vector<const Object*> checks_;
};

class TableBody : public Body {
 public:
  TableBody(TableClauses clauses, std::vector<Address> parts)
      : clauses_(std::move(clauses)), parts_(std::move(parts)) {}

  void Emit(const Catalog& catalog, const Object& object,
            Entry& entry) const override {
    const Relation* table = catalog.relations().Find(object.address.oid);
    if (table == nullptr) return;
    const TableWriter writer(catalog, *table, parts_);
    entry.create = writer.Alter();
    entry.create.insert(entry.create.begin(), writer.Create(clauses_));
    entry.need = writer.Need();
    AddDrop(entry, table->table_keyword(), table->qualified);
    entry.tablespace = table->tablespace;
    if (table->kind == 'r') entry.access_method = table->access_method;
  }

  const TableClauses& clauses() const { return clauses_; }

 private:
  const TableClauses clauses_;
  const std::vector<Address> parts_;
};

// Of partitioned and of foreign tables; others have none.
absl::StatusOr<absl::flat_hash_map<Oid, TableClauses>> ReadClauses(
    Collector& collector) {
  enum { kOid, kKey, kServer, kOptions };
  ASSIGN_OR_RETURN(
      pg::Result result,
      collector.Query(absl::StrCat(
          "SELECT c.oid, pg_catalog.pg_get_partkeydef(c.oid), s.srvname, ",
          ForeignOptionsSql("f.ftoptions"),
          " FROM pg_catalog.pg_class c "
          "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
          "LEFT JOIN pg_catalog.pg_foreign_table f ON f.ftrelid = c.oid "
          "LEFT JOIN pg_catalog.pg_foreign_server s ON s.oid = f.ftserver "
          "WHERE c.relkind IN ('p', 'f') AND c.relpersistence <> 't' AND ",
          kUserSchema)));
  absl::flat_hash_map<Oid, TableClauses> clauses;
  for (pg::Row row : result) {
    clauses[row.oid(kOid)] = {
        row.is_null(kServer)
            ? absl::StrCat("\nPARTITION BY ", row.text(kKey))
            : absl::StrCat("\nSERVER ", pg::QuoteIdentifier(row.text(kServer))),
        ForeignOptionsClause("\n", row.text(kOptions))};
  }
  return clauses;
}

absl::Status CollectTables(Collector& collector) {
  ASSIGN_OR_RETURN(auto clauses, ReadClauses(collector));
  for (Oid oid : collector.relations().oids()) {
    const Relation& table = *collector.relations().Find(oid);
    if (!table.is_table()) continue;
    Object& object = collector.Add(table.address());
    object.aliases = {{catalog_oid::kType, table.row_type},
                      {catalog_oid::kType, table.row_type_array}};
    object.schema = table.schema;
    object.name = table.name;
    object.owner = table.owner;
    if (table.is_foreign()) object.tag = table.table_keyword();
    object.target = absl::StrCat(table.table_keyword(), " ", table.qualified);
    object.grant_target = absl::StrCat("TABLE ", table.qualified);
    object.acl_kind = 'r';
    object.body =
        std::make_shared<TableBody>(clauses[oid], std::vector<Address>{});
  }
  return absl::OkStatus();
}

// Tells each table what it may have to print.
absl::Status DeriveTables(Catalog& catalog) {
  PartsByTable parts;
  for (const auto& object : catalog.objects()) {
    if (object->kind == KindId::kDefault ||
        object->kind == KindId::kCheckConstraint ||
        object->kind == KindId::kNotNullConstraint) {
      parts[object->parent.oid].push_back(object->address);
    }
  }
  for (Object* table : catalog.OfKind(KindId::kTable)) {
    auto* body = static_cast<const TableBody*>(table->body.get());
    table->body = std::make_shared<TableBody>(
        body->clauses(), std::move(parts[table->address.oid]));
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kTableKind = {"TABLE", CollectTables, DeriveTables};

}  // namespace pgbale

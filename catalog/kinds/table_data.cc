// TABLE DATA. The rows of ordinary tables, partitions among them, of the
// configuration tables of extensions, and of foreign tables if asked for.

#include <memory>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "base/pattern.h"
#include "base/status.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "catalog/collector.h"
#include "catalog/column_types.h"
#include "catalog/references.h"

namespace pgbale {
namespace {

constexpr uint64_t kPageBytes = 8192;

constexpr int kMultirangesSince = 14;

// Generated columns have no place in COPY.
bool IsCopied(const RelationColumn& column) {
  return !column.dropped && column.generated == 0;
}

// One column that cannot go in binary makes the whole table text: the first,
// or "".
std::string TextColumn(const Relation& table, const ColumnTypes& types) {
  for (const RelationColumn& column : table.columns) {
    if (IsCopied(column) && !types.Find(column.type).binary) return column.name;
  }
  return "";
}

class TableDataBody : public Body {
 public:
  // `root` is the partitioned table that takes the rows, 0: the table itself.
  TableDataBody(Oid root, std::shared_ptr<const ColumnTypes> types)
      : root_(root), types_(std::move(types)) {}

  void Emit(const Catalog& catalog, const Object& object,
            Entry& entry) const override {
    const Relation* table = catalog.relations().Find(object.address.oid);
    if (table == nullptr) return;
    const Relation* root =
        root_ == 0 ? nullptr : catalog.relations().Find(root_);
    const Relation& target = root == nullptr ? *table : *root;
    TableData data;
    data.schema = target.schema;
    data.relation = target.name;
    data.via_root = root != nullptr;
    data.condition = table->row_condition();
    data.bytes_estimate = static_cast<uint64_t>(table->pages) * kPageBytes;
    data.format =
        object.text_column.empty() ? WireFormat::kBinary : WireFormat::kText;
    AddColumns(*table, data);
    entry.data = std::move(data);
  }

 private:
  void AddColumns(const Relation& table, TableData& data) const {
    const bool binary = data.format == WireFormat::kBinary;
    for (const RelationColumn& column : table.columns) {
      if (!IsCopied(column)) continue;
      const ColumnType type = types_->Find(column.type);
      data.columns.push_back({column.name, column.type_name,
                              binary ? type.width : 0, type.built_in});
    }
  }

  const Oid root_;
  const std::shared_ptr<const ColumnTypes> types_;
};

// Tables that are partitioned by the hash of an oid, which is another one in
// another database, so that a restored row may belong to another partition:
// enums, types that print an oid as a name, aclitem, and all that holds values
// of these. Of an expression only the operator class tells a type.
std::string OidHashesSql(int server_major) {
  return absl::StrCat(
      "WITH RECURSIVE part(whole, of) AS ("
      "SELECT oid, typelem FROM pg_catalog.pg_type WHERE typelem <> 0 "
      "UNION ALL SELECT oid, typbasetype FROM pg_catalog.pg_type "
      "WHERE typbasetype <> 0 "
      "UNION ALL SELECT t.oid, a.atttypid FROM pg_catalog.pg_type t "
      "JOIN pg_catalog.pg_attribute a ON a.attrelid = t.typrelid "
      "WHERE t.typtype = 'c' AND a.attnum > 0 "
      "UNION ALL SELECT rngtypid, rngsubtype FROM pg_catalog.pg_range ",
      server_major >= kMultirangesSince
          ? "UNION ALL SELECT rngmultitypid, rngtypid FROM pg_catalog.pg_range"
          : "",
      "), by_oid(oid) AS ("
      "SELECT oid FROM pg_catalog.pg_type WHERE typtype = 'e' "
      "OR typnamespace = 'pg_catalog'::pg_catalog.regnamespace "
      "AND (typname ~ '^reg' OR typname = 'aclitem') "
      "UNION SELECT p.whole FROM by_oid b JOIN part p ON p.of = b.oid) "
      "SELECT p.partrelid FROM pg_catalog.pg_partitioned_table p "
      "WHERE p.partstrat = 'h' AND EXISTS ("
      "SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = p.partrelid "
      "AND a.attnum > 0 AND a.attnum = ANY (p.partattrs) "
      "AND a.atttypid IN (SELECT oid FROM by_oid) "
      "UNION ALL SELECT FROM pg_catalog.pg_opclass o "
      "JOIN pg_catalog.pg_type t ON t.oid = o.opcintype "
      "WHERE 0 = ANY (p.partattrs) AND o.oid = ANY (p.partclass) "
      "AND t.typnamespace = 'pg_catalog'::pg_catalog.regnamespace "
      "AND t.typname IN ('anyenum', 'oid', 'aclitem', 'anyarray', 'record', "
      "'anyrange', 'anymultirange'))");
}

absl::StatusOr<absl::flat_hash_set<Oid>> ReadOidHashes(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result,
                   collector.Query(OidHashesSql(collector.server_major())));
  absl::flat_hash_set<Oid> tables;
  for (pg::Row row : result) tables.insert(row.oid(0));
  return tables;
}

// The outermost partitioned table above `table`, if one between them is in
// `unsafe`, or in any case; else 0.
Oid RootToLoadVia(const RelationMap& relations,
                  const absl::flat_hash_set<Oid>& unsafe, bool any,
                  const Relation& table) {
  bool is_unsafe = any;
  const Relation* top = &table;
  while (top->is_partition && !top->parents.empty()) {
    const Relation* parent = relations.Find(top->parents.front());
    if (parent == nullptr) break;
    top = parent;
    is_unsafe = is_unsafe || unsafe.contains(top->oid);
  }
  return is_unsafe && top != &table ? top->oid : 0;
}

// CREATE EXTENSION brings configuration tables with their foreign keys in
// place: what a row refers to must come first.
absl::Status OrderConfigurationTables(Collector& collector,
                                      const std::vector<Object*>& objects) {
  absl::flat_hash_map<Oid, Object*> by_table;
  for (Object* object : objects) {
    const Relation& table = *collector.relations().Find(object->address.oid);
    if (table.extension_config) by_table[table.oid] = object;
  }
  if (by_table.empty()) return absl::OkStatus();
  enum { kReferencing, kReferenced };
  ASSIGN_OR_RETURN(
      pg::Result result,
      collector.Query("SELECT DISTINCT conrelid, confrelid "
                      "FROM pg_catalog.pg_constraint "
                      "WHERE contype = 'f' AND conrelid <> confrelid"));
  for (pg::Row row : result) {
    auto referencing = by_table.find(row.oid(kReferencing));
    auto referenced = by_table.find(row.oid(kReferenced));
    if (referencing == by_table.end() || referenced == by_table.end()) continue;
    referencing->second->depends.push_back(referenced->second->address);
  }
  return absl::OkStatus();
}

// The foreign tables whose rows are asked for. Each pattern must match a
// server: rows that were asked for are not left out in silence.
absl::StatusOr<absl::flat_hash_set<Oid>> ReadForeignTables(
    Collector& collector) {
  enum { kServer, kTables };
  absl::flat_hash_set<Oid> tables;
  if (collector.options().include_foreign_data.empty()) return tables;
  ASSIGN_OR_RETURN(
      pg::Result result,
      collector.Query("SELECT s.srvname, pg_catalog.array_agg(t.ftrelid) "
                      "FILTER (WHERE t.ftrelid IS NOT NULL) "
                      "FROM pg_catalog.pg_foreign_server s "
                      "LEFT JOIN pg_catalog.pg_foreign_table t "
                      "ON t.ftserver = s.oid GROUP BY s.oid, s.srvname"));
  for (const std::string& text : collector.options().include_foreign_data) {
    ASSIGN_OR_RETURN(const NamePattern pattern, ParsePattern(text, 1));
    bool matched = false;
    for (pg::Row row : result) {
      if (!MatchesPattern(pattern.name, row.text(kServer))) continue;
      matched = true;
      for (const Address& table :
           AddressesOf(catalog_oid::kClass, row.array(kTables)))
        tables.insert(table.oid);
    }
    if (matched) continue;
    return MakeError(Failure::kError,
                     absl::StrCat("no matching foreign servers were found for "
                                  "pattern ",
                                  Quoted(text)));
  }
  return tables;
}

absl::Status CollectTableData(Collector& collector) {
  if (!collector.options().data) {
    collector.Omit(catalog_oid::kPseudoTableData);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(pg::Result type_rows, collector.Query(ColumnTypes::Sql()));
  const auto types = std::make_shared<const ColumnTypes>(type_rows);
  ASSIGN_OR_RETURN(auto oid_hashes, ReadOidHashes(collector));
  ASSIGN_OR_RETURN(auto foreign_tables, ReadForeignTables(collector));
  std::vector<Object*> objects;
  for (Oid oid : collector.relations().oids()) {
    const Relation& table = *collector.relations().Find(oid);
    if (table.kind != 'r' && !foreign_tables.contains(oid)) continue;
    const Oid root = RootToLoadVia(collector.relations(), oid_hashes,
                                   collector.options().load_via_root, table);
    Object& object = collector.Add({catalog_oid::kPseudoTableData, oid});
    object.schema = table.schema;
    object.name = table.name;
    object.section = Section::kData;
    object.aspect = Aspect::kData;
    object.parent = table.address();
    object.text_column = TextColumn(table, *types);
    if (root != 0) object.depends = {{catalog_oid::kClass, root}};
    object.body = std::make_shared<TableDataBody>(root, types);
    objects.push_back(&object);
  }
  return OrderConfigurationTables(collector, objects);
}

}  // namespace

extern const Kind kTableDataKind = {"TABLE DATA", CollectTableData};

}  // namespace pgbale

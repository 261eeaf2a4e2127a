#include "catalog/relation_reader.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/pg/quote.h"
#include "base/status.h"
#include "catalog/collector.h"
#include "catalog/foreign_options.h"

namespace pgbale {
namespace {

char Letter(absl::string_view text) { return text.empty() ? '\0' : text[0]; }

namespace relation_field {
enum {
  kOid,
  kKind,
  kSchema,
  kName,
  kOwner,
  kPersistence,
  kIsPartition,
  kRowSecurity,
  kForceRowSecurity,
  kReplicaIdentity,
  kRowType,
  kRowTypeArray,
  kOfType,
  kOfTypeName,
  kTablespace,
  kAccessMethod,
  kOptions,
  kToastOptions,
  kPopulated,
  kHasRules,
  kHasTriggers,
  kPages,
};
}  // namespace relation_field

std::string RelationsSql() {
  return absl::StrCat(
      "SELECT c.oid, c.relkind, n.nspname, c.relname, "
      "pg_catalog.pg_get_userbyid(c.relowner), c.relpersistence, "
      "c.relispartition, c.relrowsecurity, c.relforcerowsecurity, "
      "c.relreplident, c.reltype, rt.typarray, c.reloftype, "
      "CASE WHEN c.reloftype <> 0 "
      "THEN pg_catalog.format_type(c.reloftype, NULL) END, "
      "ts.spcname, am.amname, c.reloptions, tc.reloptions, "
      "c.relispopulated, c.relhasrules, c.relhastriggers, "
      "c.relpages + coalesce(tc.relpages, 0) "
      "FROM pg_catalog.pg_class c "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "LEFT JOIN pg_catalog.pg_class tc "
      "ON tc.oid = c.reltoastrelid AND c.relkind <> 'p' "
      "LEFT JOIN pg_catalog.pg_type rt ON rt.oid = c.reltype "
      "LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = c.reltablespace "
      "LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam "
      "WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c') "
      "AND c.relpersistence <> 't' AND ",
      kUserSchema, " ORDER BY c.oid");
}

Relation MakeRelation(pg::Row row) {
  using namespace relation_field;
  Relation relation;
  relation.oid = row.oid(kOid);
  relation.kind = Letter(row.text(kKind));
  relation.schema = row.str(kSchema);
  relation.name = row.str(kName);
  relation.qualified = pg::QualifiedName(relation.schema, relation.name);
  relation.owner = row.str(kOwner);
  relation.persistence = Letter(row.text(kPersistence));
  relation.is_partition = row.boolean(kIsPartition);
  relation.row_security = row.boolean(kRowSecurity);
  relation.force_row_security = row.boolean(kForceRowSecurity);
  relation.replica_identity = Letter(row.text(kReplicaIdentity));
  relation.row_type = row.oid(kRowType);
  relation.row_type_array = row.oid(kRowTypeArray);
  relation.of_type = row.oid(kOfType);
  relation.of_type_name = row.str(kOfTypeName);
  relation.tablespace = row.str(kTablespace);
  relation.access_method = row.str(kAccessMethod);
  relation.options = row.array(kOptions);
  relation.toast_options = row.array(kToastOptions);
  relation.populated = row.boolean(kPopulated);
  relation.has_rules = row.boolean(kHasRules);
  relation.has_triggers = row.boolean(kHasTriggers);
  relation.pages = row.integer(kPages);
  return relation;
}

absl::Status ReadParents(pg::Connection& connection, RelationMap& relations) {
  enum { kChild, kParent };
  ASSIGN_OR_RETURN(
      pg::Result result,
      connection.Query("SELECT inhrelid, inhparent FROM pg_catalog.pg_inherits "
                       "ORDER BY inhrelid, inhseqno"));
  for (pg::Row row : result) {
    // Partitioned indexes stand in pg_inherits too, and are not in the map.
    if (Relation* child = relations.FindMutable(row.oid(kChild)))
      child->parents.push_back(row.oid(kParent));
  }
  return absl::OkStatus();
}

absl::Status ReadExtensionConfiguration(pg::Connection& connection,
                                        RelationMap& relations) {
  enum { kTable, kCondition };
  ASSIGN_OR_RETURN(
      pg::Result result,
      connection.Query(
          "SELECT t.oid, t.condition FROM pg_catalog.pg_extension e, "
          "unnest(e.extconfig, e.extcondition) AS t(oid, condition) "
          "WHERE e.extconfig IS NOT NULL"));
  for (pg::Row row : result) {
    if (Relation* table = relations.FindMutable(row.oid(kTable))) {
      table->extension_config = true;
      table->extension_condition = row.str(kCondition);
    }
  }
  return absl::OkStatus();
}

namespace column_field {
enum {
  kRelation,
  kNumber,
  kName,
  kType,
  kTypeName,
  kDropped,
  kLocal,
  kNotNull,
  kHasDefault,
  kIdentity,
  kGenerated,
  kStorage,
  kTypeStorage,
  kCompression,
  kStatisticsTarget,
  kCollationOid,
  kCollationSchema,
  kCollation,
  kOptions,
  kForeignOptions,
};
}  // namespace column_field

std::string ColumnsSql() {
  return absl::StrCat(
      "SELECT a.attrelid, a.attnum, a.attname, a.atttypid, "
      "CASE WHEN NOT a.attisdropped "
      "THEN pg_catalog.format_type(a.atttypid, a.atttypmod) END, "
      "a.attisdropped, a.attislocal, a.attnotnull, a.atthasdef, "
      "a.attidentity, a.attgenerated, a.attstorage, t.typstorage, "
      "a.attcompression, coalesce(a.attstattarget, -1), "
      "a.attcollation, cn.nspname, co.collname, a.attoptions, ",
      ForeignOptionsSql("a.attfdwoptions"),
      " FROM pg_catalog.pg_attribute a "
      "JOIN pg_catalog.pg_class c ON c.oid = a.attrelid "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "LEFT JOIN pg_catalog.pg_type t ON t.oid = a.atttypid "
      "LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation "
      "AND a.attcollation <> t.typcollation "
      "LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace "
      "WHERE a.attnum > 0 "
      "AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') "
      "AND c.relpersistence <> 't' AND ",
      kUserSchema, " ORDER BY a.attrelid, a.attnum");
}

RelationColumn MakeColumn(pg::Row row) {
  using namespace column_field;
  RelationColumn column;
  column.number = static_cast<int16_t>(row.integer(kNumber));
  column.name = row.str(kName);
  column.type = row.oid(kType);
  column.type_name = row.str(kTypeName);
  column.dropped = row.boolean(kDropped);
  column.local = row.boolean(kLocal);
  column.not_null = row.boolean(kNotNull);
  column.has_default = row.boolean(kHasDefault);
  column.identity = Letter(row.text(kIdentity));
  column.generated = Letter(row.text(kGenerated));
  column.storage = Letter(row.text(kStorage));
  column.type_storage = Letter(row.text(kTypeStorage));
  column.compression = Letter(row.text(kCompression));
  column.statistics_target =
      static_cast<int32_t>(row.integer(kStatisticsTarget));
  column.collation_oid = row.oid(kCollationOid);
  if (!row.is_null(kCollation)) {
    column.collation =
        pg::QualifiedName(row.text(kCollationSchema), row.text(kCollation));
  }
  column.options = row.array(kOptions);
  column.foreign_options = row.str(kForeignOptions);
  return column;
}

}  // namespace

absl::Status ReadRelations(pg::Connection& connection, RelationMap& relations) {
  ASSIGN_OR_RETURN(pg::Result result, connection.Query(RelationsSql()));
  for (pg::Row row : result) relations.Add(MakeRelation(row));
  RETURN_IF_ERROR(ReadParents(connection, relations));
  return ReadExtensionConfiguration(connection, relations);
}

absl::Status ReadColumns(pg::Connection& connection, RelationMap& relations) {
  ASSIGN_OR_RETURN(pg::Result result, connection.Query(ColumnsSql()));
  Relation* relation = nullptr;
  for (pg::Row row : result) {
    const Oid oid = row.oid(column_field::kRelation);
    if (relation == nullptr || relation->oid != oid)
      relation = relations.FindMutable(oid);
    if (relation != nullptr) relation->columns.push_back(MakeColumn(row));
  }
  return absl::OkStatus();
}

absl::Status ReadSizes(pg::Connection& connection, RelationMap& relations) {
  enum { kOid, kPages };
  ASSIGN_OR_RETURN(
      pg::Result result,
      connection.Query(absl::StrCat(
          "SELECT c.oid, pg_catalog.pg_table_size(c.oid) / 8192 "
          "FROM pg_catalog.pg_class c "
          "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
          "WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND ",
          kUserSchema)));
  for (pg::Row row : result) {
    if (Relation* relation = relations.FindMutable(row.oid(kOid)))
      relation->pages = row.integer(kPages);
  }
  return absl::OkStatus();
}

}  // namespace pgbale

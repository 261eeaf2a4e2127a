// INDEX ATTACH: makes the index of a partition, plain or of a constraint, a
// part of the partitioned table's one. Both are made on their own before, as
// CREATE INDEX ON ONLY and ADD CONSTRAINT … ONLY leave out the partitions.

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/catalog.h"
#include "catalog/collector.h"
#include "catalog/kind_id.h"

namespace pgbale {
namespace {

enum Field {
  kOid,
  kSchema,
  kName,
  kTable,
  kTableName,
  kParent,
  kParentSchema,
  kParentName,
  kParentTable
};

std::string IndexAttachesSql() {
  return absl::StrCat(
      "SELECT x.oid, n.nspname, x.relname, t.oid, t.relname, "
      "px.oid, pn.nspname, px.relname, pi.indrelid "
      "FROM pg_catalog.pg_inherits h "
      "JOIN pg_catalog.pg_index i ON i.indexrelid = h.inhrelid "
      "JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid "
      "JOIN pg_catalog.pg_namespace n ON n.oid = x.relnamespace "
      "JOIN pg_catalog.pg_class t ON t.oid = i.indrelid "
      "JOIN pg_catalog.pg_index pi ON pi.indexrelid = h.inhparent "
      "JOIN pg_catalog.pg_class px ON px.oid = pi.indexrelid "
      "JOIN pg_catalog.pg_namespace pn ON pn.oid = px.relnamespace "
      // No server attaches one of these (key_constraint.cc).
      "WHERE NOT i.indisexclusion AND ",
      kUserSchema, " ORDER BY x.oid");
}

void AddIndexAttach(Collector& collector, pg::Row row) {
  Object& object =
      collector.Add({catalog_oid::kPseudoIndexAttach, row.oid(kOid)});
  object.schema = row.str(kSchema);
  object.name = row.str(kName);
  object.relation = row.str(kTableName);
  object.section = Section::kPostData;
  object.parent = {catalog_oid::kClass, row.oid(kOid)};
  const Address parent_table = {catalog_oid::kClass, row.oid(kParentTable)};
  object.depends = {object.parent,
                    {catalog_oid::kClass, row.oid(kParent)},
                    {catalog_oid::kClass, row.oid(kTable)},
                    parent_table};
  object.locks = {parent_table};
  object.body = std::make_shared<SqlBody>(
      std::vector<std::string>{absl::StrCat(
          "ALTER INDEX ",
          pg::QualifiedName(row.text(kParentSchema), row.text(kParentName)),
          " ATTACH PARTITION ", pg::QualifiedName(object.schema, object.name))},
      "", "");
}

absl::Status CollectIndexAttaches(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(IndexAttachesSql()));
  for (pg::Row row : result) AddIndexAttach(collector, row);
  return absl::OkStatus();
}

// Where one of the two indexes is not dumped there is nothing to attach: the
// object goes with the one that is left out.
absl::Status DeriveIndexAttaches(Catalog& catalog) {
  catalog.OmitIncomplete(KindId::kIndexAttach);
  return absl::OkStatus();
}

}  // namespace

extern const Kind kIndexAttachKind = {"INDEX ATTACH", CollectIndexAttaches,
                                      DeriveIndexAttaches};

}  // namespace pgbale

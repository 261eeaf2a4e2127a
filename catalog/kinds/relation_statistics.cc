// STATISTICS DATA: what the planner knows of a relation and its columns, so
// that a restored database need not be analyzed. Only servers 18 and later can
// take them; any can give them.
//
// They come last of all: filling a table, building an index and refreshing a
// materialized view change the numbers of pages and rows.

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "base/status.h"
#include "catalog/collector.h"

namespace pgbale {
namespace {

// Relations whose columns' statistics are read by one query: a result is held
// in memory, and one relation may have megabytes of them.
constexpr size_t kRelationsPerQuery = 500;

namespace relation_field {
enum {
  kOid,
  kKind,
  kTable,  // of an index; else the relation itself
  kSchema,
  kName,
  kPages,
  kRows,
  kVisible,
  kFrozen
};
}  // namespace relation_field

std::string RelationsSql(int server_major) {
  return absl::StrCat(
      "SELECT c.oid, c.relkind, coalesce(i.indrelid, c.oid), n.nspname, "
      "c.relname, c.relpages, c.reltuples, c.relallvisible, ",
      server_major >= 18 ? "c.relallfrozen" : "NULL",
      " FROM pg_catalog.pg_class c "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid "
      "WHERE c.relkind IN ('r', 'p', 'm', 'f', 'i', 'I') "
      "AND c.relpersistence <> 't' AND ",
      kUserSchema, " ORDER BY c.oid");
}

struct ColumnField {
  absl::string_view name;
  absl::string_view type;
  int since = 0;  // server's major version
};

// What pg_restore_attribute_stats() takes and pg_stats gives under the same
// name, in the order in which it is said.
constexpr ColumnField kColumnFields[] = {
    {"inherited", "boolean"},           {"null_frac", "real"},
    {"avg_width", "integer"},           {"n_distinct", "real"},
    {"most_common_vals", "text"},       {"most_common_freqs", "real[]"},
    {"histogram_bounds", "text"},       {"correlation", "real"},
    {"most_common_elems", "text"},      {"most_common_elem_freqs", "real[]"},
    {"elem_count_histogram", "real[]"}, {"range_length_histogram", "text", 17},
    {"range_empty_frac", "real", 17},   {"range_bounds_histogram", "text", 17},
};

namespace column_field {
enum { kRelation, kNumber, kName, kFirstField };
}  // namespace column_field

// pg_stats shows what the user may read. Its rows are found by the relations'
// names, which the second condition lets it look up in an index.
std::string ColumnsSql(int server_major, const std::vector<std::string>& oids,
                       const std::vector<std::string>& names) {
  const std::string fields = absl::StrJoin(
      kColumnFields, ", ", [&](std::string* out, const ColumnField& field) {
        absl::StrAppend(out, server_major >= field.since ? "s." : "NULL AS ",
                        field.name);
      });
  return absl::StrCat(
      "SELECT c.oid, a.attnum, s.attname, ", fields,
      " FROM pg_catalog.pg_class c "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "JOIN pg_catalog.pg_stats s ON s.schemaname = n.nspname "
      "AND s.tablename = c.relname "
      "JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid "
      "AND a.attname = s.attname "
      "WHERE c.oid IN (",
      absl::StrJoin(oids, ", "), ") AND s.tablename = ANY (ARRAY[",
      absl::StrJoin(names, ", "),
      "]::pg_catalog.name[]) ORDER BY c.oid, s.attname, s.inherited");
}

// "\t'version', '150020'::integer, 'schemaname', …": which relation it is.
std::string Subject(absl::string_view function, int server_version,
                    const Object& object) {
  return absl::StrCat("SELECT * FROM pg_catalog.", function,
                      "(\n\t'version', '", server_version,
                      "'::integer,\n\t'schemaname', ",
                      pg::QuoteLiteral(object.schema), ",\n\t'relname', ",
                      pg::QuoteLiteral(object.name));
}

void AppendArgument(std::string& sql, absl::string_view name,
                    absl::string_view value, absl::string_view type) {
  absl::StrAppend(&sql, ",\n\t'", name, "', ", pg::QuoteLiteral(value),
                  "::", type);
}

std::string RelationStatement(pg::Row row, int server_version,
                              const Object& object) {
  using namespace relation_field;
  std::string sql =
      Subject("pg_restore_relation_stats", server_version, object);
  AppendArgument(sql, "relpages", row.text(kPages), "integer");
  // Before 14, 0 may mean that nobody has ever counted.
  const bool unknown = server_version < 140000 && row.text(kRows) == "0";
  AppendArgument(sql, "reltuples", unknown ? "-1" : row.text(kRows), "real");
  AppendArgument(sql, "relallvisible", row.text(kVisible), "integer");
  if (!row.is_null(kFrozen))
    AppendArgument(sql, "relallfrozen", row.text(kFrozen), "integer");
  return sql + "\n)";
}

// Columns of indexes go by number: their names are made up by the server.
std::string ColumnStatement(pg::Row row, int server_version, bool by_number,
                            const Object& object) {
  using namespace column_field;
  std::string sql =
      Subject("pg_restore_attribute_stats", server_version, object);
  if (by_number) {
    AppendArgument(sql, "attnum", row.text(kNumber), "smallint");
  } else {
    absl::StrAppend(&sql, ",\n\t'attname', ",
                    pg::QuoteLiteral(row.text(kName)));
  }
  int column = kFirstField;
  for (const ColumnField& field : kColumnFields) {
    if (!row.is_null(column))
      AppendArgument(sql, field.name, row.text(column), field.type);
    ++column;
  }
  return sql + "\n)";
}

// One relation on its way to its object's body.
struct Gathered {
  Object* object = nullptr;
  bool is_index = false;
  std::string oid;
  std::vector<std::string> statements;
};

Object& AddStatistics(Collector& collector, pg::Row row, bool is_index) {
  using namespace relation_field;
  const Oid oid = row.oid(kOid);
  const Address table = {catalog_oid::kClass, row.oid(kTable)};
  Object& object = collector.Add({catalog_oid::kPseudoStatistics, oid});
  object.schema = row.str(kSchema);
  object.name = row.str(kName);
  const bool is_view = row.text(kKind) == "m";
  object.section = is_index || is_view ? Section::kPostData : Section::kData;
  object.pass = Pass::kLast;
  object.aspect = Aspect::kStatistics;
  object.parent = {catalog_oid::kClass, oid};
  // A refresh makes a materialized view and its indexes anew.
  object.depends = {object.parent, {catalog_oid::kPseudoRefresh, table.oid}};
  object.locks = {table};
  return object;
}

absl::Status ReadColumnStatistics(Collector& collector,
                                  absl::Span<Gathered> batch) {
  absl::flat_hash_map<std::string, Gathered*> by_oid;
  std::vector<std::string> oids, names;
  for (Gathered& gathered : batch) {
    by_oid[gathered.oid] = &gathered;
    oids.push_back(gathered.oid);
    names.push_back(pg::QuoteLiteral(gathered.object->name));
  }
  ASSIGN_OR_RETURN(
      pg::Result result,
      collector.Query(ColumnsSql(collector.server_major(), oids, names)));
  for (pg::Row row : result) {
    Gathered& gathered = *by_oid[row.str(column_field::kRelation)];
    gathered.statements.push_back(ColumnStatement(
        row, collector.server_version(), gathered.is_index, *gathered.object));
  }
  return absl::OkStatus();
}

absl::Status CollectRelationStatistics(Collector& collector) {
  using namespace relation_field;
  if (!collector.options().statistics) {
    collector.Omit(catalog_oid::kPseudoStatistics);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(pg::Result result,
                   collector.Query(RelationsSql(collector.server_major())));
  std::vector<Gathered> relations;
  for (pg::Row row : result) {
    const bool is_index = row.text(kKind) == "i" || row.text(kKind) == "I";
    Object& object = AddStatistics(collector, row, is_index);
    relations.push_back(
        {&object,
         is_index,
         row.str(kOid),
         {RelationStatement(row, collector.server_version(), object)}});
  }
  const absl::Span<Gathered> all = absl::MakeSpan(relations);
  for (size_t i = 0; i < all.size(); i += kRelationsPerQuery) {
    RETURN_IF_ERROR(
        ReadColumnStatistics(collector, all.subspan(i, kRelationsPerQuery)));
  }
  for (Gathered& gathered : relations) {
    gathered.object->body =
        std::make_shared<SqlBody>(std::move(gathered.statements), "", "");
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kRelationStatisticsKind = {"STATISTICS DATA",
                                             CollectRelationStatistics};

}  // namespace pgbale

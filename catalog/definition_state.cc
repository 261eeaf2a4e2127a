#include "catalog/definition_state.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "base/text.h"

namespace pgbale {
namespace {

// A catalog that functions look at which give definitions as text.
struct DefinitionCatalog {
  absl::string_view name;
  // The column with the oid of the schema or the relation that a row belongs
  // to, one of them.
  absl::string_view schema, relation;
  absl::string_view object_name;          // "": that of the relation
  absl::string_view key = "x.oid::text";  // tells the row from others
  absl::string_view condition = "true";   // of the rows that count
};

constexpr auto kCatalogs = std::to_array<DefinitionCatalog>({
    {"pg_class", "relnamespace", "", "relname"},
    {"pg_attribute", "", "attrelid", "",
     "pg_catalog.concat(x.attrelid, '.', x.attnum)", "x.attnum > 0"},
    {"pg_type", "typnamespace", "", "typname"},
    {"pg_proc", "pronamespace", "", "proname"},
    {"pg_constraint", "connamespace", "", "conname"},
    {"pg_index", "", "indexrelid", "", "x.indexrelid::text"},
    {"pg_rewrite", "", "ev_class", ""},
    {"pg_trigger", "", "tgrelid", ""},
    {"pg_attrdef", "", "adrelid", ""},
    {"pg_partitioned_table", "", "partrelid", "", "x.partrelid::text"},
    {"pg_namespace", "oid", "", "nspname"},
    {"pg_operator", "oprnamespace", "", "oprname"},
    {"pg_opclass", "opcnamespace", "", "opcname"},
    {"pg_collation", "collnamespace", "", "collname"},
    {"pg_statistic_ext", "stxnamespace", "", "stxname"},
    {"pg_ts_config", "cfgnamespace", "", "cfgname"},
    {"pg_ts_dict", "dictnamespace", "", "dictname"},
    {"pg_enum", "", "", "enumlabel"},
    {"pg_language", "", "", "lanname"},
});

// What changes without a change of definitions.
constexpr char kIgnoredColumns[] =
    "{relacl,attacl,typacl,proacl,nspacl,lanacl,relfilenode,relpages,reltuples,"
    "relallvisible,relallfrozen,relfrozenxid,relminmxid,relhasindex,"
    "relhasrules,relhastriggers,relhassubclass,relispopulated}";

// Temporary objects come and go, and no dump has them.
std::string From(const DefinitionCatalog& catalog) {
  std::string sql = absl::StrCat(" FROM pg_catalog.", catalog.name, " x WHERE ",
                                 catalog.condition);
  if (!catalog.schema.empty()) {
    absl::StrAppend(&sql,
                    " AND NOT EXISTS (SELECT FROM pg_catalog.pg_namespace n "
                    "WHERE n.oid = x.",
                    catalog.schema, " AND n.nspname ~ '^pg_(toast|temp)')");
  } else if (!catalog.relation.empty()) {
    absl::StrAppend(&sql,
                    " AND NOT EXISTS (SELECT FROM pg_catalog.pg_class t "
                    "WHERE t.oid = x.",
                    catalog.relation,
                    " AND (t.relpersistence = 't' OR t.relkind = 't'))");
  }
  return sql;
}

constexpr absl::string_view kVersion = "pg_catalog.concat(x.xmin, ' ', x.ctid)";

std::string StateSql() {
  constexpr absl::string_view kIsOld =
      "pg_catalog.age(x.xmin) > pg_catalog.age($1::pg_catalog.xid)";
  std::vector<std::string> selects;
  for (size_t i = 0; i < kCatalogs.size(); ++i) {
    selects.push_back(absl::StrCat(
        "SELECT ", i, ", pg_catalog.count(*) FILTER (WHERE ", kIsOld,
        "), pg_catalog.array_agg(", kVersion, ") FILTER (WHERE NOT (", kIsOld,
        "))", From(kCatalogs[i])));
  }
  return absl::StrJoin(selects, " UNION ALL ");
}

bool AllStand(const DefinitionState::Rows& then,
              const DefinitionState::Rows& now) {
  return then.old == now.old &&
         std::includes(now.recent.begin(), now.recent.end(),
                       then.recent.begin(), then.recent.end());
}

struct RowVersion {
  std::string version;
  std::string name;  // of the object
};

absl::StatusOr<std::map<std::string, RowVersion>> ReadVersions(
    pg::Connection& connection, const DefinitionCatalog& catalog) {
  enum { kKey, kVersionText, kName };
  ASSIGN_OR_RETURN(
      const pg::Result rows,
      connection.Query(absl::StrCat(
          "SELECT ", catalog.key, ", ", kVersion, ", ",
          catalog.object_name.empty()
              ? absl::StrCat("(SELECT c.relname FROM pg_catalog.pg_class c "
                             "WHERE c.oid = x.",
                             catalog.relation, ")")
              : absl::StrCat("x.", catalog.object_name),
          From(catalog))));
  std::map<std::string, RowVersion> versions;
  for (const pg::Row row : rows)
    versions[row.str(kKey)] = {row.str(kVersionText), row.str(kName)};
  return versions;
}

// The contents of the rows with these keys, as far as they matter.
absl::StatusOr<std::map<std::string, std::string>> ReadContents(
    pg::Connection& connection, const DefinitionCatalog& catalog,
    const std::vector<std::string>& keys) {
  enum { kKey, kContents };
  ASSIGN_OR_RETURN(
      const pg::Result rows,
      connection.Query(
          absl::StrCat("SELECT ", catalog.key,
                       ", (pg_catalog.to_jsonb(x) - "
                       "$1::pg_catalog.text[])::pg_catalog.text",
                       From(catalog), " AND ", catalog.key,
                       " = ANY ($2::pg_catalog.text[])"),
          {kIgnoredColumns, absl::StrCat("{", absl::StrJoin(keys, ","), "}")}));
  std::map<std::string, std::string> contents;
  for (const pg::Row row : rows) contents[row.str(kKey)] = row.str(kContents);
  return contents;
}

absl::Status Changed(const DefinitionCatalog& catalog, absl::string_view name,
                     absl::string_view how) {
  return absl::AbortedError(absl::StrCat(Quoted(name), " (", catalog.name,
                                         ") was ", how,
                                         " while definitions were read"));
}

// Row by row, where counting tells that some have other versions now.
absl::Status CompareRows(const DefinitionCatalog& catalog,
                         pg::Connection& leader, pg::Connection& fresh) {
  ASSIGN_OR_RETURN(const auto then, ReadVersions(leader, catalog));
  ASSIGN_OR_RETURN(const auto now, ReadVersions(fresh, catalog));
  std::vector<std::string> updated;
  for (const auto& [key, row] : then) {
    const auto it = now.find(key);
    if (it == now.end()) return Changed(catalog, row.name, "dropped");
    if (it->second.version != row.version) updated.push_back(key);
  }
  ASSIGN_OR_RETURN(const auto old_contents,
                   ReadContents(leader, catalog, updated));
  ASSIGN_OR_RETURN(const auto contents, ReadContents(fresh, catalog, updated));
  for (const std::string& key : updated) {
    const auto before = old_contents.find(key), after = contents.find(key);
    if (before == old_contents.end() || after == contents.end() ||
        before->second != after->second) {
      return Changed(catalog, then.at(key).name, "altered");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadHorizon(pg::Connection& connection) {
  ASSIGN_OR_RETURN(const pg::Result horizon,
                   connection.Query("SELECT pg_catalog.xid("
                                    "pg_catalog.pg_snapshot_xmin("
                                    "pg_catalog.pg_current_snapshot()))"));
  return horizon.row(0).str(0);
}

// Which transactions are visible; "" where that cannot be told, on a standby:
// its snapshots do not list those that run on the primary.
absl::StatusOr<std::string> ReadVisible(pg::Connection& connection) {
  ASSIGN_OR_RETURN(
      const pg::Result visible,
      connection.Query("SELECT CASE WHEN NOT pg_catalog.pg_is_in_recovery() "
                       "THEN pg_catalog.pg_current_snapshot() END"));
  return visible.row(0).str(0);
}

}  // namespace

absl::StatusOr<DefinitionState> ReadDefinitionState(
    pg::Connection& connection, const std::string& horizon) {
  enum { kCatalog, kOld, kRecent };
  DefinitionState state;
  state.horizon = horizon;
  if (horizon.empty()) {
    ASSIGN_OR_RETURN(state.horizon, ReadHorizon(connection));
  }
  ASSIGN_OR_RETURN(const pg::Result catalogs,
                   connection.Query(StateSql(), {state.horizon}));
  state.catalogs.resize(kCatalogs.size());
  for (const pg::Row row : catalogs) {
    const std::vector<std::string> recent = row.array(kRecent);
    state.catalogs[static_cast<size_t>(row.integer(kCatalog))] = {
        row.integer(kOld), {recent.begin(), recent.end()}};
  }
  enum { kOid, kName };
  ASSIGN_OR_RETURN(
      const pg::Result roles,
      connection.Query("SELECT oid, rolname FROM pg_catalog.pg_roles"));
  for (const pg::Row row : roles) state.roles[row.oid(kOid)] = row.str(kName);
  return state;
}

absl::Status CheckUnchanged(pg::Connection& leader, pg::Connection& fresh) {
  ASSIGN_OR_RETURN(const std::string then_visible, ReadVisible(leader));
  ASSIGN_OR_RETURN(const std::string now_visible, ReadVisible(fresh));
  if (!then_visible.empty() && then_visible == now_visible)
    return absl::OkStatus();
  ASSIGN_OR_RETURN(const DefinitionState then, ReadDefinitionState(leader));
  ASSIGN_OR_RETURN(const DefinitionState now,
                   ReadDefinitionState(fresh, then.horizon));
  for (size_t i = 0; i < kCatalogs.size(); ++i) {
    if (AllStand(then.catalogs[i], now.catalogs[i])) continue;
    RETURN_IF_ERROR(CompareRows(kCatalogs[i], leader, fresh));
  }
  // Roles that are gone own nothing here.
  for (const auto& [oid, name] : then.roles) {
    const auto it = now.roles.find(oid);
    if (it != now.roles.end() && it->second != name) {
      return absl::AbortedError(absl::StrCat(
          "role ", Quoted(name), " was renamed while definitions were read"));
    }
  }
  return absl::OkStatus();
}

}  // namespace pgbale

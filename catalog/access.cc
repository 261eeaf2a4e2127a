#include "catalog/access.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/pattern.h"
#include "base/pg/quote.h"
#include "base/status.h"
#include "base/text.h"
#include "catalog/collector.h"

namespace pgbale {
namespace {

enum Column {
  kOid,
  kKind,
  kSchema,
  kName,
  kMayUseSchema,
  kMaySelect,
  kFiltered,  // row security is active
  kReadableColumns,
  kUnreadableColumns,
  kIsMember,
  kOwningTable,
  kServer  // of a foreign table
};

// Tables and sequences with something in the way, by name.
std::string UnreadableSql() {
  return absl::StrCat(
      "SELECT * FROM (SELECT c.oid, c.relkind, n.nspname, c.relname, "
      "pg_catalog.has_schema_privilege(n.oid, 'USAGE') AS usable, "
      "CASE c.relkind "
      "WHEN 'S' THEN pg_catalog.has_sequence_privilege(c.oid, 'SELECT') "
      "ELSE pg_catalog.has_table_privilege(c.oid, 'SELECT') END AS selectable, "
      "c.relrowsecurity AND pg_catalog.row_security_active(c.oid) AS filtered, "
      "a.readable, a.unreadable, EXISTS (SELECT FROM pg_catalog.pg_depend d "
      "WHERE d.classid = ",
      catalog_oid::kClass,
      " AND d.objid = c.oid AND d.deptype = 'e'), "
      "(SELECT d.refobjid FROM pg_catalog.pg_depend d WHERE d.classid = ",
      catalog_oid::kClass,
      " AND c.relkind = 'S' AND d.objid = c.oid AND d.objsubid = 0 "
      "AND d.refclassid = ",
      catalog_oid::kClass,
      " AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i') LIMIT 1), "
      "(SELECT s.srvname FROM pg_catalog.pg_foreign_table f "
      "JOIN pg_catalog.pg_foreign_server s ON s.oid = f.ftserver "
      "WHERE f.ftrelid = c.oid) "
      "FROM pg_catalog.pg_class c "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "LEFT JOIN LATERAL (SELECT "
      "pg_catalog.array_agg(t.attname ORDER BY t.attnum) "
      "FILTER (WHERE t.may) AS readable, "
      "pg_catalog.array_agg(t.attname ORDER BY t.attnum) "
      "FILTER (WHERE NOT t.may) AS unreadable "
      "FROM (SELECT a.attname, a.attnum, pg_catalog.has_column_privilege("
      "c.oid, a.attnum, 'SELECT') AS may FROM pg_catalog.pg_attribute a "
      "WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
      "AND NOT pg_catalog.has_table_privilege(c.oid, 'SELECT')) t) a "
      "ON c.relkind <> 'S' "
      "WHERE c.relkind IN ('r', 'p', 'S', 'f') AND c.relpersistence <> 't' "
      "AND ",
      kUserSchema,
      ") x WHERE NOT (x.usable AND x.selectable) OR x.filtered "
      "ORDER BY x.nspname, x.relname");
}

// Who may read the table of all contents needs no privilege on one of them.
// The server has no function to ask for a privilege on a large object before
// 18, so that its list is read.
constexpr char kUnreadableLargeObjectsSql[] =
    "SELECT m.oid FROM pg_catalog.pg_largeobject_metadata m "
    "WHERE NOT pg_catalog.has_table_privilege("
    "'pg_catalog.pg_largeobject', 'SELECT') "
    "AND NOT pg_catalog.current_setting('lo_compat_privileges')"
    "::pg_catalog.bool AND NOT EXISTS ("
    "SELECT FROM pg_catalog.aclexplode(coalesce(m.lomacl, "
    "pg_catalog.acldefault('L', m.lomowner))) a "
    "WHERE a.privilege_type = 'SELECT' AND CASE a.grantee WHEN 0 THEN true "
    "ELSE pg_catalog.pg_has_role(a.grantee, 'USAGE') END) ORDER BY m.oid";

class AccessCheck {
 public:
  AccessCheck(pg::Connection& connection, const RelationMap& relations,
              const ObjectSelection& selection, const CatalogOptions& options)
      : connection_(connection),
        relations_(relations),
        selection_(selection),
        options_(options) {}

  absl::StatusOr<absl::flat_hash_set<Oid>> Run() {
    enum { kSuperuser, kRole };
    ASSIGN_OR_RETURN(
        const pg::Result user,
        connection_.Query("SELECT pg_catalog.current_setting('is_superuser') "
                          "= 'on', current_user"));
    if (user.row(0).boolean(kSuperuser)) return std::move(unlockable_);
    role_ = user.row(0).str(kRole);
    RETURN_IF_ERROR(CheckRelations());
    RETURN_IF_ERROR(CheckLargeObjects());
    RETURN_IF_ERROR(Verdict());
    return std::move(unlockable_);
  }

 private:
  absl::Status CheckRelations() {
    ASSIGN_OR_RETURN(const pg::Result rows, connection_.Query(UnreadableSql()));
    for (const pg::Row row : rows) {
      const bool may_lock =
          row.boolean(kMayUseSchema) && row.boolean(kMaySelect);
      if (!may_lock) unlockable_.insert(row.oid(kOid));
      if (!WantsContents(row)) continue;
      if (!row.boolean(kMayUseSchema)) {
        AddUnusableSchema(row);
      } else if (!may_lock) {
        AddUnreadable(row);
      } else if (!options_.row_security) {
        AddFiltered(row);
      }
    }
    return absl::OkStatus();
  }

  bool WantsContents(pg::Row row) const {
    if (!options_.data || selection_.ExcludesRows(row.oid(kOid))) return false;
    if (row.boolean(kIsMember)) {
      const Relation* relation = relations_.Find(row.oid(kOid));
      return relation != nullptr && relation->extension_config &&
             selection_.everything();
    }
    const char kind = row.text(kKind)[0];
    if (kind == 'p') return false;  // its rows are its partitions'
    if (kind == 'f' && !WantsServer(row.text(kServer))) return false;
    // A sequence goes with the table of its column.
    const Oid selected_with =
        row.is_null(kOwningTable) ? row.oid(kOid) : row.oid(kOwningTable);
    return selection_.HasRelation(selected_with);
  }

  bool WantsServer(absl::string_view server) const {
    return std::any_of(
        options_.include_foreign_data.begin(),
        options_.include_foreign_data.end(), [&](const std::string& text) {
          const absl::StatusOr<NamePattern> pattern = ParsePattern(text, 1);
          return pattern.ok() && MatchesPattern(pattern->name, server);
        });
  }

  static std::string Label(pg::Row row) {
    return absl::StrCat(row.text(kKind) == "S" ? "sequence " : "table ",
                        Quoted(row.text(kSchema), row.text(kName)));
  }

  std::string Grant(absl::string_view what) const {
    return absl::StrCat("GRANT ", what, " TO ", pg::QuoteIdentifier(role_));
  }

  void AddUnusableSchema(pg::Row row) {
    problems_.push_back(absl::StrCat(Label(row), ": no USAGE on its schema"));
    hints_.insert(absl::StrCat(Grant("USAGE ON SCHEMA …"), "."));
    // What else is missing shows now, not in the next try.
    if (!row.boolean(kMaySelect)) AddUnreadable(row);
  }

  void AddUnreadable(pg::Row row) {
    const bool partly = !row.is_null(kReadableColumns);
    problems_.push_back(absl::StrCat(
        Label(row), ": no SELECT",
        !partly ? ""
        : row.is_null(kUnreadableColumns)
            ? " on the table as a whole"
            : absl::StrCat(" on column ",
                           absl::StrJoin(
                               row.array(kUnreadableColumns), ", ",
                               [](std::string* out, const std::string& column) {
                                 out->append(Quoted(column));
                               }))));
    hints_.insert(
        absl::StrCat(Grant(row.text(kKind) == "S" ? "SELECT ON SEQUENCE …"
                                                  : "SELECT ON TABLE …"),
                     "."));
  }

  void AddFiltered(pg::Row row) {
    problems_.push_back(absl::StrCat(Label(row), ": row security hides rows"));
    hints_.insert(
        "For the rows that policies show, use --enable-row-security; for all, "
        "dump as the table's owner or a role with BYPASSRLS.");
  }

  absl::Status CheckLargeObjects() {
    if (!options_.wants_large_objects()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const pg::Result rows,
                     connection_.Query(kUnreadableLargeObjectsSql));
    for (const pg::Row row : rows)
      problems_.push_back(
          absl::StrCat("large object ", row.text(0), ": no SELECT"));
    if (rows.rows() > 0) {
      hints_.insert(absl::StrCat(Grant("SELECT ON LARGE OBJECT …"),
                                 ", or leave large objects out with "
                                 "--no-large-objects."));
    }
    return absl::OkStatus();
  }

  absl::Status Verdict() const {
    if (problems_.empty()) return absl::OkStatus();
    return WithHint(
        MakeError(Failure::kError,
                  absl::StrCat("role ", Quoted(role_),
                               " cannot read all that is to be dumped; "
                               "nothing was dumped:\n  ",
                               absl::StrJoin(problems_, "\n  "))),
        absl::StrCat(Printable(absl::StrJoin(hints_, " ")),
                     " Or dump as another role (--role), or leave out what "
                     "cannot be read (-N, -T, --exclude-table-data)."));
  }

  pg::Connection& connection_;
  const RelationMap& relations_;
  const ObjectSelection& selection_;
  const CatalogOptions& options_;
  std::string role_;
  absl::flat_hash_set<Oid> unlockable_;
  std::vector<std::string> problems_;
  std::set<std::string> hints_;
};

}  // namespace

absl::StatusOr<absl::flat_hash_set<Oid>> CheckAccess(
    pg::Connection& connection, const RelationMap& relations,
    const ObjectSelection& selection, const CatalogOptions& options) {
  return AccessCheck(connection, relations, selection, options).Run();
}

}  // namespace pgbale

#include "restore/server_state.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "base/text.h"

namespace pgbale {
namespace {

enum Field { kWhat, kName, kFact, kValue };

constexpr absl::string_view kPassword = "password";

constexpr absl::string_view kRoles =
    "SELECT 'role', r.rolname, f.fact, f.value FROM pg_catalog.pg_roles r, "
    "LATERAL (VALUES ('superuser', r.rolsuper::pg_catalog.text), "
    "('inherit', r.rolinherit::pg_catalog.text), "
    "('createrole', r.rolcreaterole::pg_catalog.text), "
    "('createdb', r.rolcreatedb::pg_catalog.text), "
    "('login', r.rolcanlogin::pg_catalog.text), "
    "('replication', r.rolreplication::pg_catalog.text), "
    "('bypassrls', r.rolbypassrls::pg_catalog.text), "
    "('connection limit', r.rolconnlimit::pg_catalog.text), "
    "('valid until', r.rolvaliduntil::pg_catalog.text), "
    "('comment', pg_catalog.shobj_description(r.oid, 'pg_authid'))) "
    "AS f (fact, value) WHERE f.value IS NOT NULL";

constexpr absl::string_view kPasswords =
    " UNION ALL SELECT 'role', a.rolname, 'password', "
    "pg_catalog.sha256(pg_catalog.convert_to(a.rolpassword, 'UTF8'))"
    "::pg_catalog.text "
    "FROM pg_catalog.pg_authid a WHERE a.rolpassword IS NOT NULL";

constexpr absl::string_view kSettings =
    " UNION ALL SELECT 'role', coalesce(r.rolname, 'ALL'), 'setting ' || "
    "pg_catalog.split_part(c.setting, '=', 1), "
    "pg_catalog.substr(c.setting, pg_catalog.strpos(c.setting, '=') + 1) "
    "FROM pg_catalog.pg_db_role_setting s "
    "CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) AS c (setting) "
    "LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole "
    "WHERE s.setdatabase = 0";

constexpr absl::string_view kTablespaces =
    " UNION ALL SELECT 'tablespace', s.spcname, f.fact, f.value "
    "FROM pg_catalog.pg_tablespace s, "
    "LATERAL (VALUES ('owner', "
    "pg_catalog.pg_get_userbyid(s.spcowner)::pg_catalog.text), "
    "('options', pg_catalog.array_to_string(s.spcoptions, ', ')), "
    "('privileges', s.spcacl::pg_catalog.text), "
    "('comment', pg_catalog.shobj_description(s.oid, 'pg_tablespace'))) "
    "AS f (fact, value) WHERE f.value IS NOT NULL";

constexpr absl::string_view kParameters =
    " UNION ALL SELECT 'parameter', p.parname, 'privileges', "
    "p.paracl::pg_catalog.text FROM pg_catalog.pg_parameter_acl p";

std::string Memberships(int server_major) {
  return absl::StrCat(
      " UNION ALL SELECT 'role', u.rolname, 'member of ' || r.rolname, "
      "pg_catalog.string_agg('admin ' || m.admin_option",
      server_major >= 16 ? " || ', inherit ' || m.inherit_option || ', set ' "
                           "|| m.set_option"
                         : "",
      ", '; ' ORDER BY m.grantor) FROM pg_catalog.pg_auth_members m "
      "JOIN pg_catalog.pg_roles r ON r.oid = m.roleid "
      "JOIN pg_catalog.pg_roles u ON u.oid = m.member "
      "GROUP BY u.rolname, r.rolname");
}

std::string StateSql(int server_major, bool passwords) {
  return absl::StrCat(kRoles, passwords ? kPasswords : "", kSettings,
                      kTablespaces, Memberships(server_major),
                      server_major >= 15 ? kParameters : "");
}

std::string Change(const std::string& fact, const std::string* before,
                   const std::string* after) {
  if (fact == kPassword) return "password changed";
  if (after == nullptr) return absl::StrCat("no ", fact);
  std::string change = absl::StrCat(fact, " is ", *after);
  if (before != nullptr) absl::StrAppend(&change, " (was ", *before, ")");
  return change;
}

const std::string* Find(const std::map<std::string, std::string>& facts,
                        const std::string& fact) {
  const auto found = facts.find(fact);
  return found == facts.end() ? nullptr : &found->second;
}

}  // namespace

absl::StatusOr<ServerState> ServerState::Read(pg::Connection& connection) {
  ASSIGN_OR_RETURN(const pg::Result may_read,
                   connection.Query("SELECT pg_catalog.has_table_privilege("
                                    "'pg_catalog.pg_authid', 'SELECT')"));
  ASSIGN_OR_RETURN(const pg::Result result,
                   connection.Query(StateSql(connection.server_major(),
                                             may_read.row(0).boolean(0))));
  ServerState state;
  for (const pg::Row row : result)
    state.objects_[{row.str(kWhat), row.str(kName)}][row.str(kFact)] =
        row.str(kValue);
  return state;
}

bool ServerState::Has(absl::string_view name) const {
  const std::string key(name);
  return objects_.contains({"role", key}) ||
         objects_.contains({"tablespace", key});
}

std::vector<std::string> ServerState::ChangesSince(
    const ServerState& before) const {
  std::vector<std::string> lines;
  for (const auto& [object, facts] : objects_) {
    const auto old = before.objects_.find(object);
    if (old == before.objects_.end()) continue;
    Facts all = facts;
    all.insert(old->second.begin(), old->second.end());
    std::vector<std::string> changes;
    for (const auto& [fact, value] : all) {
      const std::string* was = Find(old->second, fact);
      const std::string* is = Find(facts, fact);
      if (was == nullptr || is == nullptr || *was != *is)
        changes.push_back(Printable(Change(fact, was, is)));
    }
    if (changes.empty()) continue;
    lines.push_back(absl::StrCat(object.first, " ", Quoted(object.second), ": ",
                                 absl::StrJoin(changes, "; ")));
  }
  return lines;
}

}  // namespace pgbale

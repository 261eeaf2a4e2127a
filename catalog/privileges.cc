#include "catalog/privileges.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "base/pg/quote.h"
#include "base/pg/result.h"
#include "base/status.h"
#include "base/text.h"
#include "catalog/collector.h"

namespace pgbale {
namespace {

// ---- one item ----

bool ConsumeChar(absl::string_view& text, char c) {
  if (text.empty() || text[0] != c) return false;
  text.remove_prefix(1);
  return true;
}

// A role name, in double quotes (doubled inside) or bare up to '='. Removes it
// from `text`; false if a quote is missing.
bool ConsumeRole(absl::string_view& text, std::string& role) {
  if (!ConsumeChar(text, '"')) {
    const size_t end = std::min(text.find('='), text.size());
    role = std::string(text.substr(0, end));
    text.remove_prefix(end);
    return true;
  }
  while (!text.empty()) {
    const char c = text[0];
    text.remove_prefix(1);
    if (c == '"' && !ConsumeChar(text, '"')) return true;
    role.push_back(c);
  }
  return false;
}

// ---- letters to keywords ----

struct Privilege {
  char letter;
  absl::string_view keyword;
  int since = 0;  // server version
};

// In the order in which they are said; what is listed is ALL. An older server's
// ALL is less, and is listed: in a newer one it would become more.
constexpr Privilege kTablePrivileges[] = {
    {'r', "SELECT"},           {'a', "INSERT"},  {'x', "REFERENCES"},
    {'d', "DELETE"},           {'t', "TRIGGER"}, {'D', "TRUNCATE"},
    {'m', "MAINTAIN", 170000}, {'w', "UPDATE"}};
constexpr Privilege kColumnPrivileges[] = {
    {'r', "SELECT"}, {'a', "INSERT"}, {'x', "REFERENCES"}, {'w', "UPDATE"}};
constexpr Privilege kSequencePrivileges[] = {
    {'r', "SELECT"}, {'U', "USAGE"}, {'w', "UPDATE"}};
constexpr Privilege kRoutinePrivileges[] = {{'X', "EXECUTE"}};
constexpr Privilege kSchemaPrivileges[] = {{'C', "CREATE"}, {'U', "USAGE"}};
constexpr Privilege kDatabasePrivileges[] = {
    {'C', "CREATE"}, {'c', "CONNECT"}, {'T', "TEMPORARY"}};
constexpr Privilege kLargeObjectPrivileges[] = {{'r', "SELECT"},
                                                {'w', "UPDATE"}};
constexpr Privilege kTablespacePrivileges[] = {{'C', "CREATE"}};
constexpr Privilege kParameterPrivileges[] = {{'s', "SET"},
                                              {'A', "ALTER SYSTEM"}};
// Languages, types, foreign-data wrappers and servers.
constexpr Privilege kUsagePrivileges[] = {{'U', "USAGE"}};

absl::Span<const Privilege> PrivilegesOf(char acl_kind) {
  switch (acl_kind) {
    case 'r':
      return kTablePrivileges;
    case 'c':
      return kColumnPrivileges;
    case 's':
      return kSequencePrivileges;
    case 'f':
      return kRoutinePrivileges;
    case 'n':
      return kSchemaPrivileges;
    case 'd':
      return kDatabasePrivileges;
    case 'L':
      return kLargeObjectPrivileges;
    case 't':
      return kTablespacePrivileges;
    case 'p':
      return kParameterPrivileges;
    default:
      return kUsagePrivileges;
  }
}

// The words for an item's letters, each followed by the column if there is
// one. Empty: no such privileges.
struct Keywords {
  std::string plain, grantable;
};

Keywords KeywordsOf(const PrivilegeInput& input, absl::string_view letters) {
  const std::string column =
      input.column.empty()
          ? ""
          : absl::StrCat("(", pg::QuoteIdentifier(input.column), ")");
  std::vector<std::string> plain, grantable;
  size_t known = 0;
  for (const Privilege& privilege : PrivilegesOf(input.acl_kind)) {
    ++known;
    if (input.server_version < privilege.since) continue;
    const size_t at = letters.find(privilege.letter);
    if (at == letters.npos) continue;
    const bool grant = absl::StartsWith(letters.substr(at + 1), "*");
    (grant ? grantable : plain)
        .push_back(absl::StrCat(privilege.keyword, column));
  }
  const auto join = [&](const std::vector<std::string>& words) {
    return words.size() == known ? absl::StrCat("ALL", column)
                                 : absl::StrJoin(words, ",");
  };
  return {join(plain), join(grantable)};
}

// ---- statements ----

std::string Role(const std::string& name) {
  return name.empty() ? "PUBLIC" : pg::QuoteIdentifier(name);
}

std::string Revoke(const PrivilegeInput& input, const AclItem& item) {
  std::string letters = item.letters;
  letters.erase(std::remove(letters.begin(), letters.end(), '*'),
                letters.end());
  const Keywords keywords = KeywordsOf(input, letters);
  if (keywords.plain.empty()) return "";
  return absl::StrCat(input.prefix, "REVOKE ", keywords.plain, " ON ",
                      input.grant_target, " FROM ", Role(item.grantee));
}

std::vector<std::string> Grants(const PrivilegeInput& input,
                                const AclItem& item) {
  const Keywords keywords = KeywordsOf(input, item.letters);
  std::vector<std::string> statements;
  const auto add = [&](const std::string& words, absl::string_view option) {
    if (words.empty()) return;
    statements.push_back(absl::StrCat(input.prefix, "GRANT ", words, " ON ",
                                      input.grant_target, " TO ",
                                      Role(item.grantee), option));
  };
  add(keywords.plain, "");
  add(keywords.grantable, " WITH GRANT OPTION");
  if (statements.empty() || item.grantor == input.owner) return statements;
  statements.insert(statements.begin(),
                    absl::StrCat("SET SESSION AUTHORIZATION ",
                                 pg::QuoteIdentifier(item.grantor)));
  statements.emplace_back("RESET SESSION AUTHORIZATION");
  return statements;
}

bool Holds(const std::vector<AclItem>& acl, const AclItem& item) {
  return std::find(acl.begin(), acl.end(), item) != acl.end();
}

void Append(std::vector<std::string>& to, std::vector<std::string> from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()),
            std::make_move_iterator(from.end()));
}

// ---- reading ----

// One catalog with ACLs; the members are SQL expressions over `from`.
struct AclSource {
  Oid catalog;
  absl::string_view from;
  absl::string_view oid, owner, acl;
  absl::string_view kind;  // letter of acldefault()
  absl::string_view word;  // before the name in GRANT
  absl::string_view schema = "NULL";
  absl::string_view name;
  absl::string_view arguments = "NULL";
  absl::string_view column = "0";
  absl::string_view column_name = "NULL";
  absl::string_view where = "true";
  // What is read although it does not differ from the base.
  absl::string_view also = "false";
};

constexpr AclSource kAclSources[] = {
    {.catalog = catalog_oid::kNamespace,
     .from = "pg_catalog.pg_namespace n",
     .oid = "n.oid",
     .owner = "n.nspowner",
     .acl = "n.nspacl",
     .kind = "'n'",
     .word = "'SCHEMA'",
     .name = "n.nspname",
     .also = "n.nspname = 'public'"},
    {.catalog = catalog_oid::kClass,
     .from = "pg_catalog.pg_class c "
             "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace",
     .oid = "c.oid",
     .owner = "c.relowner",
     .acl = "c.relacl",
     .kind = "CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END",
     .word = "CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END",
     .schema = "n.nspname",
     .name = "c.relname"},
    {.catalog = catalog_oid::kClass,
     .from = "pg_catalog.pg_attribute a "
             "JOIN pg_catalog.pg_class c ON c.oid = a.attrelid "
             "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace",
     .oid = "a.attrelid",
     .owner = "c.relowner",
     .acl = "a.attacl",
     .kind = "'c'",
     .word = "'TABLE'",
     .schema = "n.nspname",
     .name = "c.relname",
     .column = "a.attnum",
     .column_name = "a.attname",
     .where = "NOT a.attisdropped"},
    {.catalog = catalog_oid::kProc,
     .from = "pg_catalog.pg_proc p "
             "JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace",
     .oid = "p.oid",
     .owner = "p.proowner",
     .acl = "p.proacl",
     .kind = "'f'",
     .word = "CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END",
     .schema = "n.nspname",
     .name = "p.proname",
     // What an aggregate orders by cannot be said in GRANT.
     .arguments = "CASE p.prokind WHEN 'a' "
                  "THEN pg_catalog.oidvectortypes(p.proargtypes) "
                  "ELSE pg_catalog.pg_get_function_identity_arguments(p.oid) "
                  "END"},
    {.catalog = catalog_oid::kType,
     .from = "pg_catalog.pg_type t "
             "JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace",
     .oid = "t.oid",
     .owner = "t.typowner",
     .acl = "t.typacl",
     .kind = "'T'",
     .word = "'TYPE'",
     .schema = "n.nspname",
     .name = "t.typname"},
    {.catalog = catalog_oid::kLanguage,
     .from = "pg_catalog.pg_language l",
     .oid = "l.oid",
     .owner = "l.lanowner",
     .acl = "l.lanacl",
     .kind = "'l'",
     .word = "'LANGUAGE'",
     .name = "l.lanname",
     .where = "l.lanpltrusted"},
    {.catalog = catalog_oid::kForeignDataWrapper,
     .from = "pg_catalog.pg_foreign_data_wrapper w",
     .oid = "w.oid",
     .owner = "w.fdwowner",
     .acl = "w.fdwacl",
     .kind = "'F'",
     .word = "'FOREIGN DATA WRAPPER'",
     .name = "w.fdwname"},
    {.catalog = catalog_oid::kForeignServer,
     .from = "pg_catalog.pg_foreign_server s",
     .oid = "s.oid",
     .owner = "s.srvowner",
     .acl = "s.srvacl",
     .kind = "'S'",
     .word = "'FOREIGN SERVER'",
     .name = "s.srvname"},
    {.catalog = catalog_oid::kLargeObject,
     .from = "pg_catalog.pg_largeobject_metadata m",
     .oid = "m.oid",
     .owner = "m.lomowner",
     .acl = "m.lomacl",
     .kind = "'L'",
     .word = "'LARGE OBJECT'",
     .name = "m.oid"},
    {.catalog = catalog_oid::kDatabase,
     .from = "pg_catalog.pg_database d",
     .oid = "d.oid",
     .owner = "d.datdba",
     .acl = "d.datacl",
     .kind = "'d'",
     .word = "'DATABASE'",
     .name = "d.datname",
     .where = "d.datname = pg_catalog.current_database()"},
    {.catalog = catalog_oid::kTablespace,
     .from = "pg_catalog.pg_tablespace s",
     .oid = "s.oid",
     .owner = "s.spcowner",
     .acl = "s.spcacl",
     .kind = "'t'",
     .word = "'TABLESPACE'",
     .name = "s.spcname"},
};

enum Field {
  kCatalog,
  kOid,
  kColumn,
  kColumnName,
  kKind,
  kWord,
  kSchema,
  kName,
  kArguments,
  kOwner,
  kAcl,
  kBase
};

// True of few rows, and before anything is joined to them: there may be
// millions of columns.
std::string MayHavePrivileges(const AclSource& source) {
  return absl::StrCat("(", source.acl, " IS NOT NULL OR ", source.oid,
                      " IN (SELECT f.objoid FROM pg_catalog.pg_init_privs f "
                      "WHERE f.classoid = ",
                      source.catalog, "))");
}

std::string SourceSql(const AclSource& source) {
  const std::string standard =
      absl::StrCat("pg_catalog.acldefault((", source.kind,
                   ")::pg_catalog.\"char\", ", source.owner, ")");
  const std::string acl =
      absl::StrCat("coalesce(", source.acl, ", ", standard, ")");
  const std::string base =
      absl::StrCat("coalesce(i.initprivs, ", standard, ")");
  const bool in_schema =
      source.schema != "NULL" || source.catalog == catalog_oid::kNamespace;
  return absl::StrCat(
      "SELECT ", source.catalog, "::pg_catalog.oid, ", source.oid, ", ",
      source.column, "::pg_catalog.int4, ", source.column_name,
      "::pg_catalog.text, (", source.kind, ")::pg_catalog.text, (", source.word,
      ")::pg_catalog.text, ", source.schema, "::pg_catalog.text, ", source.name,
      "::pg_catalog.text, (", source.arguments,
      ")::pg_catalog.text, pg_catalog.pg_get_userbyid(", source.owner,
      ")::pg_catalog.text, ", acl, ", ", base, " FROM ", source.from,
      " LEFT JOIN pg_catalog.pg_init_privs i ON i.classoid = ", source.catalog,
      " AND i.objoid = ", source.oid, " AND i.objsubid = ", source.column,
      " WHERE ", MayHavePrivileges(source), " AND (", source.acl,
      " IS NOT NULL OR i.initprivs IS NOT NULL) AND (", acl,
      " IS DISTINCT FROM ", base, " OR ", source.also, ") AND ", source.where,
      in_schema
          ? absl::StrCat(" AND (n.nspname = 'pg_catalog' OR ", kUserSchema, ")")
          : "");
}

std::string PrivilegesSql() {
  return absl::StrCat(
      absl::StrJoin(kAclSources, " UNION ALL ",
                    [](std::string* out, const AclSource& source) {
                      out->append(SourceSql(source));
                    }),
      " ORDER BY 1, 2, 3");
}

// What 15 and later give "public". Said against this on every server, so that
// one that came from an older version keeps what it has.
std::vector<AclItem> PublicSchemaBase(const std::string& owner) {
  return {{owner, "UC", owner}, {"", "U", owner}};
}

std::string GrantTarget(pg::Row row) {
  const absl::string_view word = row.text(kWord);
  if (word == "LARGE OBJECT") return absl::StrCat(word, " ", row.text(kName));
  const std::string name =
      pg::QualifiedName(row.text(kSchema), row.text(kName));
  if (row.is_null(kArguments)) return absl::StrCat(word, " ", name);
  return absl::StrCat(word, " ", name, "(", row.text(kArguments), ")");
}

absl::StatusOr<PrivilegeRecord> MakeRecord(pg::Row row) {
  PrivilegeRecord record;
  record.address = {row.oid(kCatalog), row.oid(kOid)};
  record.column = static_cast<int>(row.integer(kColumn));
  record.column_name = row.str(kColumnName);
  record.acl_kind = row.text(kKind)[0];
  record.schema = row.str(kSchema);
  record.name = row.str(kName);
  if (!row.is_null(kArguments))
    absl::StrAppend(&record.name, "(", row.text(kArguments), ")");
  record.owner = row.str(kOwner);
  record.grant_target = GrantTarget(row);
  ASSIGN_OR_RETURN(record.acl, ParseAcl(row.array(kAcl)));
  ASSIGN_OR_RETURN(record.base, ParseAcl(row.array(kBase)));
  if (record.acl_kind == 'n' && record.name == "public")
    record.base = PublicSchemaBase(record.owner);
  return record;
}

PrivilegeInput MakeInput(const PrivilegeRecord& record, int server_version) {
  return {.grant_target = record.grant_target,
          .column = record.column_name,
          .owner = record.owner,
          .acl_kind = record.acl_kind,
          .acl = record.acl,
          .base = record.base,
          .prefix = "",
          .server_version = server_version};
}

}  // namespace

absl::StatusOr<AclItem> ParseAclItem(absl::string_view text) {
  AclItem item;
  absl::string_view rest = text;
  bool ok = ConsumeRole(rest, item.grantee) && ConsumeChar(rest, '=');
  const size_t slash = rest.find('/');
  ok = ok && slash != rest.npos;
  if (ok) {
    item.letters = std::string(rest.substr(0, slash));
    rest.remove_prefix(slash + 1);
    ok = ConsumeRole(rest, item.grantor) && rest.empty();
  }
  if (!ok) {
    return absl::InvalidArgumentError(
        absl::StrCat("not an access control item: ", Quoted(text)));
  }
  return item;
}

absl::StatusOr<std::vector<AclItem>> ParseAcl(
    const std::vector<std::string>& items) {
  std::vector<AclItem> acl;
  acl.reserve(items.size());
  for (const std::string& text : items) {
    ASSIGN_OR_RETURN(AclItem item, ParseAclItem(text));
    acl.push_back(std::move(item));
  }
  return acl;
}

std::vector<std::string> PrivilegeStatements(const PrivilegeInput& input) {
  std::vector<std::string> statements, others;
  for (const AclItem& item : input.base) {
    if (Holds(input.acl, item)) continue;
    std::string revoke = Revoke(input, item);
    if (!revoke.empty()) statements.push_back(std::move(revoke));
  }
  for (const AclItem& item : input.acl) {
    if (Holds(input.base, item)) continue;
    const bool own = item.grantee == input.owner && item.grantor == input.owner;
    Append(own ? statements : others, Grants(input, item));
  }
  Append(statements, std::move(others));
  return statements;
}

ServerNeed NeedOf(const std::vector<std::string>& statements) {
  for (const std::string& statement : statements) {
    const absl::string_view words(statement);
    // Before " ON " stand no names but a column's, in parentheses.
    if (absl::StrContains(words.substr(0, words.find(" ON ")), "MAINTAIN"))
      return {17, "the privilege MAINTAIN"};
  }
  return {};
}

absl::StatusOr<std::vector<PrivilegeRecord>> CollectPrivileges(
    pg::Connection& connection) {
  ASSIGN_OR_RETURN(pg::Result result, connection.Query(PrivilegesSql()));
  std::vector<PrivilegeRecord> records;
  for (pg::Row row : result) {
    ASSIGN_OR_RETURN(PrivilegeRecord record, MakeRecord(row));
    if (record.acl != record.base) records.push_back(std::move(record));
  }
  return records;
}

std::vector<std::string> StatementsFor(const PrivilegeRecord& record,
                                       const Object& object,
                                       int server_version) {
  PrivilegeInput input = MakeInput(record, server_version);
  // An alias has privileges of its own: a multirange beside its range type.
  if (record.address == object.address && !object.grant_target.empty())
    input.grant_target = object.grant_target;
  return PrivilegeStatements(input);
}

std::vector<std::string> StatementsFor(const PrivilegeRecord& record,
                                       int server_version) {
  return PrivilegeStatements(MakeInput(record, server_version));
}

}  // namespace pgbale

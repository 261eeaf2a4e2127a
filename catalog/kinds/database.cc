// DATABASE: the dumped database itself, for a restore that creates it. Its
// settings come apart (database_properties.cc), as CREATE DATABASE can share
// no transaction with anything.

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/collector.h"

namespace pgbale {
namespace {

enum Field {
  kOid,
  kName,
  kOwner,
  kEncoding,
  kProvider,
  kCollate,
  kCtype,
  kLocale,
  kIcuRules,
  kTablespace
};

std::string DatabaseSql(int server_major) {
  const absl::string_view locale = server_major >= 17   ? "d.datlocale"
                                   : server_major >= 15 ? "d.daticulocale"
                                                        : "NULL";
  return absl::StrCat(
      "SELECT d.oid, d.datname, pg_catalog.pg_get_userbyid(d.datdba), "
      "pg_catalog.pg_encoding_to_char(d.encoding), ",
      server_major >= 15 ? "d.datlocprovider" : "NULL",
      ", d.datcollate, d.datctype, ", locale, ", ",
      server_major >= 16 ? "d.daticurules" : "NULL",
      ", s.spcname FROM pg_catalog.pg_database d "
      "LEFT JOIN pg_catalog.pg_tablespace s "
      "ON s.oid = d.dattablespace AND s.spcname <> 'pg_default' "
      "WHERE d.datname = pg_catalog.current_database()");
}

absl::string_view ProviderName(absl::string_view provider) {
  if (provider == "i") return "icu";
  if (provider == "b") return "builtin";
  return "libc";
}

std::string LocaleClauses(pg::Row row) {
  std::string sql;
  const auto add = [&](absl::string_view word, absl::string_view value) {
    if (!value.empty())
      absl::StrAppend(&sql, " ", word, " = ", pg::QuoteLiteral(value));
  };
  // A server before 15 has no providers, nor the word.
  if (!row.is_null(kProvider)) {
    absl::StrAppend(&sql,
                    " LOCALE_PROVIDER = ", ProviderName(row.text(kProvider)));
  }
  if (row.text(kCollate) == row.text(kCtype)) {
    add("LOCALE", row.text(kCollate));
  } else {
    add("LC_COLLATE", row.text(kCollate));
    add("LC_CTYPE", row.text(kCtype));
  }
  add(row.text(kProvider) == "b" ? "BUILTIN_LOCALE" : "ICU_LOCALE",
      row.text(kLocale));
  add("ICU_RULES", row.text(kIcuRules));
  return sql;
}

ServerNeed NeedOfDatabase(pg::Row row) {
  ServerNeed need;
  if (!row.is_null(kProvider)) need.Add({15, "LOCALE_PROVIDER"});
  if (!row.is_null(kIcuRules)) need.Add({16, "ICU_RULES"});
  if (row.text(kProvider) == "b") need.Add({17, "the builtin provider"});
  return need;
}

class DatabaseBody : public Body {
 public:
  // `tablespace` is raw; empty: the default one.
  DatabaseBody(std::string create, std::string name, std::string tablespace)
      : create_(std::move(create)),
        name_(std::move(name)),
        tablespace_(std::move(tablespace)) {}

  void Emit(const Catalog&, const Object&, Entry& entry) const override {
    entry.create = {create_};
    AddDrop(entry, "DATABASE", name_);
    entry.transactional = false;
    // CREATE DATABASE says it itself; a restore looks here whether it exists.
    entry.tablespace = tablespace_;
  }

 private:
  std::string create_, name_, tablespace_;
};

absl::Status CollectDatabase(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result,
                   collector.Query(DatabaseSql(collector.server_major())));
  for (pg::Row row : result) {
    Object& object = collector.Add({catalog_oid::kDatabase, row.oid(kOid)});
    object.name = row.str(kName);
    object.owner = row.str(kOwner);
    object.aspect = Aspect::kDatabase;
    const std::string name = pg::QuoteIdentifier(object.name);
    object.target = absl::StrCat("DATABASE ", name);
    object.grant_target = object.target;
    object.acl_kind = 'd';
    std::string create = absl::StrCat(
        "CREATE DATABASE ", name, " WITH TEMPLATE = template0 ENCODING = ",
        pg::QuoteLiteral(row.text(kEncoding)), LocaleClauses(row));
    if (!row.is_null(kTablespace)) {
      absl::StrAppend(&create, " TABLESPACE = ",
                      pg::QuoteIdentifier(row.text(kTablespace)));
    }
    object.need = NeedOfDatabase(row);
    object.body = std::make_shared<DatabaseBody>(std::move(create), name,
                                                 row.str(kTablespace));
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kDatabaseKind = {"DATABASE", CollectDatabase};

}  // namespace pgbale

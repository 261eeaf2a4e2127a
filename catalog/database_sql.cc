#include "catalog/database_sql.h"

#include "absl/strings/str_cat.h"
#include "base/pg/quote.h"

namespace pgbale {
namespace {

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
  if (!row.is_null(DatabaseField::kProvider)) {
    absl::StrAppend(&sql, " LOCALE_PROVIDER = ",
                    ProviderName(row.text(DatabaseField::kProvider)));
  }
  if (row.text(DatabaseField::kCollate) == row.text(DatabaseField::kCtype)) {
    add("LOCALE", row.text(DatabaseField::kCollate));
  } else {
    add("LC_COLLATE", row.text(DatabaseField::kCollate));
    add("LC_CTYPE", row.text(DatabaseField::kCtype));
  }
  add(row.text(DatabaseField::kProvider) == "b" ? "BUILTIN_LOCALE"
                                                : "ICU_LOCALE",
      row.text(DatabaseField::kLocale));
  add("ICU_RULES", row.text(DatabaseField::kIcuRules));
  return sql;
}

}  // namespace

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

std::string CreateDatabaseSql(pg::Row row, absl::string_view name) {
  std::string sql = absl::StrCat(
      "CREATE DATABASE ", pg::QuoteIdentifier(name),
      " WITH TEMPLATE = template0 ENCODING = ",
      pg::QuoteLiteral(row.text(DatabaseField::kEncoding)), LocaleClauses(row));
  if (!row.is_null(DatabaseField::kTablespace)) {
    absl::StrAppend(&sql, " TABLESPACE = ",
                    pg::QuoteIdentifier(row.text(DatabaseField::kTablespace)));
  }
  return sql;
}

}  // namespace pgbale

#include "catalog/table_sql.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/pg/quote.h"
#include "catalog/foreign_options.h"

namespace pgbale {
namespace {

std::pair<std::string, std::string> SplitOption(const std::string& option) {
  return absl::StrSplit(option, absl::MaxSplits('=', 1));
}

// Values are quoted unless they are plain words, as pg_dump does.
std::string FormatOption(const std::string& option, absl::string_view prefix) {
  const auto [name, value] = SplitOption(option);
  return absl::StrCat(
      prefix, pg::QuoteIdentifier(name), "=",
      pg::QuoteIdentifier(value) == value ? value : pg::QuoteLiteral(value));
}

// The server's own mark of a column's last change, which minor releases of
// late 2026 keep among the column's options. Not the user's, and unknown to
// other releases.
bool IsColumnVersion(const std::string& option) {
  return absl::StartsWith(option, "pg_attver=");
}

// Options of columns are numbers.
std::string FormatColumnOption(const std::string& option) {
  const auto [name, value] = SplitOption(option);
  const bool plain =
      !value.empty() &&
      value.find_first_not_of("+-.0123456789") == std::string::npos;
  return absl::StrCat(pg::QuoteIdentifier(name), "=",
                      plain ? value : pg::QuoteLiteral(value));
}

absl::string_view StorageWord(char storage) {
  switch (storage) {
    case 'p':
      return "PLAIN";
    case 'e':
      return "EXTERNAL";
    case 'm':
      return "MAIN";
    case 'x':
      return "EXTENDED";
    default:
      return "";
  }
}

absl::string_view CompressionWord(char compression) {
  switch (compression) {
    case 'p':
      return "pglz";
    case 'l':
      return "lz4";
    default:
      return "";
  }
}

}  // namespace

std::string OptionList(const std::vector<std::string>& options,
                       absl::string_view prefix) {
  return absl::StrJoin(options, ", ",
                       [prefix](std::string* out, const std::string& option) {
                         out->append(FormatOption(option, prefix));
                       });
}

std::string StorageClause(const Relation& relation) {
  std::vector<std::string> lists;
  if (!relation.options.empty())
    lists.push_back(OptionList(relation.options, ""));
  if (!relation.toast_options.empty())
    lists.push_back(OptionList(relation.toast_options, "toast."));
  if (lists.empty()) return "";
  return absl::StrCat("\nWITH (", absl::StrJoin(lists, ", "), ")");
}

std::vector<std::string> ColumnStatements(const Relation& relation,
                                          const RelationColumn& column) {
  std::vector<std::string> statements;
  const std::string start = absl::StrCat(
      "ALTER ", relation.table_keyword(), " ONLY ", relation.qualified,
      " ALTER COLUMN ", pg::QuoteIdentifier(column.name), " ");
  auto add = [&](const auto&... words) {
    statements.push_back(absl::StrCat(start, "SET ", words...));
  };
  if (column.statistics_target >= 0)
    add("STATISTICS ", column.statistics_target);
  const absl::string_view storage = StorageWord(column.storage);
  if (column.storage != column.type_storage && !storage.empty())
    add("STORAGE ", storage);
  const absl::string_view compression = CompressionWord(column.compression);
  if (!compression.empty()) add("COMPRESSION ", compression);
  std::vector<std::string> options;
  for (const std::string& option : column.options) {
    if (!IsColumnVersion(option)) options.push_back(FormatColumnOption(option));
  }
  if (!options.empty()) add("(", absl::StrJoin(options, ", "), ")");
  if (!column.foreign_options.empty())
    statements.push_back(ForeignOptionsClause(start, column.foreign_options));
  return statements;
}

std::vector<std::string> RelationStatements(const Relation& relation) {
  std::vector<std::string> statements;
  // A foreign table has neither, whatever the catalog says.
  if (relation.is_foreign()) return statements;
  const std::string start =
      absl::StrCat("ALTER TABLE ONLY ", relation.qualified);
  if (relation.replica_identity == 'n')
    statements.push_back(absl::StrCat(start, " REPLICA IDENTITY NOTHING"));
  if (relation.replica_identity == 'f')
    statements.push_back(absl::StrCat(start, " REPLICA IDENTITY FULL"));
  if (relation.force_row_security)
    statements.push_back(absl::StrCat(start, " FORCE ROW LEVEL SECURITY"));
  return statements;
}

std::string ViewQuery(absl::string_view definition) {
  return std::string(absl::StripSuffix(definition, ";"));
}

}  // namespace pgbale

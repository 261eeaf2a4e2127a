#include "base/pg/quote.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace pgbale::pg {
namespace {

// Every keyword that is not unreserved in some version from 13 to 18.
// Source: pg_get_keywords() where catcode <> 'U'.
constexpr auto kKeywords = std::to_array<absl::string_view>({
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "between",
    "bigint",
    "binary",
    "bit",
    "boolean",
    "both",
    "case",
    "cast",
    "char",
    "character",
    "check",
    "coalesce",
    "collate",
    "collation",
    "column",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "dec",
    "decimal",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "exists",
    "extract",
    "false",
    "fetch",
    "float",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "greatest",
    "group",
    "grouping",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "inout",
    "int",
    "integer",
    "intersect",
    "interval",
    "into",
    "is",
    "isnull",
    "join",
    "json",
    "json_array",
    "json_arrayagg",
    "json_exists",
    "json_object",
    "json_objectagg",
    "json_query",
    "json_scalar",
    "json_serialize",
    "json_table",
    "json_value",
    "lateral",
    "leading",
    "least",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "merge_action",
    "national",
    "natural",
    "nchar",
    "none",
    "normalize",
    "not",
    "notnull",
    "null",
    "nullif",
    "numeric",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "out",
    "outer",
    "overlaps",
    "overlay",
    "placing",
    "position",
    "precision",
    "primary",
    "real",
    "references",
    "returning",
    "right",
    "row",
    "select",
    "session_user",
    "setof",
    "similar",
    "smallint",
    "some",
    "substring",
    "symmetric",
    "system_user",
    "table",
    "tablesample",
    "then",
    "time",
    "timestamp",
    "to",
    "trailing",
    "treat",
    "trim",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "values",
    "varchar",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
    "xmlattributes",
    "xmlconcat",
    "xmlelement",
    "xmlexists",
    "xmlforest",
    "xmlnamespaces",
    "xmlparse",
    "xmlpi",
    "xmlroot",
    "xmlserialize",
    "xmltable",
});
static_assert(std::is_sorted(kKeywords.begin(), kKeywords.end()));

bool IsKeyword(absl::string_view name) {
  // Never destroyed: threads may still quote when the process ends.
  static const auto& keywords = *new absl::flat_hash_set<absl::string_view>(
      kKeywords.begin(), kKeywords.end());
  return keywords.contains(name);
}

bool IsPlainIdentifier(absl::string_view name) {
  const auto is_start = [](char c) {
    return (c >= 'a' && c <= 'z') || c == '_';
  };
  if (name.empty() || !is_start(name[0])) return false;
  return std::all_of(name.begin(), name.end(), [&](char c) {
    return is_start(c) || (c >= '0' && c <= '9');
  });
}

}  // namespace

std::string QuoteIdentifier(absl::string_view name) {
  if (IsPlainIdentifier(name) && !IsKeyword(name)) return std::string(name);
  return absl::StrCat("\"", absl::StrReplaceAll(name, {{"\"", "\"\""}}), "\"");
}

std::string QualifiedName(absl::string_view schema, absl::string_view name) {
  if (schema.empty()) return QuoteIdentifier(name);
  return absl::StrCat(QuoteIdentifier(schema), ".", QuoteIdentifier(name));
}

std::string QuoteLiteral(absl::string_view text) {
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"'", "''"}}), "'");
}

std::string DollarQuote(absl::string_view text) {
  // As pg_dump chooses: the tag without its closing $ must not occur, so that
  // text that ends in "$" or "$_" cannot complete it.
  static constexpr absl::string_view kSuffix = "_XXXXXXX";
  std::string tag = "$";
  for (size_t next = 0; text.find(tag) != absl::string_view::npos; ++next)
    tag += kSuffix[next % kSuffix.size()];
  return absl::StrCat(tag, "$", text, tag, "$");
}

}  // namespace pgbale::pg

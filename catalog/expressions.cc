#include "catalog/expressions.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "base/status.h"
#include "catalog/printed.h"

namespace pgbale {
namespace {

// Takes a token off the front of `tree`.
absl::string_view TakeToken(absl::string_view& tree) {
  const size_t end = std::min(tree.find_first_of(" })"), tree.size());
  const absl::string_view token = tree.substr(0, end);
  tree.remove_prefix(end);
  return token;
}

// Appends the name of the column that `tree`, behind "{VAR ", says; false if it
// is none of `relation`.
bool AppendColumn(absl::string_view tree, const Relation* relation,
                  std::string& key) {
  int number = 0;
  if (relation == nullptr ||
      !absl::ConsumePrefix(&tree, ":varno 1 :varattno ") ||
      !absl::SimpleAtoi(TakeToken(tree), &number)) {
    return false;
  }
  const RelationColumn* column = relation->FindColumn(number);
  if (column == nullptr) return false;
  absl::StrAppend(&key, column->name.size(), ":", column->name);
  return true;
}

}  // namespace

// The tree without what says where in a statement its parts stood, and behind
// it the names that a printed expression says and the tree does not: those of
// the columns. Names of all else are found by oid, and are the same wherever it
// is printed.
std::string SharedKey(absl::string_view tree, const Relation* relation) {
  std::string key, columns;
  key.reserve(tree.size());
  while (true) {
    const size_t end = tree.find(':');  // each field of a node begins so
    absl::StrAppend(&key, tree.substr(0, end));
    if (end == absl::string_view::npos) return key + columns;
    tree.remove_prefix(end);
    if (absl::ConsumePrefix(&tree, ":location ")) {
      TakeToken(tree);
      continue;
    }
    if (absl::StartsWith(tree, ":varno ") &&
        !AppendColumn(tree, relation, columns)) {
      return "";
    }
    key += ':';
    tree.remove_prefix(1);
  }
}

absl::StatusOr<std::vector<std::string>> PrintExpressions(
    Collector& collector, const pg::Result& rows,
    const ExpressionFields& fields, const ExpressionSource& source) {
  std::vector<std::string> texts;
  if (rows.rows() == 0) return texts;
  std::vector<Oid> printed_as;  // for each of `rows`
  std::vector<Oid> to_print;
  absl::flat_hash_map<std::string, Oid> known;
  for (pg::Row row : rows) {
    const Oid oid = row.oid(fields.oid);
    const std::string key =
        SharedKey(row.text(fields.tree),
                  collector.relations().Find(row.oid(fields.relation)));
    const Oid first = key.empty() ? oid : known.emplace(key, oid).first->second;
    printed_as.push_back(first);
    if (first == oid) to_print.push_back(oid);
  }
  enum { kOid, kText };
  ASSIGN_OR_RETURN(const pg::Result result,
                   collector.Query(absl::StrCat(
                       "SELECT oid, pg_catalog.pg_get_expr(", source.tree, ", ",
                       source.relation, ") FROM pg_catalog.", source.catalog,
                       " WHERE oid = ANY ('{", absl::StrJoin(to_print, ","),
                       "}'::pg_catalog.oid[])")));
  PrintedByOid printed;
  for (pg::Row row : result) printed[row.oid(kOid)] = row.str(kText);
  texts.reserve(printed_as.size());
  for (Oid oid : printed_as) texts.push_back(printed[oid]);
  return texts;
}

}  // namespace pgbale

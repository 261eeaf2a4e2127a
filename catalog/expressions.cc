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
std::string SharedKey(const StoredExpression& expression) {
  std::string key, columns;
  key.reserve(expression.tree.size());
  absl::string_view rest = expression.tree;
  while (true) {
    const size_t end = rest.find(':');  // each field of a node begins so
    absl::StrAppend(&key, rest.substr(0, end));
    if (end == absl::string_view::npos) return key + columns;
    rest.remove_prefix(end);
    if (absl::ConsumePrefix(&rest, ":location ")) {
      TakeToken(rest);
      continue;
    }
    if (absl::StartsWith(rest, ":varno ") &&
        !AppendColumn(rest, expression.relation, columns)) {
      return "";
    }
    key += ':';
    rest.remove_prefix(1);
  }
}

absl::StatusOr<std::vector<std::string>> PrintExpressions(
    Collector& collector, absl::Span<const StoredExpression> expressions,
    absl::string_view call, absl::string_view source) {
  std::vector<std::string> texts;
  if (expressions.empty()) return texts;
  std::vector<Oid> printed_as;  // for each of `expressions`
  std::vector<Oid> to_print;
  absl::flat_hash_map<std::string, Oid> known;
  for (const StoredExpression& expression : expressions) {
    const std::string key = SharedKey(expression);
    const Oid oid = key.empty()
                        ? expression.oid
                        : known.emplace(key, expression.oid).first->second;
    printed_as.push_back(oid);
    if (oid == expression.oid) to_print.push_back(oid);
  }
  enum { kOid, kText };
  ASSIGN_OR_RETURN(
      const pg::Result result,
      collector.Query(absl::StrCat("SELECT oid, pg_catalog.", call, " ", source,
                                   " = ANY ('{", absl::StrJoin(to_print, ","),
                                   "}'::pg_catalog.oid[])")));
  PrintedByOid printed;
  for (pg::Row row : result) printed[row.oid(kOid)] = row.str(kText);
  texts.reserve(expressions.size());
  for (Oid oid : printed_as) texts.push_back(printed[oid]);
  return texts;
}

}  // namespace pgbale

#include "catalog/index_definition.h"

#include <cstddef>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/pg/quote.h"
#include "base/status.h"

namespace pgbale {
namespace {

constexpr Oid kText = 25, kVarchar = 1043;  // pg_type.dat

enum Item {
  kIsPlain,
  kIsUnique,
  kAccessMethod,
  kKeyColumns,
  kColumns,
  kClasses,
  kCollations,
  kOptions
};

}  // namespace

// Plain: no expression, condition, storage parameter, operator class parameter,
// and not partitioned.
const char kIndexDefinitionColumns[] =
    "i.indexprs IS NULL AND i.indpred IS NULL AND x.reloptions IS NULL "
    "AND x.relkind = 'i' AND st.has_options IS NOT TRUE, "
    "i.indisunique, m.amname, i.indnkeyatts, i.indkey, i.indclass, "
    "i.indcollation, i.indoption";

absl::StatusOr<IndexDefinitions> IndexDefinitions::Read(Collector& collector) {
  enum { kOid, kType, kIsDefault };
  ASSIGN_OR_RETURN(const pg::Result result,
                   collector.Query("SELECT oid, opcintype, opcdefault "
                                   "FROM pg_catalog.pg_opclass"));
  IndexDefinitions definitions;
  for (pg::Row row : result) {
    if (row.oid(kType) == kVarchar && row.boolean(kIsDefault))
      definitions.varchar_has_own_ = true;
    definitions.classes_[row.oid(kOid)] = {
        .type = row.oid(kType), .is_default = row.boolean(kIsDefault)};
  }
  return definitions;
}

// Of types of the system only: a domain has its base type's class. A varchar is
// compared as text, unless somebody made it a class of its own; for other types
// without one the server chooses between several.
bool IndexDefinitions::IsDefault(Oid operator_class, Oid type,
                                 absl::string_view access_method) const {
  const auto found = classes_.find(operator_class);
  if (found == classes_.end() || !found->second.is_default ||
      type >= kFirstUserOid) {
    return false;
  }
  return found->second.type == type ||
         (type == kVarchar && found->second.type == kText &&
          !varchar_has_own_ &&
          (access_method == "btree" || access_method == "hash"));
}

std::optional<std::string> IndexDefinitions::Of(pg::Row row, int first,
                                                const Relation& table,
                                                absl::string_view index) const {
  if (!row.boolean(first + kIsPlain)) return std::nullopt;
  const absl::string_view method = row.text(first + kAccessMethod);
  const std::vector<int64_t> columns = row.integers(first + kColumns);
  const std::vector<int64_t> classes = row.integers(first + kClasses);
  const std::vector<int64_t> collations = row.integers(first + kCollations);
  const std::vector<int64_t> options = row.integers(first + kOptions);
  const auto keys = static_cast<size_t>(row.integer(first + kKeyColumns));
  if (columns.size() < keys || classes.size() != keys ||
      collations.size() != keys || options.size() != keys) {
    return std::nullopt;
  }
  std::vector<std::string> names;
  for (size_t i = 0; i < columns.size(); ++i) {
    const RelationColumn* column =
        table.FindColumn(static_cast<int>(columns[i]));
    if (column == nullptr) return std::nullopt;
    names.push_back(pg::QuoteIdentifier(column->name));
    if (i >= keys) continue;
    if (options[i] != 0 ||
        !IsDefault(static_cast<Oid>(classes[i]), column->type, method) ||
        (collations[i] != 0 && collations[i] != column->collation_oid)) {
      return std::nullopt;
    }
  }
  const auto split = names.begin() + static_cast<std::ptrdiff_t>(keys);
  return absl::StrCat(
      row.boolean(first + kIsUnique) ? "CREATE UNIQUE INDEX " : "CREATE INDEX ",
      index, " ON ", table.qualified, " USING ", pg::QuoteIdentifier(method),
      " (", absl::StrJoin(names.begin(), split, ", "), ")",
      split == names.end() ? "" : " INCLUDE (",
      absl::StrJoin(split, names.end(), ", "), split == names.end() ? "" : ")");
}

}  // namespace pgbale

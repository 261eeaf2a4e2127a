#include "catalog/table_parts.h"

#include "absl/strings/str_cat.h"
#include "base/pg/quote.h"
#include "catalog/catalog.h"

namespace pgbale {

void DefaultBody::Emit(const Catalog& catalog, const Object&,
                       Entry& entry) const {
  const Relation* relation = catalog.relations().Find(relation_);
  const RelationColumn* column =
      relation == nullptr ? nullptr : relation->FindColumn(column_);
  if (column == nullptr) return;
  const std::string alter =
      absl::StrCat("ALTER ", relation->table_keyword(), " ");
  const std::string name = pg::QuoteIdentifier(column->name);
  const std::string dropped = absl::StrCat(
      relation->qualified, " ALTER COLUMN ", name, " DROP DEFAULT");
  entry.create.push_back(absl::StrCat(alter, "ONLY ", relation->qualified,
                                      " ALTER COLUMN ", name, " SET DEFAULT ",
                                      expression_));
  entry.drop.push_back(absl::StrCat(alter, dropped));
  entry.drop_if_exists.push_back(absl::StrCat(alter, "IF EXISTS ", dropped));
}

// Without ONLY: children get it from here.
void TableConstraintBody::Emit(const Catalog& catalog, const Object& object,
                               Entry& entry) const {
  const Relation* relation = catalog.relations().Find(relation_);
  if (relation == nullptr || !local_) return;
  entry.need.Add(need_);
  const std::string alter =
      absl::StrCat("ALTER ", relation->table_keyword(), " ");
  const std::string name = pg::QuoteIdentifier(object.name);
  entry.create.push_back(absl::StrCat(alter, relation->qualified,
                                      "\n    ADD CONSTRAINT ", name, " ",
                                      definition_));
  entry.drop.push_back(
      absl::StrCat(alter, relation->qualified, " DROP CONSTRAINT ", name));
  entry.drop_if_exists.push_back(
      absl::StrCat(alter, "IF EXISTS ", relation->qualified,
                   " DROP CONSTRAINT IF EXISTS ", name));
}

void NotNullBody::Emit(const Catalog&, const Object&, Entry&) const {}

}  // namespace pgbale

#include "catalog/place.h"

#include "absl/strings/str_cat.h"
#include "base/pg/quote.h"

namespace pgbale {
namespace {

// The address is one under which `object` has another main address.
std::string AliasTarget(const Place& place, const Object& object,
                        const RelationMap& relations) {
  switch (place.address.catalog) {
    case catalog_oid::kType:
      return absl::StrCat("TYPE ", place.name);
    case catalog_oid::kConstraint:
      return place.name.empty() ? "" : absl::StrCat("CONSTRAINT ", place.name);
    case catalog_oid::kRewrite:
      // A view's own rule; every other rule is an object.
      if (const Relation* view = relations.Find(object.address.oid))
        return absl::StrCat("RULE \"_RETURN\" ON ", view->qualified);
      return "";
    case catalog_oid::kClass:
      // A constraint's index has its name.
      if (object.address.catalog == catalog_oid::kConstraint) {
        return absl::StrCat("INDEX ",
                            pg::QualifiedName(object.schema, object.name));
      }
      return "";
    default:
      return "";
  }
}

}  // namespace

std::string TargetAt(const Place& place, const Object& object,
                     const RelationMap& relations) {
  if (place.column != 0) {
    const Relation* relation = relations.Find(place.address.oid);
    const RelationColumn* column =
        relation == nullptr ? nullptr : relation->FindColumn(place.column);
    if (column == nullptr || place.address.catalog != catalog_oid::kClass)
      return "";
    return absl::StrCat("COLUMN ", relation->qualified, ".",
                        pg::QuoteIdentifier(column->name));
  }
  if (place.address == object.address) return object.target;
  return AliasTarget(place, object, relations);
}

}  // namespace pgbale

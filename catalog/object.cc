#include "catalog/object.h"

#include "absl/strings/str_cat.h"

namespace pgbale {

void AddDrop(Entry& entry, const std::string& type, const std::string& name) {
  entry.drop.push_back(absl::StrCat("DROP ", type, " ", name));
  entry.drop_if_exists.push_back(
      absl::StrCat("DROP ", type, " IF EXISTS ", name));
}

void SqlBody::Emit(const Catalog&, const Object&, Entry& entry) const {
  entry.create = create_;
  if (!drop_type_.empty()) AddDrop(entry, drop_type_, drop_name_);
}

}  // namespace pgbale

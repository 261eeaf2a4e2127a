#include "catalog/named_object.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/pg/quote.h"

namespace pgbale {

Object& AddNamedObject(Collector& collector, Address address,
                       absl::string_view keyword, NameAndOwner name,
                       std::vector<std::string> create) {
  Object& object = collector.Add(address);
  object.schema = std::move(name.schema);
  object.name = std::move(name.name);
  object.owner = std::move(name.owner);
  const std::string quoted = pg::QualifiedName(object.schema, object.name);
  object.target = absl::StrCat(keyword, " ", quoted);
  object.body = std::make_shared<SqlBody>(std::move(create),
                                          std::string(keyword), quoted);
  return object;
}

}  // namespace pgbale

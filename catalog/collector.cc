#include "catalog/collector.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace pgbale {

absl::StatusOr<pg::Result> Collector::Query(absl::string_view sql) {
  if (auto early = early_.extract(sql); !early.empty())
    return std::move(early.mapped());
  absl::StatusOr<pg::Result> result = connection_.Query(sql);
  if (!result.ok()) {
    return Annotate(result.status(), absl::StrCat("reading objects of kind ",
                                                  KindOf(kind_).tag));
  }
  return result;
}

Object& Collector::Add(KindId kind, Address address) {
  objects_.push_back(std::make_unique<Object>());
  Object& object = *objects_.back();
  object.kind = kind;
  object.address = address;
  return object;
}

}  // namespace pgbale

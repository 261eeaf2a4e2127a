// BLOBS: the contents of all large objects, as rows of pg_largeobject.

#include <cstdint>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/catalog.h"
#include "catalog/collector.h"
#include "catalog/kind_id.h"

namespace pgbale {
namespace {

class LargeObjectDataBody : public Body {
 public:
  explicit LargeObjectDataBody(uint64_t bytes) : bytes_(bytes) {}

  void Emit(const Catalog&, const Object&, Entry& entry) const override {
    TableData data;
    data.target = DataTarget::kLargeObjects;
    data.columns = {
        {"loid", "oid", 4}, {"pageno", "integer", 4}, {"data", "bytea", 0}};
    data.format = WireFormat::kBinary;
    data.bytes_estimate = bytes_;
    entry.data = std::move(data);
  }

 private:
  const uint64_t bytes_;
};

absl::Status CollectLargeObjectData(Collector& collector) {
  if (!collector.options().wants_large_objects()) {
    collector.Omit(catalog_oid::kPseudoLargeObjectData);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(
      pg::Result result,
      collector.Query(absl::StrCat(
          "SELECT pg_catalog.pg_relation_size(", catalog_oid::kLargeObject,
          ") WHERE EXISTS "
          "(SELECT FROM pg_catalog.pg_largeobject_metadata)")));
  if (result.rows() == 0) return absl::OkStatus();
  Object& object = collector.Add({catalog_oid::kPseudoLargeObjectData, 0});
  object.name = "BLOBS";
  object.section = Section::kData;
  object.aspect = Aspect::kData;
  object.body = std::make_shared<LargeObjectDataBody>(
      static_cast<uint64_t>(result.row(0).integer(0)));
  return absl::OkStatus();
}

// Contents go into objects that stand.
absl::Status DeriveLargeObjectData(Catalog& catalog) {
  Object* data = catalog.Find({catalog_oid::kPseudoLargeObjectData, 0});
  if (data == nullptr) return absl::OkStatus();
  for (const Object* object : catalog.OfKind(KindId::kLargeObject))
    data->depends.push_back(object->address);
  return absl::OkStatus();
}

}  // namespace

extern const Kind kLargeObjectDataKind = {"BLOBS", CollectLargeObjectData,
                                          DeriveLargeObjectData};

}  // namespace pgbale

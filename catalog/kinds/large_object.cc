// BLOB METADATA: large objects, created empty, with owner, comment and
// privileges. Their contents are LargeObjectData's.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "catalog/collector.h"
#include "catalog/statement_body.h"

namespace pgbale {
namespace {

// A database may hold millions, nearly all of them alike. Up to kSingleMax
// each is an object. Beyond it, those of one owner that have neither comment
// nor label nor privileges share one object for each kGroupMax; each takes a
// lock when its owner is set, and a transaction's locks are limited.
constexpr int kSingleMax = 10000;
constexpr int kGroupMax = 1000;

enum Field { kFirst, kLast, kOwner, kOids };

std::string LargeObjectsSql() {
  return absl::StrCat(
      "WITH object AS (SELECT m.oid, m.lomowner, "
      "pg_catalog.count(*) OVER () <= ",
      kSingleMax,
      " OR m.lomacl IS NOT NULL OR d.objoid IS NOT NULL OR EXISTS ("
      "SELECT FROM pg_catalog.pg_seclabel l WHERE l.classoid = ",
      catalog_oid::kLargeObject,
      " AND l.objoid = m.oid) AS single "
      "FROM pg_catalog.pg_largeobject_metadata m "
      "LEFT JOIN pg_catalog.pg_description d ON d.classoid = ",
      catalog_oid::kLargeObject,
      " AND d.objoid = m.oid AND d.objsubid = 0), "
      "part AS (SELECT oid, lomowner, CASE WHEN single THEN oid END AS single, "
      "CASE WHEN NOT single THEN (pg_catalog.row_number() OVER ("
      "PARTITION BY lomowner, single ORDER BY oid) - 1) / ",
      kGroupMax,
      " END AS number FROM object) "
      "SELECT min(oid), max(oid), pg_catalog.pg_get_userbyid(lomowner), "
      "pg_catalog.array_agg(oid ORDER BY oid) FROM part "
      "GROUP BY lomowner, single, number ORDER BY 1");
}

void MakeSingle(Object& object) {
  const std::string& oid = object.name;
  object.target = absl::StrCat("LARGE OBJECT ", oid);
  object.grant_target = object.target;
  object.acl_kind = 'L';
  object.body = std::make_shared<StatementBody>(
      std::vector<std::string>{
          absl::StrCat("SELECT pg_catalog.lo_create('", oid, "')")},
      DropStatements{{absl::StrCat("SELECT pg_catalog.lo_unlink('", oid, "')")},
                     {absl::StrCat("SELECT pg_catalog.lo_unlink(oid) "
                                   "FROM pg_catalog.pg_largeobject_metadata "
                                   "WHERE oid = '",
                                   oid, "'")}});
}

class GroupBody : public Body {
 public:
  explicit GroupBody(std::vector<std::string> oids) : oids_(std::move(oids)) {}

  void Emit(const Catalog&, const Object&, Entry& entry) const override {
    const std::string array =
        absl::StrCat("'{", absl::StrJoin(oids_, ","), "}'::pg_catalog.oid[]");
    entry.create = {
        absl::StrCat("SELECT pg_catalog.lo_create(o) FROM pg_catalog.unnest(",
                     array, ") AS o")};
    entry.drop = {
        absl::StrCat("SELECT pg_catalog.lo_unlink(o) FROM pg_catalog.unnest(",
                     array, ") AS o")};
    entry.drop_if_exists = {absl::StrCat(
        "SELECT pg_catalog.lo_unlink(oid) "
        "FROM pg_catalog.pg_largeobject_metadata WHERE oid = ANY (",
        array, ")")};
    entry.owner_targets.reserve(oids_.size());
    for (const std::string& oid : oids_)
      entry.owner_targets.push_back(absl::StrCat("LARGE OBJECT ", oid));
  }

 private:
  const std::vector<std::string> oids_;
};

void AddLargeObjects(Collector& collector, pg::Row row) {
  Object& object = collector.Add({catalog_oid::kLargeObject, row.oid(kFirst)});
  object.owner = row.str(kOwner);
  object.section = Section::kData;
  object.aspect = Aspect::kData;
  std::vector<std::string> oids = row.array(kOids);
  if (oids.size() == 1) {
    object.name = oids.front();
    MakeSingle(object);
  } else {
    object.name = absl::StrCat(row.text(kFirst), "..", row.text(kLast));
    for (const std::string& text : oids) {
      Oid oid = 0;
      if (absl::SimpleAtoi(text, &oid) && oid != object.address.oid)
        collector.Cover({catalog_oid::kLargeObject, oid});
    }
    object.body = std::make_shared<GroupBody>(std::move(oids));
  }
}

absl::Status CollectLargeObjects(Collector& collector) {
  if (!collector.options().wants_large_objects()) {
    collector.Omit(catalog_oid::kLargeObject);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(LargeObjectsSql()));
  for (pg::Row row : result) AddLargeObjects(collector, row);
  return absl::OkStatus();
}

}  // namespace

extern const Kind kLargeObjectKind = {"BLOB METADATA", CollectLargeObjects};

}  // namespace pgbale

// DATABASE: the dumped database itself, for a restore that creates it. Its
// settings come apart (database_properties.cc), as CREATE DATABASE can share
// no transaction with anything.

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/collector.h"
#include "catalog/database_sql.h"

namespace pgbale {
namespace {

ServerNeed NeedOfDatabase(pg::Row row) {
  ServerNeed need;
  if (!row.is_null(DatabaseField::kProvider)) need.Add({15, "LOCALE_PROVIDER"});
  if (!row.is_null(DatabaseField::kIcuRules)) need.Add({16, "ICU_RULES"});
  if (row.text(DatabaseField::kProvider) == "b")
    need.Add({17, "the builtin provider"});
  return need;
}

class DatabaseBody : public Body {
 public:
  // `tablespace` is raw; empty: the default one.
  DatabaseBody(std::string create, std::string name, std::string tablespace)
      : create_(std::move(create)),
        name_(std::move(name)),
        tablespace_(std::move(tablespace)) {}

  void Emit(const Catalog&, const Object&, Entry& entry) const override {
    entry.create = {create_};
    AddDrop(entry, "DATABASE", name_);
    entry.transactional = false;
    // CREATE DATABASE says it itself; a restore looks here whether it exists.
    entry.tablespace = tablespace_;
  }

 private:
  std::string create_, name_, tablespace_;
};

absl::Status CollectDatabase(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result,
                   collector.Query(DatabaseSql(collector.server_major())));
  for (pg::Row row : result) {
    Object& object =
        collector.Add({catalog_oid::kDatabase, row.oid(DatabaseField::kOid)});
    object.name = row.str(DatabaseField::kName);
    object.owner = row.str(DatabaseField::kOwner);
    object.aspect = Aspect::kDatabase;
    const std::string name = pg::QuoteIdentifier(object.name);
    object.target = absl::StrCat("DATABASE ", name);
    object.grant_target = object.target;
    object.acl_kind = 'd';
    object.need = NeedOfDatabase(row);
    object.body = std::make_shared<DatabaseBody>(
        CreateDatabaseSql(row, object.name), name,
        row.str(DatabaseField::kTablespace));
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kDatabaseKind = {"DATABASE", CollectDatabase};

}  // namespace pgbale

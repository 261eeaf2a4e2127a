// TABLESPACE. Those that every server has are there for what somebody changed
// of them: owner, options, privileges, comment.

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/collector.h"
#include "catalog/table_sql.h"

namespace pgbale {
namespace {

enum Field { kOid, kName, kOwner, kOwnerOid, kLocation, kOptions };

constexpr Oid kBootstrapSuperuser = 10;

std::string TablespacesSql() {
  return absl::StrCat(
      "SELECT s.oid, s.spcname, pg_catalog.pg_get_userbyid(s.spcowner), "
      "s.spcowner, pg_catalog.pg_tablespace_location(s.oid), s.spcoptions "
      "FROM pg_catalog.pg_tablespace s WHERE s.spcname !~ '^pg_' "
      "OR s.spcoptions IS NOT NULL OR s.spcacl IS NOT NULL OR s.spcowner <> ",
      kBootstrapSuperuser,
      " OR EXISTS (SELECT FROM pg_catalog.pg_shdescription d "
      "WHERE d.classoid = ",
      catalog_oid::kTablespace,
      " AND d.objoid = s.oid) OR EXISTS (SELECT FROM "
      "pg_catalog.pg_shseclabel l WHERE l.classoid = ",
      catalog_oid::kTablespace, " AND l.objoid = s.oid)");
}

// A tablespace inside the data directory has a path relative to it, and is
// made with none.
absl::string_view Location(absl::string_view location) {
  return absl::StartsWith(location, "/") ? location : "";
}

class TablespaceBody : public Body {
 public:
  TablespaceBody(std::string create, std::string name, std::string options)
      : create_(std::move(create)),
        name_(std::move(name)),
        options_(std::move(options)) {}

  void Emit(const Catalog&, const Object&, Entry& entry) const override {
    // No transaction can make a directory.
    entry.transactional = create_.empty();
    std::vector<std::string> set;
    if (!options_.empty()) {
      set.push_back(
          absl::StrCat("ALTER TABLESPACE ", name_, " SET (", options_, ")"));
    }
    if (!create_.empty()) entry.create = {create_};
    entry.create.insert(entry.create.end(), set.begin(), set.end());
    if (create_.empty()) return;
    // All that versions up to 18 know; the location stays.
    entry.alter = {absl::StrCat(
        "ALTER TABLESPACE ", name_,
        " RESET (seq_page_cost, random_page_cost, effective_io_concurrency, "
        "maintenance_io_concurrency)")};
    entry.alter.insert(entry.alter.end(), set.begin(), set.end());
  }

 private:
  const std::string create_, name_, options_;
};

absl::Status CollectTablespaces(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(TablespacesSql()));
  for (pg::Row row : result) {
    Object& object = collector.Add({catalog_oid::kTablespace, row.oid(kOid)});
    object.name = row.str(kName);
    object.aspect = Aspect::kTablespace;
    const std::string name = pg::QuoteIdentifier(object.name);
    object.target = absl::StrCat("TABLESPACE ", name);
    object.grant_target = object.target;
    object.acl_kind = 't';
    const bool reserved = row.oid(kOid) < kFirstUserOid;
    if (!reserved || row.oid(kOwnerOid) != kBootstrapSuperuser)
      object.owner = row.str(kOwner);
    object.depends = {{catalog_oid::kAuthId, row.oid(kOwnerOid)}};
    object.body = std::make_shared<TablespaceBody>(
        reserved
            ? ""
            : absl::StrCat("CREATE TABLESPACE ", name, " LOCATION ",
                           pg::QuoteLiteral(Location(row.text(kLocation)))),
        name, OptionList(row.array(kOptions), ""));
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kTablespaceKind = {"TABLESPACE", CollectTablespaces, nullptr,
                                     Scope::kTablespaces};

}  // namespace pgbale

// OPERATOR FAMILY. Its loose members, which no operator class brought, follow
// in the same entry; in an entry of their own if one of them needs what needs
// the family, or if the family is one of the system or of an extension.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "catalog/catalog.h"
#include "catalog/collector.h"
#include "catalog/operator_members.h"
#include "catalog/statement_body.h"

namespace pgbale {
namespace {

enum Field {
  kOid,
  kSchema,
  kName,
  kOwner,
  kAccessMethod,
  kAccessMethodOid,
  kOfExtension
};

// Those of the system too: users may have added members.
std::string OperatorFamiliesSql() {
  return absl::StrCat(
      "SELECT f.oid, n.nspname, f.opfname, "
      "pg_catalog.pg_get_userbyid(f.opfowner), a.amname, a.oid, "
      "EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = f.oid "
      "AND d.classid = ",
      catalog_oid::kOpFamily,
      " AND d.deptype = 'e') FROM pg_catalog.pg_opfamily f "
      "JOIN pg_catalog.pg_namespace n ON n.oid = f.opfnamespace "
      "JOIN pg_catalog.pg_am a ON a.oid = f.opfmethod WHERE ",
      kUserSchema, " OR n.nspname = 'pg_catalog' ORDER BY f.oid");
}

std::string NameUsing(pg::Row row) {
  return absl::StrCat(pg::QualifiedName(row.text(kSchema), row.text(kName)),
                      " USING ", pg::QuoteIdentifier(row.text(kAccessMethod)));
}

Address MembersAddress(Oid family) {
  return {catalog_oid::kPseudoOperatorFamilyMembers, family};
}

class FamilyBody : public Body {
 public:
  FamilyBody(std::string create, DropStatements drop)
      : create_(std::move(create)), drop_(std::move(drop)) {}

  void Emit(const Catalog& catalog, const Object& object,
            Entry& entry) const override {
    entry.create.push_back(create_);
    entry.drop = drop_.plain;
    entry.drop_if_exists = drop_.if_exists;
    const Object* members = catalog.Find(MembersAddress(object.address.oid));
    if (members == nullptr || !members->inlined) return;
    Entry added;
    members->body->Emit(catalog, *members, added);
    // Dropped with the family.
    for (std::string& statement : added.create)
      entry.create.push_back(std::move(statement));
  }

 private:
  const std::string create_;
  const DropStatements drop_;
};

void AddFamily(Collector& collector, pg::Row row) {
  Object& object = collector.Add({catalog_oid::kOpFamily, row.oid(kOid)});
  object.schema = row.str(kSchema);
  object.name = row.str(kName);
  object.owner = row.str(kOwner);
  object.sort_detail = row.str(kAccessMethod);
  object.target = absl::StrCat("OPERATOR FAMILY ", NameUsing(row));
  const Oid access_method = row.oid(kAccessMethodOid);
  object.depends = {{catalog_oid::kAm, access_method}};
  object.body = std::make_shared<FamilyBody>(
      absl::StrCat("CREATE ", object.target),
      DropUsing(access_method, "OPERATOR FAMILY", NameUsing(row)));
}

// `own`: of a family that is dumped, which carries them if it can.
void AddMembers(Collector& collector, pg::Row row, bool own,
                const std::vector<OperatorMember>& members) {
  Object& object = collector.Add(MembersAddress(row.oid(kOid)));
  AddMemberAliases(members, object);
  if (own) {
    object.schema = row.str(kSchema);
    object.parent = {catalog_oid::kOpFamily, row.oid(kOid)};
    object.inlined = true;
  }
  // Their functions may have to move behind the data.
  object.loop_break = own ? LoopBreak::kSeparate : LoopBreak::kPostpone;
  object.name = row.str(kName);
  object.sort_detail = row.str(kAccessMethod);
  const std::string alter =
      absl::StrCat("ALTER OPERATOR FAMILY ", NameUsing(row));
  const std::string drop = absl::StrCat(
      alter, " DROP\n    ",
      absl::StrJoin(members, " ,\n    ",
                    [](std::string* out, const OperatorMember& member) {
                      out->append(member.dropped);
                    }));
  object.body = std::make_shared<StatementBody>(
      std::vector<std::string>{
          absl::StrCat(alter, " ADD\n    ", JoinClauses(members))},
      DropStatements{{drop}, {UnlessMissing(drop)}});
}

absl::Status CollectOperatorFamilies(Collector& collector) {
  ASSIGN_OR_RETURN(OperatorMembers members, ReadLooseMembers(collector));
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(OperatorFamiliesSql()));
  for (pg::Row row : result) {
    const Oid family = row.oid(kOid);
    const bool of_user = family >= kFirstUserOid;
    if (of_user) AddFamily(collector, row);
    const bool own = of_user && !row.boolean(kOfExtension);
    if (auto it = members.find(family); it != members.end())
      AddMembers(collector, row, own, it->second);
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kOperatorFamilyKind = {"OPERATOR FAMILY",
                                         CollectOperatorFamilies};

}  // namespace pgbale

// OPERATOR CLASS, with the members that it brought into its family.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
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
  kDefault,
  kType,
  kStored,  // NULL: as kType
  kFamilySchema,
  kFamily,
  kFamilyOid
};

std::string OperatorClassesSql() {
  return absl::StrCat(
      "SELECT c.oid, n.nspname, c.opcname, "
      "pg_catalog.pg_get_userbyid(c.opcowner), a.amname, a.oid, "
      "c.opcdefault, pg_catalog.format_type(c.opcintype, NULL), "
      "pg_catalog.format_type(nullif(c.opckeytype, 0), NULL), "
      "fn.nspname, f.opfname, f.oid FROM pg_catalog.pg_opclass c "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.opcnamespace "
      "JOIN pg_catalog.pg_am a ON a.oid = c.opcmethod "
      "JOIN pg_catalog.pg_opfamily f ON f.oid = c.opcfamily "
      "JOIN pg_catalog.pg_namespace fn ON fn.oid = f.opfnamespace WHERE ",
      kUserSchema, " ORDER BY c.oid");
}

// Something must follow AS: where nothing else does, the type it stores
// anyhow.
std::string Items(pg::Row row, const std::vector<OperatorMember>& members) {
  const std::string clauses = JoinClauses(members);
  if (row.is_null(kStored) && !clauses.empty()) return clauses;
  return absl::StrCat("STORAGE ",
                      row.text(row.is_null(kStored) ? kType : kStored),
                      clauses.empty() ? "" : " ,\n    ", clauses);
}

void AddOperatorClass(Collector& collector, pg::Row row,
                      const std::vector<OperatorMember>& members) {
  Object& object = collector.Add({catalog_oid::kOpClass, row.oid(kOid)});
  AddMemberAliases(members, object);
  object.schema = row.str(kSchema);
  object.name = row.str(kName);
  object.owner = row.str(kOwner);
  object.sort_detail = row.str(kAccessMethod);
  const std::string name = pg::QualifiedName(object.schema, object.name);
  const std::string used =
      absl::StrCat(" USING ", pg::QuoteIdentifier(row.text(kAccessMethod)));
  object.target = absl::StrCat("OPERATOR CLASS ", name, used);
  // pg_depend does not say it of classes in every version.
  object.depends = {{catalog_oid::kOpFamily, row.oid(kFamilyOid)},
                    {catalog_oid::kAm, row.oid(kAccessMethodOid)}};
  // Its function may have to move behind the data.
  object.loop_break = LoopBreak::kPostpone;
  object.body = std::make_shared<StatementBody>(
      std::vector<std::string>{absl::StrCat(
          "CREATE OPERATOR CLASS ", name, "\n    ",
          row.boolean(kDefault) ? "DEFAULT " : "", "FOR TYPE ", row.text(kType),
          used, " FAMILY ",
          pg::QualifiedName(row.text(kFamilySchema), row.text(kFamily)),
          " AS\n    ", Items(row, members))},
      DropUsing(row.oid(kAccessMethodOid), "OPERATOR CLASS",
                absl::StrCat(name, used)));
}

absl::Status CollectOperatorClasses(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(OperatorClassesSql()));
  if (result.rows() == 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(OperatorMembers members, ReadClassMembers(collector));
  for (pg::Row row : result)
    AddOperatorClass(collector, row, members[row.oid(kOid)]);
  return absl::OkStatus();
}

}  // namespace

extern const Kind kOperatorClassKind = {"OPERATOR CLASS",
                                        CollectOperatorClasses};

}  // namespace pgbale

#include "catalog/operator_members.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/pg/quote.h"
#include "base/status.h"

namespace pgbale {
namespace {

enum Field {
  kOwner,  // the class or family
  kCatalog,
  kOid,
  kNumber,
  kLeft,
  kRight,
  kMember,      // as regoperator or regprocedure writes it
  kSortSchema,  // NULL: not for ORDER BY
  kSortFamily
};

// SQL: rows of pg_amop and pg_amproc as one: the number orders the operators
// before the functions, `object` is the operator or function.
std::string MembersSql() {
  return absl::StrCat(
      "(SELECT ", catalog_oid::kAmOp,
      "::pg_catalog.oid AS classid, o.oid, o.amopfamily AS family, "
      "o.amopstrategy AS number, o.amoplefttype AS left_type, "
      "o.amoprighttype AS right_type, ",
      catalog_oid::kOperator,
      "::pg_catalog.oid AS object_class, o.amopopr AS object, "
      "o.amopsortfamily AS sort_family "
      "FROM pg_catalog.pg_amop o WHERE o.oid >= ",
      kFirstUserOid, " UNION ALL SELECT ", catalog_oid::kAmProc,
      ", p.oid, p.amprocfamily, p.amprocnum, p.amproclefttype, "
      "p.amprocrighttype, ",
      catalog_oid::kProc,
      ", p.amproc, 0 FROM pg_catalog.pg_amproc p WHERE p.oid >= ",
      kFirstUserOid, ") m ");
}

// `owner`: SQL, the oid that members are listed under. Those of one number
// keep the order in which they were added, as they do with pg_dump.
std::string SelectSql(absl::string_view owner, absl::string_view joins,
                      absl::string_view condition) {
  return absl::StrCat(
      "SELECT ", owner,
      ", m.classid, m.oid, m.number, "
      "pg_catalog.format_type(m.left_type, NULL), "
      "pg_catalog.format_type(m.right_type, NULL), CASE m.classid WHEN ",
      catalog_oid::kAmOp,
      " THEN m.object::pg_catalog.regoperator::pg_catalog.text "
      "ELSE m.object::pg_catalog.regprocedure::pg_catalog.text END, "
      "sn.nspname, s.opfname FROM ",
      MembersSql(), joins,
      " LEFT JOIN pg_catalog.pg_opfamily s ON s.oid = m.sort_family "
      "LEFT JOIN pg_catalog.pg_namespace sn ON sn.oid = s.opfnamespace WHERE ",
      condition, " ORDER BY 1, 2, 4, 3");
}

// SQL: the dependency of member m on the class of its family that brought it.
std::string ClassDependencySql() {
  return absl::StrCat(
      "SELECT d.objid, d.classid, c.oid AS class, "
      "c.opcfamily FROM pg_catalog.pg_depend d "
      "JOIN pg_catalog.pg_opclass c ON c.oid = d.refobjid "
      "WHERE d.classid IN (",
      catalog_oid::kAmOp, ", ", catalog_oid::kAmProc,
      ") AND d.refclassid = ", catalog_oid::kOpClass);
}

// SQL: the object whose catalog and oid are given is a member of an extension.
std::string IsExtensionMember(absl::string_view catalog,
                              absl::string_view oid) {
  return absl::StrCat("EXISTS (SELECT FROM pg_catalog.pg_depend e ",
                      "WHERE e.classid = ", catalog, " AND e.objid = ", oid,
                      " AND e.deptype = 'e')");
}

constexpr char kOfTheClass[] =
    "c.objid = m.oid AND c.classid = m.classid AND c.opcfamily = m.family";

std::string ClassMembersSql() {
  return SelectSql(
      "c.class",
      absl::StrCat("JOIN (", ClassDependencySql(), ") c ON ", kOfTheClass),
      "true");
}

// A member that a user added to a family of the system or of an extension
// shows no sign of who added it; what it names tells.
std::string LooseMembersSql() {
  const std::string family_of_extension =
      IsExtensionMember(absl::StrCat(catalog_oid::kOpFamily), "m.family");
  return SelectSql(
      "m.family", "",
      absl::StrCat("NOT EXISTS (SELECT FROM (", ClassDependencySql(),
                   ") c WHERE ", kOfTheClass,
                   ") AND (m.family >= ", kFirstUserOid, " AND NOT ",
                   family_of_extension, " OR (m.family < ", kFirstUserOid,
                   " OR m.object >= ", kFirstUserOid, ") AND NOT ",
                   IsExtensionMember("m.object_class", "m.object"), ")"));
}

OperatorMember MakeMember(pg::Row row) {
  OperatorMember member;
  member.address = {row.oid(kCatalog), row.oid(kOid)};
  const std::string types =
      absl::StrCat(" (", row.text(kLeft), ", ", row.text(kRight), ")");
  const bool is_operator = member.address.catalog == catalog_oid::kAmOp;
  const std::string numbered =
      absl::StrCat(is_operator ? "OPERATOR " : "FUNCTION ", row.text(kNumber));
  member.dropped = absl::StrCat(numbered, types);
  // An operator says its operands' types by itself.
  member.clause =
      absl::StrCat(numbered, is_operator ? "" : types, " ", row.text(kMember));
  if (!row.is_null(kSortFamily)) {
    absl::StrAppend(
        &member.clause, " FOR ORDER BY ",
        pg::QualifiedName(row.text(kSortSchema), row.text(kSortFamily)));
  }
  return member;
}

absl::StatusOr<OperatorMembers> Read(Collector& collector,
                                     const std::string& sql) {
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(sql));
  OperatorMembers members;
  for (pg::Row row : result)
    members[row.oid(kOwner)].push_back(MakeMember(row));
  return members;
}

}  // namespace

absl::StatusOr<OperatorMembers> ReadClassMembers(Collector& collector) {
  return Read(collector, ClassMembersSql());
}

absl::StatusOr<OperatorMembers> ReadLooseMembers(Collector& collector) {
  return Read(collector, LooseMembersSql());
}

std::string JoinClauses(const std::vector<OperatorMember>& members) {
  return absl::StrJoin(members, " ,\n    ",
                       [](std::string* out, const OperatorMember& member) {
                         out->append(member.clause);
                       });
}

void AddMemberAliases(const std::vector<OperatorMember>& members,
                      Object& object) {
  for (const OperatorMember& member : members)
    object.aliases.push_back(member.address);
}

DropStatements DropUsing(Oid access_method, absl::string_view type,
                         absl::string_view name) {
  const std::string drop = absl::StrCat("DROP ", type, " ", name);
  if (access_method >= kFirstUserOid) return {{drop}, {UnlessMissing(drop)}};
  return {{drop}, {absl::StrCat("DROP ", type, " IF EXISTS ", name)}};
}

}  // namespace pgbale

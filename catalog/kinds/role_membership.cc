// ROLE MEMBERSHIP: GRANT role TO member. From version 16 on a grant is made
// by somebody who holds ADMIN on the role, and so comes behind the one that
// gave him that; before, the grantor is nothing that one can rely on.

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "base/text.h"
#include "catalog/collector.h"
#include "catalog/statement_body.h"

namespace pgbale {
namespace {

enum Field {
  kRoleOid,
  kRole,
  kMemberOid,
  kMember,
  kGrantorOid,
  kGrantor,
  kAdmin,
  kInherit,
  kSet
};

constexpr int kGrantorsSince = 16;

// The superuser that initdb made. It needs no ADMIN, and whatever a superuser
// grants without another word is granted by it, whatever its name is there.
constexpr Oid kBootstrapSuperuser = 10;

std::string MembershipsSql(int server_major) {
  return absl::StrCat(
      "SELECT m.roleid, r.rolname, m.member, u.rolname, m.grantor, g.rolname, "
      "m.admin_option, ",
      server_major >= kGrantorsSince ? "m.inherit_option, m.set_option"
                                     : "NULL, NULL",
      " FROM pg_catalog.pg_auth_members m "
      "LEFT JOIN pg_catalog.pg_roles r ON r.oid = m.roleid "
      "LEFT JOIN pg_catalog.pg_roles u ON u.oid = m.member "
      "LEFT JOIN pg_catalog.pg_roles g ON g.oid = m.grantor "
      // What the server granted its own roles it grants in every server.
      "WHERE r.oid IS NULL OR u.oid IS NULL "
      "OR NOT (r.rolname ~ '^pg_' AND u.rolname ~ '^pg_') "
      "ORDER BY r.rolname, u.rolname, g.rolname");
}

std::string Grantor(pg::Row row, int server_major) {
  if (server_major < kGrantorsSince || row.is_null(kGrantor) ||
      row.oid(kGrantorOid) == kBootstrapSuperuser)
    return "";
  return absl::StrCat(" GRANTED BY ", pg::QuoteIdentifier(row.text(kGrantor)));
}

std::string GrantSql(pg::Row row, int server_major) {
  std::vector<std::string> options;
  if (row.boolean(kAdmin)) options.push_back("ADMIN OPTION");
  if (server_major >= kGrantorsSince) {
    options.push_back(
        absl::StrCat("INHERIT ", row.boolean(kInherit) ? "TRUE" : "FALSE"));
    if (!row.boolean(kSet)) options.push_back("SET FALSE");
  }
  return absl::StrCat("GRANT ", pg::QuoteIdentifier(row.text(kRole)), " TO ",
                      pg::QuoteIdentifier(row.text(kMember)),
                      options.empty() ? "" : " WITH ",
                      absl::StrJoin(options, ", "), Grantor(row, server_major));
}

// Rows have no oid before version 16: a running number stands for it.
Address AddressOf(int number) {
  return {catalog_oid::kAuthMembers, static_cast<Oid>(number + 1)};
}

// For each grant the one before it that lets its grantor make it. Two members
// may have given ADMIN to each other, if both have it from somebody else too:
// so grants take their places one after another, and each names one that has
// a place already.
class LegalOrder {
 public:
  LegalOrder(const pg::Result& result, int server_major)
      : result_(result), needs_(static_cast<size_t>(result.rows())) {
    for (int i = 0; i < result.rows(); ++i) {
      const pg::Row row = result.row(i);
      if (Grantor(row, server_major).empty())
        open_.push_back(i);
      else
        waiting_[{row.oid(kRoleOid), row.oid(kGrantorOid)}].push_back(i);
    }
    while (!open_.empty()) {
      const int number = open_.back();
      open_.pop_back();
      Place(number);
    }
  }

  // Not valid if the grant needs none.
  Address NeedOf(int number) const {
    return needs_[static_cast<size_t>(number)];
  }

 private:
  void Place(int number) {
    const pg::Row row = result_.row(number);
    if (!row.boolean(kAdmin)) return;
    const auto made = waiting_.find({row.oid(kRoleOid), row.oid(kMemberOid)});
    if (made == waiting_.end()) return;
    for (const int grant : made->second)
      needs_[static_cast<size_t>(grant)] = AddressOf(number);
    open_.insert(open_.end(), made->second.begin(), made->second.end());
    waiting_.erase(made);
  }

  const pg::Result& result_;
  std::vector<Address> needs_;
  std::vector<int> open_;
  // By role and grantor: what waits for him to hold ADMIN.
  std::map<std::pair<Oid, Oid>, std::vector<int>> waiting_;
};

void AddMembership(Collector& collector, pg::Row row, int number,
                   const LegalOrder& order) {
  if (row.is_null(kRole) || row.is_null(kMember)) {
    return collector.Warn(absl::StrCat(
        "not in the archive: a membership of role ",
        row.is_null(kRole) ? row.str(kRoleOid) : Quoted(row.text(kRole)),
        " and member ",
        row.is_null(kMember) ? row.str(kMemberOid) : Quoted(row.text(kMember)),
        ": a role that is named by its number does not exist"));
  }
  Object& object = collector.Add(AddressOf(number));
  object.name = absl::StrCat(row.text(kRole), " TO ", row.text(kMember));
  object.aspect = Aspect::kGlobal;
  object.depends = {{catalog_oid::kAuthId, row.oid(kRoleOid)},
                    {catalog_oid::kAuthId, row.oid(kMemberOid)}};
  if (order.NeedOf(number).valid())
    object.depends.push_back(order.NeedOf(number));
  object.body = std::make_shared<StatementBody>(
      std::vector<std::string>{GrantSql(row, collector.server_major())},
      DropStatements{});
}

absl::Status CollectRoleMemberships(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result,
                   collector.Query(MembershipsSql(collector.server_major())));
  const LegalOrder order(result, collector.server_major());
  for (int i = 0; i < result.rows(); ++i)
    AddMembership(collector, result.row(i), i, order);
  return absl::OkStatus();
}

}  // namespace

extern const Kind kRoleMembershipKind = {
    "ROLE MEMBERSHIP", CollectRoleMemberships, nullptr, Scope::kRoles};

}  // namespace pgbale

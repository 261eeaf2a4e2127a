// SUBSCRIPTION: made without a word to the publisher and not enabled, as the
// restored copy must not take over what the original receives.
//
// Connection strings hold passwords, so that only superusers may read them:
// anybody else is told which subscriptions are missing.

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "base/text.h"
#include "catalog/collector.h"

namespace pgbale {
namespace {

// The catalog belongs to all databases of the server.
constexpr char kOfThisDatabase[] =
    " WHERE s.subdbid = (SELECT d.oid FROM pg_catalog.pg_database d "
    "WHERE d.datname = pg_catalog.current_database()) ORDER BY s.oid";

namespace name_field {
enum { kOid, kName, kOwner, kReadable };
}  // namespace name_field

std::string NamesSql() {
  return absl::StrCat(
      "SELECT s.oid, s.subname, pg_catalog.pg_get_userbyid(s.subowner), "
      "pg_catalog.has_column_privilege('pg_catalog.pg_subscription', "
      "'subconninfo', 'SELECT') FROM pg_catalog.pg_subscription s",
      kOfThisDatabase);
}

namespace field {
enum {
  kConnection,
  kSlot,
  kPublications,
  kSynchronousCommit,
  kBinary,
  kStreaming,
  kTwoPhase,
  kDisableOnError,
  kPasswordRequired,
  kRunAsOwner,
  kOrigin,
  kFailover
};
}  // namespace field

// Streaming: a boolean before 16, then a letter of the same two, or 'p'.
std::string PropertiesSql(int server_major) {
  return absl::StrCat(
      "SELECT s.subconninfo, s.subslotname, s.subpublications, "
      "s.subsynccommit, s.subbinary, s.substream, ",
      server_major >= 15 ? "s.subtwophasestate <> 'd', s.subdisableonerr, "
                         : "false, false, ",
      server_major >= 16 ? "s.subpasswordrequired, s.subrunasowner, s.suborigin"
                         : "true, false, 'any'",
      server_major >= 17 ? ", s.subfailover" : ", false",
      " FROM pg_catalog.pg_subscription s", kOfThisDatabase);
}

std::string Publications(pg::Row row) {
  return absl::StrJoin(row.array(field::kPublications), ", ",
                       [](std::string* out, const std::string& publication) {
                         out->append(pg::QuoteIdentifier(publication));
                       });
}

absl::string_view Streaming(absl::string_view letter) {
  if (letter == "p") return "parallel";
  return letter == "t" ? "on" : "off";
}

// What differs from the options' defaults. Streaming is always said, as its
// default is another one from 18 on.
std::string Options(pg::Row row) {
  using namespace field;
  std::string sql = absl::StrCat(
      "connect = false, slot_name = ",
      row.is_null(kSlot) ? "NONE" : pg::QuoteLiteral(row.text(kSlot)));
  if (row.boolean(kBinary)) absl::StrAppend(&sql, ", binary = true");
  absl::StrAppend(&sql, ", streaming = ", Streaming(row.text(kStreaming)));
  if (row.boolean(kTwoPhase)) absl::StrAppend(&sql, ", two_phase = on");
  if (row.boolean(kDisableOnError))
    absl::StrAppend(&sql, ", disable_on_error = true");
  if (!row.boolean(kPasswordRequired))
    absl::StrAppend(&sql, ", password_required = false");
  if (row.boolean(kRunAsOwner)) absl::StrAppend(&sql, ", run_as_owner = true");
  if (row.boolean(kFailover)) absl::StrAppend(&sql, ", failover = true");
  if (row.text(kSynchronousCommit) != "off") {
    absl::StrAppend(&sql, ", synchronous_commit = ",
                    pg::QuoteIdentifier(row.text(kSynchronousCommit)));
  }
  const absl::string_view origin = row.text(kOrigin);
  if (!absl::EqualsIgnoreCase(origin, "any")) {
    absl::StrAppend(&sql, ", origin = ",
                    absl::EqualsIgnoreCase(origin, "none")
                        ? "none"
                        : pg::QuoteLiteral(origin));
  }
  return sql;
}

ServerNeed NeedOf(pg::Row row) {
  using namespace field;
  ServerNeed need;
  if (row.boolean(kTwoPhase)) need.Add({15, "two_phase"});
  if (row.boolean(kDisableOnError)) need.Add({15, "disable_on_error"});
  if (row.text(kStreaming) == "p") need.Add({16, "streaming = parallel"});
  if (!row.boolean(kPasswordRequired)) need.Add({16, "password_required"});
  if (row.boolean(kRunAsOwner)) need.Add({16, "run_as_owner"});
  if (!absl::EqualsIgnoreCase(row.text(kOrigin), "any"))
    need.Add({16, "origin"});
  if (row.boolean(kFailover)) need.Add({17, "failover"});
  return need;
}

// Before 16, changes are always applied as the subscription's owner; later
// servers need to be told, and earlier ones do not know the word.
std::string RunAsOwnerStatement(absl::string_view name) {
  return absl::StrCat(
      "DO ", pg::QuoteLiteral(absl::StrCat(
                 "BEGIN IF pg_catalog.current_setting('server_version_num')"
                 "::pg_catalog.int4 >= 160000 THEN ALTER SUBSCRIPTION ",
                 name, " SET (run_as_owner = true); END IF; END")));
}

class SubscriptionBody : public Body {
 public:
  SubscriptionBody(std::vector<std::string> create, std::string name)
      : create_(std::move(create)), name_(std::move(name)) {}

  void Emit(const Catalog&, const Object&, Entry& entry) const override {
    entry.create = create_;
    AddDrop(entry, "SUBSCRIPTION", name_);
    // One with a slot cannot be dropped in a transaction.
    entry.transactional = false;
  }

 private:
  std::vector<std::string> create_;
  std::string name_;
};

void SetBody(Object& object, pg::Row row, int server_major) {
  const std::string name = pg::QuoteIdentifier(object.name);
  std::vector<std::string> create = {absl::StrCat(
      "CREATE SUBSCRIPTION ", name, " CONNECTION ",
      pg::QuoteLiteral(row.text(field::kConnection)), " PUBLICATION ",
      Publications(row), " WITH (", Options(row), ")")};
  if (server_major < 16) create.push_back(RunAsOwnerStatement(name));
  object.need = NeedOf(row);
  object.body = std::make_shared<SubscriptionBody>(std::move(create), name);
}

Object& AddSubscription(Collector& collector, pg::Row row) {
  using namespace name_field;
  Object& object = collector.Add({catalog_oid::kSubscription, row.oid(kOid)});
  object.name = row.str(kName);
  object.owner = row.str(kOwner);
  object.target =
      absl::StrCat("SUBSCRIPTION ", pg::QuoteIdentifier(object.name));
  object.section = Section::kPostData;
  object.aspect = Aspect::kSubscription;
  return object;
}

// They are missing, and the user is told so once.
void WarnOfUnreadable(Collector& collector, const pg::Result& names) {
  const CatalogOptions& options = collector.options();
  for (pg::Row row : names) {
    collector.Cover({catalog_oid::kSubscription, row.oid(name_field::kOid)});
    if (!options.schema || !options.subscriptions || !options.everything())
      continue;
    collector.Warn(absl::StrCat(
        "subscription ", Quoted(row.text(name_field::kName)),
        " is left out: only a superuser may read its connection string"));
  }
}

absl::Status CollectSubscriptions(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result names, collector.Query(NamesSql()));
  if (names.rows() == 0) return absl::OkStatus();
  if (!names.row(0).boolean(name_field::kReadable)) {
    WarnOfUnreadable(collector, names);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(pg::Result properties,
                   collector.Query(PropertiesSql(collector.server_major())));
  for (int i = 0; i < names.rows(); ++i) {
    SetBody(AddSubscription(collector, names.row(i)), properties.row(i),
            collector.server_major());
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kSubscriptionKind = {"SUBSCRIPTION", CollectSubscriptions};

}  // namespace pgbale

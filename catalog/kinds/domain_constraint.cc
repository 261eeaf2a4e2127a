// CHECK CONSTRAINT and, from server 17 on, NOT NULL constraints of domains.
// Validated ones are part of CREATE DOMAIN unless a loop has to be broken (a
// check that calls a function which takes the domain); NOT VALID ones come
// after the data, which need not fulfil them. A constraint that is added
// behind the data reads, and locks, the tables that hold the domain's values.

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/collector.h"
#include "catalog/statement_body.h"

namespace pgbale {
namespace {

enum Field {
  kOid,
  kName,
  kDefinition,
  kIsCheck,
  kValidated,
  kDomainOid,
  kDomainSchema,
  kDomainName,
};

std::string DomainConstraintsSql() {
  return absl::StrCat(
      "SELECT c.oid, c.conname, pg_catalog.pg_get_constraintdef(c.oid), "
      "c.contype = 'c', c.convalidated, t.oid, n.nspname, t.typname "
      "FROM pg_catalog.pg_constraint c "
      "JOIN pg_catalog.pg_type t ON t.oid = c.contypid "
      "JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE ",
      kUserSchema);
}

// The tables that hold values of a domain with constraints, be it inside an
// array, a range, a row or another domain.
std::string HoldersSql(int server_major) {
  return absl::StrCat(
      "WITH RECURSIVE part(inner_type, outer_type) AS MATERIALIZED ("
      "SELECT typelem, oid FROM pg_catalog.pg_type WHERE typelem <> 0 "
      "UNION ALL SELECT typbasetype, oid FROM pg_catalog.pg_type "
      "WHERE typtype = 'd' "
      "UNION ALL SELECT rngsubtype, rngtypid FROM pg_catalog.pg_range ",
      server_major >= 14
          ? "UNION ALL SELECT rngtypid, rngmultitypid FROM pg_catalog.pg_range "
          : "",
      "UNION ALL SELECT a.atttypid, c.reltype FROM pg_catalog.pg_attribute a "
      "JOIN pg_catalog.pg_class c ON c.oid = a.attrelid "
      "WHERE c.reltype <> 0 AND a.attnum > 0 AND NOT a.attisdropped), "
      "holder(domain, type) AS ("
      "SELECT contypid, contypid FROM pg_catalog.pg_constraint "
      "WHERE contypid <> 0 "
      "UNION SELECT h.domain, p.outer_type FROM holder h "
      "JOIN part p ON p.inner_type = h.type) "
      "SELECT DISTINCT h.domain, c.oid FROM holder h "
      "JOIN pg_catalog.pg_attribute a ON a.atttypid = h.type "
      "JOIN pg_catalog.pg_class c ON c.oid = a.attrelid "
      "WHERE c.relkind IN ('r', 'p', 'm') AND a.attnum > 0 "
      "AND NOT a.attisdropped ORDER BY 1, 2");
}

using Holders = absl::flat_hash_map<Oid, std::vector<Address>>;

absl::StatusOr<Holders> ReadHolders(Collector& collector) {
  enum { kHeldDomain, kRelation };
  ASSIGN_OR_RETURN(pg::Result result,
                   collector.Query(HoldersSql(collector.server_major())));
  Holders holders;
  for (pg::Row row : result) {
    holders[row.oid(kHeldDomain)].push_back(
        {catalog_oid::kClass, row.oid(kRelation)});
  }
  return holders;
}

std::shared_ptr<const Body> MakeBody(const std::string& domain,
                                     const std::string& constraint,
                                     absl::string_view definition) {
  const std::string drop =
      absl::StrCat("ALTER DOMAIN ", domain, " DROP CONSTRAINT ");
  return std::make_shared<StatementBody>(
      std::vector<std::string>{absl::StrCat("ALTER DOMAIN ", domain,
                                            "\n    ADD CONSTRAINT ", constraint,
                                            " ", definition)},
      DropStatements{
          {absl::StrCat(drop, constraint)},
          // ALTER DOMAIN knows no IF EXISTS for the domain.
          {UnlessMissing(absl::StrCat(drop, "IF EXISTS ", constraint))}});
}

void AddConstraint(Collector& collector, pg::Row row, const Holders& holders) {
  Object& object = collector.Add({catalog_oid::kConstraint, row.oid(kOid)});
  if (!row.boolean(kIsCheck)) {
    object.tag = "CONSTRAINT";
    object.need = {17, "NOT NULL constraints of domains with names"};
  }
  object.schema = row.str(kDomainSchema);
  object.name = row.str(kName);
  object.relation = row.str(kDomainName);
  const std::string domain = pg::QualifiedName(object.schema, object.relation);
  const std::string quoted = pg::QuoteIdentifier(object.name);
  object.target = absl::StrCat("CONSTRAINT ", quoted, " ON DOMAIN ", domain);
  object.parent = {catalog_oid::kType, row.oid(kDomainOid)};
  if (row.boolean(kValidated)) {
    object.inlined = true;
    object.loop_break = LoopBreak::kSeparateEarly;
  } else {
    object.section = Section::kPostData;
  }
  // Two constraints of one domain wait for each other.
  object.locks = {object.parent};
  if (auto it = holders.find(row.oid(kDomainOid)); it != holders.end())
    object.shared_locks = it->second;
  object.body = MakeBody(domain, quoted, row.text(kDefinition));
}

absl::Status CollectDomainConstraints(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(DomainConstraintsSql()));
  if (result.rows() == 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(Holders holders, ReadHolders(collector));
  for (pg::Row row : result) AddConstraint(collector, row, holders);
  return absl::OkStatus();
}

}  // namespace

extern const Kind kDomainConstraintKind = {"CHECK CONSTRAINT",
                                           CollectDomainConstraints};

}  // namespace pgbale

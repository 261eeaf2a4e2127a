// CHECK CONSTRAINT and, from server 17 on, NOT NULL constraints of domains.
// Validated ones are part of CREATE DOMAIN unless a loop has to be broken (a
// check that calls a function which takes the domain); NOT VALID ones come
// after the data, which need not fulfil them.

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

std::shared_ptr<const Body> MakeBody(const std::string& domain,
                                     const std::string& constraint,
                                     absl::string_view definition) {
  const std::string drop =
      absl::StrCat("ALTER DOMAIN ", domain, " DROP CONSTRAINT ");
  return std::make_shared<StatementBody>(
      std::vector<std::string>{absl::StrCat("ALTER DOMAIN ", domain,
                                            "\n    ADD CONSTRAINT ", constraint,
                                            " ", definition)},
      DropStatements{{absl::StrCat(drop, constraint)},
                     {absl::StrCat(drop, "IF EXISTS ", constraint)}});
}

absl::Status CollectDomainConstraints(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(DomainConstraintsSql()));
  for (pg::Row row : result) {
    Object& object = collector.Add({catalog_oid::kConstraint, row.oid(kOid)});
    if (!row.boolean(kIsCheck)) object.tag = "CONSTRAINT";
    object.schema = row.str(kDomainSchema);
    object.name = row.str(kName);
    object.relation = row.str(kDomainName);
    const std::string domain =
        pg::QualifiedName(object.schema, object.relation);
    const std::string quoted = pg::QuoteIdentifier(object.name);
    object.target = absl::StrCat("CONSTRAINT ", quoted, " ON DOMAIN ", domain);
    object.section = Section::kPostData;
    object.parent = {catalog_oid::kType, row.oid(kDomainOid)};
    if (row.boolean(kValidated)) {
      object.inlined = true;
      object.loop_break = LoopBreak::kSeparate;
    }
    object.body = MakeBody(domain, quoted, row.text(kDefinition));
  }
  return absl::OkStatus();
}

}  // namespace

const Kind kDomainConstraintKind = {"CHECK CONSTRAINT",
                                    CollectDomainConstraints};

}  // namespace pgbale

// DOMAIN. Its default, and constraints that hold for all values, are part of
// the statement unless the sorter made one an entry of its own (constraints:
// catalog/kinds/domain_constraint.cc); those that are NOT VALID never are.

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/catalog.h"
#include "catalog/collector.h"
#include "catalog/statement_body.h"
#include "catalog/type_parts.h"

namespace pgbale {
namespace {

enum Field {
  kBaseType = kTypeFieldCount,
  kNotNull,
  kDefault,                         // kTypeDefaultColumns
  kCollationSchema = kDefault + 2,  // NULL: the base type's
  kCollation,
  kConstraintOids,  // of validated ones, all four by name
  kConstraintNames,
  kConstraintDefinitions,
  kConstraintIsNotNull,
  kBaseTypeOid,
  kNamespaceOid,
  kCollationOid,
};

std::string DomainsSql() {
  return absl::StrCat(
      "SELECT ", kTypeColumns,
      ", pg_catalog.format_type(t.typbasetype, t.typtypmod), t.typnotnull, ",
      kTypeDefaultColumns,
      ", cn.nspname, co.collname, k.oids, k.names, k.definitions, k.not_nulls, "
      "t.typbasetype, t.typnamespace, t.typcollation",
      kTypeFrom,
      "LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype "
      "LEFT JOIN pg_catalog.pg_collation co "
      "ON co.oid = t.typcollation AND t.typcollation <> b.typcollation "
      "LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace "
      "CROSS JOIN LATERAL (SELECT "
      "pg_catalog.array_agg(c.oid ORDER BY c.conname) AS oids, "
      "pg_catalog.array_agg(c.conname::pg_catalog.text ORDER BY c.conname) "
      "AS names, "
      "pg_catalog.array_agg(pg_catalog.pg_get_constraintdef(c.oid) "
      "ORDER BY c.conname) AS definitions, "
      "pg_catalog.array_agg(c.contype = 'n' ORDER BY c.conname) AS not_nulls "
      "FROM pg_catalog.pg_constraint c "
      "WHERE c.contypid = t.oid AND c.convalidated) k "
      "WHERE t.typtype = 'd' AND ",
      kUserSchema);
}

struct Constraint {
  Address address;
  std::string name;  // raw
  std::string definition;
  bool is_not_null = false;
};

struct Domain {
  std::string base_type;
  std::string collation;      // qualified; empty: the base type's
  std::string default_value;  // SQL; empty: none
  bool not_null = false;
  std::vector<Constraint> constraints;
};

Domain MakeDomain(pg::Row row) {
  Domain domain;
  domain.base_type = row.str(kBaseType);
  if (!row.is_null(kCollation)) {
    domain.collation =
        pg::QualifiedName(row.text(kCollationSchema), row.text(kCollation));
  }
  domain.default_value = TypeDefault(row, kDefault);
  domain.not_null = row.boolean(kNotNull);
  const std::vector<std::string> oids = row.array(kConstraintOids);
  const std::vector<std::string> names = row.array(kConstraintNames);
  const std::vector<std::string> definitions =
      row.array(kConstraintDefinitions);
  const std::vector<std::string> not_nulls = row.array(kConstraintIsNotNull);
  for (size_t i = 0; i < oids.size(); ++i) {
    Constraint constraint;
    constraint.address.catalog = catalog_oid::kConstraint;
    // An oid that the server wrote is a number.
    if (!absl::SimpleAtoi(oids[i], &constraint.address.oid)) continue;
    constraint.name = names[i];
    constraint.definition = definitions[i];
    constraint.is_not_null = not_nulls[i] == "t";
    domain.constraints.push_back(std::move(constraint));
  }
  return domain;
}

Address DefaultAddress(Oid domain) {
  return {catalog_oid::kPseudoDomainDefault, domain};
}

bool IsInlined(const Catalog& catalog, const Address& part) {
  const Object* object = catalog.Find(part);
  return object == nullptr || object->inlined;
}

class DomainBody : public Body {
 public:
  explicit DomainBody(Domain domain) : domain_(std::move(domain)) {}

  void Emit(const Catalog& catalog, const Object& object,
            Entry& entry) const override {
    const std::string name = TypeNameOf(object);
    std::string sql =
        absl::StrCat("CREATE DOMAIN ", name, " AS ", domain_.base_type);
    if (!domain_.collation.empty())
      absl::StrAppend(&sql, " COLLATE ", domain_.collation);
    absl::StrAppend(&sql, NotNull(catalog, object));
    if (!domain_.default_value.empty() &&
        IsInlined(catalog, DefaultAddress(object.address.oid)))
      absl::StrAppend(&sql, " DEFAULT ", domain_.default_value);
    for (const Constraint& constraint : domain_.constraints) {
      if (constraint.is_not_null || !IsInlined(catalog, constraint.address))
        continue;
      absl::StrAppend(&sql, "\n\tCONSTRAINT ",
                      pg::QuoteIdentifier(constraint.name), " ",
                      constraint.definition);
    }
    entry.create.push_back(std::move(sql));
    AddDrop(entry, "DOMAIN", name);
  }

 private:
  // " NOT NULL", with its name unless it is the one that the server would
  // choose. Before 17 it is no constraint and has none.
  std::string NotNull(const Catalog& catalog, const Object& object) const {
    for (const Constraint& constraint : domain_.constraints) {
      if (!constraint.is_not_null) continue;
      if (!IsInlined(catalog, constraint.address)) return "";
      if (constraint.name == absl::StrCat(object.name, "_not_null")) break;
      return absl::StrCat(" CONSTRAINT ", pg::QuoteIdentifier(constraint.name),
                          " ", constraint.definition);
    }
    return domain_.not_null ? " NOT NULL" : "";
  }

  const Domain domain_;
};

// The default as a part that a loop can take out: `domain` may be what the
// default's function gives.
void AddDefault(Collector& collector, pg::Row row, Object& domain) {
  const Address address = DefaultAddress(domain.address.oid);
  domain.hidden_part = address;
  domain.own_needs = {{catalog_oid::kType, row.oid(kBaseTypeOid)},
                      {catalog_oid::kNamespace, row.oid(kNamespaceOid)},
                      {catalog_oid::kCollation, row.oid(kCollationOid)}};
  Object& object = collector.Add(address);
  object.tag = "DEFAULT";
  object.schema = domain.schema;
  object.name = domain.name;
  object.parent = domain.address;
  object.inlined = true;
  object.loop_break = LoopBreak::kSeparate;
  const std::string alter = absl::StrCat("ALTER DOMAIN ", TypeNameOf(domain));
  const std::string drop = absl::StrCat(alter, " DROP DEFAULT");
  object.body = std::make_shared<StatementBody>(
      std::vector<std::string>{
          absl::StrCat(alter, " SET DEFAULT ", TypeDefault(row, kDefault))},
      DropStatements{{drop}, {UnlessMissing(drop)}});
}

absl::Status CollectDomains(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(DomainsSql()));
  for (pg::Row row : result) {
    Object& object = AddType(collector, row, "DOMAIN");
    object.body = std::make_shared<DomainBody>(MakeDomain(row));
    if (!TypeDefault(row, kDefault).empty()) AddDefault(collector, row, object);
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kDomainKind = {"DOMAIN", CollectDomains};

}  // namespace pgbale

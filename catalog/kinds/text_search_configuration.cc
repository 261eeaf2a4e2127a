// TEXT SEARCH CONFIGURATION: a parser, and the dictionaries that each type of
// its tokens is looked up in.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "base/text.h"
#include "catalog/collector.h"
#include "catalog/named_object.h"

namespace pgbale {
namespace {

enum Field {
  kOid,
  kSchema,
  kName,
  kOwner,
  kParserSchema,
  kParser,
  kTokenNumber,   // NULL: the configuration maps nothing
  kToken,         // NULL: the parser does not know the number
  kDictionaries,  // quoted
};

// A row for each token type of each configuration. Only the parser itself can
// say how its token types are called.
std::string ConfigurationsSql() {
  return absl::StrCat(
      "WITH mapping AS MATERIALIZED ("
      "SELECT m.mapcfg, m.maptokentype, pg_catalog.array_agg("
      "m.mapdict::pg_catalog.regdictionary::pg_catalog.text "
      "ORDER BY m.mapseqno) AS dictionaries "
      "FROM pg_catalog.pg_ts_config_map m GROUP BY 1, 2), "
      "token AS MATERIALIZED (SELECT p.oid AS parser, t.tokid, t.alias "
      "FROM pg_catalog.pg_ts_parser p, pg_catalog.ts_token_type(p.oid) t "
      "WHERE p.oid IN (SELECT c.cfgparser FROM pg_catalog.pg_ts_config c "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.cfgnamespace WHERE ",
      kUserSchema,
      ")) SELECT c.oid, n.nspname, c.cfgname, "
      "pg_catalog.pg_get_userbyid(c.cfgowner), pn.nspname, p.prsname, "
      "m.maptokentype, t.alias, m.dictionaries "
      "FROM pg_catalog.pg_ts_config c "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.cfgnamespace "
      "JOIN pg_catalog.pg_ts_parser p ON p.oid = c.cfgparser "
      "JOIN pg_catalog.pg_namespace pn ON pn.oid = p.prsnamespace "
      "LEFT JOIN mapping m ON m.mapcfg = c.oid "
      "LEFT JOIN token t ON t.parser = p.oid AND t.tokid = m.maptokentype "
      "WHERE ",
      kUserSchema, " ORDER BY c.oid, m.maptokentype");
}

std::string QualifiedNameOf(pg::Row row) {
  return pg::QualifiedName(row.text(kSchema), row.text(kName));
}

std::string CreateStatement(pg::Row row) {
  return absl::StrCat(
      "CREATE TEXT SEARCH CONFIGURATION ", QualifiedNameOf(row),
      " (\n    PARSER = ",
      pg::QualifiedName(row.text(kParserSchema), row.text(kParser)), " )");
}

std::string MappingStatement(pg::Row row) {
  return absl::StrCat("ALTER TEXT SEARCH CONFIGURATION ", QualifiedNameOf(row),
                      "\n    ADD MAPPING FOR ",
                      pg::QuoteIdentifier(row.text(kToken)), " WITH ",
                      absl::StrJoin(row.array(kDictionaries), ", "));
}

absl::Status CollectConfigurations(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(ConfigurationsSql()));
  for (int i = 0; i < result.rows();) {
    const pg::Row first = result.row(i);
    const Address address = {catalog_oid::kTsConfig, first.oid(kOid)};
    std::vector<std::string> create = {CreateStatement(first)};
    for (; i < result.rows() && result.row(i).oid(kOid) == address.oid; ++i) {
      const pg::Row row = result.row(i);
      if (!row.is_null(kToken)) {
        create.push_back(MappingStatement(row));
      } else if (!row.is_null(kTokenNumber)) {
        collector.Warn(absl::StrCat(
            "text search configuration ",
            Quoted(row.text(kSchema), row.text(kName)),
            ": its mapping for token type ", row.text(kTokenNumber),
            " is left out, its parser knows no such type"));
      }
    }
    AddNamedObject(collector, address, "TEXT SEARCH CONFIGURATION",
                   {first.str(kSchema), first.str(kName), first.str(kOwner)},
                   std::move(create));
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kTextSearchConfigurationKind = {"TEXT SEARCH CONFIGURATION",
                                                  CollectConfigurations};

}  // namespace pgbale

// PUBLICATION: what it publishes of its tables. Which tables and schemas it
// has is said one by one (publication_table.cc, publication_schema.cc), so
// that each can be left out.

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "catalog/collector.h"

namespace pgbale {
namespace {

enum Field {
  kOid,
  kName,
  kOwner,
  kAllTables,
  kInsert,
  kUpdate,
  kDelete,
  kTruncate,
  kViaRoot,
  kStoredGenerated
};

std::string PublicationsSql(int server_major) {
  return absl::StrCat(
      "SELECT p.oid, p.pubname, pg_catalog.pg_get_userbyid(p.pubowner), "
      "p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate, "
      "p.pubviaroot, ",
      server_major >= 18 ? "p.pubgencols = 's'" : "false",
      " FROM pg_catalog.pg_publication p ORDER BY p.oid");
}

std::string CreateStatement(pg::Row row, absl::string_view name) {
  std::vector<absl::string_view> published;
  if (row.boolean(kInsert)) published.push_back("insert");
  if (row.boolean(kUpdate)) published.push_back("update");
  if (row.boolean(kDelete)) published.push_back("delete");
  if (row.boolean(kTruncate)) published.push_back("truncate");
  return absl::StrCat(
      "CREATE PUBLICATION ", name,
      row.boolean(kAllTables) ? " FOR ALL TABLES" : "", " WITH (publish = '",
      absl::StrJoin(published, ", "), "'",
      row.boolean(kViaRoot) ? ", publish_via_partition_root = true" : "",
      row.boolean(kStoredGenerated) ? ", publish_generated_columns = stored"
                                    : "",
      ")");
}

absl::Status CollectPublications(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result,
                   collector.Query(PublicationsSql(collector.server_major())));
  for (pg::Row row : result) {
    Object& object = collector.Add({catalog_oid::kPublication, row.oid(kOid)});
    object.name = row.str(kName);
    object.owner = row.str(kOwner);
    object.section = Section::kPostData;
    object.aspect = Aspect::kPublication;
    const std::string name = pg::QuoteIdentifier(object.name);
    object.target = absl::StrCat("PUBLICATION ", name);
    object.body = std::make_shared<SqlBody>(
        std::vector<std::string>{CreateStatement(row, name)}, "PUBLICATION",
        name);
    if (row.boolean(kStoredGenerated))
      object.need = {18, "publish_generated_columns"};
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kPublicationKind = {"PUBLICATION", CollectPublications};

}  // namespace pgbale

// EVENT TRIGGER. The last of all: it would fire for what a restore does.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/collector.h"
#include "catalog/named_object.h"

namespace pgbale {
namespace {

enum Field {
  kOid,
  kName,
  kOwner,
  kEvent,
  kTags,  // literals with commas between them; NULL: all commands
  kFunction,
  kEnabled,
};

constexpr char kEventTriggersSql[] =
    "SELECT e.oid, e.evtname, pg_catalog.pg_get_userbyid(e.evtowner), "
    "e.evtevent, CASE WHEN e.evttags IS NOT NULL THEN "
    "(SELECT pg_catalog.string_agg(pg_catalog.quote_literal(t.tag), ', ' "
    "ORDER BY t.ordinal) FROM pg_catalog.unnest(e.evttags) "
    "WITH ORDINALITY t(tag, ordinal)) END, "
    "e.evtfoid::pg_catalog.regproc, e.evtenabled "
    "FROM pg_catalog.pg_event_trigger e";

// "" for a trigger that fires as one just made does.
absl::string_view StateClause(absl::string_view letter) {
  if (letter == "D") return "DISABLE";
  if (letter == "R") return "ENABLE REPLICA";
  return letter == "A" ? "ENABLE ALWAYS" : "";
}

std::vector<std::string> Statements(pg::Row row) {
  const std::string name = pg::QuoteIdentifier(row.text(kName));
  std::vector<std::string> create = {absl::StrCat(
      "CREATE EVENT TRIGGER ", name, " ON ",
      pg::QuoteIdentifier(row.text(kEvent)),
      row.is_null(kTags)
          ? ""
          : absl::StrCat("\n         WHEN TAG IN (", row.text(kTags), ")"),
      "\n   EXECUTE FUNCTION ", row.text(kFunction), "()")};
  const absl::string_view state = StateClause(row.text(kEnabled));
  if (!state.empty())
    create.push_back(absl::StrCat("ALTER EVENT TRIGGER ", name, " ", state));
  return create;
}

absl::Status CollectEventTriggers(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(kEventTriggersSql));
  for (pg::Row row : result) {
    Object& object = AddNamedObject(
        collector, {catalog_oid::kEventTrigger, row.oid(kOid)}, "EVENT TRIGGER",
        {"", row.str(kName), row.str(kOwner)}, Statements(row));
    if (row.text(kEvent) == "login")
      object.need = {17, "event triggers at login"};
    object.section = Section::kPostData;
    object.pass = Pass::kLast;
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kEventTriggerKind = {"EVENT TRIGGER", CollectEventTriggers};

}  // namespace pgbale

#include "catalog/printed.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"

namespace pgbale {

absl::StatusOr<PrintedByOid> ReadPrinted(Collector& collector,
                                         absl::string_view function,
                                         const std::vector<Oid>& oids) {
  enum { kOid, kText };
  PrintedByOid printed;
  if (oids.empty()) return printed;
  ASSIGN_OR_RETURN(
      const pg::Result result,
      collector.Query(absl::StrCat("SELECT u.oid, pg_catalog.", function,
                                   "(u.oid) FROM pg_catalog.unnest('{",
                                   absl::StrJoin(oids, ","),
                                   "}'::pg_catalog.oid[]) u(oid)")));
  for (pg::Row row : result) printed[row.oid(kOid)] = row.str(kText);
  return printed;
}

}  // namespace pgbale

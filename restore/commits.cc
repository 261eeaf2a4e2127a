#include "restore/commits.h"

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace pgbale {

std::string CommitToDisk(bool local) {
  return absl::StrCat(
      "SELECT pg_catalog.set_config('synchronous_commit', CASE reset_val WHEN "
      "'off' THEN 'on' ELSE reset_val END, ",
      local ? "true" : "false",
      ") FROM pg_catalog.pg_settings WHERE name = 'synchronous_commit'");
}

// A commit waits if its transaction has written something, which need not
// change anything.
absl::Status FlushCommits(pg::Connection& target) {
  RETURN_IF_ERROR(target.Execute(CommitToDisk(/*local=*/false)));
  return Annotate(target.Execute("SELECT pg_catalog.pg_logical_emit_message("
                                 "true, 'pgbale'::text, ''::text)"),
                  "cannot wait for the server's disk");
}

}  // namespace pgbale

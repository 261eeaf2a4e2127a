#include "base/pg/version.h"

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace pgbale::pg {

absl::StatusOr<std::string> CheckServerVersion(int server_version,
                                               bool allow_newer) {
  const int major = server_version / 10000;
  const std::string tested =
      absl::StrCat("the versions that are tested are ", kOldestTestedMajor,
                   " to ", kNewestTestedMajor);
  const std::string server = absl::StrCat("the server is PostgreSQL ", major);
  if (major < kOldestTriedMajor)
    return WithHint(
        MakeError(Failure::kError,
                  absl::StrCat(server, ", which is too old: ", tested)),
        "Use the pg_dump and pg_restore of a version that knows this server.");
  if (major > kNewestTestedMajor && !allow_newer)
    return WithHint(
        MakeError(Failure::kError,
                  absl::StrCat(server,
                               ", which is newer than this pgbale: ", tested)),
        "Use a newer pgbale. --allow-newer-server tries it all the same: what "
        "that version has brought may be left out or fail.");
  if (major < kOldestTestedMajor || major > kNewestTestedMajor)
    return absl::StrCat(server, "; ", tested);
  return "";
}

}  // namespace pgbale::pg

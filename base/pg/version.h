// Which versions of the server pgbale knows.

#ifndef PGBALE_BASE_PG_VERSION_H_
#define PGBALE_BASE_PG_VERSION_H_

#include <string>

#include "absl/status/statusor.h"

namespace pgbale::pg {

// Major versions that are tested.
inline constexpr int kOldestTestedMajor = 14;
inline constexpr int kNewestTestedMajor = 18;
// Nothing speaks against it, but nobody tests it.
inline constexpr int kOldestTriedMajor = 13;

// Judges a server by its PG_VERSION_NUM: 180004. Returns what the user should
// know, or "" for a version that is tested.
// Error: kError for an older one than can be tried, and for a newer one than
// is known unless `allow_newer`: its catalogs may hold what pgbale would leave
// out.
absl::StatusOr<std::string> CheckServerVersion(int server_version,
                                               bool allow_newer);

}  // namespace pgbale::pg

#endif  // PGBALE_BASE_PG_VERSION_H_

// The names of the archives in a folder that holds all databases of a server.
//
// Pure functions; any thread.

#ifndef PGBALE_ENGINE_CLUSTER_ARCHIVE_NAMES_H_
#define PGBALE_ENGINE_CLUSTER_ARCHIVE_NAMES_H_

#include <string>

#include "absl/strings/string_view.h"

namespace pgbale {

// Holds the roles and tablespaces; no database's archive has this name.
inline constexpr absl::string_view kGlobalsArchive = "globals.bale";
inline constexpr absl::string_view kArchiveSuffix = ".bale";

// The file for a database: its name with every octet but letters, digits, "_"
// and "-" as %XX, and the suffix. Two databases never have the same, also
// where file names do not tell capitals from small letters.
std::string ArchiveNameOf(absl::string_view database);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_CLUSTER_ARCHIVE_NAMES_H_

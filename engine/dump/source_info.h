// What the archive's header says about the source.

#ifndef PGBALE_ENGINE_DUMP_SOURCE_INFO_H_
#define PGBALE_ENGINE_DUMP_SOURCE_INFO_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/pg/connection.h"
#include "base/pg/snapshot.h"
#include "format/archive_info.h"

namespace pgbale {

// Reads it by `leader`, whose transaction shows `snapshot`. `extensions` are
// name and version of those of the database.
absl::StatusOr<ArchiveInfo> ReadSourceInfo(
    pg::Connection& leader, const pg::Snapshot& snapshot,
    const std::vector<std::pair<std::string, std::string>>& extensions);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_DUMP_SOURCE_INFO_H_

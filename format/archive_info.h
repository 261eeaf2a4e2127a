// What an archive says about the database that it holds. No host, no user, no
// password.

#ifndef PGBALE_FORMAT_ARCHIVE_INFO_H_
#define PGBALE_FORMAT_ARCHIVE_INFO_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace pgbale {

struct ArchiveInfo {
  std::string created_by;       // "pgbale 0.1.0"
  std::string created_at;       // ISO 8601, UTC
  uint32_t server_version = 0;  // PG_VERSION_NUM
  std::string server_version_text;
  std::string system_identifier;
  std::string database;
  std::string encoding;  // of every text in the archive: "UTF8"
  std::string collation;
  std::string collation_version;
  std::string snapshot_lsn;
  std::string snapshot_time;
  // Not empty: this archive was made of what was whole in a damaged one, then.
  std::string salvaged_at;
  // Of its entries at least so many are not in here.
  uint64_t entries_lost = 0;
  // name, version
  std::vector<std::pair<std::string, std::string>> extensions;

  bool operator==(const ArchiveInfo&) const = default;
};

}  // namespace pgbale

#endif  // PGBALE_FORMAT_ARCHIVE_INFO_H_

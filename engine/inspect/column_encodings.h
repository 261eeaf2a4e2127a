// In which ways the columns of a table are encoded.
//
// Thread-compatible.

#ifndef PGBALE_ENGINE_INSPECT_COLUMN_ENCODINGS_H_
#define PGBALE_ENGINE_INSPECT_COLUMN_ENCODINGS_H_

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "format/archive_reader.h"

namespace pgbale {

class ColumnEncodings {
 public:
  // `archive` must remain live while this object is in use.
  explicit ColumnEncodings(const ArchiveReader& archive);

  // For each column of a data entry the names of its encodings, sorted; none
  // if there is no row. Of a table with many chunks the heads of a few, spread
  // evenly, are read. Errors: kDamaged; the source's.
  absl::StatusOr<std::vector<std::set<std::string>>> Of(
      const Entry& entry) const;

 private:
  const ArchiveReader& archive_;
  absl::flat_hash_map<uint32_t, std::vector<ChunkRef>> chunks_;
};

}  // namespace pgbale

#endif  // PGBALE_ENGINE_INSPECT_COLUMN_ENCODINGS_H_

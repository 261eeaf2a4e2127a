// A new archive of everything that is whole in a damaged one.
//
// Order: SurveyArchive (format/survey.h), PlanSalvage, WriteSalvage. Nothing is
// invented: a chunk is copied as it is or not at all, an entry too, but for the
// numbers of entries, which close up where some are lost.

#ifndef PGBALE_FORMAT_SALVAGE_H_
#define PGBALE_FORMAT_SALVAGE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/io/sink.h"
#include "base/io/source.h"
#include "base/sched/progress.h"
#include "format/archive_info.h"
#include "format/entry.h"
#include "format/survey.h"

namespace pgbale {

// Rows that are not in the new archive.
struct LostRows {
  std::string table;  // `table "public.a"`, or what is known instead
  // Of the table's rows in the order of the archive, the first is 1. Rows
  // that were lost before and could not be counted are not counted.
  uint64_t first_row = 0;
  std::optional<uint64_t> rows;  // nullopt: how many is not known
  uint64_t position = 0;         // in the damaged archive
  uint64_t stored_bytes = 0;
};

struct SalvagedChunk {
  WholeChunk chunk;
  uint32_t entry_id = 0;  // in the new archive
};

// A table of which rows are missing, or may be.
struct IncompleteTable {
  uint32_t entry_id = 0;  // in the new archive
  std::string table;
  uint64_t rows_missing = 0;  // 0: how many is not known
};

struct SalvagePlan {
  ArchiveInfo info;
  std::vector<Entry> entries;
  std::vector<SalvagedChunk> chunks;
  std::vector<LostRows> lost;  // in the order of the archive
  std::vector<IncompleteTable> incomplete;
  // At least so many are lost.
  uint64_t entries_lost = 0;
  // The damaged archive says what it holds: what is not in `lost` is there.
  bool losses_are_known = false;
};

// What can be had of an archive that is not whole. `encoding` is that of its
// texts if the header, which says so, is lost; else it is not looked at.
// `now`: ISO 8601, for the new archive's header. Errors: kDamaged if no entry
// is whole, or the encoding is not known.
absl::StatusOr<SalvagePlan> PlanSalvage(const ArchiveSurvey& survey,
                                        const std::string& encoding,
                                        const std::string& now);

// Copies the chunks from `source`, the archive that was surveyed. Errors: of
// both ends; kDamaged if a chunk changed since. Returns the octets written.
absl::StatusOr<uint64_t> WriteSalvage(const SalvagePlan& plan, Source& source,
                                      std::unique_ptr<Sink> sink,
                                      Progress& progress);

}  // namespace pgbale

#endif  // PGBALE_FORMAT_SALVAGE_H_

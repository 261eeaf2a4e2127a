// Everything that can be said of an archive, whole or not, by reading it once
// from front to back: what is there, and what is wrong. Verify reports it,
// salvage makes a new archive of it.

#ifndef PGBALE_FORMAT_SURVEY_H_
#define PGBALE_FORMAT_SURVEY_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "base/io/forward_source.h"
#include "base/sched/progress.h"
#include "format/archive_info.h"
#include "format/archive_reader.h"
#include "format/digest.h"
#include "format/directory.h"
#include "format/entry.h"
#include "format/footer.h"

namespace pgbale {

// A chunk that was decoded, and whose rows match their digest.
struct WholeChunk {
  ChunkRef ref;
  Digest digest;
  uint64_t found_at = 0;  // its position, if octets before it are missing
};

// A chunk of which only the header is whole.
struct BrokenChunk {
  uint32_t entry_id = 0;
  uint64_t ordinal = 0;
  uint64_t position = 0;
  uint64_t stored_bytes = 0;
};

struct ArchiveSurvey {
  std::vector<Damage> damages;  // in the order of the archive
  uint64_t blocks = 0;          // intact headers
  std::optional<ArchiveInfo> info;
  // By ascending id; ids are missing where a block of entries is lost.
  std::vector<Entry> entries;
  std::vector<WholeChunk> chunks;          // in the order of the archive
  std::vector<BrokenChunk> broken_chunks;  // likewise
  std::optional<Footer> footer;
  // What the archive says that it holds; nullopt if that is not whole.
  std::optional<Directory> directory;
};

// Reads all of `source`, decodes chunks on `workers` threads, and holds no more
// than a few of them at a time. `progress` counts chunks that are whole.
ArchiveSurvey SurveyArchive(ForwardSource& source, int workers,
                            Progress& progress);

// The entry of this id; nullptr if there is none.
const Entry* FindEntry(const std::vector<Entry>& entries, uint32_t id);

}  // namespace pgbale

#endif  // PGBALE_FORMAT_SURVEY_H_

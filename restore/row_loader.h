// Loads the rows of data entries, each group of them in one transaction.
//
// Thread-safe; each session: one thread at a time.

#ifndef PGBALE_RESTORE_ROW_LOADER_H_
#define PGBALE_RESTORE_ROW_LOADER_H_

#include <atomic>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "base/cancel.h"
#include "base/sched/progress.h"
#include "format/archive_reader.h"
#include "restore/entry_rows.h"
#include "restore/entry_runner.h"
#include "restore/error_log.h"
#include "restore/session.h"

namespace pgbale {

class RowLoader {
 public:
  // Everything must outlive the loader. `in_transaction`: one is open in the
  // session, and stays open.
  RowLoader(const ArchiveReader& reader, bool in_transaction,
            CancelToken& cancel, ErrorLog& errors, Progress& progress);

  // Loads all rows of `entries`. An error that is returned ends the restore,
  // as with EntryRunner.
  absl::Status Load(Session& session, EntrySpan entries);

  uint64_t tables() const { return tables_; }
  uint64_t rows() const { return rows_; }
  uint64_t raw_bytes() const { return raw_bytes_; }

 private:
  // Begins an element of `loads` for each entry that it comes to.
  absl::Status Try(Session& session, EntrySpan entries,
                   std::vector<ArchiveRows>& loads);
  void Count(const std::vector<ArchiveRows>& loads);

  const ArchiveReader& reader_;
  const bool in_transaction_;
  CancelToken& cancel_;
  ErrorLog& errors_;
  Progress& progress_;
  absl::flat_hash_map<uint32_t, std::vector<ChunkRef>> chunks_;
  std::atomic<uint64_t> tables_{0}, rows_{0}, raw_bytes_{0};
};

}  // namespace pgbale

#endif  // PGBALE_RESTORE_ROW_LOADER_H_

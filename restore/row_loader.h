// Loads the rows of data entries: a group of small ones in one transaction, a
// large one in several.
//
// Thread-safe; each session: one thread at a time.

#ifndef PGBALE_RESTORE_ROW_LOADER_H_
#define PGBALE_RESTORE_ROW_LOADER_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/cancel.h"
#include "base/mutex.h"
#include "base/sched/progress.h"
#include "format/archive_reader.h"
#include "restore/chunk_decoders.h"
#include "restore/entry_rows.h"
#include "restore/entry_runner.h"
#include "restore/error_log.h"
#include "restore/job_loader.h"
#include "restore/journal.h"
#include "restore/load_spans.h"
#include "restore/plan.h"
#include "restore/row_filter.h"
#include "restore/session.h"
#include "restore/table_copy.h"

namespace pgbale {

struct RowLoaderOptions {
  // One is open in the session, and stays open.
  bool in_transaction = false;
  // Ids of the entries that the restore makes: with `in_transaction`, rows of
  // their tables are frozen.
  absl::flat_hash_set<uint32_t> made = {};
  // Of these entries, only some rows.
  RowFilters filters = {};
  // Leave out the rows of damaged chunks and note them as errors.
  bool skip_corrupt = false;
  // Notes what is loaded, and knows what an earlier run did, which is passed
  // over; null: there is none. Not with `in_transaction`.
  Journal* journal = nullptr;
  // With a journal, the entries whose rows are committed chunk by chunk
  // (LoadedInParts), unless they have a filter; others table by table.
  absl::flat_hash_set<uint32_t> in_parts = {};
  // See RestoreOptions.
  double short_commit_seconds = kShortCommitSeconds;
  // Entries whose tables, if one job loads them whole, are emptied by the
  // transaction that does: a server of wal_level=minimal writes no WAL of their
  // rows then. Nobody else may have put rows there.
  absl::flat_hash_set<uint32_t> emptied = {};
  // Threads that decode chunks, and what these may take before they are sent.
  int decoders = 1;
  uint64_t memory_octets = 0;
};

class RowLoader : public JobLoader {
 public:
  // Everything must outlive the loader.
  RowLoader(const ArchiveReader& reader, const RowLoaderOptions& options,
            CancelToken& cancel, ErrorLog& errors, Progress& progress);

  absl::Status Load(int worker, Session& session,
                    const PlannedJob& job) override ABSL_LOCKS_EXCLUDED(mu_);
  LoadCounts counts() const override ABSL_LOCKS_EXCLUDED(mu_);

 private:
  // Chunks of one entry.
  struct Part {
    const Entry* entry;
    absl::Span<const ChunkRef> chunks;
    size_t first = 0;  // the place of the first of them among the entry's
  };
  using Parts = absl::Span<const Part>;
  // How loading a part went.
  struct Loading {
    std::vector<ChunkRef> chosen;  // if there is a filter
    ArchiveRows rows;
    uint64_t kept = 0;  // of the rows
  };

  Part WholeEntry(const Entry& entry) const;
  // What of `part` an earlier run has not loaded; what it has is counted.
  std::vector<Part> NotLoaded(const Part& part) ABSL_LOCKS_EXCLUDED(mu_);
  // In transactions that are small enough to be repeated.
  absl::Status LoadNoted(Session& session, Parts parts)
      ABSL_LOCKS_EXCLUDED(mu_);
  absl::Status LoadParts(Session& session, Parts parts)
      ABSL_LOCKS_EXCLUDED(mu_);
  // Begins an element of `loads` for each part that it comes to.
  absl::Status Try(Session& session, Parts parts, std::vector<Loading>& loads);
  // Reads and sends one part, into the element that it adds to `loads`.
  absl::Status TryPart(Session& session, const Part& part,
                       std::vector<Loading>& loads);
  // All of `part` that `loading` hands out before it ends or pauses.
  absl::Status Send(pg::Connection& connection, const Part& part,
                    Loading& loading);
  const RowFilter* FilterOf(const Entry& entry) const;
  // Chunk by chunk.
  absl::Status LoadPieces(Session& session, const Part& part)
      ABSL_LOCKS_EXCLUDED(mu_);
  absl::Status TryPieces(Session& session, const Part& part, Loading& loading)
      ABSL_LOCKS_EXCLUDED(mu_);
  // Ends the transaction, which has loaded `work`; `more`: begins another.
  absl::Status Commit(Session& session, const WorkRecord& work, bool more);
  // Adds the chunks of `part` from number `begin` to `end`, but for those that
  // `rows` has passed over.
  static void AddWork(const Part& part, const ArchiveRows& rows, size_t begin,
                      size_t end, WorkRecord& work);
  void CountFiltered(Parts parts, const std::vector<Loading>& loads)
      ABSL_LOCKS_EXCLUDED(mu_);
  void Count(const Entry& entry, size_t chunks, bool before)
      ABSL_LOCKS_EXCLUDED(mu_);
  void NoteSkipped(const ArchiveRows& load);
  // Where the server allows it, and there are rows enough to ask.
  absl::StatusOr<Freeze> FreezeOf(pg::Connection& connection,
                                  const Part& part) const;
  // RowLoaderOptions::emptied holds for `part`.
  bool IsEmptied(const Part& part) const;

  const RowLoaderOptions options_;
  CancelToken& cancel_;
  ErrorLog& errors_;
  Progress& progress_;
  const ChunksByEntry chunks_;
  ChunkDecoders decoders_;
  std::atomic<uint64_t> tables_{0}, tables_before_{0}, rows_{0}, raw_bytes_{0};
  mutable Mutex mu_;
  std::map<std::string, FilteredRows> filtered_ ABSL_GUARDED_BY(mu_);
  // Of an entry of which a part is loaded.
  struct Rest {
    size_t chunks = 0;   // that are not
    bool before = true;  // those that are, are all an earlier run's
  };
  absl::flat_hash_map<uint32_t, Rest> rests_ ABSL_GUARDED_BY(mu_);
};

}  // namespace pgbale

#endif  // PGBALE_RESTORE_ROW_LOADER_H_

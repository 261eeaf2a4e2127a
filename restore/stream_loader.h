// Loads the rows of an archive that is still being written: each chunk as it
// comes, on any of several sessions, each of which holds all that it loaded in
// one transaction. The transactions are committed when the stream has proved
// whole, and only then: until that nobody sees a row, and if this process or
// its connections die, the server takes all of them back.

#ifndef PGBALE_RESTORE_STREAM_LOADER_H_
#define PGBALE_RESTORE_STREAM_LOADER_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "base/cancel.h"
#include "base/mutex.h"
#include "base/queue.h"
#include "base/sched/memory_budget.h"
#include "base/sched/progress.h"
#include "format/archive_stream.h"
#include "format/entry.h"
#include "restore/row_filter.h"
#include "restore/session.h"

namespace pgbale {

struct StreamLoaderOptions {
  int workers = 1;
  // A transaction is open in the first session, and stays open; one worker.
  bool in_transaction = false;
  // The entries whose rows are wanted, by id; they say where the rows go.
  absl::flat_hash_map<uint32_t, const Entry*> entries;
  // Of these, only some of them.
  RowFilters filters = {};
};

class StreamLoader {
 public:
  // Everything must outlive the loader.
  StreamLoader(ArchiveStream& stream, SessionPool& sessions,
               StreamLoaderOptions options, CancelToken& cancel,
               Progress& progress);

  // Reads the stream to its end. An error cancels the token, and says what of
  // the rows stands in the target: nothing, unless a COMMIT failed. Called
  // once.
  absl::Status Run() ABSL_LOCKS_EXCLUDED(mu_);

  uint64_t rows() const { return rows_; }
  uint64_t raw_bytes() const { return raw_bytes_; }
  // What the filters did, by label.
  std::vector<FilteredRows> filtered() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  // On the calling thread.
  absl::Status ReadChunks();
  absl::Status Commit();
  // On the workers' threads.
  void LoadChunks(int worker) ABSL_LOCKS_EXCLUDED(mu_);
  absl::Status Load(int worker, const StreamedChunk& chunk)
      ABSL_LOCKS_EXCLUDED(mu_);
  // Sends the rows of a table; returns how many of them are kept.
  absl::StatusOr<uint64_t> Send(pg::Connection& connection, EntryRows& rows)
      ABSL_LOCKS_EXCLUDED(mu_);
  // Opens the worker's transaction before its first chunk.
  absl::StatusOr<Session*> Begin(int worker) ABSL_LOCKS_EXCLUDED(mu_);
  // Keeps the first error, and ends the others' work.
  void Fail(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_);
  absl::Status FirstError() const ABSL_LOCKS_EXCLUDED(mu_);

  ArchiveStream& stream_;
  SessionPool& sessions_;
  const StreamLoaderOptions options_;
  CancelToken& cancel_;
  Progress& progress_;
  BoundedQueue<StreamedChunk> queue_;
  MemoryBudget budget_;
  std::atomic<uint64_t> rows_{0}, raw_bytes_{0};
  mutable Mutex mu_;
  absl::flat_hash_set<int> open_ ABSL_GUARDED_BY(mu_);  // transactions
  std::map<std::string, FilteredRows> filtered_ ABSL_GUARDED_BY(mu_);
  absl::Status error_ ABSL_GUARDED_BY(mu_);
};

}  // namespace pgbale

#endif  // PGBALE_RESTORE_STREAM_LOADER_H_

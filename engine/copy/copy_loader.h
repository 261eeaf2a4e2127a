// Loads rows of a restore's jobs out of another server: what COPY TO sends goes
// to COPY FROM as it comes, and nobody looks into it. Large objects, which no
// COPY takes, are written page by page.
//
// A job is one transaction of the target: what it loads is seen whole or not at
// all. The server's own counts of rows sent and stored must agree.
//
// Thread-safe; each worker: one thread at a time.

#ifndef PGBALE_ENGINE_COPY_COPY_LOADER_H_
#define PGBALE_ENGINE_COPY_COPY_LOADER_H_

#include <atomic>
#include <cstdint>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "base/cancel.h"
#include "base/mutex.h"
#include "base/pg/connection.h"
#include "base/sched/progress.h"
#include "base/sched/rate_limit.h"
#include "engine/copy/copy_source.h"
#include "restore/error_log.h"
#include "restore/job_loader.h"
#include "restore/load_spans.h"

namespace pgbale {

struct CopyLoaderOptions {
  // One is open in the session, and stays open.
  bool in_transaction = false;
  RateLimit* rate_limit = nullptr;  // of all workers together; null: none
};

class CopyLoader : public JobLoader {
 public:
  // `source` is copying. Everything must outlive the loader.
  CopyLoader(CopySource& source, const CopyLoaderOptions& options,
             CancelToken& cancel, ErrorLog& errors, Progress& progress);

  // An error of the source ends the copy, whatever `errors` says.
  absl::Status Load(int worker, Session& session,
                    const PlannedJob& job) override ABSL_LOCKS_EXCLUDED(mu_);
  // Closes the source.
  absl::Status EndRows() override { return source_.Close(); }
  LoadCounts counts() const override;

 private:
  // Rows of one entry.
  struct Piece {
    const Entry* entry;  // as it is in the target
    TablePart part;      // as it is in the source
    size_t chunks;       // of the entry's
  };
  using Pieces = absl::Span<const Piece>;
  // How loading some pieces went.
  struct Attempt {
    const Entry* culprit = nullptr;  // begun last
    absl::Status target_error;       // if that is what ended it
    uint64_t rows = 0;
    uint64_t raw_bytes = 0;
  };

  std::vector<Piece> PiecesOf(const PlannedJob& job) const;
  absl::Status LoadPieces(int worker, Session& session, Pieces pieces)
      ABSL_LOCKS_EXCLUDED(mu_);
  absl::Status Try(int worker, pg::Connection& target, Pieces pieces,
                   Attempt& attempt);
  // Of pieces that one lock of the source may cover.
  absl::Status TryTogether(int worker, pg::Connection& target, Pieces pieces,
                           Attempt& attempt);
  // From `source` into `target`. Errors of the target are in `attempt`, too.
  absl::Status Pass(const Piece& piece, pg::Connection& source,
                    pg::Connection& target, bool& some_rows, Attempt& attempt);
  absl::Status PassRows(const Piece& piece, pg::CopyOut& from,
                        pg::Connection& target, Attempt& attempt);
  absl::Status PassPages(const Piece& piece, pg::CopyOut& from,
                         pg::Connection& target, Attempt& attempt);
  void Uncount(const Attempt& attempt);
  void Count(Pieces pieces, const Attempt& attempt) ABSL_LOCKS_EXCLUDED(mu_);

  CopySource& source_;
  const CopyLoaderOptions options_;
  CancelToken& cancel_;
  ErrorLog& errors_;
  Progress& progress_;
  const ChunksByEntry chunks_;
  std::atomic<uint64_t> tables_{0}, rows_{0}, raw_bytes_{0};
  Mutex mu_;
  // By entry: chunks that are loaded.
  absl::flat_hash_map<uint32_t, size_t> loaded_ ABSL_GUARDED_BY(mu_);
};

}  // namespace pgbale

#endif  // PGBALE_ENGINE_COPY_COPY_LOADER_H_

#include "restore/stream_loader.h"

#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "restore/entry_rows.h"
#include "restore/error_log.h"
#include "restore/label.h"
#include "restore/large_object_copy.h"
#include "restore/table_copy.h"

namespace pgbale {
namespace {

// What may wait for the server, save for a single chunk that is larger.
constexpr uint64_t kQueuedOctetsMax = uint64_t{256} << 20;

// One chunk.
class ChunkRows : public EntryRows {
 public:
  ChunkRows(const ArchiveStream& stream, const StreamedChunk& chunk,
            const Entry& entry, CancelToken& cancel, Progress& progress)
      : EntryRows(entry, cancel, progress), stream_(stream), chunk_(chunk) {}

 private:
  absl::StatusOr<std::optional<Piece>> Read() override {
    if (std::exchange(done_, true)) return std::optional<Piece>();
    ASSIGN_OR_RETURN(RowBatch batch, stream_.Decode(chunk_));
    return std::optional<Piece>({std::move(batch), chunk_.ref.stored_bytes});
  }

  const ArchiveStream& stream_;
  const StreamedChunk& chunk_;
  bool done_ = false;
};

// `status`, and what the target holds: rows are in transactions that nobody
// committed.
absl::Status NothingStands(const absl::Status& status) {
  const std::string hint = HintOf(status);
  absl::Status told = MakeError(
      FailureOf(status),
      absl::StrCat(status.message(),
                   "\nno row of the stream is in the target: all were taken "
                   "back, and indexes and constraints were not begun"));
  if (const std::string state = SqlStateOf(status); !state.empty())
    told = WithSqlState(std::move(told), state);
  return hint.empty() ? told : WithHint(std::move(told), hint);
}

}  // namespace

StreamLoader::StreamLoader(ArchiveStream& stream, SessionPool& sessions,
                           StreamLoaderOptions options, CancelToken& cancel,
                           Progress& progress)
    : stream_(stream),
      sessions_(sessions),
      options_(std::move(options)),
      cancel_(cancel),
      progress_(progress),
      queue_(static_cast<size_t>(options_.workers) * 2),
      budget_(kQueuedOctetsMax) {}

absl::Status StreamLoader::Run() {
  std::vector<std::thread> threads;
  for (int worker = 0; worker < options_.workers; ++worker)
    threads.emplace_back([this, worker] { LoadChunks(worker); });
  if (absl::Status status = ReadChunks(); !status.ok()) Fail(status);
  queue_.Close();
  for (std::thread& thread : threads) thread.join();
  RETURN_IF_ERROR(FirstError());
  return Commit();
}

absl::Status StreamLoader::ReadChunks() {
  while (true) {
    RETURN_IF_ERROR(cancel_.Check());
    ASSIGN_OR_RETURN(std::optional<StreamedChunk> chunk, stream_.Next());
    if (!chunk.has_value()) return absl::OkStatus();
    if (!options_.entries.contains(chunk->ref.entry_id)) continue;
    const uint64_t octets = chunk->payload.size();
    budget_.Acquire(octets);
    // Closed by a worker that failed.
    if (!queue_.Push(*std::move(chunk))) return FirstError();
  }
}

void StreamLoader::LoadChunks(int worker) {
  while (const std::optional<StreamedChunk> chunk = queue_.Pop()) {
    // What waits behind an error is dropped.
    if (FirstError().ok())
      if (absl::Status status = Load(worker, *chunk); !status.ok())
        Fail(status);
    budget_.Release(chunk->payload.size());
  }
}

absl::Status StreamLoader::Load(int worker, const StreamedChunk& chunk) {
  ASSIGN_OR_RETURN(Session* const session, Begin(worker));
  ChunkRows rows(stream_, chunk, *options_.entries.at(chunk.ref.entry_id),
                 cancel_, progress_);
  const absl::StatusOr<uint64_t> kept = Send(session->connection(), rows);
  if (!kept.ok()) return DescribeError(kept.status(), rows.entry(), "");
  rows_ += *kept;
  raw_bytes_ += rows.raw_bytes();
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> StreamLoader::Send(pg::Connection& connection,
                                            EntryRows& rows) {
  const Entry& entry = rows.entry();
  const auto filter = options_.filters.find(entry.id);
  if (filter == options_.filters.end()) {
    const bool large_objects = entry.data->target == DataTarget::kLargeObjects;
    RETURN_IF_ERROR(large_objects ? CopyLargeObjects(connection, rows)
                                  : CopyTable(connection, rows));
    return rows.rows();
  }
  ASSIGN_OR_RETURN(const uint64_t kept,
                   CopyFiltered(connection, rows, filter->second));
  MutexLock lock(mu_);
  FilteredRows& sum = filtered_[EntryLabel(entry)];
  ++sum.chunks;
  ++sum.chunks_read;
  sum.rows_read += rows.rows();
  sum.rows += kept;
  return kept;
}

std::vector<FilteredRows> StreamLoader::filtered() const {
  std::vector<FilteredRows> sums;
  MutexLock lock(mu_);
  for (const auto& [label, rows] : filtered_)
    sums.emplace_back(rows).entry = label;
  return sums;
}

absl::StatusOr<Session*> StreamLoader::Begin(int worker) {
  ASSIGN_OR_RETURN(Session* const session, sessions_.Get(worker));
  if (options_.in_transaction) return session;
  {
    MutexLock lock(mu_);
    if (!open_.insert(worker).second) return session;
  }
  RETURN_IF_ERROR(session->connection().Execute("BEGIN"));
  return session;
}

// Nothing is left to do for them: what is deferred to COMMIT (constraint
// triggers) does not stand yet.
absl::Status StreamLoader::Commit() {
  std::vector<int> workers;
  {
    MutexLock lock(mu_);
    workers.assign(open_.begin(), open_.end());
  }
  for (size_t i = 0; i < workers.size(); ++i) {
    ASSIGN_OR_RETURN(Session* const session, sessions_.Get(workers[i]));
    const absl::Status status = session->connection().Execute("COMMIT");
    if (status.ok()) continue;
    // Of a connection that is lost, nobody has told us.
    if (workers.size() == 1)
      return session->connection().alive()
                 ? NothingStands(status)
                 : Annotate(status,
                            "it is not known whether the rows were "
                            "committed");
    return WithHint(
        Annotate(status,
                 absl::StrCat("cannot commit the rows; of ", workers.size(),
                              " parts, ", i, " were committed")),
        "Tables may hold some of their rows only: drop what was restored, and "
        "begin again.");
  }
  return absl::OkStatus();
}

void StreamLoader::Fail(const absl::Status& status) {
  const absl::Status told = NothingStands(status);
  {
    MutexLock lock(mu_);
    if (error_.ok()) error_ = told;
  }
  cancel_.Cancel(told);
  queue_.Close();
}

absl::Status StreamLoader::FirstError() const {
  MutexLock lock(mu_);
  return error_;
}

}  // namespace pgbale

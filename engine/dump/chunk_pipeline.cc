#include "engine/dump/chunk_pipeline.h"

#include <limits>
#include <new>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "base/text.h"
#include "format/entry_codec.h"

namespace pgbale {
namespace {

constexpr size_t kNoLimit = std::numeric_limits<size_t>::max();

// Columns grow by doubling, and so hold up to twice their octets.
constexpr uint64_t kMemoryOfRaw = 2;

// So many empty batches of a table keep their memory for the next rows.
constexpr size_t kFreeBatchesMax = 4;

// A page's number takes 32 bits of a place. A part with more batches than the
// others can count would be of 64 TiB.
constexpr int kBatchBits = 24;

}  // namespace

class ChunkPipeline::TableChunks {
 public:
  explicit TableChunks(const Entry& entry)
      : entry_(entry), widths_(WidthsOf(*entry.data)) {}

  const Entry& entry() const { return entry_; }

  RowBatch TakeBatch() {
    MutexLock lock(mu_);
    if (free_.empty()) return RowBatch(widths_);
    RowBatch batch = std::move(free_.back());
    free_.pop_back();
    return batch;
  }
  void GiveBatch(RowBatch batch) {
    batch.Clear();
    MutexLock lock(mu_);
    if (free_.size() < kFreeBatchesMax) free_.push_back(std::move(batch));
  }

 private:
  const Entry& entry_;
  const std::vector<uint32_t> widths_;
  Mutex mu_;
  std::vector<RowBatch> free_ ABSL_GUARDED_BY(mu_);
};

struct ChunkPipeline::FilledBatch {
  std::shared_ptr<TableChunks> chunks;
  RowBatch rows;
  MemoryClaim claim;
};

struct ChunkPipeline::EncodedBatch {
  std::shared_ptr<TableChunks> chunks;
  EncodedChunk chunk;
  MemoryClaim claim;
};

ChunkPipeline::ChunkPipeline(ArchiveWriter& writer, Progress& progress,
                             CancelToken& cancel, const Options& options)
    : writer_(writer),
      progress_(progress),
      cancel_(cancel),
      options_(options),
      budget_(options.memory_bytes),
      filled_(kNoLimit),
      encoded_(kNoLimit) {
  for (int i = 0; i < options_.encoders; ++i)
    encoders_.emplace_back([this] { Encode(); });
  write_thread_ = std::thread([this] { Write(); });
}

ChunkPipeline::~ChunkPipeline() {
  if (write_thread_.joinable())
    cancel_.Cancel(MakeError(Failure::kCancelled, "the dump was given up"));
  EndThreads();
}

absl::Status ChunkPipeline::Finish() {
  EndThreads();
  return cancel_.Check();
}

StageSeconds ChunkPipeline::stage_seconds() const {
  return {.receive = receive_.seconds(),
          .wait = wait_.seconds(),
          .encode = encode_.seconds(),
          .write = write_.seconds()};
}

void ChunkPipeline::EndThreads() {
  filled_.Close();
  for (std::thread& encoder : encoders_) encoder.join();
  encoders_.clear();
  encoded_.Close();
  if (write_thread_.joinable()) write_thread_.join();
}

std::shared_ptr<ChunkPipeline::TableChunks> ChunkPipeline::ChunksOf(
    const Entry& entry) {
  MutexLock lock(mu_);
  std::weak_ptr<TableChunks>& known = tables_[entry.id];
  std::shared_ptr<TableChunks> chunks = known.lock();
  if (chunks == nullptr) {
    chunks = std::make_shared<TableChunks>(entry);
    known = chunks;
  }
  return chunks;
}

// After a cancellation batches are only dropped, so that whoever waits for
// their memory wakes up.
void ChunkPipeline::Encode() {
  while (std::optional<FilledBatch> batch = filled_.Pop()) {
    if (cancel_.cancelled()) continue;
    const Stopwatch clock;
    const TableData& data = *batch->chunks->entry().data;
    ChunkPlan plan = plans_.Take(data);
    EncodedChunk chunk = EncodeChunk(batch->rows, options_.chunk, plan);
    plans_.Give(data, std::move(plan));
    // A giant row must not cost its memory for ever.
    if (batch->rows.raw_bytes() < 2 * options_.batch_raw_bytes)
      batch->chunks->GiveBatch(std::move(batch->rows));
    batch->claim.Resize(chunk.payload.capacity());
    encode_.Add(clock.seconds());
    encoded_.Push(
        {std::move(batch->chunks), std::move(chunk), std::move(batch->claim)});
  }
}

void ChunkPipeline::Write() {
  while (const std::optional<EncodedBatch> batch = encoded_.Pop()) {
    if (cancel_.cancelled()) continue;
    const EncodedChunk& chunk = batch->chunk;
    const Entry& entry = batch->chunks->entry();
    const Stopwatch clock;
    const absl::Status status = writer_.AppendChunk(entry.id, chunk);
    write_.Add(clock.seconds());
    if (!status.ok()) {
      cancel_.Cancel(Annotate(
          status, absl::StrCat("table ", Quoted(entry.schema, entry.name))));
      continue;
    }
    progress_.rows += chunk.rows;
    progress_.raw_bytes += chunk.raw_bytes;
    progress_.stored_bytes += chunk.payload.size();
  }
}

BatchSource::BatchSource(ChunkPipeline& pipeline, const Entry& entry,
                         uint64_t first_page)
    : pipeline_(pipeline),
      chunks_(pipeline.ChunksOf(entry)),
      claim_(pipeline.budget_,
             kMemoryOfRaw * pipeline.options_.batch_raw_bytes),
      next_place_(first_page << kBatchBits) {
  waited_seconds_ = life_.seconds();
}

BatchSource::~BatchSource() {
  pipeline_.receive_.Add(life_.seconds() - waited_seconds_);
  pipeline_.wait_.Add(waited_seconds_);
}

absl::Status BatchSource::Submit(RowBatch& batch) {
  RETURN_IF_ERROR(pipeline_.cancel_.Check());
  if (batch.rows() == 0) return absl::OkStatus();
  batch.set_place(next_place_++);
  const Stopwatch clock;
  const uint64_t usual = kMemoryOfRaw * pipeline_.options_.batch_raw_bytes;
  if (kMemoryOfRaw * batch.raw_bytes() > usual)
    claim_.Resize(kMemoryOfRaw * batch.raw_bytes());
  pipeline_.filled_.Push(
      {chunks_, std::exchange(batch, chunks_->TakeBatch()), std::move(claim_)});
  claim_ = MemoryClaim(pipeline_.budget_, usual);
  waited_seconds_ += clock.seconds();
  return pipeline_.cancel_.Check();
}

}  // namespace pgbale

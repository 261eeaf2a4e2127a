#include "restore/chunk_decoders.h"

#include <limits>
#include <utility>

#include "base/status.h"

namespace pgbale {
namespace {

// Before a chunk is read nobody knows what its columns take. Short values have
// a length of four octets each beside them, texts of a type its binary form.
constexpr uint64_t kMemoryOfRaw = 3;

uint64_t OctetsExpected(const ChunkRef& chunk) {
  return chunk.stored_bytes + kMemoryOfRaw * chunk.raw_bytes;
}

uint64_t OctetsOf(const RowBatch& batch) {
  uint64_t octets = 0;
  for (const Column& column : batch.columns())
    octets += column.values().size() + column.null_bits().size() +
              column.lengths().size() * sizeof(uint32_t);
  return octets;
}

}  // namespace

ChunkDecoders::ChunkDecoders(const ArchiveReader& reader, CancelToken& cancel,
                             int threads, uint64_t memory_octets)
    : reader_(reader),
      cancel_(cancel),
      budget_(memory_octets),
      tasks_(std::numeric_limits<size_t>::max()) {
  for (int i = 0; i < threads; ++i)
    threads_.emplace_back([this] {
      while (std::optional<Task> task = tasks_.Pop()) (*task)();
    });
}

ChunkDecoders::~ChunkDecoders() {
  tasks_.Close();
  for (std::thread& thread : threads_) thread.join();
}

std::future<DecodedChunk> ChunkDecoders::Begin(const ChunkRef& chunk) {
  return Submit(chunk, MemoryClaim(budget_, OctetsExpected(chunk)));
}

std::optional<std::future<DecodedChunk>> ChunkDecoders::TryBegin(
    const ChunkRef& chunk) {
  std::optional<MemoryClaim> claim =
      MemoryClaim::Try(budget_, OctetsExpected(chunk));
  if (!claim.has_value()) return std::nullopt;
  return Submit(chunk, *std::move(claim));
}

std::future<DecodedChunk> ChunkDecoders::Submit(const ChunkRef& chunk,
                                                MemoryClaim claim) {
  Task task([this, &chunk, claim = std::move(claim)]() mutable {
    return Decode(chunk, std::move(claim));
  });
  std::future<DecodedChunk> decoded = task.get_future();
  tasks_.Push(std::move(task));
  return decoded;
}

DecodedChunk ChunkDecoders::Decode(const ChunkRef& chunk,
                                   MemoryClaim claim) const {
  if (const absl::Status status = cancel_.Check(); !status.ok())
    return {status, std::move(claim)};
  absl::StatusOr<RowBatch> batch = reader_.ReadChunk(chunk);
  claim.Resize(batch.ok() ? OctetsOf(*batch) : 0);
  return {std::move(batch), std::move(claim)};
}

}  // namespace pgbale

// VerifyArchive: one thread walks the blocks, the others decode chunks.

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "base/mutex.h"
#include "base/queue.h"
#include "base/text.h"
#include "format/archive_info_codec.h"
#include "format/archive_reader.h"
#include "format/block_reader.h"
#include "format/block_scanner.h"
#include "format/chunk.h"
#include "format/directory_codec.h"
#include "format/entry_codec.h"
#include "format/errors.h"
#include "format/foreign.h"
#include "format/pack.h"
#include "format/wire/copy_binary.h"

namespace pgbale {
namespace {

// What a chunk turned out to hold.
struct CheckedChunk {
  ChunkRef ref;
  Digest digest;
};
using CheckedChunks = absl::flat_hash_map<uint64_t, CheckedChunk>;  // ordinal

// The digest of the rows as they would come out of the archive.
Digest DigestRows(const RowBatch& batch) {
  Digest digest;
  Buffer image;
  RowCursor cursor(batch);
  while (cursor.Next()) {
    image.clear();
    AppendTuple(cursor, batch.columns().size(), image);
    digest += DigestRow(image);
  }
  return digest;
}

absl::StatusOr<Buffer> ReadPayload(Source& source, const ScannedBlock& block) {
  Buffer payload(block.header.payload_octets());
  RETURN_IF_ERROR(
      source.ReadAt(block.payload_position(), MutableBytes(payload)));
  RETURN_IF_ERROR(block.header.CheckPayload(payload));
  return payload;
}

absl::StatusOr<CheckedChunk> CheckChunk(const ScannedBlock& block,
                                        Bytes payload, const TableData& data) {
  ASSIGN_OR_RETURN(const RowBatch batch, DecodeChunk(payload, WidthsOf(data)));
  if (DigestRows(batch) != batch.digest())
    return Damaged("its rows do not match their digest");
  return CheckedChunk{.ref = {.entry_id = block.header.entry_id(),
                              .ordinal = block.header.ordinal(),
                              .position = block.header.position(),
                              .stored_bytes = block.header.block_octets(),
                              .rows = batch.rows(),
                              .raw_bytes = batch.raw_bytes()},
                      .digest = batch.digest()};
}

class Verifier {
 public:
  Verifier(std::unique_ptr<Source> source, int workers)
      : source_(std::move(source)),
        workers_(std::max(workers, 1)),
        chunks_(static_cast<size_t>(workers_) * 4) {}

  VerifyReport Run();

 private:
  // The walk: one call for each block, on the calling thread.
  absl::Status CheckFront();
  absl::Status WalkBlocks();
  void CheckBlock(const ScannedBlock& block);
  absl::Status CheckHeaderBlock(const ScannedBlock& block);
  absl::Status CheckEntriesBlock(const ScannedBlock& block);
  absl::Status CheckDirectoryBlock(const ScannedBlock& block);
  absl::Status CheckFooterBlock(const ScannedBlock& block);
  void QueueChunk(const ScannedBlock& block);
  // The workers.
  void CheckChunks();
  void CheckChunkBlock(const ScannedBlock& block);
  // What can be said only when all blocks are known.
  void CheckEnd();
  void CheckChunksAgainstDirectory(const CheckedChunks& checked);
  void CheckDigests(const CheckedChunks& checked);
  VerifyReport MakeReport() ABSL_LOCKS_EXCLUDED(mu_);

  const Entry* FindDataEntry(uint32_t entry_id) const;
  // Adds to the damages what is not OK, with the names of file and table.
  void Report(uint64_t position, const absl::Status& status,
              uint32_t entry_id = 0) ABSL_LOCKS_EXCLUDED(mu_);
  bool IsWhole() const ABSL_LOCKS_EXCLUDED(mu_);

  const std::unique_ptr<Source> source_;
  const int workers_;
  BoundedQueue<ScannedBlock> chunks_;

  // The walking thread's. The workers read entries_ and entries_whole_, which
  // do not change once a chunk was queued.
  uint64_t blocks_ = 0;
  uint64_t chain_ = 0;
  std::vector<Entry> entries_;
  bool entries_whole_ = false;
  bool directory_whole_ = true;
  Directory directory_;
  std::optional<ScannedBlock> first_directory_;
  std::optional<Footer> footer_;
  std::map<uint64_t, ScannedBlock> seen_chunks_;  // by ordinal

  mutable Mutex mu_;
  // By position, in which order they are reported.
  std::multimap<uint64_t, Damage> damages_ ABSL_GUARDED_BY(mu_);
  CheckedChunks checked_ ABSL_GUARDED_BY(mu_);
};

// What is not at one position is reported last.
constexpr uint64_t kAtEnd = UINT64_MAX;

VerifyReport Verifier::Run() {
  if (absl::Status status = CheckFront(); !status.ok()) {
    Report(0, status);
    return MakeReport();
  }
  std::vector<std::thread> threads;
  for (int i = 0; i < workers_; ++i)
    threads.emplace_back([this] { CheckChunks(); });
  if (absl::Status status = WalkBlocks(); !status.ok()) Report(kAtEnd, status);
  chunks_.Close();
  for (std::thread& thread : threads) thread.join();
  CheckEnd();
  return MakeReport();
}

// Tells a damaged bale from what never was one.
absl::Status Verifier::CheckFront() {
  Buffer front(std::min<uint64_t>(source_->size(), kForeignOctets));
  RETURN_IF_ERROR(source_->ReadAt(0, MutableBytes(front)));
  if (std::equal(kSignature.begin(), kSignature.end(), front.begin(),
                 front.begin() + static_cast<ptrdiff_t>(std::min(
                                     front.size(), kSignature.size()))))
    return absl::OkStatus();
  absl::Status status = ForeignError(front);
  return FailureOf(status) == Failure::kDamaged ? absl::OkStatus() : status;
}

absl::Status Verifier::WalkBlocks() {
  BlockScanner scanner(*source_);
  size_t reported = 0;
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<ScannedBlock> block, scanner.Next());
    for (; reported < scanner.damages().size(); ++reported) {
      const ScanDamage& damage = scanner.damages()[reported];
      Report(damage.position, damage.status);
    }
    if (!block.has_value()) return absl::OkStatus();
    ++blocks_;
    if (block->usable) CheckBlock(*block);
    if (footer_.has_value()) return absl::OkStatus();
    chain_ = ExtendChain(chain_, block->header);
  }
}

void Verifier::CheckBlock(const ScannedBlock& block) {
  absl::Status status = block.header.CheckUnderstood();
  if (status.ok()) {
    switch (static_cast<BlockKind>(block.header.kind())) {
      case BlockKind::kHeader:
        status = CheckHeaderBlock(block);
        break;
      case BlockKind::kEntries:
        status = CheckEntriesBlock(block);
        break;
      case BlockKind::kChunk:
        return QueueChunk(block);
      case BlockKind::kDirectory:
        status = CheckDirectoryBlock(block);
        directory_whole_ = directory_whole_ && status.ok();
        break;
      case BlockKind::kFooter:
        status = CheckFooterBlock(block);
        break;
      default:
        status = ReadPayload(*source_, block).status();
    }
  }
  Report(block.position, Annotate(status, block.header.Name()));
}

absl::Status Verifier::CheckHeaderBlock(const ScannedBlock& block) {
  if (block.header.ordinal() != 0) return Damaged("it is not the first block");
  ASSIGN_OR_RETURN(const Buffer payload, ReadPayload(*source_, block));
  return DecodeHeaderPayload(payload).status();
}

absl::Status Verifier::CheckEntriesBlock(const ScannedBlock& block) {
  if (!seen_chunks_.empty()) return Damaged("it stands behind a chunk");
  ASSIGN_OR_RETURN(const Buffer payload, ReadPayload(*source_, block));
  ASSIGN_OR_RETURN(const Buffer raw, Unpack(payload));
  return DecodeEntries(raw, entries_);
}

absl::Status Verifier::CheckDirectoryBlock(const ScannedBlock& block) {
  if (!first_directory_.has_value()) first_directory_ = block;
  ASSIGN_OR_RETURN(const Buffer payload, ReadPayload(*source_, block));
  ASSIGN_OR_RETURN(const Buffer raw, Unpack(payload));
  return DecodeDirectory(raw, source_->size() / BlockHeader::kSize, directory_);
}

absl::Status Verifier::CheckFooterBlock(const ScannedBlock& block) {
  ASSIGN_OR_RETURN(const Buffer payload, ReadPayload(*source_, block));
  ASSIGN_OR_RETURN(footer_, DecodeFooter(payload));
  const uint64_t end = block.position + block.header.block_octets();
  if (end == source_->size()) return absl::OkStatus();
  return Damaged(
      absl::StrCat(source_->size() - end, " octets follow the footer"));
}

void Verifier::QueueChunk(const ScannedBlock& block) {
  if (seen_chunks_.empty()) entries_whole_ = IsWhole();
  // One that stands there twice was reported as out of place.
  if (seen_chunks_.emplace(block.header.ordinal(), block).second)
    chunks_.Push(block);
}

void Verifier::CheckChunks() {
  while (const std::optional<ScannedBlock> block = chunks_.Pop())
    CheckChunkBlock(*block);
}

void Verifier::CheckChunkBlock(const ScannedBlock& block) {
  const uint32_t entry_id = block.header.entry_id();
  const Entry* const entry = FindDataEntry(entry_id);
  absl::Status status;
  if (absl::StatusOr<Buffer> payload = ReadPayload(*source_, block);
      !payload.ok()) {
    status = payload.status();
  } else if (entry == nullptr) {
    // Without its entry it cannot be decoded.
    if (entries_whole_)
      status = Damaged(absl::StrCat("entry ", entry_id, " has no data"));
  } else if (absl::StatusOr<CheckedChunk> chunk =
                 CheckChunk(block, *payload, *entry->data);
             !chunk.ok()) {
    status = chunk.status();
  } else {
    MutexLock lock(mu_);
    checked_.emplace(block.header.ordinal(), *chunk);
  }
  Report(block.position, Annotate(status, block.header.Name()), entry_id);
}

void Verifier::CheckEnd() {
  CheckedChunks checked;
  {
    MutexLock lock(mu_);
    checked = checked_;
  }
  if (!footer_.has_value()) {
    Report(kAtEnd, MakeError(Failure::kIncomplete, "it ends without a footer"));
    return;
  }
  if (directory_whole_) CheckChunksAgainstDirectory(checked);
  if (!IsWhole()) return;
  // All that is there is sound; it must also be all, and fit together.
  Report(kAtEnd, CheckParents(entries_));
  Report(kAtEnd, Annotate(CheckDirectory(directory_, entries_, *footer_, 0),
                          "directory"));
  CheckDigests(checked);
  if (!first_directory_.has_value() || footer_->entries != entries_.size() ||
      footer_->directory_position != first_directory_->position ||
      footer_->directory_ordinal != first_directory_->header.ordinal() ||
      footer_->chain != chain_)
    Report(kAtEnd, Damaged("the footer does not fit the blocks before it"));
}

void Verifier::CheckChunksAgainstDirectory(const CheckedChunks& checked) {
  for (const ChunkRef& ref : directory_.chunks) {
    const auto found = checked.find(ref.ordinal);
    absl::string_view wrong;
    if (seen_chunks_.erase(ref.ordinal) == 0)
      wrong = "it is in the directory, but not found";
    else if (found != checked.end() && found->second.ref != ref)
      wrong = "it is not what the directory says";
    if (wrong.empty()) continue;
    Report(ref.position,
           Annotate(Damaged(wrong), BlockName(ref.ordinal, ref.position)),
           ref.entry_id);
  }
  // Unless it is the directory that lost something.
  if (!IsWhole()) return;
  for (const auto& [ordinal, block] : seen_chunks_) {
    Report(block.position,
           Annotate(Damaged("it is not in the directory"), block.header.Name()),
           block.header.entry_id());
  }
}

void Verifier::CheckDigests(const CheckedChunks& checked) {
  absl::flat_hash_map<uint32_t, Digest> digests;
  for (const auto& [ordinal, chunk] : checked)
    digests[chunk.ref.entry_id] += chunk.digest;
  for (const TableTotals& table : directory_.tables) {
    if (digests[table.entry_id] == table.digest) continue;
    Report(kAtEnd, Damaged("its rows do not match its digest"), table.entry_id);
  }
}

const Entry* Verifier::FindDataEntry(uint32_t entry_id) const {
  if (entry_id == 0 || entry_id > entries_.size()) return nullptr;
  const Entry& entry = entries_[entry_id - 1];
  return entry.data.has_value() ? &entry : nullptr;
}

void Verifier::Report(uint64_t position, const absl::Status& status,
                      uint32_t entry_id) {
  if (status.ok()) return;
  const Entry* const entry = FindDataEntry(entry_id);
  const absl::Status named =
      entry == nullptr ? status : Annotate(status, DataName(*entry));
  MutexLock lock(mu_);
  damages_.emplace(position,
                   Damage{Annotate(named, Quoted(source_->name())), entry_id});
}

bool Verifier::IsWhole() const {
  MutexLock lock(mu_);
  return damages_.empty();
}

VerifyReport Verifier::MakeReport() {
  MutexLock lock(mu_);
  VerifyReport report{.damages = {}, .blocks = blocks_};
  for (auto& [position, damage] : damages_)
    report.damages.push_back(std::move(damage));
  for (const auto& [ordinal, chunk] : checked_) {
    ++report.chunks;
    report.rows += chunk.ref.rows;
    report.raw_bytes += chunk.ref.raw_bytes;
    report.stored_bytes += chunk.ref.stored_bytes;
  }
  return report;
}

}  // namespace

VerifyReport VerifyArchive(std::unique_ptr<Source> source, int workers) {
  return Verifier(std::move(source), workers).Run();
}

}  // namespace pgbale

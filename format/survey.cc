// One thread reads the blocks in their order, the others decode chunks.

#include "format/survey.h"

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
#include "base/sched/memory_budget.h"
#include "base/text.h"
#include "format/archive_info_codec.h"
#include "format/block_reader.h"
#include "format/block_scanner.h"
#include "format/chunk.h"
#include "format/chunk_head.h"
#include "format/constants.h"
#include "format/directory_codec.h"
#include "format/entry_codec.h"
#include "format/errors.h"
#include "format/foreign.h"
#include "format/pack.h"
#include "format/wire/copy_binary.h"

namespace pgbale {
namespace {

using WholeChunks = absl::flat_hash_map<uint64_t, WholeChunk>;  // ordinal

// A chunk on its way to the threads that decode.
struct QueuedChunk {
  ScannedBlock block;
  Buffer payload;
};

// What may wait for them, save for a single chunk that is larger.
constexpr uint64_t kQueuedOctetsMax = uint64_t{256} << 20;
// What is read at a time of what is only counted.
constexpr size_t kCountedOctetsMin = 4 << 10;
constexpr size_t kCountedOctetsMax = 1 << 20;

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

absl::StatusOr<WholeChunk> CheckChunk(const ScannedBlock& block, Bytes payload,
                                      const TableData& data) {
  ASSIGN_OR_RETURN(const ChunkFront front, DecodeChunkFront(payload));
  RETURN_IF_ERROR(CheckColumnHashes(front.head, payload.subspan(front.octets)));
  ASSIGN_OR_RETURN(const RowBatch batch, DecodeChunk(payload, WidthsOf(data)));
  if (DigestRows(batch) != batch.digest())
    return Damaged("its rows do not match their digest");
  return WholeChunk{.ref = {.entry_id = block.header.entry_id(),
                            .ordinal = block.header.ordinal(),
                            .position = block.header.position(),
                            .stored_bytes = block.header.block_octets(),
                            .rows = batch.rows(),
                            .raw_bytes = batch.raw_bytes(),
                            .head_hash = front.hash,
                            .place = batch.place()},
                    .digest = batch.digest(),
                    .found_at = block.position};
}

BrokenChunk BrokenChunkOf(const ScannedBlock& block) {
  return {.entry_id = block.header.entry_id(),
          .ordinal = block.header.ordinal(),
          .position = block.position,
          .stored_bytes = block.header.block_octets()};
}

class Surveyor {
 public:
  Surveyor(ForwardSource& source, int workers, Progress& progress)
      : source_(source),
        workers_(std::max(workers, 1)),
        progress_(progress),
        queue_(static_cast<size_t>(workers_) * 4),
        budget_(kQueuedOctetsMax) {}

  ArchiveSurvey Run();

 private:
  // The walk: one call for each block, on the calling thread.
  absl::Status CheckFront();
  absl::Status WalkBlocks();
  void CheckBlock(const ScannedBlock& block);
  absl::Status CheckPayload(const ScannedBlock& block, Bytes payload);
  absl::Status CheckHeaderBlock(const ScannedBlock& block, Bytes payload);
  absl::Status CheckEntriesBlock(Bytes payload);
  absl::Status CheckDirectoryBlock(const ScannedBlock& block, Bytes payload);
  absl::Status CheckFooterBlock(const ScannedBlock& block, Bytes payload);
  // False for one that stands there twice.
  bool SeeChunk(const ScannedBlock& block);
  void QueueChunk(const ScannedBlock& block, Buffer payload);
  absl::StatusOr<Buffer> ReadPayload(const ScannedBlock& block);
  // How many octets follow from `position` on.
  absl::StatusOr<uint64_t> CountOctets(uint64_t position);
  // The workers.
  void CheckChunks();
  void CheckChunkBlock(const ScannedBlock& block, Bytes payload);
  // What can be said only when all blocks are known.
  void CheckEnd();
  void CheckChunksAgainstDirectory(const WholeChunks& whole);
  void CheckDigests(const WholeChunks& whole);
  void CheckFooterFits();
  ArchiveSurvey MakeSurvey() ABSL_LOCKS_EXCLUDED(mu_);

  const Entry* FindDataEntry(uint32_t entry_id) const;
  // Adds to the damages what is not OK, with the names of file and table.
  void Report(uint64_t position, const absl::Status& status,
              uint32_t entry_id = 0) ABSL_LOCKS_EXCLUDED(mu_);
  bool IsWhole() const ABSL_LOCKS_EXCLUDED(mu_);

  ForwardSource& source_;
  const int workers_;
  Progress& progress_;
  BoundedQueue<QueuedChunk> queue_;
  MemoryBudget budget_;

  // The walking thread's. The workers read entries_ and entries_whole_, which
  // do not change once a chunk was queued.
  uint64_t blocks_ = 0;
  uint64_t chain_ = 0;
  std::optional<ArchiveInfo> info_;
  std::vector<Entry> entries_;
  bool entries_whole_ = false;
  bool directory_whole_ = true;
  Directory directory_;
  std::optional<ScannedBlock> first_directory_;
  std::optional<Footer> footer_;
  std::map<uint64_t, ScannedBlock> seen_chunks_;  // by ordinal
  std::optional<ScannedBlock> cut_off_;  // the last one without its end

  mutable Mutex mu_;
  // By position, in which order they are reported.
  std::multimap<uint64_t, Damage> damages_ ABSL_GUARDED_BY(mu_);
  WholeChunks whole_ ABSL_GUARDED_BY(mu_);
};

// What is not at one position is reported last.
constexpr uint64_t kAtEnd = UINT64_MAX;

ArchiveSurvey Surveyor::Run() {
  if (absl::Status status = CheckFront(); !status.ok()) {
    Report(0, status);
    return MakeSurvey();
  }
  std::vector<std::thread> threads;
  for (int i = 0; i < workers_; ++i)
    threads.emplace_back([this] { CheckChunks(); });
  if (absl::Status status = WalkBlocks(); !status.ok()) Report(kAtEnd, status);
  queue_.Close();
  for (std::thread& thread : threads) thread.join();
  CheckEnd();
  return MakeSurvey();
}

// Tells a damaged bale from what never was one.
absl::Status Surveyor::CheckFront() {
  Buffer front(kForeignOctets);
  ASSIGN_OR_RETURN(const size_t got, source_.ReadUpTo(0, MutableBytes(front)));
  front.resize(got);
  if (std::equal(kSignature.begin(), kSignature.end(), front.begin(),
                 front.begin() + static_cast<ptrdiff_t>(std::min(
                                     front.size(), kSignature.size()))))
    return absl::OkStatus();
  absl::Status status = ForeignError(front);
  return FailureOf(status) == Failure::kDamaged ? absl::OkStatus() : status;
}

absl::Status Surveyor::WalkBlocks() {
  BlockScanner scanner(source_);
  size_t reported = 0;
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<ScannedBlock> block, scanner.Next());
    for (; reported < scanner.damages().size(); ++reported) {
      const ScanDamage& damage = scanner.damages()[reported];
      Report(damage.position, damage.status);
    }
    if (!block.has_value()) return absl::OkStatus();
    ++blocks_;
    if (block->usable)
      CheckBlock(*block);
    else
      cut_off_ = *block;
    if (footer_.has_value()) return absl::OkStatus();
    chain_ = ExtendChain(chain_, block->header);
  }
}

void Surveyor::CheckBlock(const ScannedBlock& block) {
  absl::StatusOr<Buffer> payload = ReadPayload(block);
  absl::Status status = payload.status();
  if (status.ok()) status = block.header.CheckUnderstood();
  if (status.ok() && block.header.is(BlockKind::kChunk))
    return QueueChunk(block, *std::move(payload));
  if (status.ok()) status = block.header.CheckPayload(*payload);
  if (status.ok()) status = CheckPayload(block, *payload);
  if (block.header.is(BlockKind::kDirectory))
    directory_whole_ = directory_whole_ && status.ok();
  if (block.header.is(BlockKind::kChunk)) SeeChunk(block);
  Report(block.position, Annotate(status, block.header.Name()),
         block.header.entry_id());
}

absl::Status Surveyor::CheckPayload(const ScannedBlock& block, Bytes payload) {
  switch (static_cast<BlockKind>(block.header.kind())) {
    case BlockKind::kHeader:
      return CheckHeaderBlock(block, payload);
    case BlockKind::kEntries:
      return CheckEntriesBlock(payload);
    case BlockKind::kDirectory:
      return CheckDirectoryBlock(block, payload);
    case BlockKind::kFooter:
      return CheckFooterBlock(block, payload);
    default:
      return absl::OkStatus();
  }
}

absl::StatusOr<Buffer> Surveyor::ReadPayload(const ScannedBlock& block) {
  // The scanner has seen that all of it is there.
  Buffer payload(block.header.payload_octets());
  ASSIGN_OR_RETURN(const size_t got, source_.ReadUpTo(block.payload_position(),
                                                      MutableBytes(payload)));
  payload.resize(got);
  return payload;
}

absl::Status Surveyor::CheckHeaderBlock(const ScannedBlock& block,
                                        Bytes payload) {
  if (block.header.ordinal() != 0) return Damaged("it is not the first block");
  if (payload.size() > kHeaderPayloadOctetsMax)
    return Damaged("it is above its limit");
  ASSIGN_OR_RETURN(info_, DecodeHeaderPayload(payload));
  return absl::OkStatus();
}

absl::Status Surveyor::CheckEntriesBlock(Bytes payload) {
  if (!seen_chunks_.empty()) return Damaged("it stands behind a chunk");
  ASSIGN_OR_RETURN(const Buffer raw, Unpack(payload));
  // What is missing before it was reported.
  return IsWhole() ? DecodeEntries(raw, entries_)
                   : DecodeEntriesBehindGap(raw, entries_);
}

absl::Status Surveyor::CheckDirectoryBlock(const ScannedBlock& block,
                                           Bytes payload) {
  if (!first_directory_.has_value()) first_directory_ = block;
  ASSIGN_OR_RETURN(const Buffer raw, Unpack(payload));
  return DecodeDirectory(raw, block.header.position() / BlockHeader::kSize,
                         directory_);
}

absl::Status Surveyor::CheckFooterBlock(const ScannedBlock& block,
                                        Bytes payload) {
  ASSIGN_OR_RETURN(footer_, DecodeFooter(payload));
  ASSIGN_OR_RETURN(const uint64_t octets,
                   CountOctets(block.position + block.header.block_octets()));
  if (octets == 0) return absl::OkStatus();
  return Damaged(absl::StrCat(octets, " octets follow the footer"));
}

absl::StatusOr<uint64_t> Surveyor::CountOctets(uint64_t position) {
  const uint64_t begin = position;
  Buffer window(kCountedOctetsMin);
  while (true) {
    ASSIGN_OR_RETURN(const size_t got,
                     source_.ReadUpTo(position, MutableBytes(window)));
    position += got;
    if (got < window.size()) return position - begin;
    source_.Release(position);
    window.resize(std::min(window.size() * 2, kCountedOctetsMax));
  }
}

bool Surveyor::SeeChunk(const ScannedBlock& block) {
  if (seen_chunks_.empty()) entries_whole_ = IsWhole();
  return seen_chunks_.emplace(block.header.ordinal(), block).second;
}

void Surveyor::QueueChunk(const ScannedBlock& block, Buffer payload) {
  // The second one was reported as out of place.
  if (!SeeChunk(block)) return;
  budget_.Acquire(payload.size());
  queue_.Push({block, std::move(payload)});
}

void Surveyor::CheckChunks() {
  while (std::optional<QueuedChunk> chunk = queue_.Pop()) {
    CheckChunkBlock(chunk->block, chunk->payload);
    budget_.Release(chunk->payload.size());
  }
}

void Surveyor::CheckChunkBlock(const ScannedBlock& block, Bytes payload) {
  const uint32_t entry_id = block.header.entry_id();
  const Entry* const entry = FindDataEntry(entry_id);
  absl::Status status = block.header.CheckPayload(payload);
  if (status.ok() && entry == nullptr) {
    // Without its entry it cannot be decoded.
    if (entries_whole_)
      status = Damaged(absl::StrCat("entry ", entry_id, " has no data"));
  } else if (status.ok()) {
    absl::StatusOr<WholeChunk> chunk = CheckChunk(block, payload, *entry->data);
    status = chunk.status();
    if (chunk.ok()) {
      progress_.rows += chunk->ref.rows;
      progress_.raw_bytes += chunk->ref.raw_bytes;
      progress_.stored_bytes += chunk->ref.stored_bytes;
      MutexLock lock(mu_);
      whole_.emplace(block.header.ordinal(), *chunk);
    }
  }
  Report(block.position, Annotate(status, block.header.Name()), entry_id);
}

void Surveyor::CheckEnd() {
  WholeChunks whole;
  {
    MutexLock lock(mu_);
    whole = whole_;
  }
  if (!footer_.has_value()) {
    Report(kAtEnd, MakeError(Failure::kIncomplete, "it ends without a footer"));
    return;
  }
  if (directory_whole_) CheckChunksAgainstDirectory(whole);
  if (!IsWhole()) return;
  // All that is there is sound; it must also be all, and fit together.
  if (!info_.has_value()) Report(0, Damaged("the first block is no header"));
  Report(kAtEnd, CheckParents(entries_));
  Report(kAtEnd, Annotate(CheckDirectory(directory_, entries_, *footer_, 0),
                          "directory"));
  CheckDigests(whole);
  CheckFooterFits();
}

void Surveyor::CheckFooterFits() {
  if (!first_directory_.has_value() || footer_->entries != entries_.size() ||
      footer_->directory_position != first_directory_->position ||
      footer_->directory_ordinal != first_directory_->header.ordinal() ||
      footer_->chain != chain_)
    Report(kAtEnd, Damaged("the footer does not fit the blocks before it"));
}

void Surveyor::CheckChunksAgainstDirectory(const WholeChunks& whole) {
  std::map<uint64_t, ScannedBlock> seen = seen_chunks_;
  for (const ChunkRef& ref : directory_.chunks) {
    const auto found = whole.find(ref.ordinal);
    absl::string_view wrong;
    if (seen.erase(ref.ordinal) == 0)
      wrong = "it is in the directory, but not found";
    else if (found != whole.end() && !ref.Describes(found->second.ref))
      wrong = "it is not what the directory says";
    if (wrong.empty()) continue;
    Report(ref.position,
           Annotate(Damaged(wrong), BlockName(ref.ordinal, ref.position)),
           ref.entry_id);
  }
  // Unless it is the directory that lost something.
  if (!IsWhole()) return;
  for (const auto& [ordinal, block] : seen) {
    Report(block.position,
           Annotate(Damaged("it is not in the directory"), block.header.Name()),
           block.header.entry_id());
  }
}

void Surveyor::CheckDigests(const WholeChunks& whole) {
  absl::flat_hash_map<uint32_t, Digest> digests;
  for (const auto& [ordinal, chunk] : whole)
    digests[chunk.ref.entry_id] += chunk.digest;
  for (const TableTotals& table : directory_.tables) {
    if (digests[table.entry_id] == table.digest) continue;
    Report(kAtEnd, Damaged("its rows do not match its digest"), table.entry_id);
  }
}

const Entry* Surveyor::FindDataEntry(uint32_t entry_id) const {
  const Entry* const entry = FindEntry(entries_, entry_id);
  return entry != nullptr && entry->data.has_value() ? entry : nullptr;
}

void Surveyor::Report(uint64_t position, const absl::Status& status,
                      uint32_t entry_id) {
  if (status.ok()) return;
  const Entry* const entry = FindDataEntry(entry_id);
  const absl::Status named =
      entry == nullptr ? status : Annotate(status, DataName(*entry));
  MutexLock lock(mu_);
  damages_.emplace(position,
                   Damage{Annotate(named, Quoted(source_.name())), entry_id});
}

bool Surveyor::IsWhole() const {
  MutexLock lock(mu_);
  return damages_.empty();
}

ArchiveSurvey Surveyor::MakeSurvey() {
  MutexLock lock(mu_);
  ArchiveSurvey survey;
  survey.blocks = blocks_;
  for (auto& [position, damage] : damages_)
    survey.damages.push_back(std::move(damage));
  for (const auto& [ordinal, block] : seen_chunks_) {
    const auto whole = whole_.find(ordinal);
    if (whole != whole_.end()) {
      survey.chunks.push_back(whole->second);
    } else {
      survey.broken_chunks.push_back(BrokenChunkOf(block));
    }
  }
  if (cut_off_.has_value() && cut_off_->header.is(BlockKind::kChunk) &&
      !seen_chunks_.contains(cut_off_->header.ordinal()))
    survey.broken_chunks.push_back(BrokenChunkOf(*cut_off_));
  survey.info = std::move(info_);
  survey.entries = std::move(entries_);
  survey.footer = footer_;
  if (directory_whole_ && footer_.has_value())
    survey.directory = std::move(directory_);
  return survey;
}

}  // namespace

ArchiveSurvey SurveyArchive(ForwardSource& source, int workers,
                            Progress& progress) {
  return Surveyor(source, workers, progress).Run();
}

const Entry* FindEntry(const std::vector<Entry>& entries, uint32_t id) {
  const auto found = std::lower_bound(
      entries.begin(), entries.end(), id,
      [](const Entry& entry, uint32_t wanted) { return entry.id < wanted; });
  return found != entries.end() && found->id == id ? &*found : nullptr;
}

}  // namespace pgbale

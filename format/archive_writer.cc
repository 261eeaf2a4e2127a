#include "format/archive_writer.h"

#include <future>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "format/archive_info_codec.h"
#include "format/checksum.h"
#include "format/constants.h"
#include "format/directory_codec.h"
#include "format/entry_codec.h"
#include "format/footer.h"
#include "format/pack.h"

namespace pgbale {
namespace {

uint64_t RandomArchiveId() {
  std::random_device random;
  const uint64_t high = random();
  return (high << 32 | random()) | 1;  // never 0
}

ArchiveWriterOptions WithArchiveId(ArchiveWriterOptions options) {
  if (options.archive_id == 0) options.archive_id = RandomArchiveId();
  return options;
}

// What is damage to a reader is a mistake before it is written.
absl::Status Refusal(const absl::Status& damage) {
  if (damage.ok()) return damage;
  return MakeError(Failure::kError, damage.message());
}

absl::Status CheckLimits(const EncodedChunk& chunk) {
  if (chunk.payload.size() <= kPayloadOctetsMax &&
      chunk.decoded_bytes <= kChunkDecodedOctetsMax &&
      chunk.raw_bytes <= kChunkRawOctetsMax && chunk.rows <= kChunkRowsMax)
    return absl::OkStatus();
  return MakeError(
      Failure::kError,
      absl::StrCat("a chunk of ", chunk.rows, " rows and ", chunk.decoded_bytes,
                   " octets is above the limits of the archive"));
}

absl::Status CheckRawOctets(size_t octets) {
  if (octets <= kPackedRawOctetsMax) return absl::OkStatus();
  return MakeError(
      Failure::kError,
      absl::StrCat("an entry of ", octets, " octets is above the limit of ",
                   kPackedRawOctetsMax));
}

std::future<absl::StatusOr<Buffer>> PackBeside(Buffer raw) {
  return std::async(std::launch::async,
                    [raw = std::move(raw)]() -> absl::StatusOr<Buffer> {
                      RETURN_IF_ERROR(CheckRawOctets(raw.size()));
                      return Pack(raw);
                    });
}

}  // namespace

ArchiveWriter::ArchiveWriter(std::unique_ptr<Sink> sink,
                             const ArchiveWriterOptions& options)
    : options_(WithArchiveId(options)), sink_(std::move(sink)) {}

absl::StatusOr<std::unique_ptr<ArchiveWriter>> ArchiveWriter::Open(
    std::unique_ptr<Sink> sink, const ArchiveInfo& info,
    const ArchiveWriterOptions& options) {
  std::unique_ptr<ArchiveWriter> writer(
      new ArchiveWriter(std::move(sink), options));
  const Buffer payload = EncodeHeaderPayload(info);
  MutexLock lock(writer->mu_);
  RETURN_IF_ERROR(
      writer->AppendBlock(BlockKind::kHeader, 0, payload, Hash64(payload)));
  return writer;
}

absl::Status ArchiveWriter::AppendEntries(absl::Span<const Entry> entries) {
  MutexLock lock(mu_);
  Buffer raw;
  std::future<absl::StatusOr<Buffer>>
      packed;  // the block before, while this one is encoded
  for (const Entry& entry : entries) {
    RETURN_IF_ERROR(Refusal(CheckEntry(entry, ++entries_)));
    if (raw.size() >= options_.packed_octets) {
      RETURN_IF_ERROR(AppendPackedEntries(packed));
      packed = PackBeside(std::exchange(raw, {}));
    }
    EncodeEntry(entry, raw);
  }
  RETURN_IF_ERROR(Refusal(CheckParents(entries)));
  RETURN_IF_ERROR(AppendPackedEntries(packed));
  if (!raw.empty()) RETURN_IF_ERROR(AppendPacked(BlockKind::kEntries, raw));
  directory_.tables = ZeroTotals(entries);
  for (size_t i = 0; i < directory_.tables.size(); ++i)
    table_of_entry_[directory_.tables[i].entry_id] = i;
  return absl::OkStatus();
}

absl::Status ArchiveWriter::AppendChunk(uint32_t entry_id,
                                        const EncodedChunk& chunk) {
  RETURN_IF_ERROR(CheckLimits(chunk));
  const uint64_t payload_hash = Hash64(chunk.payload);
  MutexLock lock(mu_);
  const auto table = table_of_entry_.find(entry_id);
  if (table == table_of_entry_.end()) {
    return MakeError(Failure::kError, absl::StrCat("entry ", entry_id,
                                                   " of a chunk has no data"));
  }
  const ChunkRef ref{
      .entry_id = entry_id,
      .ordinal = next_ordinal_,
      .position = sink_->position(),
      .stored_bytes = BlockHeader::kSize + chunk.payload.size(),
      .rows = chunk.rows,
      .raw_bytes = chunk.raw_bytes,
      .head_hash = chunk.head_hash,
      .place = chunk.place,
  };
  RETURN_IF_ERROR(
      AppendBlock(BlockKind::kChunk, entry_id, chunk.payload, payload_hash));
  directory_.chunks.push_back(ref);
  TableTotals& totals = directory_.tables[table->second];
  totals.rows += ref.rows;
  totals.raw_bytes += ref.raw_bytes;
  totals.stored_bytes += ref.stored_bytes;
  totals.chunks += 1;
  totals.digest += chunk.digest;
  return absl::OkStatus();
}

absl::Status ArchiveWriter::MarkIncomplete(uint32_t entry_id,
                                           uint64_t rows_missing) {
  MutexLock lock(mu_);
  const auto table = table_of_entry_.find(entry_id);
  if (table == table_of_entry_.end())
    return MakeError(Failure::kError,
                     absl::StrCat("entry ", entry_id, " has no data"));
  TableTotals& totals = directory_.tables[table->second];
  totals.incomplete = true;
  totals.rows_missing = rows_missing;
  return absl::OkStatus();
}

absl::Status ArchiveWriter::Finish() {
  MutexLock lock(mu_);
  Footer footer{.directory_position = sink_->position(),
                .directory_ordinal = next_ordinal_,
                .chunks = directory_.chunks.size(),
                .entries = entries_};
  for (const TableTotals& table : directory_.tables) {
    footer.rows += table.rows;
    footer.raw_octets += table.raw_bytes;
    footer.stored_octets += table.stored_bytes;
  }
  for (const Buffer& raw : EncodeDirectory(directory_, options_.packed_octets))
    RETURN_IF_ERROR(AppendPacked(BlockKind::kDirectory, raw));
  footer.chain = chain_;
  const Buffer payload = EncodeFooter(footer);
  RETURN_IF_ERROR(AppendBlock(BlockKind::kFooter, 0, payload, Hash64(payload)));
  return failed_ = sink_->Finish();
}

Directory ArchiveWriter::directory() const {
  MutexLock lock(mu_);
  return directory_;
}

uint64_t ArchiveWriter::bytes_written() const {
  MutexLock lock(mu_);
  return sink_->position();
}

absl::Status ArchiveWriter::AppendBlock(BlockKind kind, uint32_t entry_id,
                                        Bytes payload, uint64_t payload_hash) {
  RETURN_IF_ERROR(failed_);
  const BlockHeader header({.kind = kind,
                            .entry_id = entry_id,
                            .archive_id = options_.archive_id,
                            .ordinal = next_ordinal_,
                            .position = sink_->position(),
                            .payload_octets = payload.size(),
                            .payload_hash = payload_hash});
  failed_ = sink_->Append(header.octets());
  if (failed_.ok()) failed_ = sink_->Append(payload);
  RETURN_IF_ERROR(failed_);
  ++next_ordinal_;
  chain_ = ExtendChain(chain_, header);
  return absl::OkStatus();
}

absl::Status ArchiveWriter::AppendPacked(BlockKind kind, Bytes raw) {
  RETURN_IF_ERROR(CheckRawOctets(raw.size()));
  const Buffer payload = Pack(raw);
  return AppendBlock(kind, 0, payload, Hash64(payload));
}

absl::Status ArchiveWriter::AppendPackedEntries(
    std::future<absl::StatusOr<Buffer>>& packed) {
  if (!packed.valid()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Buffer payload, packed.get());
  return AppendBlock(BlockKind::kEntries, 0, payload, Hash64(payload));
}

}  // namespace pgbale

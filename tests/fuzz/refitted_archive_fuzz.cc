// A whole archive whose checksums, ordinals and positions are made to fit, so
// that what lies behind them is reached: from the end, as a stream, surveyed,
// verified and salvaged.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <utility>

#include "base/endian.h"
#include "base/io/memory.h"
#include "base/status.h"
#include "format/archive_reader.h"
#include "format/archive_stream.h"
#include "format/checksum.h"
#include "format/salvage.h"

namespace pgbale {
namespace {

constexpr size_t kFooterOctets = 64;

// The header of a block at `position`, whose payload has the size that it says,
// or ends with the archive.
BlockHeader Refit(const BlockHeader& header, uint64_t ordinal,
                  uint64_t position, Bytes payload) {
  BlockHeader fitting({.kind = static_cast<BlockKind>(header.kind()),
                       .entry_id = header.entry_id(),
                       .archive_id = 1,
                       .ordinal = ordinal,
                       .position = position,
                       .payload_octets = payload.size(),
                       .payload_hash = Hash64(payload)});
  uint8_t* const octets = fitting.mutable_octets().data();
  StoreLittle(octets + 10, header.flags());
  StoreLittle(octets + 56, Hash64(fitting.octets().first(56)));
  return fitting;
}

void RefitAll(Buffer& archive) {
  uint64_t ordinal = 0, chain = 0;
  for (size_t at = 0; archive.size() - at >= BlockHeader::kSize; ++ordinal) {
    BlockHeader header;
    uint8_t* const octets = archive.data() + at;
    std::copy_n(octets, BlockHeader::kSize, header.mutable_octets().begin());
    const size_t left = archive.size() - at - BlockHeader::kSize;
    const size_t payload_octets =
        static_cast<size_t>(std::min<uint64_t>(header.payload_octets(), left));
    uint8_t* const payload = octets + BlockHeader::kSize;
    if (header.is(BlockKind::kFooter) && payload_octets == kFooterOctets)
      StoreLittle(payload + 56, chain);
    header = Refit(header, ordinal, at, Bytes(payload, payload_octets));
    std::copy_n(header.octets().begin(), BlockHeader::kSize, octets);
    chain = ExtendChain(chain, header);
    at += header.block_octets();
  }
}

absl::Status ReadAll(Bytes archive) {
  ASSIGN_OR_RETURN(const auto reader,
                   ArchiveReader::Open(MakeMemorySource(archive)));
  for (const ChunkRef& chunk : reader->directory().chunks) {
    reader->PeekChunkHead(chunk).IgnoreError();
    RETURN_IF_ERROR(reader->ReadChunk(chunk).status());
  }
  return absl::OkStatus();
}

absl::Status ReadStream(Bytes archive) {
  ASSIGN_OR_RETURN(
      const auto stream,
      ArchiveStream::Open(MakeForwardSource(MakeMemorySource(archive))));
  while (true) {
    ASSIGN_OR_RETURN(const auto chunk, stream->Next());
    if (!chunk.has_value()) return absl::OkStatus();
    RETURN_IF_ERROR(stream->Decode(*chunk).status());
  }
}

// What salvage makes is whole.
void Salvage(Bytes archive, const ArchiveSurvey& survey) {
  const auto plan = PlanSalvage(survey, "UTF8", "2026-01-01T00:00:00Z");
  if (!plan.ok()) return;
  Progress progress;
  Buffer salvaged;
  if (!WriteSalvage(*plan, *MakeMemorySource(archive),
                    MakeMemorySink(&salvaged), progress)
           .ok())
    std::abort();
  if (!VerifyArchive(MakeMemorySource(salvaged), 1).damages.empty())
    std::abort();
}

void Try(Bytes archive) {
  Progress progress;
  const auto source = MakeForwardSource(MakeMemorySource(archive));
  const ArchiveSurvey survey = SurveyArchive(*source, 1, progress);
  const bool read = ReadAll(archive).ok();
  const bool streamed = ReadStream(archive).ok();
  // What is verified can be read.
  if (survey.damages.empty() && (!read || !streamed)) std::abort();
  Salvage(archive, survey);
}

}  // namespace
}  // namespace pgbale

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  pgbale::Buffer archive(data, data + size);
  pgbale::RefitAll(archive);
  pgbale::Try(archive);
  return 0;
}

// A whole archive whose checksums, ordinals and positions are made to fit, so
// that what lies behind them is reached: from the end, as a stream, surveyed,
// verified and salvaged.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/endian.h"
#include "format/block.h"
#include "format/checksum.h"
#include "tests/format/read_whole.h"

namespace pgbale {
namespace {

using namespace format_test;

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

void PeekAtEachChunk(Bytes archive) {
  const auto reader = ArchiveReader::Open(MakeMemorySource(archive));
  if (!reader.ok()) return;
  for (const ChunkRef& chunk : (*reader)->directory().chunks)
    (*reader)->PeekChunkHead(chunk).IgnoreError();
}

void Require(absl::string_view what, const absl::Status& status) {
  if (status.ok()) return;
  std::cerr << what << ": " << status << "\n";
  std::abort();
}

void Try(Bytes archive) {
  PeekAtEachChunk(archive);
  const ArchiveSurvey survey = Survey(archive);
  const absl::Status read = ReadEverything(archive);
  const absl::Status streamed = StreamEverything(archive);
  if (survey.damages.empty()) {
    Require("verified, but not read", read);
    Require("verified, but not streamed", streamed);
  }
  Require("salvaged, but not whole", CheckSalvage(archive, survey));
}

}  // namespace
}  // namespace pgbale

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  pgbale::Buffer archive(data, data + size);
  pgbale::RefitAll(archive);
  pgbale::Try(archive);
  return 0;
}

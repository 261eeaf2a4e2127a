// The numbers of docs/format.md that are frozen in the file format, and its
// limits. A reader checks every length and count that it reads against these,
// and against the octets that are left, before it takes memory.

#ifndef PGBALE_FORMAT_CONSTANTS_H_
#define PGBALE_FORMAT_CONSTANTS_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace pgbale {

// The first octets of every block, and so of every archive. As in PNG: not
// ASCII, and a line end that a transfer in text mode destroys.
inline constexpr std::array<uint8_t, 8> kSignature = {0x89, 'B',  'A',  'L',
                                                      'E',  '\r', '\n', 0x1a};

// A reader refuses a greater major version. A minor version adds only what
// readers may skip.
inline constexpr uint16_t kFormatMajor = 1;
inline constexpr uint16_t kFormatMinor = 0;

enum class BlockKind : uint16_t {
  kHeader = 1,
  kEntries = 2,
  kChunk = 3,
  kDirectory = 4,
  kFooter = 5,
};

// Block flags. Of the lower half a reader ignores what it does not know; of
// the upper half it refuses what it does not know.
inline constexpr uint16_t kFlagsToUnderstand = 0xff00;
// A reader that does not know the block's kind refuses the archive; without
// it, the block is skipped.
inline constexpr uint16_t kFlagKindToUnderstand = 0x8000;

// How octets are compressed.
enum class Method : uint8_t { kStored = 0, kZstd = 1 };

// Limits. A row is at most 1 GiB on the wire, and a chunk holds at least one.
inline constexpr uint64_t kPayloadOctetsMax = uint64_t{1} << 31;
// What a chunk's columns take once decoded, all together.
inline constexpr uint64_t kChunkDecodedOctetsMax = uint64_t{1} << 31;
inline constexpr uint64_t kChunkHeadOctetsMax = uint64_t{1} << 24;
// Of a chunk without columns, or with NULLs only: so many take a second or two
// to read. Writers cut at a tenth of it, as the smallest row takes an octet.
inline constexpr uint32_t kChunkRowsMax = uint32_t{1} << 24;
// Of all columns, NULLs counted.
inline constexpr uint64_t kChunkValuesMax = uint64_t{1} << 28;
// The rows as their source counted them.
inline constexpr uint64_t kChunkRawOctetsMax = uint64_t{1} << 36;
// What COPY's binary form can count.
inline constexpr uint32_t kColumnsMax = 32767;
// An entry has.
inline constexpr size_t kStepsMax = 16;
inline constexpr size_t kStreamsAColumnMax = 16;
// Of one ENTRIES or DIRECTORY block, uncompressed; one entry must fit.
inline constexpr uint64_t kPackedRawOctetsMax = uint64_t{1} << 28;
inline constexpr uint32_t kEntriesMax = uint32_t{1} << 24;
inline constexpr uint64_t kHeaderPayloadOctetsMax = uint64_t{1} << 20;
// Of a zstd frame, as the logarithm to base 2; frames of a single segment
// excepted, whose window is their content.
inline constexpr int kZstdWindowLogMax = 27;

}  // namespace pgbale

#endif  // PGBALE_FORMAT_CONSTANTS_H_

// Archives that no writer makes: each number and octet of them can be chosen,
// and all checksums fit.

#ifndef PGBALE_TESTS_FORMAT_HOSTILE_H_
#define PGBALE_TESTS_FORMAT_HOSTILE_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "format/archive_info_codec.h"
#include "format/chunk_head.h"
#include "format/directory_codec.h"
#include "format/entry_codec.h"
#include "format/fields.h"
#include "format/footer.h"
#include "format/pack.h"
#include "tests/format/archives.h"

namespace pgbale::format_test {

// A number as a varint.
inline std::string Varint(uint64_t number) {
  Buffer octets;
  AppendVarint(octets, number);
  return ToString(octets);
}
// A field, whatever its tag.
inline std::string Field(uint64_t tag, const std::string& octets) {
  return Varint(tag) + Varint(octets.size()) + octets;
}
inline std::string Field(uint64_t tag, uint64_t number) {
  return Field(tag, Varint(number));
}

// Fields as the payload of a block of ENTRIES or DIRECTORY, stored.
inline Buffer Packed(const std::string& fields) {
  Buffer payload;
  AppendLittle(payload, uint32_t{0});
  AppendLittle(payload, uint32_t{0});
  AppendLittle(payload, uint64_t{fields.size()});
  Append(payload, AsBytes(fields));
  return payload;
}

// A zstd frame (RFC 8878) that states `size`: one segment, unless
// `descriptor` says otherwise, with `extra` behind that.
inline std::string FrameOf(uint64_t size, const std::string& blocks,
                           uint8_t descriptor = 0xe0,
                           const std::string& extra = "") {
  Buffer stated;
  AppendLittle(stated, size);
  return std::string("\x28\xb5\x2f\xfd") + static_cast<char>(descriptor) +
         extra + ToString(stated) + blocks;
}
inline const std::string kFrameWithoutSize("\x28\xb5\x2f\xfd\0\x58", 6);
// A block of such a frame, stored.
inline std::string RawBlockOf(const std::string& octets, bool last) {
  Buffer head;
  AppendLittle(head,
               static_cast<uint32_t>(octets.size() << 3 | (last ? 1 : 0)));
  return ToString(Bytes(head).first(3)) + octets;
}

struct HostileBlock {
  BlockKind kind = BlockKind::kHeader;
  Buffer payload = {};
  uint32_t entry_id = 0;
  uint16_t flags = kFlagKindToUnderstand;
  // What the header says instead of the truth.
  std::optional<uint64_t> archive_id = {}, ordinal = {}, position = {},
                          payload_octets = {};
};

// A chunk of two rows of the columns `integer` and `text`: (7, "one") and
// (NULL, "three").
struct HostileChunk {
  ChunkHead head;
  Buffer body;

  HostileChunk() {
    const RowBatch batch =
        BatchOf({4, 0}, {{Octets(7), "one"}, {kNull, "three"}});
    head = {.rows = 2,
            .raw_octets = batch.raw_bytes(),
            .digest = batch.digest(),
            .columns = {
                {.encoding = 2, .width = 4, .nulls = 1, .streams = {}},
                {.encoding = 4, .width = 0, .value_octets = 8, .streams = {}}}};
    Stream(0, std::string(1, 2));
    Stream(0, Octets(7));
    Stream(1, std::string("\3\5\0\0\0\0\0\0", 8));
    Stream(1, "onethree");
  }
  // Appends a stored stream to the last of all streams.
  void Stream(size_t column, const std::string& octets) {
    head.columns[column].streams.push_back(
        {Method::kStored, octets.size(), octets.size()});
    Append(body, AsBytes(octets));
  }
  // One column of `rows` values without NULLs in place of the two.
  void Only(uint32_t encoding, uint32_t width, uint64_t value_octets,
            const std::vector<std::string>& streams) {
    head.columns = {{.encoding = encoding,
                     .width = width,
                     .value_octets = value_octets,
                     .streams = {}}};
    body.clear();
    for (const std::string& stream : streams) Stream(0, stream);
  }
  Buffer Payload() const {
    Buffer payload;
    EncodeChunkHead(head, payload);
    Append(payload, body);
    return payload;
  }
};

// The parts of an archive with an entry SCHEMA, the data of table public.t and
// one chunk of it. What is changed before Build() is in the archive as it is,
// all that is computed from it fits.
struct Hostile {
  std::string header = Field(1, "UTF8");
  uint16_t major = 1, minor = 0;
  std::vector<Entry> entries = {SchemaEntry(1, "s"), DataEntry(2, "t", {4, 0})};
  // The fields of the ENTRIES block, in place of those of `entries`.
  std::optional<std::string> entry_fields;
  HostileChunk chunk;
  // Likewise, in place of `chunk`.
  std::optional<Buffer> chunk_payload;
  uint32_t chunk_entry = 2;
  // Changes what would be right.
  std::function<void(Directory&)> directory = [](Directory&) {};
  std::optional<std::string> directory_fields;
  std::function<void(Footer&)> footer = [](Footer&) {};
  std::function<void(Buffer&)> footer_payload = [](Buffer&) {};
  // Blocks 0 HEADER, 1 ENTRIES, 2 CHUNK, 3 DIRECTORY, 4 FOOTER, before they
  // are numbered, placed and hashed.
  std::function<void(std::vector<HostileBlock>&)> blocks =
      [](std::vector<HostileBlock>&) {};

  // One column of table t in place of two.
  void OneColumn(uint32_t width) { entries[1] = DataEntry(2, "t", {width}); }
  Buffer Build();

 private:
  Buffer HeaderPayload() const;
  Buffer EntriesPayload() const;
  Buffer DirectoryPayload(uint64_t position, const Buffer& payload);
  Buffer FooterPayload(uint64_t directory_position);
  Directory directory_;
};

inline Buffer Hostile::HeaderPayload() const {
  Buffer payload;
  AppendLittle(payload, major);
  AppendLittle(payload, minor);
  Append(payload, AsBytes(header));
  return payload;
}

inline Buffer Hostile::EntriesPayload() const {
  Buffer fields;
  for (const Entry& entry : entries) EncodeEntry(entry, fields);
  return Packed(entry_fields.value_or(ToString(fields)));
}

inline Buffer Hostile::DirectoryPayload(uint64_t position,
                                        const Buffer& payload) {
  const uint64_t stored = BlockHeader::kSize + payload.size();
  directory_.chunks = {{.entry_id = chunk_entry,
                        .ordinal = 2,
                        .position = position,
                        .stored_bytes = stored,
                        .rows = chunk.head.rows,
                        .raw_bytes = chunk.head.raw_octets,
                        .place = chunk.head.place}};
  TableTotals totals;
  totals.entry_id = chunk_entry;
  totals.rows = chunk.head.rows;
  totals.raw_bytes = chunk.head.raw_octets;
  totals.stored_bytes = stored;
  totals.chunks = 1;
  totals.digest = chunk.head.digest;
  directory_.tables = {totals};
  directory(directory_);
  Buffer fields;
  for (const Buffer& block : EncodeDirectory(directory_, 1 << 20))
    Append(fields, block);
  return Packed(directory_fields.value_or(ToString(fields)));
}

inline Buffer Hostile::FooterPayload(uint64_t directory_position) {
  Footer sums{.directory_position = directory_position,
              .directory_ordinal = 3,
              .chunks = directory_.chunks.size(),
              .entries = static_cast<uint32_t>(entries.size())};
  for (const TableTotals& table : directory_.tables) {
    sums.rows += table.rows;
    sums.raw_octets += table.raw_bytes;
    sums.stored_octets += table.stored_bytes;
  }
  return EncodeFooter(sums);
}

// Writes the blocks; the footer's chain is that of those before it.
inline Buffer Assemble(const std::vector<HostileBlock>& blocks,
                       const Hostile& hostile) {
  Buffer archive;
  uint64_t ordinal = 0, chain = 0;
  for (const HostileBlock& block : blocks) {
    Buffer payload = block.payload;
    if (block.kind == BlockKind::kFooter && payload.size() == 64) {
      Footer footer = *DecodeFooter(payload);
      footer.chain = chain;
      hostile.footer(footer);
      payload = EncodeFooter(footer);
      hostile.footer_payload(payload);
    }
    BlockHeader header(
        {.kind = block.kind,
         .entry_id = block.entry_id,
         .archive_id = block.archive_id.value_or(ArchiveBuilder::kId),
         .ordinal = block.ordinal.value_or(ordinal),
         .position = block.position.value_or(archive.size()),
         .payload_octets = block.payload_octets.value_or(payload.size()),
         .payload_hash = Hash64(payload)});
    uint8_t* const octets = header.mutable_octets().data();
    StoreLittle(octets + 10, block.flags);
    StoreLittle(octets + 56, Hash64(header.octets().first(56)));
    chain = ExtendChain(chain, header);
    ++ordinal;
    Append(archive, header.octets());
    Append(archive, payload);
  }
  return archive;
}

inline Buffer Hostile::Build() {
  constexpr uint64_t kHead = BlockHeader::kSize;
  const Buffer payload = chunk_payload.value_or(chunk.Payload());
  std::vector<HostileBlock> all(5);
  all[0] = {.kind = BlockKind::kHeader, .payload = HeaderPayload()};
  all[1] = {.kind = BlockKind::kEntries, .payload = EntriesPayload()};
  all[2] = {
      .kind = BlockKind::kChunk, .payload = payload, .entry_id = chunk_entry};
  const uint64_t position =
      2 * kHead + all[0].payload.size() + all[1].payload.size();
  all[3] = {.kind = BlockKind::kDirectory,
            .payload = DirectoryPayload(position, payload)};
  all[4] = {.kind = BlockKind::kFooter,
            .payload = FooterPayload(position + kHead + payload.size())};
  blocks(all);
  return Assemble(all, *this);
}

}  // namespace pgbale::format_test

#endif  // PGBALE_TESTS_FORMAT_HOSTILE_H_

// Archives as an enemy would make them: blocks, entries, directories. They are
// refused, by name, in bounded memory.

#include "tests/format/hostile_cases.h"

namespace pgbale {
namespace {

using namespace format_test;

const std::vector<HostileCase> kBlocks = {
    {"a whole archive", Outcome::kWhole, "", [](Hostile&) {}},
    {"a payload of 2^63 octets", Outcome::kDamaged, "no intact block header",
     [](Hostile& h) {
       h.blocks = [](auto& b) { b[2].payload_octets = uint64_t{1} << 63; };
     }},
    {"a payload of -1 octets", Outcome::kDamaged, "no intact block header",
     [](Hostile& h) {
       h.blocks = [](auto& b) { b[2].payload_octets = ~uint64_t{0}; };
     }},
    {"a payload whose end wraps around", Outcome::kDamaged,
     "no intact block header",
     [](Hostile& h) {
       h.blocks = [](auto& b) { b[2].payload_octets = ~uint64_t{0} - 63; };
     }},
    {"a payload one octet above the limit", Outcome::kDamaged,
     "no intact block header",
     [](Hostile& h) {
       h.blocks = [](auto& b) {
         b[2].payload_octets = (uint64_t{1} << 31) + 1;
       };
     }},
    {"a payload of 2 GiB that is not there", Outcome::kIncomplete,
     "beyond the end",
     [](Hostile& h) {
       h.blocks = [](auto& b) { b[2].payload_octets = uint64_t{1} << 31; };
     }},
    {"a header that is above its limit", Outcome::kDamaged, "above its limit",
     [](Hostile& h) { h.header += Field(2, std::string(1 << 20, 'x')); }},
    {"a position of 2^64 - 1", Outcome::kDamaged, "written at position",
     [](Hostile& h) {
       h.blocks = [](auto& b) { b[2].position = ~uint64_t{0}; };
     }},
    {"a later position", Outcome::kDamaged, "written at position",
     [](Hostile& h) { h.blocks = [](auto& b) { b[2].position = 1000; }; }},
    {"an ordinal that is taken", Outcome::kDamaged,
     "stands where block 2 belongs",
     [](Hostile& h) { h.blocks = [](auto& b) { b[2].ordinal = 1; }; }},
    {"an ordinal of 2^64 - 1", Outcome::kDamaged,
     "stands where block 2 belongs",
     [](Hostile& h) {
       h.blocks = [](auto& b) { b[2].ordinal = ~uint64_t{0}; };
     }},
    {"a chunk of another archive", Outcome::kDamaged, "another archive",
     [](Hostile& h) { h.blocks = [](auto& b) { b[2].archive_id = 1; }; }},
    {"entries that name an entry", Outcome::kDamaged, "",
     [](Hostile& h) { h.blocks = [](auto& b) { b[1].entry_id = 1; }; }},
    {"an unknown kind that may be skipped", Outcome::kWhole, "",
     [](Hostile& h) {
       h.blocks = [](auto& b) {
         b.insert(b.end() - 1, {.kind = BlockKind(77), .flags = 0});
       };
     }},
    {"an unknown kind that names an entry", Outcome::kWhole, "",
     [](Hostile& h) {
       h.blocks = [](auto& b) {
         b.insert(b.end() - 1,
                  {.kind = BlockKind(77), .entry_id = 9, .flags = 0});
       };
     }},
    {"an unknown kind to be understood", Outcome::kRefused, "unknown kind 77",
     [](Hostile& h) {
       h.blocks = [](auto& b) {
         b.insert(b.end() - 1, {.kind = BlockKind(77)});
       };
     }},
    {"unknown flags that may be ignored", Outcome::kWhole, "",
     [](Hostile& h) { h.blocks = [](auto& b) { b[2].flags |= 0xff; }; }},
    {"an unknown flag to be understood", Outcome::kRefused,
     "unknown flags 0x4000",
     [](Hostile& h) { h.blocks = [](auto& b) { b[2].flags |= 0x4000; }; }},
    {"a second header", Outcome::kDamaged, "",
     [](Hostile& h) {
       h.blocks = [](auto& b) { b.insert(b.begin() + 3, b[0]); };
     }},
    {"entries behind a chunk", Outcome::kDamaged, "",
     [](Hostile& h) { h.blocks = [](auto& b) { std::swap(b[1], b[2]); }; }},
    {"a chunk behind the directory", Outcome::kDamaged, "",
     [](Hostile& h) {
       h.blocks = [](auto& b) { b.insert(b.begin() + 4, b[2]); };
     }},
    {"two footers", Outcome::kDamaged, "",
     [](Hostile& h) { h.blocks = [](auto& b) { b.push_back(b[4]); }; }},
    {"no directory", Outcome::kDamaged, "",
     [](Hostile& h) { h.blocks = [](auto& b) { b.erase(b.begin() + 3); }; }},
    {"no entries", Outcome::kDamaged, "",
     [](Hostile& h) { h.blocks = [](auto& b) { b.erase(b.begin() + 1); }; }},
    {"no chunk", Outcome::kDamaged, "",
     [](Hostile& h) { h.blocks = [](auto& b) { b.erase(b.begin() + 2); }; }},
    {"no header", Outcome::kDamaged, "",
     [](Hostile& h) { h.blocks = [](auto& b) { b.erase(b.begin()); }; }},
    {"a block that may be skipped instead of the header", Outcome::kDamaged,
     "the first block is no header",
     [](Hostile& h) {
       h.blocks = [](auto& b) {
         b[0].kind = BlockKind(77);
         b[0].flags = 0;
       };
     }},
};

TEST(HostileArchive, BlocksThatAreNotInOrderAreRefused) { TryAll(kBlocks); }

const std::vector<HostileCase> kHeader = {
    {"the next major version", Outcome::kRefused, "version 2.0",
     [](Hostile& h) { h.major = 2; }},
    {"the last major version", Outcome::kRefused, "version 65535.65535",
     [](Hostile& h) { h.major = h.minor = 0xffff; }},
    {"version 0", Outcome::kDamaged, "no version 0",
     [](Hostile& h) { h.major = 0; }},
    {"a later minor version", Outcome::kWhole, "",
     [](Hostile& h) { h.minor = 9; }},
    {"a header of 3 octets", Outcome::kDamaged, "too short",
     [](Hostile& h) { h.blocks = [](auto& b) { b[0].payload.resize(3); }; }},
    {"an unknown even field", Outcome::kWhole, "",
     [](Hostile& h) { h.header += Field(1000, "whatever"); }},
    {"an unknown odd field", Outcome::kRefused, "field 1001 is unknown",
     [](Hostile& h) { h.header += Field(1001, "whatever"); }},
    {"a field that is repeated", Outcome::kDamaged, "field 1 is repeated",
     [](Hostile& h) { h.header += Field(1, "UTF8"); }},
    {"fields out of order", Outcome::kDamaged, "field 1 is out of order",
     [](Hostile& h) { h.header = Field(2, "x") + Field(1, "UTF8"); }},
    {"field 0", Outcome::kDamaged, "",
     [](Hostile& h) { h.header = Field(0, "x"); }},
    {"field 2^31", Outcome::kDamaged, "",
     [](Hostile& h) { h.header += Field(uint64_t{1} << 31, "x"); }},
    {"a field of 2^63 octets", Outcome::kDamaged, "goes beyond",
     [](Hostile& h) { h.header += Varint(2) + Varint(uint64_t{1} << 63); }},
    {"a field of -1 octets", Outcome::kDamaged, "goes beyond",
     [](Hostile& h) { h.header += Varint(2) + Varint(~uint64_t{0}); }},
    {"a field that is cut off", Outcome::kDamaged, "goes beyond",
     [](Hostile& h) { h.header += Varint(2) + Varint(5) + "four"; }},
    {"a tag without its length", Outcome::kDamaged, "cut off",
     [](Hostile& h) { h.header += Varint(2); }},
    {"a number longer than necessary", Outcome::kDamaged, "shortest form",
     [](Hostile& h) { h.header += Field(6, std::string("\x81\x80\0", 3)); }},
    {"a number of more than 64 bits", Outcome::kDamaged, "too great",
     [](Hostile& h) { h.header += Field(6, std::string(9, '\xff') + "\x02"); }},
    {"a number of 11 octets", Outcome::kDamaged, "too great",
     [](Hostile& h) {
       h.header += Field(6, std::string(10, '\xff') + "\x01");
     }},
    {"a version of more than 32 bits", Outcome::kDamaged, "too great",
     [](Hostile& h) { h.header += Field(6, uint64_t{1} << 32); }},
    {"a number with octets behind it", Outcome::kDamaged,
     "longer than a number",
     [](Hostile& h) { h.header += Field(6, std::string("\1\1")); }},
    {"too many extensions", Outcome::kDamaged, "too many records",
     [](Hostile& h) {
       for (int i = 0; i <= 10000; ++i) h.header += Field(22, "");
     }},
    {"control characters in names", Outcome::kWhole, "",
     [](Hostile& h) { h.header += Field(12, "a\r\n\x1b[2J\x9b\xff../.."); }},
    {"an octet 0 in a name", Outcome::kDamaged, "octet 0",
     [](Hostile& h) { h.header += Field(12, std::string("a\0b", 3)); }},
};

TEST(HostileArchive, HeadersAreRefused) { TryAll(kHeader); }

const std::vector<HostileCase> kEntries = {
    {"two entries with one id", Outcome::kDamaged,
     "stands where entry 2 belongs", [](Hostile& h) { h.entries[1].id = 1; }},
    {"entry 0", Outcome::kDamaged, "stands where entry 1 belongs",
     [](Hostile& h) { h.entries[0].id = 0; }},
    {"entry 2^32 - 1", Outcome::kDamaged, "stands where entry 2 belongs",
     [](Hostile& h) { h.entries[1].id = ~uint32_t{0}; }},
    {"an entry that depends on itself", Outcome::kDamaged, "depends on entry 2",
     [](Hostile& h) { h.entries[1].depends = {2}; }},
    {"an entry that depends on a later one", Outcome::kDamaged,
     "depends on entry 2", [](Hostile& h) { h.entries[0].depends = {2}; }},
    {"an entry that depends on entry 0", Outcome::kDamaged,
     "depends on entry 0", [](Hostile& h) { h.entries[1].depends = {0}; }},
    {"an entry that locks itself", Outcome::kDamaged, "it locks entry 2",
     [](Hostile& h) { h.entries[1].locks = {2}; }},
    {"an entry that shares a lock on a later one", Outcome::kDamaged,
     "it locks entry 3", [](Hostile& h) { h.entries[1].shared_locks = {3}; }},
    {"its own parent", Outcome::kDamaged, "belongs to entry 2",
     [](Hostile& h) { h.entries[1].parent = 2; }},
    {"a parent that does not exist", Outcome::kDamaged, "belongs to entry 7",
     [](Hostile& h) { h.entries[1].parent = 7; }},
    {"data before the data", Outcome::kDamaged, "not in the data section",
     [](Hostile& h) { h.entries[1].section = Section::kPreData; }},
    {"an unknown section", Outcome::kRefused,
     "field 11 has the unknown value 4",
     [](Hostile& h) { h.entries[0].section = Section{4}; }},
    {"an unknown pass", Outcome::kRefused, "field 13 has the unknown value 3",
     [](Hostile& h) { h.entries[0].pass = Pass{3}; }},
    {"an unknown aspect", Outcome::kWhole, "",
     [](Hostile& h) { h.entries[0].aspect = Aspect{200}; }},
    {"an unknown target", Outcome::kRefused, "field 1 has the unknown value 3",
     [](Hostile& h) { h.entries[1].data->target = DataTarget{3}; }},
    {"an unknown form of COPY", Outcome::kRefused,
     "field 9 has the unknown value 0",
     [](Hostile& h) { h.entries[1].data->format = WireFormat{0}; }},
    {"a table of too many columns", Outcome::kDamaged, "too many records",
     [](Hostile& h) { h.entries[1].data->columns.resize(32768); }},
    {"a flag that is 2", Outcome::kDamaged, "too great",
     [](Hostile& h) {
       h.entry_fields = Field(1, Field(1, 1) + Field(11, 1) + Field(31, 2)) +
                        Field(1, Field(1, 2));
     }},
    {"an id of more than 32 bits", Outcome::kDamaged, "too great",
     [](Hostile& h) {
       h.entry_fields = Field(1, Field(1, uint64_t{1} << 32));
     }},
    {"a list of numbers that is cut off", Outcome::kDamaged, "cut off",
     [](Hostile& h) {
       h.entry_fields =
           Field(1, Field(1, 1) + Field(11, 1) + Field(33, "\x80"));
     }},
    {"an unknown odd field of an entry", Outcome::kRefused,
     "field 1001 is unknown",
     [](Hostile& h) {
       h.entry_fields = Field(1, Field(1, 1) + Field(11, 1) + Field(1001, "x"));
     }},
    {"entries inside of each other", Outcome::kDamaged, "",
     [](Hostile& h) {
       h.entry_fields = Field(1, Field(1, Field(1, Field(1, Field(1, 1)))));
     }},
    {"more entries than the footer says", Outcome::kDamaged, "",
     [](Hostile& h) {
       h.entries.push_back(SchemaEntry(3, "x"));
       h.footer = [](Footer& f) { f.entries = 2; };
     }},
    {"an octet 0 in a statement", Outcome::kDamaged, "octet 0",
     [](Hostile& h) {
       h.entries[0].create = {std::string("SELECT 1\0; DROP TABLE t", 23)};
     }},
    {"control characters in a table's name", Outcome::kWhole, "",
     [](Hostile& h) { h.entries[1].data->relation = "t\x1b]0;x\a\r\n-- "; }},
    {"an unknown method", Outcome::kRefused, "compression method 2",
     [](Hostile& h) { h.blocks = [](auto& b) { b[1].payload[0] = 2; }; }},
    {"reserved octets that are not zero", Outcome::kDamaged, "reserved",
     [](Hostile& h) { h.blocks = [](auto& b) { b[1].payload[4] = 1; }; }},
    {"entries of 2^63 octets", Outcome::kDamaged, "above the limit",
     [](Hostile& h) {
       h.blocks = [](auto& b) {
         StoreLittle(b[1].payload.data() + 8, uint64_t{1} << 63);
       };
     }},
    {"entries one octet longer than they are", Outcome::kDamaged, "not as many",
     [](Hostile& h) { h.blocks = [](auto& b) { b[1].payload[8]++; }; }},
    {"entries above the limit", Outcome::kDamaged, "above the limit",
     [](Hostile& h) {
       h.blocks = [](auto& b) {
         StoreLittle(b[1].payload.data() + 8, (uint64_t{1} << 28) + 1);
       };
     }},
    {"an ENTRIES block of 15 octets", Outcome::kDamaged, "too short",
     [](Hostile& h) { h.blocks = [](auto& b) { b[1].payload.resize(15); }; }},
};

TEST(HostileArchive, EntriesAreRefused) { TryAll(kEntries); }

// Makes the ENTRIES block a zstd frame that should hold `raw` octets.
void SetFrame(Hostile& h, const std::string& frame, uint64_t raw) {
  h.blocks = [frame, raw](std::vector<HostileBlock>& blocks) {
    Buffer& payload = blocks[1].payload;
    payload.resize(16);
    StoreLittle(payload.data(), uint32_t{1});
    StoreLittle(payload.data() + 8, raw);
    Append(payload, AsBytes(frame));
  };
}

const std::vector<HostileCase> kFrames = {
    {"a frame that is none", Outcome::kDamaged, "no zstd frame",
     [](Hostile& h) { SetFrame(h, "four octets", 11); }},
    {"an empty frame", Outcome::kDamaged, "no zstd frame",
     [](Hostile& h) { SetFrame(h, "", 0); }},
    {"a frame that states no size", Outcome::kDamaged, "does not state",
     [](Hostile& h) {
       SetFrame(h, kFrameWithoutSize + RawBlockOf("x", true), 1);
     }},
    {"a frame of another size", Outcome::kDamaged, "does not state",
     [](Hostile& h) { SetFrame(h, FrameOf(2, RawBlockOf("x", true)), 1); }},
    {"a frame of 2^64 - 1 octets", Outcome::kDamaged, "above the limit",
     [](Hostile& h) {
       SetFrame(h, FrameOf(~uint64_t{0}, RawBlockOf("x", true)), ~uint64_t{0});
     }},
    {"a bomb of 2^28 octets in a few", Outcome::kDamaged, "cannot hold",
     [](Hostile& h) {
       SetFrame(h, FrameOf(uint64_t{1} << 28, RawBlockOf("x", true)),
                uint64_t{1} << 28);
     }},
    {"a frame that is shorter than it says", Outcome::kDamaged, "",
     [](Hostile& h) { SetFrame(h, FrameOf(100, RawBlockOf("x", true)), 100); }},
    {"a frame that is longer than it says", Outcome::kDamaged, "",
     [](Hostile& h) {
       SetFrame(h, FrameOf(1, RawBlockOf("x", false) + RawBlockOf("y", true)),
                1);
     }},
    {"two frames", Outcome::kDamaged, "does not end",
     [](Hostile& h) {
       SetFrame(h,
                FrameOf(1, RawBlockOf("x", true)) +
                    FrameOf(1, RawBlockOf("x", true)),
                1);
     }},
    {"octets behind a frame", Outcome::kDamaged, "does not end",
     [](Hostile& h) {
       SetFrame(h, FrameOf(1, RawBlockOf("x", true)) + "x", 1);
     }},
    {"a frame with a dictionary", Outcome::kDamaged, "asks for a dictionary",
     [](Hostile& h) {
       SetFrame(h, FrameOf(1, RawBlockOf("x", true), 0xe1, "\7"), 1);
     }},
    {"a window of 2^41 octets", Outcome::kDamaged, "does not state",
     [](Hostile& h) {
       SetFrame(h, FrameOf(1, RawBlockOf("x", true), 0xc0, "\xf8"), 1);
     }},
    {"a window of 2^28 octets", Outcome::kDamaged, "window is above",
     [](Hostile& h) {
       SetFrame(h, FrameOf(1, RawBlockOf("x", true), 0xc0, "\x90"), 1);
     }},
    {"a frame to be skipped", Outcome::kDamaged, "no zstd frame",
     [](Hostile& h) {
       SetFrame(h, std::string("\x50\x2a\x4d\x18\1\0\0\0x", 9), 1);
     }},
    {"a frame without blocks", Outcome::kDamaged, "",
     [](Hostile& h) { SetFrame(h, FrameOf(1, ""), 1); }},
};

TEST(HostileArchive, FramesAreRefused) { TryAll(kFrames); }

const std::vector<HostileCase> kDirectory = {
    {"a chunk of another entry", Outcome::kDamaged, "",
     [](Hostile& h) {
       h.directory = [](auto& d) { d.chunks[0].entry_id = 1; };
     }},
    {"a chunk at another position", Outcome::kDamaged, "",
     [](Hostile& h) {
       h.directory = [](auto& d) { d.chunks[0].position += 1; };
     }},
    {"a chunk at position -1", Outcome::kDamaged, "",
     [](Hostile& h) {
       h.directory = [](auto& d) { d.chunks[0].position = ~uint64_t{0}; };
     }},
    {"a chunk in the header", Outcome::kDamaged, "",
     [](Hostile& h) {
       h.directory = [](auto& d) { d.chunks[0].position = 0; };
     }},
    {"a chunk of another ordinal", Outcome::kDamaged, "",
     [](Hostile& h) {
       h.directory = [](auto& d) { d.chunks[0].ordinal = 1; };
     }},
    {"a chunk of 2^64 - 1 octets", Outcome::kDamaged, "",
     [](Hostile& h) {
       h.directory = [](auto& d) { d.chunks[0].stored_bytes = ~uint64_t{0}; };
     }},
    {"a chunk of more octets", Outcome::kDamaged, "",
     [](Hostile& h) {
       h.directory = [](auto& d) {
         d.chunks[0].stored_bytes += 1;
         d.tables[0].stored_bytes += 1;
       };
     }},
    {"a chunk of more rows", Outcome::kDamaged, "",
     [](Hostile& h) {
       h.directory = [](auto& d) {
         d.chunks[0].rows += 1;
         d.tables[0].rows += 1;
       };
     }},
    {"a chunk of more raw octets", Outcome::kDamaged, "",
     [](Hostile& h) {
       h.directory = [](auto& d) {
         d.chunks[0].raw_bytes += 1;
         d.tables[0].raw_bytes += 1;
       };
     }},
    {"a chunk at another place among the rows", Outcome::kDamaged, "directory",
     [](Hostile& h) { h.directory = [](auto& d) { d.chunks[0].place = 1; }; }},
    {"a chunk whose head has a place of its own", Outcome::kDamaged,
     "directory",
     [](Hostile& h) {
       h.chunk.head.place = 5;
       h.directory = [](auto& d) { d.chunks[0].place = 0; };
     }},
    {"a chunk at the last of all places", Outcome::kWhole, "",
     [](Hostile& h) { h.chunk.head.place = ~uint64_t{0}; }},
    {"a chunk twice", Outcome::kDamaged, "",
     [](Hostile& h) {
       h.directory = [](auto& d) { d.chunks.push_back(d.chunks[0]); };
     }},
    {"no chunk in the directory", Outcome::kDamaged, "",
     [](Hostile& h) { h.directory = [](auto& d) { d.chunks.clear(); }; }},
    {"100 000 chunks", Outcome::kDamaged, "",
     [](Hostile& h) {
       h.directory = [](auto& d) { d.chunks.resize(100000, d.chunks[0]); };
     }},
    {"other totals", Outcome::kDamaged, "are not the sums",
     [](Hostile& h) { h.directory = [](auto& d) { d.tables[0].rows += 1; }; }},
    {"totals that overflow", Outcome::kDamaged, "",
     [](Hostile& h) {
       h.directory = [](auto& d) { d.tables[0].rows = ~uint64_t{0}; };
     }},
    {"another digest of a table", Outcome::kOnlyVerified, "digest",
     [](Hostile& h) {
       h.directory = [](auto& d) { d.tables[0].digest.low ^= 1; };
     }},
    {"no totals", Outcome::kDamaged, "not those of the entries",
     [](Hostile& h) { h.directory = [](auto& d) { d.tables.clear(); }; }},
    {"totals twice", Outcome::kDamaged, "not those of the entries",
     [](Hostile& h) {
       h.directory = [](auto& d) { d.tables.push_back(d.tables[0]); };
     }},
    {"totals of a schema", Outcome::kDamaged, "not those of the entries",
     [](Hostile& h) {
       h.directory = [](auto& d) { d.tables[0].entry_id = 1; };
     }},
    {"an unknown odd field of the directory", Outcome::kRefused,
     "field 5 is unknown",
     [](Hostile& h) { h.directory_fields = Field(5, "x"); }},
    {"tables before chunks", Outcome::kDamaged, "out of order",
     [](Hostile& h) {
       h.directory_fields = Field(3, Field(1, 2)) + Field(1, Field(1, 2));
     }},
};

TEST(HostileArchive, DirectoriesAreRefused) { TryAll(kDirectory); }

const std::vector<HostileCase> kFooter = {
    {"more chunks in the footer", Outcome::kDamaged, "",
     [](Hostile& h) { h.footer = [](auto& f) { f.chunks += 1; }; }},
    {"2^63 chunks in the footer", Outcome::kDamaged, "",
     [](Hostile& h) {
       h.footer = [](auto& f) { f.chunks = uint64_t{1} << 63; };
     }},
    {"more rows in the footer", Outcome::kDamaged, "",
     [](Hostile& h) { h.footer = [](auto& f) { f.rows += 1; }; }},
    {"more raw octets in the footer", Outcome::kDamaged, "",
     [](Hostile& h) { h.footer = [](auto& f) { f.raw_octets += 1; }; }},
    {"more stored octets in the footer", Outcome::kDamaged, "",
     [](Hostile& h) { h.footer = [](auto& f) { f.stored_octets += 1; }; }},
    {"2^32 - 1 entries in the footer", Outcome::kDamaged, "",
     [](Hostile& h) { h.footer = [](auto& f) { f.entries = ~uint32_t{0}; }; }},
    {"no entries in the footer", Outcome::kDamaged, "",
     [](Hostile& h) { h.footer = [](auto& f) { f.entries = 0; }; }},
    {"a directory at the front", Outcome::kDamaged, "",
     [](Hostile& h) { h.footer = [](auto& f) { f.directory_position = 0; }; }},
    {"a directory behind the end", Outcome::kDamaged, "",
     [](Hostile& h) {
       h.footer = [](auto& f) { f.directory_position = ~uint64_t{0} - 63; };
     }},
    {"a directory of another ordinal", Outcome::kDamaged, "",
     [](Hostile& h) { h.footer = [](auto& f) { f.directory_ordinal = 2; }; }},
    {"a directory in the middle of a chunk", Outcome::kDamaged, "",
     [](Hostile& h) {
       h.footer = [](auto& f) { f.directory_position -= 10; };
     }},
    {"reserved octets of the footer", Outcome::kDamaged, "reserved",
     [](Hostile& h) { h.footer_payload = [](Buffer& p) { p[52] = 1; }; }},
    {"another chain", Outcome::kOnlyVerified, "",
     [](Hostile& h) { h.footer = [](auto& f) { f.chain ^= 1; }; }},
    {"a footer of 65 octets", Outcome::kDamaged, "",
     [](Hostile& h) { h.blocks = [](auto& b) { b[4].payload.push_back(0); }; }},
    {"a footer of 0 octets", Outcome::kDamaged, "",
     [](Hostile& h) { h.blocks = [](auto& b) { b[4].payload.clear(); }; }},
};

TEST(HostileArchive, FootersAreRefused) { TryAll(kFooter); }

// What bounds the tests above.
TEST(HostileArchive, MemoryIsCounted) {
  const PeakMemory memory;
  { const std::string large(1 << 20, 'x'); }
  if (memory.octets() == 0) GTEST_SKIP() << "a sanitizer allocates";
  EXPECT_GE(memory.octets(), 1u << 20);
  EXPECT_LT(memory.octets(), 2u << 20);
}

}  // namespace
}  // namespace pgbale

// Archives as an enemy would make them: chunks and their columns. They are
// refused, by name, in bounded memory.

#include "tests/format/hostile_cases.h"

namespace pgbale {
namespace {

using namespace format_test;

Buffer HeadOnly(const std::string& fields) {
  Buffer payload;
  AppendLittle(payload, static_cast<uint32_t>(fields.size()));
  Append(payload, AsBytes(fields));
  return payload;
}

// Two values of one column.
void Column(Hostile& h, uint32_t encoding, uint32_t width,
            uint64_t value_octets, const std::vector<std::string>& streams) {
  h.OneColumn(width);
  h.chunk.Only(encoding, width, value_octets, streams);
}

// Makes size and digest those of `rows`.
void Sign(Hostile& h, const std::vector<Row>& rows) {
  const RowBatch batch = BatchOf({h.chunk.head.columns[0].width}, rows);
  h.chunk.head.raw_octets = batch.raw_bytes();
  h.chunk.head.digest = batch.digest();
}

std::string Zeros(size_t count) { return std::string(count, 0); }

const std::vector<HostileCase> kChunks = {
    {"a chunk of 3 octets", Outcome::kDamaged, "too short",
     [](Hostile& h) { h.chunk_payload = Buffer(3, 0); }},
    {"an empty chunk", Outcome::kDamaged, "too short",
     [](Hostile& h) { h.chunk_payload = Buffer(); }},
    {"a head of 2^32 - 1 octets", Outcome::kDamaged, "goes beyond",
     [](Hostile& h) { h.chunk_payload = Buffer(100, 0xff); }},
    {"a head that goes beyond the chunk", Outcome::kDamaged, "goes beyond",
     [](Hostile& h) {
       h.chunk_payload = h.chunk.Payload();
       h.chunk_payload->resize(20);
     }},
    {"a chunk of an entry without data", Outcome::kDamaged,
     "entry 1 has no data", [](Hostile& h) { h.chunk_entry = 1; }},
    {"a chunk of no entry", Outcome::kDamaged, "entry 0 has no data",
     [](Hostile& h) { h.chunk_entry = 0; }},
    {"a chunk of an entry that does not exist", Outcome::kDamaged,
     "has no data", [](Hostile& h) { h.chunk_entry = ~uint32_t{0}; }},
    {"2^30 rows", Outcome::kDamaged, "above the limit",
     [](Hostile& h) { h.chunk.head.rows = 1 << 30; }},
    {"2^32 - 1 rows", Outcome::kDamaged, "above the limit",
     [](Hostile& h) { h.chunk.head.rows = ~uint32_t{0}; }},
    {"more values than the limit", Outcome::kDamaged, "above the limit",
     [](Hostile& h) {
       h.chunk.head.rows = 1 << 24;
       h.chunk.head.columns.assign(
           17, {.width = 4, .nulls = 1 << 24, .streams = {}});
       h.chunk.body.clear();
       h.entries[1] = DataEntry(2, "t", Widths(17, 4));
     }},
    {"raw octets above the limit", Outcome::kDamaged, "above the limit",
     [](Hostile& h) { h.chunk.head.raw_octets = (uint64_t{1} << 36) + 1; }},
    {"2^64 - 1 raw octets", Outcome::kDamaged, "above the limit",
     [](Hostile& h) { h.chunk.head.raw_octets = ~uint64_t{0}; }},
    {"no columns", Outcome::kDamaged, "0 columns instead of 2",
     [](Hostile& h) {
       h.chunk.head.columns.clear();
       h.chunk.body.clear();
     }},
    {"a column too many", Outcome::kDamaged, "3 columns instead of 2",
     [](Hostile& h) {
       h.entries[1] = DataEntry(2, "t", {4, 0, 4});
       h.entries[1].data->columns.pop_back();
       h.chunk.head.columns.push_back({.nulls = 2, .streams = {}});
     }},
    {"a column of another width", Outcome::kDamaged,
     "the width is 4 instead of 8",
     [](Hostile& h) { h.entries[1].data->columns[0].width = 8; }},
    {"more NULLs than rows", Outcome::kDamaged, "more NULLs than rows",
     [](Hostile& h) { h.chunk.head.columns[0].nulls = 3; }},
    {"a size of values of a fixed width", Outcome::kDamaged, "fixed width",
     [](Hostile& h) { h.chunk.head.columns[0].value_octets = 4; }},
    {"2^63 octets of values", Outcome::kDamaged, "above the limit",
     [](Hostile& h) {
       h.chunk.head.columns[1].value_octets = uint64_t{1} << 63;
     }},
    {"2^64 - 1 octets of values", Outcome::kDamaged, "above the limit",
     [](Hostile& h) { h.chunk.head.columns[1].value_octets = ~uint64_t{0}; }},
    {"columns that are too large together", Outcome::kDamaged,
     "above the limit",
     [](Hostile& h) {
       h.OneColumn(16);
       h.chunk.Only(1, 2048, 0, {"x"});
       h.chunk.head.rows = 1 << 24;
     }},
    {"17 streams", Outcome::kDamaged, "too long",
     [](Hostile& h) {
       h.chunk.head.columns[0].streams.assign(17, {Method::kStored, 0, 0});
     }},
    {"a list of streams that is cut off", Outcome::kDamaged, "cut off",
     [](Hostile& h) {
       h.chunk_payload =
           HeadOnly(Field(1, 2) + Field(7, Field(9, std::string("\0\1", 2))));
     }},
    {"an unknown method of a stream", Outcome::kRefused, "compression method 7",
     [](Hostile& h) { h.chunk.head.columns[0].streams[0].method = Method{7}; }},
    {"a stream of 2^63 octets", Outcome::kDamaged, "goes beyond",
     [](Hostile& h) {
       h.chunk.head.columns[0].streams[0].stored_octets = uint64_t{1} << 63;
     }},
    {"streams whose sizes add up to 0", Outcome::kDamaged, "goes beyond",
     [](Hostile& h) {
       h.chunk.head.columns[0].streams[0].stored_octets += uint64_t{1} << 63;
       h.chunk.head.columns[0].streams[1].stored_octets += uint64_t{1} << 63;
     }},
    {"raw octets of a stream above the limit", Outcome::kDamaged,
     "above the limit",
     [](Hostile& h) {
       h.chunk.head.columns[0].streams[0].raw_octets = (uint64_t{1} << 31) + 1;
     }},
    {"a stored stream of another raw size", Outcome::kDamaged,
     "a stream is of 5 octets instead of 4",
     [](Hostile& h) { h.chunk.head.columns[0].streams[1].raw_octets = 5; }},
    {"octets behind the last stream", Outcome::kDamaged,
     "1 octets follow the last stream",
     [](Hostile& h) { h.chunk.body.push_back(0); }},
    {"a chunk without its last octet", Outcome::kDamaged, "goes beyond the end",
     [](Hostile& h) { h.chunk.body.pop_back(); }},
    {"a stream too many", Outcome::kDamaged, "a stream too many",
     [](Hostile& h) { h.chunk.Stream(1, "x"); }},
    {"a stream too few", Outcome::kDamaged, "a stream is missing",
     [](Hostile& h) {
       h.chunk.head.columns[1].streams.pop_back();
       h.chunk.body.resize(h.chunk.body.size() - 8);
     }},
    {"no bits for NULLs", Outcome::kDamaged, "a stream is",
     [](Hostile& h) {
       h.chunk.head.columns[0].streams.erase(
           h.chunk.head.columns[0].streams.begin());
       h.chunk.body.erase(h.chunk.body.begin());
     }},
    {"another number of NULLs", Outcome::kDamaged,
     "2 NULLs are marked instead of 1",
     [](Hostile& h) { h.chunk.body[0] = 3; }},
    {"NULLs behind the last row", Outcome::kDamaged, "behind the last row",
     [](Hostile& h) { h.chunk.body[0] = 4; }},
    {"another digest", Outcome::kOnlyVerified, "do not match their digest",
     [](Hostile& h) { h.chunk.head.digest.high ^= 1; }},
    {"another value", Outcome::kOnlyVerified, "do not match their digest",
     [](Hostile& h) { h.chunk.body[4] ^= 1; }},
    {"a bomb of 2 GiB in a column", Outcome::kDamaged, "cannot hold",
     [](Hostile& h) {
       const std::string frame = FrameOf(1 << 30, RawBlockOf("x", true));
       h.OneColumn(0);
       h.chunk.Only(4, 0, 1 << 30, {Zeros(6) + "\x20\x20", frame});
       h.chunk.head.columns[0].streams[1].raw_octets = 1 << 30;
       h.chunk.head.columns[0].streams[1].method = Method::kZstd;
     }},
};

TEST(HostileChunk, ChunksAreRefused) { TryAll(kChunks); }

const std::vector<HostileCase> kEncodings = {
    {"an unknown encoding", Outcome::kRefused, "encoding 9999 is unknown",
     [](Hostile& h) { h.chunk.head.columns[0].encoding = 9999; }},
    {"values where there are none", Outcome::kDamaged, "",
     [](Hostile& h) { Column(h, 0, 4, 0, {}); }},
    {"a constant that does not divide the values", Outcome::kDamaged, "",
     [](Hostile& h) { Column(h, 1, 0, 5, {"abc"}); }},
    {"plain values of varying length", Outcome::kDamaged, "",
     [](Hostile& h) { Column(h, 2, 0, 4, {"abcd"}); }},
    {"values of 3 octets, transposed", Outcome::kDamaged, "",
     [](Hostile& h) { Column(h, 3, 3, 0, {"abcdef"}); }},
    {"lengths of a fixed width", Outcome::kDamaged, "",
     [](Hostile& h) {
       Column(h, 4, 4, 0, {"\1\1\1\1\1\1\1\1", "abcdefgh"});
     }},
    {"lengths that do not add up", Outcome::kDamaged, "do not add up",
     [](Hostile& h) {
       Column(h, 4, 0, 4, {"\2\3" + Zeros(6), "abcd"});
     }},
    {"lengths of 2^32 - 1", Outcome::kDamaged, "do not add up",
     [](Hostile& h) {
       Column(h, 4, 0, 4, {"\xff\xff\xff\xff\xff\xff\xff\xff", "abcd"});
     }},
    {"65 bits of 64", Outcome::kDamaged, "",
     [](Hostile& h) {
       Column(h, 5, 8, 0, {Field(3, 65), std::string(17, 'x')});
     }},
    {"2^32 - 1 bits", Outcome::kDamaged, "",
     [](Hostile& h) {
       Column(h, 5, 8, 0, {Field(3, 0xffffffff), std::string(16, 'x')});
     }},
    {"bits behind the last value", Outcome::kDamaged, "",
     [](Hostile& h) {
       Column(h, 5, 4, 0, {Field(3, 3), "\xff"});
     }},
    {"nine planes of eight", Outcome::kDamaged, "",
     [](Hostile& h) { Column(h, 6, 8, 0, {Field(3, 9)}); }},
    {"planes that are missing", Outcome::kDamaged, "a stream is missing",
     [](Hostile& h) {
       Column(h, 6, 8, 0, {Field(3, 2), "xx"});
     }},
    {"differences of no values", Outcome::kDamaged, "",
     [](Hostile& h) {
       Column(h, 7, 4, 0, {Field(3, 2)});
       h.chunk.head.columns[0].nulls = h.chunk.head.rows;
     }},
    {"differences by an unknown encoding", Outcome::kRefused,
     "encoding 999 is unknown",
     [](Hostile& h) {
       Column(h, 7, 4, 0, {Field(3, 999), "abcd"});
     }},
    {"differences of differences, seventeen times", Outcome::kDamaged, "",
     [](Hostile& h) {
       Column(h, 7, 4, 0, std::vector<std::string>(16, Field(3, 7)));
       h.chunk.head.rows = 100;
     }},
    {"uniform values that are not", Outcome::kDamaged, "",
     [](Hostile& h) {
       Column(h, 8, 0, 5, {Field(1, 2), "abcde"});
     }},
    {"split lengths that do not add up", Outcome::kDamaged, "do not add up",
     [](Hostile& h) {
       Column(h, 9, 0, 4, {Field(1, 2), Octets(1) + Octets(2), "abcd"});
     }},
    {"a numeric of an impossible scale", Outcome::kDamaged, "",
     [](Hostile& h) {
       Column(h, 10, 0, 20,
              {Field(1, 2) + Field(3, 2),
               Octets(int16_t{0x4000}) + Octets(int16_t{0}),
               Octets(int64_t{1}) + Octets(int64_t{1})});
     }},
    {"more other numerics than values", Outcome::kDamaged, "",
     [](Hostile& h) { Column(h, 10, 0, 20, {Field(7, 3)}); }},
    {"other numerics larger than all values", Outcome::kDamaged, "",
     [](Hostile& h) {
       Column(h, 10, 0, 20, {Field(7, 1) + Field(9, uint64_t{1} << 40)});
     }},
    {"a number that is not in the dictionary", Outcome::kDamaged, "",
     [](Hostile& h) {
       Column(h, 11, 4, 0,
              {Field(1, 2) + Field(3, 2) + Field(5, 1) + Field(7, 4),
               std::string("\0\1", 2), "abcd"});
     }},
    {"a dictionary of more entries than values", Outcome::kDamaged,
     "larger than the values",
     [](Hostile& h) {
       Column(h, 11, 4, 0,
              {Field(1, 2) + Field(3, 2) + Field(5, 3) + Field(7, 12)});
     }},
    {"a dictionary of 2^32 - 1 entries", Outcome::kDamaged,
     "larger than the values",
     [](Hostile& h) { Column(h, 11, 4, 0, {Field(5, 0xffffffff)}); }},
    {"a dictionary of 2^63 octets", Outcome::kDamaged, "larger than the values",
     [](Hostile& h) {
       Column(h, 11, 0, 4, {Field(5, 1) + Field(7, uint64_t{1} << 63)});
     }},
    {"an exponent of 16", Outcome::kDamaged, "",
     [](Hostile& h) {
       Column(h, 12, 8, 0, {Field(1, 16) + Field(3, 2), std::string(16, '\0')});
     }},
    {"a place behind the last value", Outcome::kDamaged, "",
     [](Hostile& h) {
       Column(h, 12, 4, 0,
              {Field(3, 2) + Field(5, 2) + Field(7, 2) + Field(9, 1),
               std::string(8, '\0'), Octets(2), Octets(1)});
     }},
    {"more other floats than values", Outcome::kDamaged, "",
     [](Hostile& h) { Column(h, 12, 4, 0, {Field(9, 3)}); }},
    {"elements that are not counted", Outcome::kDamaged, "",
     [](Hostile& h) {
       Column(h, 13, 0, 60,
              {Field(1, 23) + Field(3, 4) + Field(5, 2) + Field(7, 2) +
                   Field(9, 2),
               Octets(1) + Octets(2), Octets(1) + Octets(2)});
     }},
    {"2^32 - 1 elements", Outcome::kDamaged, "",
     [](Hostile& h) {
       Column(h, 13, 0, 60,
              {Field(1, 23) + Field(3, 4) + Field(9, 0xffffffff)});
     }},
    {"elements of 2^63 octets", Outcome::kDamaged, "",
     [](Hostile& h) {
       Column(h, 13, 0, 60,
              {Field(1, 23) + Field(9, 1) + Field(11, uint64_t{1} << 63)});
     }},
    {"an unknown odd parameter", Outcome::kRefused, "field 1001 is unknown",
     [](Hostile& h) {
       Column(h, 5, 4, 0, {Field(3, 4) + Field(1001, 1), "x"});
     }},
    {"an unknown even parameter", Outcome::kWhole, "",
     [](Hostile& h) {
       Column(h, 5, 4, 0, {Field(3, 4) + Field(1000, 1), "x"});
       Sign(h,
            {{std::string("\0\0\0\x08", 4)}, {std::string("\0\0\0\x07", 4)}});
     }},
    {"parameters that are too long", Outcome::kDamaged, "longer than it may be",
     [](Hostile& h) {
       Column(h, 5, 4, 0,
              {Field(3, 4) + Field(1000, std::string(1100, 'x')), "x"});
     }},
};

TEST(HostileChunk, EncodingsAreRefused) { TryAll(kEncodings); }

// A text column of the values 7 and 8, stored as integers.
void Typed(Hostile& h, uint32_t oid, uint64_t text_octets) {
  h.OneColumn(0);
  h.entries[1].data->format = WireFormat::kText;
  h.chunk.Only(2, 4, 0, {Octets(7) + Octets(8)});
  h.chunk.head.columns[0].typed = {.type_oid = oid, .text_octets = text_octets};
  const RowBatch batch = BatchOf({0}, {{"7"}, {"8"}});
  h.chunk.head.digest = batch.digest();
}

const std::vector<HostileCase> kTyped = {
    {"a typed column", Outcome::kWhole, "",
     [](Hostile& h) { Typed(h, 23, 2); }},
    {"an unknown type", Outcome::kRefused, "type 4711 is unknown",
     [](Hostile& h) { Typed(h, 4711, 2); }},
    {"a type of another width", Outcome::kDamaged, "the width is 4 instead of",
     [](Hostile& h) { Typed(h, 20, 2); }},
    {"a type whose text is never stored so", Outcome::kRefused, "is unknown",
     [](Hostile& h) { Typed(h, 3802, 2); }},
    {"more text than there is", Outcome::kDamaged, "",
     [](Hostile& h) { Typed(h, 23, 3); }},
    {"less text than there is", Outcome::kDamaged, "",
     [](Hostile& h) { Typed(h, 23, 1); }},
    {"2^31 octets of text", Outcome::kDamaged, "above the limit",
     [](Hostile& h) { Typed(h, 23, uint64_t{1} << 31); }},
    {"2^64 - 1 octets of text", Outcome::kDamaged, "above the limit",
     [](Hostile& h) { Typed(h, 23, ~uint64_t{0}); }},
    {"a typed column among values of COPY's binary form", Outcome::kDamaged, "",
     [](Hostile& h) {
       Typed(h, 23, 2);
       h.OneColumn(4);
     }},
    {"values that are none of the type", Outcome::kDamaged, "",
     [](Hostile& h) {
       Typed(h, 16, 2);
       h.chunk.Only(2, 1, 0, {"\7\x08"});
       h.chunk.head.columns[0].typed = {.type_oid = 16, .text_octets = 2};
     }},
    {"a numeric of 2^15 digits in no octets", Outcome::kDamaged, "",
     [](Hostile& h) {
       Typed(h, 1700, uint64_t{1} << 20);
       h.chunk.Only(1, 0, 16, {std::string("\0\1\x7f\xff\0\0\0\0", 8)});
       h.chunk.head.columns[0].typed = {.type_oid = 1700,
                                        .text_octets = uint64_t{1} << 20};
     }},
    {"another hash of a column", Outcome::kOnlyVerified, "",
     [](Hostile& h) { h.chunk.head.columns[0].hash = 4711; }},
    {"another hash of the head", Outcome::kOnlyVerified, "",
     [](Hostile& h) {
       h.directory = [](Directory& d) { d.chunks[0].head_hash = 4711; };
     }},
    {"an order that is not known", Outcome::kWhole, "",
     [](Hostile& h) {
       h.chunk.head.columns[1].range = {
           .order = ValueOrder{200}, .lowest = "x", .highest = "a"};
     }},
};

TEST(HostileChunk, TypedColumnsAreRefused) { TryAll(kTyped); }

}  // namespace
}  // namespace pgbale

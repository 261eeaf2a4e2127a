#include "format/entry_codec.h"

#include "tests/format/archives.h"

namespace pgbale {
namespace {

using namespace format_test;
using ::testing::ElementsAreArray;

// An entry with every field set.
Entry FullEntry(uint32_t id) {
  Entry entry = DataEntry(id, "t\"able", {4, 0});
  entry.relation = "relation";
  entry.pass = Pass::kLast;
  entry.aspect = Aspect::kTablespace;
  entry.create = {"CREATE 1", "", "CREATE 2"};
  entry.drop = {"DROP"};
  entry.drop_if_exists = {"DROP IF EXISTS"};
  entry.owner = "owner";
  entry.owner_targets = {"TABLE t", "TABLE u"};
  entry.tablespace = "fast";
  entry.access_method = "heap";
  entry.need = {18, "virtual generated columns"};
  entry.transactional = false;
  entry.depends = {1, 2};
  entry.locks = {2};
  entry.shared_locks = {1};
  entry.parent = 1;
  entry.data->target = DataTarget::kLargeObjects;
  entry.data->via_root = true;
  entry.data->columns[0].type_oid = 23;
  entry.data->bytes_estimate = uint64_t{1} << 40;
  entry.data->condition = "WHERE (a > 1)";
  entry.alter = {"ALTER 1", "ALTER 2"};
  entry.bytes_estimate = uint64_t{1} << 41;
  entry.sorts = true;
  entry.steps = {{.create = {"STEP 1", "STEP 1 b"},
                  .undo = {"UNDO 1"},
                  .locks = {1},
                  .shared_locks = {2},
                  .quick = true},
                 {.create = {"STEP 2"}, .locks = {2}, .apart = true}};
  return entry;
}

absl::StatusOr<std::vector<Entry>> RoundTrip(
    const std::vector<Entry>& entries) {
  Buffer raw;
  for (const Entry& entry : entries) EncodeEntry(entry, raw);
  std::vector<Entry> decoded;
  RETURN_IF_ERROR(DecodeEntries(raw, decoded));
  return decoded;
}

// What a reader says of an entry 3 after `change`.
absl::Status DecodeAfter(void (*change)(Entry&)) {
  Entry entry = FullEntry(3);
  change(entry);
  return RoundTrip({SchemaEntry(1, "a"), SchemaEntry(2, "b"), entry}).status();
}

TEST(EntryCodec, EveryFieldSurvives) {
  const std::vector<Entry> entries = {SchemaEntry(1, "a"), SchemaEntry(2, "b"),
                                      FullEntry(3)};
  ASSERT_OK_AND_ASSIGN(const auto decoded, RoundTrip(entries));
  EXPECT_THAT(decoded, ElementsAreArray(entries));
}

TEST(EntryCodec, IdsAreConsecutiveAcrossBlocks) {
  std::vector<Entry> entries = {SchemaEntry(1, "a")};
  Buffer raw;
  EncodeEntry(SchemaEntry(2, "b"), raw);
  EXPECT_OK(DecodeEntries(raw, entries));
  EXPECT_THAT(DecodeEntries(raw, entries),
              StatusMessageHas("entry 2 stands where entry 3 belongs"));
}

TEST(EntryCodec, WhatItNeedsComesBefore) {
  EXPECT_THAT(DecodeAfter([](Entry& entry) { entry.depends = {3}; }),
              StatusMessageHas("entry 3 (TABLE DATA \"public.t\"able\"): it "
                               "depends on entry 3"));
  EXPECT_THAT(DecodeAfter([](Entry& entry) { entry.locks = {4}; }),
              FailsWith(Failure::kDamaged));
  EXPECT_THAT(DecodeAfter([](Entry& entry) { entry.shared_locks = {0}; }),
              FailsWith(Failure::kDamaged));
  EXPECT_THAT(DecodeAfter([](Entry& entry) { entry.steps[1].locks = {3}; }),
              StatusMessageHas("a step locks entry 3"));
  EXPECT_THAT(
      DecodeAfter([](Entry& entry) { entry.steps[0].shared_locks = {0}; }),
      FailsWith(Failure::kDamaged));
}

TEST(EntryCodec, StepsAreFew) {
  EXPECT_OK(DecodeAfter([](Entry& entry) { entry.steps.resize(16); }));
  EXPECT_THAT(DecodeAfter([](Entry& entry) { entry.steps.resize(17); }),
              FailsWith(Failure::kDamaged));
}

TEST(EntryCodec, DataStandsInTheDataSection) {
  EXPECT_THAT(
      DecodeAfter([](Entry& entry) { entry.section = Section::kPreData; }),
      StatusMessageHas("not in the data section"));
}

TEST(EntryCodec, AnUnknownSectionPassOrFormatIsRefused) {
  EXPECT_THAT(DecodeAfter([](Entry& entry) { entry.section = Section{4}; }),
              FailsWith(Failure::kError));
  EXPECT_THAT(DecodeAfter([](Entry& entry) { entry.section = Section{0}; }),
              FailsWith(Failure::kError));
  EXPECT_THAT(DecodeAfter([](Entry& entry) { entry.pass = Pass{3}; }),
              FailsWith(Failure::kError));
  EXPECT_THAT(
      DecodeAfter([](Entry& entry) { entry.data->format = WireFormat{3}; }),
      FailsWith(Failure::kError));
  EXPECT_THAT(
      DecodeAfter([](Entry& entry) { entry.data->target = DataTarget{0}; }),
      FailsWith(Failure::kError));
}

TEST(EntryCodec, AnUnknownAspectIsKept) {
  EXPECT_OK(DecodeAfter([](Entry& entry) { entry.aspect = Aspect{77}; }));
}

TEST(EntryCodec, AParentMayComeLaterButMustExist) {
  std::vector<Entry> entries = {SchemaEntry(1, "a"), SchemaEntry(2, "b")};
  entries[0].parent = 2;
  EXPECT_OK(CheckParents(entries));
  entries[0].parent = 3;
  EXPECT_THAT(CheckParents(entries), FailsWith(Failure::kDamaged));
  entries[0].parent = 1;
  EXPECT_THAT(CheckParents(entries), FailsWith(Failure::kDamaged));
}

TEST(EntryCodec, NamesInMessagesArePrintable) {
  EXPECT_THAT(DecodeAfter([](Entry& entry) {
                entry.name = "a\n\x1b[2J";
                entry.depends = {9};
              }),
              StatusMessageHas("\"public.a??[2J\""));
}

TEST(EntryCodec, RandomDamageNeverCrashes) {
  Random random;
  Buffer whole;
  EncodeEntry(SchemaEntry(1, "a"), whole);
  EncodeEntry(FullEntry(2), whole);
  for (int i = 0; i < 10'000; ++i) {
    Buffer raw = whole;
    for (uint64_t flips = random.Below(4); flips <= 4; ++flips)
      raw[random.Below(raw.size())] = static_cast<uint8_t>(random.Next());
    std::vector<Entry> entries;
    DecodeEntries(raw, entries).IgnoreError();
  }
}

}  // namespace
}  // namespace pgbale

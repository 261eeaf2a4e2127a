// Damaged archives in the hands of the real program: verify notices, and
// restore brings nothing of what is damaged into the target. That each bit
// counts is proved in tests/format/integrity_test.cc; here a few are tried,
// more with PGBALE_DAMAGE_ROUNDS.

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/format/archives.h"
#include "tests/support/oracle.h"
#include "tests/support/paths.h"
#include "tests/support/server.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using format_test::ArchiveOf;
using format_test::BlocksOf;
using format_test::RawBlock;
using ::testing::AnyOf;
using ::testing::HasSubstr;

constexpr absl::string_view kTables[] = {"numbers", "texts", "times"};

int Rounds() {
  int rounds = 1;
  const char* const given = std::getenv("PGBALE_DAMAGE_ROUNDS");
  if (given != nullptr && !absl::SimpleAtoi(given, &rounds)) rounds = 1;
  return rounds;
}

class DamageTest : public ServerTest {
 protected:
  DamageTest() {
    source_.Execute(R"(
      CREATE TABLE numbers (i integer, n numeric, d float8);
      CREATE TABLE texts (i integer PRIMARY KEY, t text, b bytea);
      CREATE TABLE times (t timestamptz, u uuid, a integer[]);
      INSERT INTO numbers SELECT i, i / 100.0, sqrt(i)
        FROM generate_series(1, 3000) i;
      INSERT INTO texts SELECT i, md5(i::text), sha256(i::text::bytea)
        FROM generate_series(1, 3000) i;
      INSERT INTO times SELECT now() + i * interval '1 s', gen_random_uuid(),
        ARRAY[i, i + 1] FROM generate_series(1, 3000) i;
      CREATE VIEW v AS SELECT * FROM texts;
    )");
    EXPECT_TRUE(DumpAndVerify(source_, dir_.File("good.bale")));
    good_ = dir_.Read("good.bale");
  }

  std::string Digest(const TestDatabase& database,
                     absl::string_view table) const {
    return database.Query(absl::StrCat(
        "SELECT count(*), sum(hashtextextended((r.*)::text, 0)) FROM ", table,
        " r"));
  }

  // Tables in `target` are as they were or empty; neither holds some rows, or
  // other ones.
  void ExpectWholeTablesOnly(const TestDatabase& target) const {
    for (const absl::string_view table : kTables) {
      if (target.Query(absl::StrCat("SELECT to_regclass('", table, "')"))
              .empty())
        continue;
      EXPECT_THAT(Digest(target, table), AnyOf("0|", Digest(source_, table)))
          << table;
    }
  }

  // What is expected of every command that is given `bytes`.
  void ExpectRefusal(const std::string& bytes, const std::string& what) {
    SCOPED_TRACE(what);
    const std::string bad = dir_.Write("bad.bale", bytes);
    const CommandResult verified = RunPgbale(empty_, {"verify", bad});
    EXPECT_THAT(verified.exit_code, AnyOf(20, 21)) << verified.err;
    EXPECT_THAT(verified.err, HasSubstr("bad.bale"));
    for (const bool pipe : {false, true}) {
      const CommandResult restored =
          pipe ? RunCommand(
                     {kProgram, "restore", "-1", "-d", empty_.name(), "-"},
                     empty_.environment(), bytes)
               : RunPgbale(empty_, {"restore", "-1", "-d", empty_.name(), bad});
      EXPECT_THAT(restored.exit_code, AnyOf(20, 21)) << restored.err;
      EXPECT_EQ(empty_.Query("SELECT count(*) FROM pg_class WHERE relnamespace "
                             "= 'public'::regnamespace"),
                "0");
    }
  }

  // Likewise without -1: what is whole may be there.
  void ExpectNothingDamagedIsRestored(const std::string& bytes,
                                      const std::string& what) {
    SCOPED_TRACE(what);
    const TestDatabase target;
    const CommandResult restored =
        RunPgbale(target, {"restore", "-j", "2", "-d", target.name(),
                           dir_.Write("bad.bale", bytes)});
    EXPECT_THAT(restored.exit_code, AnyOf(20, 21)) << restored.err;
    ExpectWholeTablesOnly(target);
  }

  const TempDir dir_;
  const TestDatabase source_, empty_;
  std::string good_;
};

std::string Flipped(Random& random, std::string bytes, uint64_t begin,
                    uint64_t octets) {
  const size_t at = begin + random.Below(octets);
  bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.Below(8)));
  return bytes;
}

TEST_F(DamageTest, AFlippedBitInAnyKindOfBlockIsRefused) {
  Random random;
  for (int round = 0; round < Rounds(); ++round) {
    uint64_t begin = 0;
    uint16_t kind = 0;
    for (const RawBlock& block : BlocksOf(AsBytes(good_))) {
      const uint64_t octets = block.header.block_octets();
      if (block.header.kind() != kind) {
        kind = block.header.kind();
        const std::string bad = Flipped(random, good_, begin, octets);
        ExpectRefusal(bad, block.header.Name());
        ExpectNothingDamagedIsRestored(bad, block.header.Name());
      }
      begin += octets;
    }
  }
}

TEST_F(DamageTest, AChunkThatIsDamagedLeavesItsTableEmpty) {
  Random random;
  uint64_t begin = 0;
  for (const RawBlock& block : BlocksOf(AsBytes(good_))) {
    const uint64_t octets = block.header.block_octets();
    if (block.header.is(BlockKind::kChunk))
      ExpectNothingDamagedIsRestored(Flipped(random, good_, begin, octets),
                                     block.header.Name());
    begin += octets;
  }
}

TEST_F(DamageTest, WhatIsCutOffOrAddedIsRefused) {
  Random random;
  for (int round = 0; round < Rounds(); ++round) {
    ExpectRefusal(good_.substr(0, random.Below(good_.size())), "cut off");
    ExpectRefusal(good_ + std::string(1 + random.Below(200), '\0'), "zeros");
    ExpectRefusal(good_ + good_, "twice");
  }
}

TEST_F(DamageTest, BlocksThatWereMovedAreRefused) {
  Random random;
  for (int round = 0; round < Rounds(); ++round) {
    std::vector<RawBlock> blocks = BlocksOf(AsBytes(good_));
    const size_t i = 1 + random.Below(blocks.size() - 2);
    std::swap(blocks[i], blocks[i - 1]);
    ExpectRefusal(ToString(ArchiveOf(blocks)), absl::StrCat("swapped ", i));
    blocks = BlocksOf(AsBytes(good_));
    blocks.erase(blocks.begin() + static_cast<ptrdiff_t>(i));
    ExpectRefusal(ToString(ArchiveOf(blocks)), absl::StrCat("dropped ", i));
  }
}

}  // namespace
}  // namespace pgbale

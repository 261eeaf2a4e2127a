// No bit of an archive changes unseen: each change that is named here is tried
// on an archive with everything that the format has, and whoever reads
// it must notice: verification, which names the table that is hit, a reader,
// and a reader of streams.
//
// All changes take minutes, so a share of them that is drawn anew in each run
// is tried. PGBALE_INTEGRITY_SHARE=1 tries all; 1000 (the default) one in 1000.

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <functional>
#include <map>
#include <set>
#include <thread>

#include "absl/strings/numbers.h"
#include "format/chunk_head.h"
#include "format/foreign.h"
#include "tests/format/proof_archive.h"

namespace pgbale {
namespace {

using namespace format_test;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// One in so many changes is tried.
uint64_t Share() {
  uint64_t share = 1000;
  const char* const given = std::getenv("PGBALE_INTEGRITY_SHARE");
  if (given != nullptr && !absl::SimpleAtoi(given, &share)) share = 1;
  return share;
}

const Buffer& Archive() {
  static const Buffer& archive = *new Buffer(ProofArchive());
  return archive;
}

// What has no signature at its front may be called what it looks like.
bool LooksLikeABale(Bytes archive) {
  const Bytes front = archive.first(std::min(archive.size(), kForeignOctets));
  return std::search(front.begin(), front.end(), kSignature.begin(),
                     kSignature.end()) != front.end();
}

bool IsDamage(const absl::Status& status, Bytes archive) {
  if (status.ok()) return false;
  const Failure failure = FailureOf(status);
  return failure == Failure::kDamaged || failure == Failure::kIncomplete ||
         (failure == Failure::kError && !LooksLikeABale(archive));
}

// Counts what was tried, and says what was not noticed. Thread-safe.
class Trial {
 public:
  ~Trial() {
    ::testing::Test::RecordProperty("changes", absl::StrCat(changes_.load()));
    EXPECT_GT(changes_, 0u);
  }
  // `entry_id` must be named if it is not 0.
  void Expect(Bytes changed, const std::string& what, uint32_t entry_id = 0) {
    ++changes_;
    const VerifyReport report = Verify(changed);
    bool named = entry_id == 0;
    bool damaged = !report.damages.empty();
    for (const Damage& damage : report.damages) {
      damaged = damaged && IsDamage(damage.status, changed);
      named = named || damage.entry_id == entry_id;
    }
    EXPECT_TRUE(damaged) << "verify: " << what;
    EXPECT_TRUE(named) << "verify does not name the table: " << what;
    EXPECT_TRUE(IsDamage(ReadEverything(changed), changed))
        << "reader: " << what;
    EXPECT_TRUE(IsDamage(StreamEverything(changed), changed))
        << "stream: " << what;
  }
  // Likewise, and readers must say that its end is missing.
  void ExpectIncomplete(Bytes cut, const std::string& what) {
    ++changes_;
    const VerifyReport report = Verify(cut);
    EXPECT_FALSE(report.damages.empty()) << "verify: " << what;
    for (const Damage& damage : report.damages)
      EXPECT_TRUE(IsDamage(damage.status, cut)) << "verify: " << what;
    EXPECT_THAT(ReadEverything(cut), FailsWith(Failure::kIncomplete)) << what;
    EXPECT_THAT(StreamEverything(cut), FailsWith(Failure::kIncomplete)) << what;
  }

 private:
  std::atomic<uint64_t> changes_ = 0;
};

// Of each octet of an archive the entry whose chunk it is in, else 0.
std::vector<uint32_t> EntriesByOctet(Bytes archive) {
  std::vector<uint32_t> entries;
  for (const RawBlock& block : BlocksOf(archive))
    entries.resize(entries.size() + block.header.block_octets(),
                   block.header.entry_id());
  return entries;
}

std::vector<ColumnHead> ColumnsOf(Bytes archive) {
  std::vector<ColumnHead> columns;
  for (const RawBlock& block : BlocksOf(archive)) {
    if (!block.header.is(BlockKind::kChunk)) continue;
    const absl::StatusOr<SplitChunk> chunk = DecodeChunkHead(block.payload);
    EXPECT_OK(chunk);
    if (!chunk.ok()) continue;
    for (const ColumnHead& column : chunk->head.columns)
      columns.push_back(column);
  }
  return columns;
}

TEST(Integrity, TheArchiveOfTheProofIsWhole) {
  EXPECT_GE(Archive().size(), kProofOctetsMin);
  RecordProperty("octets", absl::StrCat(Archive().size()));
  EXPECT_THAT(Verify(Archive()).damages, IsEmpty());
  EXPECT_OK(ReadEverything(Archive()));
  EXPECT_OK(StreamEverything(Archive()));
}

TEST(Integrity, TheArchiveOfTheProofHasEveryBlockPackedAndNot) {
  std::map<uint16_t, std::set<uint64_t>> methods;  // by kind of block
  for (const RawBlock& block : BlocksOf(Archive()))
    methods[block.header.kind()].insert(
        block.payload.empty() ? 0 : LoadLittle<uint32_t>(block.payload.data()));
  ASSERT_THAT(methods, SizeIs(5));
  EXPECT_THAT(methods[2], ElementsAre(0, 1));
  EXPECT_THAT(methods[4], ElementsAre(0, 1));
}

TEST(Integrity, TheArchiveOfTheProofHasEverythingAColumnMayHave) {
  std::set<uint32_t> encodings, methods, types, orders;
  size_t hashes = 0, cut_ranges = 0;
  for (const ColumnHead& column : ColumnsOf(Archive())) {
    encodings.insert(column.encoding);
    hashes += column.hash != 0;
    if (column.typed.has_value()) types.insert(column.typed->type_oid);
    if (column.range.has_value()) {
      orders.insert(static_cast<uint32_t>(column.range->order));
      cut_ranges += column.range->highest_is_cut;
    }
    for (const StreamInfo& stream : column.streams)
      methods.insert(static_cast<uint32_t>(stream.method));
  }
  for (uint32_t id = 0; FindEncoding(id) != nullptr; ++id)
    EXPECT_TRUE(encodings.contains(id)) << "encoding " << id;
  EXPECT_THAT(methods, ElementsAre(0, 1));
  EXPECT_THAT(types, ElementsAre(17, 23, 701, 1007, 1114, 1700, 2950));
  EXPECT_THAT(orders, ElementsAre(1, 2, 3, 4));
  EXPECT_GT(hashes, 0u);
  EXPECT_GT(cut_ranges, 0u);
}

// Calls `work` on as many threads as there are processors, each with its
// number and how many there are.
void OnAllProcessors(const std::function<void(uint64_t, uint64_t)>& work) {
  const uint64_t count = std::max(std::thread::hardware_concurrency(), 1u);
  std::vector<std::thread> threads;
  for (uint64_t i = 0; i < count; ++i)
    threads.emplace_back([&work, i, count] { work(i, count); });
  for (std::thread& thread : threads) thread.join();
}

TEST(Integrity, EveryFlippedBitIsFound) {
  const std::vector<uint32_t> entries = EntriesByOctet(Archive());
  const uint64_t share = Share();
  Random random;
  const uint64_t first = random.Below(share);
  Trial trial;
  OnAllProcessors([&](uint64_t thread, uint64_t threads) {
    Buffer archive = Archive();
    for (size_t bit = first + thread * share; bit < archive.size() * 8;
         bit += threads * share) {
      const uint8_t mask = static_cast<uint8_t>(1u << bit % 8);
      archive[bit / 8] ^= mask;
      trial.Expect(archive, absl::StrCat("bit ", bit), entries[bit / 8]);
      archive[bit / 8] ^= mask;
    }
  });
}

TEST(Integrity, EveryTruncationIsFound) {
  const Buffer& archive = Archive();
  const uint64_t share = 1 + Share() / 5;
  Random random;
  Trial trial;
  for (size_t octets = random.Below(share); octets < archive.size();
       octets += share) {
    const Bytes cut = Bytes(archive).first(octets);
    trial.Expect(cut, absl::StrCat(octets, " octets"));
    EXPECT_THAT(ReadEverything(cut), FailsWith(Failure::kIncomplete)) << octets;
    EXPECT_THAT(StreamEverything(cut), FailsWith(Failure::kIncomplete))
        << octets;
  }
}

size_t Place(Random& random, size_t size) { return random.Below(size); }

// Some octets of `archive` become others, or more or fewer.
void ChangeOctets(Random& random, Buffer& archive) {
  const size_t at = Place(random, archive.size());
  const size_t count = std::min(1 + random.Skewed(12), archive.size() - at);
  const auto begin = archive.begin() + static_cast<ptrdiff_t>(at);
  const auto end = begin + static_cast<ptrdiff_t>(count);
  const Buffer octets = random.Octets(count);
  switch (random.Below(6)) {
    case 0:
      std::copy(octets.begin(), octets.end(), begin);
      return;
    case 1:
      std::fill(begin, end, random.OneIn(2) ? 0 : 0xff);
      return;
    case 2:
      archive.erase(begin, end);
      return;
    case 3:
      archive.insert(begin, octets.begin(), octets.end());
      return;
    case 4:
      std::copy_n(Archive().begin() + static_cast<ptrdiff_t>(Place(
                                          random, Archive().size() - count)),
                  count, begin);
      return;
    default:  // a few bits, far from each other
      for (uint64_t bits = 2 + random.Below(6); bits > 0; --bits)
        archive[Place(random, archive.size())] ^=
            static_cast<uint8_t>(1u << random.Below(8));
  }
}

TEST(Integrity, RandomChangesAreFound) {
  const uint64_t count = 100'000 / (1 + Share() / 5);
  Random random;
  const uint64_t seed = random.Next();
  Trial trial;
  OnAllProcessors([&](uint64_t thread, uint64_t threads) {
    Random changes(seed + thread);
    for (uint64_t i = thread; i < count;) {
      Buffer archive = Archive();
      do {
        ChangeOctets(changes, archive);
      } while (archive.size() < 2 || changes.OneIn(4));
      if (archive == Archive()) continue;
      trial.Expect(archive, absl::StrCat("change ", i, " of ", random.seed()));
      i += threads;
    }
  });
}

using Blocks = std::vector<RawBlock>;

ptrdiff_t Signed(size_t index) { return static_cast<ptrdiff_t>(index); }

// All pairs are many; a share of them is tried.
void ForSomePairs(size_t count,
                  const std::function<void(size_t, size_t)>& attempt) {
  const uint64_t share = 1 + Share() / 50;
  Random random;
  const uint64_t offset = random.Below(share);
  for (size_t i = 0; i < count; ++i)
    for (size_t j = 0; j < count; ++j)
      if ((i * count + j) % share == offset) attempt(i, j);
}

TEST(Integrity, SwappedBlocksAreFound) {
  const Blocks whole = BlocksOf(Archive());
  Trial trial;
  ForSomePairs(whole.size(), [&](size_t i, size_t j) {
    if (i >= j) return;
    Blocks blocks = whole;
    std::swap(blocks[i], blocks[j]);
    trial.Expect(ArchiveOf(blocks), absl::StrCat("swapped ", i, " and ", j));
  });
}

TEST(Integrity, DoubledBlocksAreFound) {
  const Blocks whole = BlocksOf(Archive());
  Trial trial;
  ForSomePairs(whole.size(), [&](size_t from, size_t to) {
    Blocks blocks = whole;
    blocks.insert(blocks.begin() + Signed(to), whole[from]);
    trial.Expect(ArchiveOf(blocks), absl::StrCat(from, " also at ", to));
  });
  for (size_t i = 0; i < whole.size(); ++i) {
    Blocks blocks = whole;
    blocks.push_back(whole[i]);
    trial.Expect(ArchiveOf(blocks), absl::StrCat("block ", i, " appended"));
  }
}

TEST(Integrity, DroppedBlocksAreFoundAndTheirTableIsNamed) {
  const Blocks whole = BlocksOf(Archive());
  Trial trial;
  for (size_t i = 0; i < whole.size(); ++i) {
    Blocks blocks = whole;
    blocks.erase(blocks.begin() + Signed(i));
    trial.Expect(ArchiveOf(blocks), absl::StrCat("dropped ", i),
                 whole[i].header.entry_id());
  }
}

TEST(Integrity, ZeroedBlocksAreFoundAndTheirTableIsNamed) {
  Trial trial;
  size_t begin = 0;
  for (const RawBlock& block : BlocksOf(Archive())) {
    const size_t end = begin + block.header.block_octets();
    const size_t payload = begin + BlockHeader::kSize;
    for (const auto& [from, to] :
         {std::pair(begin, end), {begin, payload}, {payload, end}}) {
      Buffer archive = Archive();
      std::fill(archive.begin() + Signed(from), archive.begin() + Signed(to),
                0);
      trial.Expect(archive, absl::StrCat("zeros from ", from, " to ", to),
                   block.header.entry_id());
    }
    begin = end;
  }
}

TEST(Integrity, BlocksOfAnotherArchiveAreFoundAndTheirTableIsNamed) {
  const Blocks whole = BlocksOf(Archive());
  const Blocks others = BlocksOf(ProofArchive(kProofId + 1));
  ASSERT_EQ(others.size(), whole.size());
  Trial trial;
  for (size_t i = 0; i < whole.size(); ++i) {
    Blocks blocks = whole;
    blocks[i] = others[i];
    trial.Expect(ArchiveOf(blocks), absl::StrCat("foreign ", i),
                 whole[i].header.entry_id());
    blocks = whole;
    blocks.insert(blocks.begin() + Signed(i), others[i]);
    trial.Expect(ArchiveOf(blocks), absl::StrCat("foreign before ", i));
  }
}

TEST(Integrity, ArchivesThatAreJoinedAreFound) {
  Trial trial;
  const Buffer other = ProofArchive(kProofId + 1, 4712);
  const Blocks ours = BlocksOf(Archive()), theirs = BlocksOf(other);
  for (const Buffer* const second : {&Archive(), &other}) {
    Buffer joined = Archive();
    Append(joined, *second);
    trial.Expect(joined, "one behind the other");
  }
  // The front of one, the rest of the other.
  for (size_t i = 1; i < ours.size(); ++i) {
    Blocks blocks(ours.begin(), ours.begin() + Signed(i));
    blocks.insert(blocks.end(),
                  theirs.begin() + Signed(std::min(i, theirs.size() - 1)),
                  theirs.end());
    trial.Expect(ArchiveOf(blocks), absl::StrCat("joined at ", i));
  }
}

TEST(Integrity, AppendedOctetsAreFound) {
  Random random;
  Trial trial;
  for (size_t count : {1, 7, 8, 63, 64, 65, 127, 128, 129, 4096, 100'000}) {
    for (const bool zeros : {false, true}) {
      Buffer archive = Archive();
      Append(archive, zeros ? Buffer(count) : random.Octets(count));
      trial.Expect(archive, absl::StrCat(count, " octets appended"));
    }
  }
}

}  // namespace
}  // namespace pgbale

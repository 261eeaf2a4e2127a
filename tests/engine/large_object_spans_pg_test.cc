// Large objects that several connections write: so large that their pages are
// cut into jobs, which end where no object ends.

#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/substitute.h"
#include "base/clock.h"
#include "base/io/memory.h"
#include "format/archive_reader.h"
#include "gmock/gmock.h"
#include "restore/load_spans.h"
#include "tests/support/background_process.h"
#include "tests/support/oracle.h"
#include "tests/support/paths.h"
#include "tests/support/server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::HasSubstr;

// Without those of a journal.
constexpr char kPages[] =
    "SELECT count(*) FROM pg_largeobject WHERE loid < 1000";
constexpr char kTransactions[] =
    "SELECT count(DISTINCT xmin::text) FROM pg_largeobject";

// Together above kCutTableOctets of restore/load_spans.h, at the source too,
// which must not be able to compress them; no two pages are alike. And some
// that are small or have a gap; an owner, a comment, privileges.
constexpr char kSource[] = R"(
  CREATE ROLE $0;
  SELECT lo_from_bytea(o, (
    WITH rest AS MATERIALIZED (
      SELECT string_agg(decode(md5(i::text), 'hex'), '') AS octets
      FROM generate_series(1, 127) i)
    SELECT string_agg(decode(md5(o || '-' || n), 'hex') || octets, '')
    FROM rest, generate_series(1, 17000) n))
  FROM generate_series(11, 12) o;
  SELECT lo_put(lo_create(13), 5000, 'behind a gap');
  SELECT count(lo_from_bytea(o, decode(md5(o::text), 'hex')))
  FROM generate_series(100, 400) o;
  ALTER LARGE OBJECT 12 OWNER TO $0;
  GRANT SELECT ON LARGE OBJECT 12 TO PUBLIC;
  COMMENT ON LARGE OBJECT 11 IS 'eleven';
)";

class LargeObjectSpansTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    source_ = std::make_unique<TestDatabase>();
    target_ = std::make_unique<TestDatabase>();
    role_ = absl::StrCat(source_->name(), "_owner");
    source_->Execute(absl::Substitute(kSource, role_));
  }
  void TearDown() override {
    if (source_ == nullptr) return;
    for (const TestDatabase* const database : {source_.get(), target_.get()})
      database->Execute(absl::StrCat(
          "SELECT count(lo_unlink(oid)) FROM pg_largeobject_metadata;"
          "DROP OWNED BY ",
          role_));
    source_->Execute(absl::StrCat("DROP ROLE ", role_));
  }

  std::string Bale() const { return dir_.File("a.bale"); }
  ::testing::AssertionResult Dump() const {
    return DumpAndVerify(*source_, Bale(), {"-j", "2"});
  }
  ::testing::AssertionResult Restore(const Words& options) const {
    return RestoreInto(*target_, Bale(), options);
  }
  ::testing::AssertionResult TargetIsSource() const {
    return EqualDatabases(source_->name(), target_->name());
  }
  int Number(absl::string_view sql) const {
    return std::stoi(target_->Query(sql));
  }

  const TempDir dir_;
  std::string role_;
  std::unique_ptr<TestDatabase> source_, target_;
};

TEST_F(LargeObjectSpansTest, ComeBackByManyTransactions) {
  ASSERT_TRUE(Dump());
  ASSERT_TRUE(Restore({"-j", "4", "--no-journal"}));
  EXPECT_TRUE(TargetIsSource());
  EXPECT_GE(Number(kTransactions), 4);
  EXPECT_GE(Number(absl::StrCat(kTransactions, " WHERE loid = 12")), 2);
}

// The number behind the first `key` in the last line of JSON.
uint64_t NumberIn(absl::string_view json, absl::string_view key) {
  const size_t line = json.rfind("{\"type\"");
  if (line == absl::string_view::npos) return 0;
  json = json.substr(line);
  const std::string start = absl::StrCat("\"", key, "\":");
  const size_t at = json.find(start);
  if (at == absl::string_view::npos) return 0;
  absl::string_view digits = json.substr(at + start.size());
  digits = digits.substr(0, digits.find_first_not_of("0123456789"));
  uint64_t number = 0;
  EXPECT_TRUE(absl::SimpleAtoi(digits, &number)) << json;
  return number;
}

TEST_F(LargeObjectSpansTest, AreCountedOnceAsTheDryRunSays) {
  ASSERT_TRUE(Dump());
  Words words = {"restore", "--json", "--dry-run",     "-j",
                 "3",       "-d",     target_->name(), Bale()};
  const CommandResult foretold = RunPgbale(*target_, words);
  EXPECT_EQ(foretold.exit_code, 0) << foretold.err;
  words.erase(words.begin() + 2);
  const CommandResult restored = RunPgbale(*target_, words);
  EXPECT_EQ(restored.exit_code, 0) << restored.err;
  const uint64_t pages = std::stoull(source_->Query(kPages));
  for (const std::string& out : {foretold.out, restored.out}) {
    EXPECT_EQ(NumberIn(out, "tables"), 1u) << out;
    EXPECT_EQ(NumberIn(out, "rows"), pages) << out;
  }
  EXPECT_GT(NumberIn(restored.out, "entries"), 300u);
  EXPECT_EQ(NumberIn(restored.out, "entries"),
            NumberIn(foretold.out, "entries"));
}

TEST_F(LargeObjectSpansTest, AreOneTransactionWhereThatIsAskedFor) {
  ASSERT_TRUE(Dump());
  ASSERT_TRUE(Restore({"-1"}));
  EXPECT_EQ(Number(kTransactions), 1);
  EXPECT_TRUE(TargetIsSource());
}

TEST_F(LargeObjectSpansTest, AreOneTransactionWhereErrorsAreLeftOut) {
  ASSERT_TRUE(Dump());
  ASSERT_TRUE(Restore({"-j", "3", "--on-error=continue"}));
  EXPECT_EQ(Number(kTransactions), 1);
  EXPECT_TRUE(TargetIsSource());
}

// Of what stood there before nothing is left behind their ends.
TEST_F(LargeObjectSpansTest, ReplaceThoseThatStand) {
  ASSERT_TRUE(Dump());
  target_->Execute(
      "SELECT lo_from_bytea(o, decode(repeat('00', 40000000), 'hex'))"
      " FROM generate_series(11, 13) o");
  ASSERT_TRUE(Restore({"-j", "3", "--clean", "--if-exists"}));
  EXPECT_TRUE(TargetIsSource());
}

TEST_F(LargeObjectSpansTest, AreDataOfARestoreOfDataAlone) {
  ASSERT_TRUE(Dump());
  ASSERT_TRUE(Restore({"-j", "3", "-a", "--no-journal"}));
  EXPECT_GE(Number(kTransactions), 4);
  EXPECT_TRUE(TargetIsSource());
}

TEST_F(LargeObjectSpansTest, ComeThroughAPipeToSeveralConnections) {
  const CommandResult result = RunCommand(
      {"sh", "-c",
       absl::StrCat("\"$0\" dump -j 2 -f - | \"$0\" restore -j 3 -d ",
                    target_->name(), " -"),
       kProgram},
      source_->environment());
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(TargetIsSource());
  EXPECT_GE(Number(kTransactions), 2);
}

TEST_F(LargeObjectSpansTest, AreCopiedByManyTransactions) {
  ASSERT_TRUE(CopyInto(*source_, *target_, {"-j", "3"}));
  EXPECT_TRUE(TargetIsSource());
  EXPECT_GE(Number(kTransactions), 3);
}

// A page that is written twice belongs to another transaction then. Somebody
// holds the last page of an object, so that the restore cannot end before it is
// killed.
TEST_F(LargeObjectSpansTest, PagesThatAKilledRestoreWroteAreNotWrittenAgain) {
  ASSERT_TRUE(Dump());
  ASSERT_OK_AND_ASSIGN(auto holder, target_->Connect());
  ASSERT_OK(holder->Execute("BEGIN"));
  ASSERT_OK(
      holder->Execute("INSERT INTO pg_largeobject VALUES (12, 16999, 'held')"));
  {
    BackgroundProcess restore({kProgram, "restore", "--quiet", "-j", "3", "-d",
                               target_->name(), Bale()},
                              target_->environment());
    const Stopwatch waited;
    while (Number(kPages) < 5000 && waited.seconds() < 60) {
    }
  }
  holder.reset();
  // A killed one's sessions may still end what they are at.
  const std::string transactions = target_->Query(
      "SELECT array_agg(DISTINCT xmin::text) FROM pg_largeobject");
  const std::string written = absl::StrCat(
      "SELECT md5(string_agg(concat(loid, ' ', pageno), ';' ORDER BY loid, "
      "pageno)) FROM pg_largeobject WHERE loid < 1000 AND xmin::text = ANY ('",
      transactions, "')");
  const std::string before = target_->Query(written);
  EXPECT_NE(before, "");
  EXPECT_LT(Number(kPages), 34000);
  ASSERT_TRUE(Restore({"-j", "2", "--resume"}));
  EXPECT_EQ(target_->Query(written), before);
  EXPECT_TRUE(TargetIsSource());
}

// Pages that a damaged chunk holds, counted from 0 in their order.
struct Gap {
  uint64_t first = 0, end = 0;
};

class DamagedLargeObjectsTest : public LargeObjectSpansTest {
 protected:
  // Damages a chunk in the middle of all pages.
  void DumpAndDamage() {
    ASSERT_TRUE(Dump());
    std::string octets = dir_.Read("a.bale");
    ASSERT_OK_AND_ASSIGN(const auto reader,
                         ArchiveReader::Open(MakeMemorySource(Buffer(
                             AsBytes(octets).begin(), AsBytes(octets).end()))));
    const ChunksByEntry chunks = ChunksInOrder(reader->directory());
    ASSERT_EQ(chunks.size(), 1u);
    const std::vector<ChunkRef>& ordered = chunks.begin()->second;
    const size_t damaged = ordered.size() / 2;
    for (size_t i = 0; i < damaged; ++i) gap_.first += ordered[i].rows;
    gap_.end = gap_.first + ordered[damaged].rows;
    octets[ordered[damaged].position + 5000] ^= 1;
    dir_.Write("a.bale", octets);
  }
  CommandResult RestoreDamaged(const Words& options) const {
    Words words = {"restore", "-j", "3", "-d", target_->name(), Bale()};
    words.insert(words.end(), options.begin(), options.end());
    return RunPgbale(*target_, words);
  }

  Gap gap_;
};

TEST_F(DamagedLargeObjectsTest, NothingOfADamagedChunkIsWritten) {
  DumpAndDamage();
  EXPECT_EQ(RestoreDamaged({}).exit_code, 20);
  // They stand in the chunk in their objects' order.
  const std::string pages = source_->Query(absl::StrCat(
      "SELECT array_agg(format('(%s,%s)', loid, pageno)) FROM (SELECT loid, "
      "pageno FROM pg_largeobject ORDER BY ctid OFFSET ",
      gap_.first, " LIMIT ", gap_.end - gap_.first, ") AS damaged"));
  EXPECT_EQ(Number(absl::StrCat("SELECT count(*) FROM pg_largeobject WHERE "
                                "format('(%s,%s)', loid, pageno) = ANY ('",
                                pages, "')")),
            0);
}

TEST_F(DamagedLargeObjectsTest, AllElseIsWrittenIfDamageIsSkipped) {
  DumpAndDamage();
  const CommandResult restored = RestoreDamaged({"--skip-corrupt"});
  EXPECT_EQ(restored.exit_code, 3) << restored.err;
  EXPECT_THAT(restored.err,
              HasSubstr(absl::StrCat("rows ", gap_.first + 1, " to ", gap_.end,
                                     " are left out")));
  EXPECT_EQ(Number(kPages), std::stoi(source_->Query(kPages)) -
                                static_cast<int>(gap_.end - gap_.first));
}

}  // namespace
}  // namespace pgbale

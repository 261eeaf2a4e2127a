// A network that breaks while a dump runs.

#include <signal.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/support/activity.h"
#include "tests/support/background_process.h"
#include "tests/support/oracle.h"
#include "tests/support/paths.h"
#include "tests/support/relay.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A dump makes this connection first, and then three side by side: the workers'
// and the one outside of the snapshot, which it closes before it copies.
constexpr size_t kLeader = 0, kOthers = 3;

class NetworkTest : public ActivityTest {
 protected:
  // Starts a dump by two workers, and waits until both copy, which takes them
  // half a minute.
  void StartDump() {
    source_ = std::make_unique<TestDatabase>();
    source_->Execute(
        "CREATE TABLE slow_1 AS SELECT generate_series(1, 300) AS a;"
        "CREATE TABLE slow_2 AS SELECT * FROM slow_1");
    relay_ = std::make_unique<Relay>(source_->server());
    dump_ = std::make_unique<BackgroundProcess>(
        Words{"sh", "-c", "exec \"$@\" 2>\"$0\"", out_.File("err"), kProgram,
              "dump", "--quiet", "-j", "2", "--where",
              "slow_1=pg_sleep(0.1) IS NOT NULL", "--where",
              "slow_2=pg_sleep(0.1) IS NOT NULL", "-f", dir_.File("a.bale")},
        relay_->environment(*source_));
    for (const char* table : {"slow_1", "slow_2"}) {
      ASSERT_TRUE(
          Appears(*source_, absl::StrCat("query LIKE 'COPY %", table, "%'")));
    }
  }
  void TearDown() override {
    dump_.reset();
    relay_.reset();
    source_.reset();
  }

  size_t Worker() const {
    std::vector<size_t> open;
    for (int i = 0; i < 500; ++i) {
      open = relay_->Open();
      while (!open.empty() && open.back() > kOthers) open.pop_back();
      if (open.size() < 1 + kOthers) break;
      usleep(10'000);
    }
    EXPECT_EQ(open.size(), kOthers);
    return open.back();
  }

  void ExpectEnd(int exit_code, double seconds_max) {
    EXPECT_EQ(dump_->Wait(seconds_max), exit_code);
    EXPECT_THAT(dir_.List(), IsEmpty());
  }
  std::string Errors() const { return out_.Read("err"); }

  const TempDir dir_, out_;
  std::unique_ptr<TestDatabase> source_;
  std::unique_ptr<Relay> relay_;
  std::unique_ptr<BackgroundProcess> dump_;
};

TEST_F(NetworkTest, AConnectionThatIsCutEndsTheDumpAndNamesItsTable) {
  StartDump();
  relay_->Cut(Worker());
  ExpectEnd(31, 5);
  EXPECT_THAT(Errors(), HasSubstr("table \"public.slow_"));
  EXPECT_THAT(Errors(), HasSubstr("connection to the server was lost"));
  EXPECT_TRUE(NoBackendLeft(*source_));
}

TEST_F(NetworkTest, ALeaderThatIsCutOffEndsTheDump) {
  StartDump();
  relay_->Cut(kLeader);
  ExpectEnd(31, 5);
  EXPECT_THAT(Errors(), HasSubstr("the connection that holds the locks on all "
                                  "tables is lost"));
  EXPECT_TRUE(NoBackendLeft(*source_));
}

// The request to cancel does not come through either.
TEST_F(NetworkTest, AnInterruptEndsTheDumpThoughNobodyAnswers) {
  StartDump();
  relay_->Stall();
  dump_->Signal(SIGINT);
  ExpectEnd(130, 10);
}

// The server's word against what has come: no row may be missing, whoever lost
// it.
TEST_F(NetworkTest, AnotherNumberOfRowsThanTheServerSentIsAnError) {
  source_ = std::make_unique<TestDatabase>();
  source_->Execute(
      "CREATE TABLE rows AS SELECT a FROM generate_series(1, 7) AS a;"
      "CREATE TABLE nothing ();"
      "INSERT INTO nothing SELECT FROM generate_series(1, 7);"
      "CREATE TABLE empty ();"
      "SELECT count(lo_from_bytea(o, 'octets')) FROM generate_series(1, 7) o");
  relay_ = std::make_unique<Relay>(source_->server());
  const auto run = [this](const Words& words) {
    return RunCommand(words, relay_->environment(*source_));
  };
  const std::string good = out_.File("good.bale");
  ASSERT_EQ(run({kProgram, "dump", "-f", good}).exit_code, 0);
  relay_->Replace("COPY 7", "COPY 8");
  for (const char* table : {"rows", "nothing"}) {
    for (const char* format : {"binary", "text"}) {
      const CommandResult result =
          run({kProgram, "dump", "-t", table, "--data-format", format, "-f",
               dir_.File("a.bale")});
      EXPECT_EQ(result.exit_code, 1) << result.err;
      EXPECT_THAT(result.err,
                  HasSubstr(absl::StrCat("table \"public.", table, "\"")));
      EXPECT_THAT(result.err, HasSubstr("of 8 rows that the server says it has "
                                        "sent, 7 have come"));
      EXPECT_THAT(dir_.List(), IsEmpty());
    }
  }
  const std::string relayed = absl::StrCat("dbname=", source_->name());
  const TestDatabase target;
  for (const Words& words :
       {Words{"dump", "-t", "empty", "-b", "-f", dir_.File("a.bale")},
        Words{"verify", "--against", relayed, good},
        Words{"copy", "-t", "rows", relayed, ConnectionWords(target)},
        Words{"copy", "-t", "empty", "-b", relayed, ConnectionWords(target)}}) {
    Words all = {kProgram};
    all.insert(all.end(), words.begin(), words.end());
    const CommandResult result = run(all);
    EXPECT_EQ(result.exit_code, 1) << result.err;
    EXPECT_THAT(result.err, ContainsRegex("8 rows|of 8")) << words.front();
  }
  EXPECT_THAT(dir_.List(), IsEmpty());
}

}  // namespace
}  // namespace pgbale

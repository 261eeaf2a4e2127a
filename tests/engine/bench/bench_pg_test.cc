// The whole command, on a tiny database.

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "tests/support/background_process.h"
#include "tests/support/oracle.h"
#include "tests/support/paths.h"
#include "tests/support/server.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Json = nlohmann::json;

class BenchTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    source_.Execute(
        "CREATE TABLE a (i integer PRIMARY KEY, t text);"
        "INSERT INTO a SELECT i, 'x' || i FROM generate_series(1, 500) AS i;"
        "CREATE INDEX ON a (t);");
    // Not those of tests that run at the same time.
    source_.Execute("CREATE ROLE " + role() + " LOGIN SUPERUSER");
  }
  void TearDown() override {
    if (!TestServer::available()) return;
    // All of them are dropped.
    EXPECT_EQ(NewDatabases(), "");
    EXPECT_THAT(archives_.List(), IsEmpty());
    source_.Execute("DROP ROLE " + role());
  }

  std::string role() const { return source_.name() + "_role"; }
  // The databases that the role of this test has made.
  std::string NewDatabases() const {
    return source_.Query(
        absl::StrCat("SELECT datname FROM pg_database WHERE "
                     "pg_get_userbyid(datdba) = '",
                     role(), "'"));
  }

  Words BenchWords(const Words& options) const {
    Words words = {"bench", "-U", role(),         "--runs", "2",
                   "-j",    "1",  "--no-warm-up", "--dir",  archives_.path()};
    words.insert(words.end(), options.begin(), options.end());
    return words;
  }
  CommandResult Bench(const Words& options) const {
    return RunPgbale(source_, BenchWords(options));
  }
  // Who ran, of the lines that begin so.
  static std::vector<std::string> OrderOf(const std::string& err,
                                          absl::string_view begin) {
    std::vector<std::string> order;
    for (absl::string_view line : absl::StrSplit(err, '\n'))
      if (absl::StartsWith(line, begin))
        order.emplace_back(line.substr(0, line.find(' ', line.find(": ") + 2)));
    return order;
  }
  Json ReadJson(const char* name) const {
    return Json::parse(files_.Read(name), nullptr, false);
  }
  // A pg_dump and a pg_restore of our own.
  std::string WritePeer(const std::string& dump, const std::string& restore) {
    for (const auto& [name, script] :
         {std::pair{"pg_dump", dump}, std::pair{"pg_restore", restore}}) {
      const std::string path = files_.Write(
          name, absl::StrCat("#!/bin/sh\ncase $1 in --version) echo 'pg_dump "
                             "(PostgreSQL) 15.1'; exit;; esac\n",
                             script, "\n"));
      std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    }
    return files_.path();
  }

  const TestDatabase source_;
  const TempDir files_, archives_;
};

TEST_F(BenchTest, MeasuresDumpAndRestoreBesidePgDump) {
  const CommandResult result = Bench(
      {"--pg-bin", TestServer::Get().tooldir, "--json", files_.File("b.json")});
  ASSERT_EQ(result.exit_code, 0) << result.out << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("\ndump\n"), HasSubstr("\nrestore"),
                                HasSubstr("what pgbale")));
  const Json json = ReadJson("b.json");
  EXPECT_EQ(json["database"]["rows"], 500);
  EXPECT_EQ(json["checked"].size(), 3u) << json["checked"];
  ASSERT_EQ(json["contestants"].size(), 2u);
  for (const Json& contestant : json["contestants"]) {
    for (const char* work : {"dump", "restore"}) {
      ASSERT_EQ(contestant[work]["runs"].size(), 2u) << contestant;
      const Json& run = contestant[work]["runs"][1];
      EXPECT_GT(run["seconds"], 0.0);
      EXPECT_GT(run["cpu_seconds"], 0.0);
      EXPECT_GT(run["peak_bytes"], 1 << 20);
    }
    EXPECT_GT(contestant["dump"]["runs"][0]["archive_bytes"], 500);
  }
  EXPECT_THAT(OrderOf(result.err, "dump "),
              ElementsAre("dump 1 of 2: pgbale", "dump 1 of 2: pg_dump",
                          "dump 2 of 2: pg_dump", "dump 2 of 2: pgbale"));
  const Json& ours = json["contestants"][0];
  EXPECT_GT(ours["dump"]["runs"][0]["thread_seconds"]["encode"], 0.0);
  EXPECT_GT(ours["restore"]["runs"][0]["thread_seconds"]["indexes"], 0.0);
  EXPECT_GT(ours["restore"]["runs"][0]["thread_seconds"]["constraints"], 0.0);
}

TEST_F(BenchTest, WithoutPeersItMeasuresPgbaleAlone) {
  Environment environment = source_.environment();
  environment.back() = {"PATH", "/nonexistent"};
  Words words = BenchWords({"--phases", "restore", "--runs", "1"});
  words.insert(words.begin(), kProgram);
  const CommandResult result = RunCommand(words, environment);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("pgbale is measured alone"));
}

TEST_F(BenchTest, APeerThatFailsIsShownAndTheOthersGoOn) {
  const CommandResult result =
      Bench({"--phases", "dump", "--runs", "1", "--pg-bin",
             WritePeer("echo 'pg_dump: error: bad day' >&2; exit 1", ""),
             "--json", "-"});
  EXPECT_EQ(result.exit_code, 3) << result.err;
  EXPECT_THAT(result.err, HasSubstr("pg_dump: error: bad day"));
  const Json json = Json::parse(result.out, nullptr, false);
  EXPECT_EQ(json["contestants"][1]["failure"], "pg_dump: error: bad day");
  EXPECT_EQ(json["contestants"][0]["dump"]["runs"].size(), 1u);
}

TEST_F(BenchTest, AResultThatIsWrongIsAnError) {
  // It restores nothing, and says that all is well.
  const CommandResult result =
      Bench({"--runs", "1", "--pg-bin",
             WritePeer("for last; do :; done; : > $last", "")});
  EXPECT_EQ(result.exit_code, 1) << result.err;
  EXPECT_THAT(result.out, HasSubstr("WRONG RESULTS\n  what pg_dump 15.1"));
  EXPECT_THAT(result.out, HasSubstr("table \"public.a\": the database has "
                                    "none of this name"));
  EXPECT_THAT(result.err, HasSubstr("the results are wrong"));
}

TEST_F(BenchTest, ARoleThatMayNotCreateDatabasesIsToldSo) {
  source_.Execute("ALTER ROLE " + role() + " NOSUPERUSER");
  const CommandResult result = Bench({});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("may not create databases"));
  EXPECT_THAT(result.err, HasSubstr("--phases=dump"));
}

TEST_F(BenchTest, AnInterruptedRestoreLeavesNoDatabase) {
  const std::string peer =
      WritePeer("for last; do :; done; : > $last", "exec sleep 60");
  Words words = BenchWords({"--pg-bin", peer, "--quiet", "--runs", "1"});
  words.insert(words.begin(), kProgram);
  BackgroundProcess bench(words, source_.environment());
  const Stopwatch waited;
  const std::string sleeping =
      absl::StrCat("SELECT count(*) FROM pg_database ",
                   "WHERE pg_get_userbyid(datdba) = '", role(), "'");
  while (source_.Query(sleeping) != "1" && waited.seconds() < 30) usleep(20000);
  bench.Signal(SIGINT);
  EXPECT_EQ(bench.Wait(30), 130);
}

}  // namespace
}  // namespace pgbale

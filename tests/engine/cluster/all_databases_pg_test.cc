// All databases of a server into a folder, and out of it into another server.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "restore/journal_text.h"
#include "tests/support/background_process.h"
#include "tests/support/paths.h"
#include "tests/support/private_server.h"
#include "tests/support/random.h"
#include "tests/support/server.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Words = std::vector<std::string>;

std::string SortedLines(const std::string& text) {
  std::vector<std::string> lines = absl::StrSplit(text, '\n');
  std::sort(lines.begin(), lines.end());
  return absl::StrJoin(lines, "\n");
}

class AllDatabasesTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    if (!IsSkipped()) source_ = std::make_unique<PrivateServer>();
  }

  std::string folder() const { return dir_.File("all"); }

  CommandResult Dump(const Words& words = {}) {
    Words all = {"dump", "--all-databases", "-f", folder()};
    all.insert(all.end(), words.begin(), words.end());
    return source_->RunPgbale(all);
  }
  CommandResult Restore(const Words& words = {}) {
    if (target_ == nullptr) target_ = std::make_unique<PrivateServer>();
    Words all = {"restore", "--all-databases", folder(), "-d", "postgres"};
    all.insert(all.end(), words.begin(), words.end());
    return target_->RunPgbale(all);
  }
  Words Files() const {
    Words names;
    for (const auto& file : std::filesystem::directory_iterator(folder()))
      names.push_back(file.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }

  // Databases that differ in everything, owners, settings, odd names.
  void LoadDatabases() {
    source_->Execute(R"(
      CREATE ROLE app LOGIN PASSWORD 'x';
      CREATE ROLE reader;
      CREATE DATABASE shop OWNER app CONNECTION LIMIT 7;
      CREATE DATABASE globals;
      CREATE DATABASE "Odd "" %name's; --" TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C';
      COMMENT ON DATABASE shop IS 'the shop';
      COMMENT ON DATABASE postgres IS 'ours';
      ALTER DATABASE shop SET work_mem = '9MB';
      ALTER DATABASE postgres SET my.own = 'p';
      ALTER ROLE app IN DATABASE shop SET search_path = shop, public;
      ALTER ROLE reader IN DATABASE postgres SET work_mem = '8MB';
      GRANT CONNECT ON DATABASE shop TO reader;
      GRANT CREATE ON DATABASE template1 TO reader;
      CREATE TABLE here (a integer);
      INSERT INTO here SELECT generate_series(1, 100);
    )");
    source_->Execute("CREATE TABLE in_every_new_one (a integer)", "template1");
    source_->Execute(R"(
      CREATE SCHEMA shop AUTHORIZATION app;
      CREATE TABLE shop.t (id serial PRIMARY KEY, x text);
      ALTER TABLE shop.t OWNER TO app;
      GRANT SELECT ON shop.t TO reader;
      INSERT INTO shop.t (x) SELECT 'row ' || i FROM generate_series(1, 50) i;
    )",
                     "shop");
    source_->Execute("CREATE TABLE g (a integer)", "globals");
  }

  TempDir dir_;
  std::unique_ptr<PrivateServer> source_, target_;
};

TEST_F(AllDatabasesTest, AreEqualInAnotherServer) {
  LoadDatabases();
  const CommandResult dumped = Dump({"-j", "2"});
  EXPECT_EQ(dumped.exit_code, 0) << dumped.err;
  EXPECT_THAT(Files(),
              ElementsAre("%4Fdd%20%22%20%25name%27s%3B%20--.bale",
                          "%67lobals.bale", "globals.bale", "postgres.bale",
                          "shop.bale", "template1.bale"));
  const CommandResult restored = Restore({"-j", "2"});
  EXPECT_EQ(restored.exit_code, 0) << restored.err;
  // --clean makes it print what belongs to template1 and postgres, too.
  EXPECT_EQ(target_->DumpAll({"--clean"}), source_->DumpAll({"--clean"}));
}

// Wherever it was killed, even while it resumed.
TEST_F(AllDatabasesTest, RestoreThatIsKilledGoesOn) {
  LoadDatabases();
  ASSERT_EQ(Dump().exit_code, 0);
  const Words files = Files();
  target_ = std::make_unique<PrivateServer>();
  Words words = {kProgram,          "restore", "--quiet",
                 "--all-databases", folder(),  "-d",
                 "postgres",        "-j",      "2"};
  const auto has_journal = [this] {
    return std::filesystem::exists(folder() + "/restore.journal");
  };
  Random random;
  int ended = -1;
  for (int kill = 0; kill < 4 && ended == -1; ++kill) {
    BackgroundProcess restore(words, target_->environment());
    ended = restore.Wait(static_cast<double>(random.Below(300)) / 1000);
    if (has_journal()) {
      if (words.back() != "--resume") words.push_back("--resume");
    } else if (target_->Query("SELECT count(*) FROM pg_database WHERE datname "
                              "= 'shop'") == "1") {
      // Without a journal none is made: it was killed when all was done.
      ended = std::max(ended, 0);
    }
  }
  if (ended == -1) {
    const CommandResult restored =
        Restore(has_journal() ? Words{"--resume"} : Words{});
    EXPECT_EQ(restored.exit_code, 0) << restored.err;
  } else {
    EXPECT_EQ(ended, 0);
  }
  EXPECT_EQ(SortedLines(target_->DumpAll({"--clean"})),
            SortedLines(source_->DumpAll({"--clean"})));
  EXPECT_EQ(target_->Query("SELECT count(*) FROM here"), "100");
  EXPECT_EQ(target_->Query("SELECT count(*) FROM shop.t", "shop"), "50");
  EXPECT_EQ(Files(), files);
}

// An error leaves as much to resume as a kill.
TEST_F(AllDatabasesTest, RestoreGoesOnWhateverTheFolderIsCalled) {
  LoadDatabases();
  ASSERT_EQ(Dump().exit_code, 0);
  target_ = std::make_unique<PrivateServer>();
  target_->Execute("CREATE TABLE here (in_the_way text)");
  EXPECT_EQ(Restore().exit_code, 1);
  target_->Execute("DROP TABLE here");
  const CommandResult resumed =
      target_->RunPgbale({"restore", "--all-databases", dir_.File("./all"),
                          "-d", "postgres", "--resume"});
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_EQ(target_->Query("SELECT count(*) FROM here"), "100");
  EXPECT_EQ(target_->Query("SELECT count(*) FROM shop.t", "shop"), "50");
}

TEST_F(AllDatabasesTest, ResumeNeedsAJournalOfTheSame) {
  LoadDatabases();
  ASSERT_EQ(Dump().exit_code, 0);
  const CommandResult none = Restore({"--resume"});
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_THAT(none.err, HasSubstr("there is nothing to resume"));
  // As an interrupted restore into another server would leave it.
  std::ofstream(folder() + "/restore.journal")
      << JournalHeadText({{"server", "1"}, {"clean", "no"}});
  const CommandResult other = Restore({"--resume"});
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_THAT(other.err, HasSubstr("was begun on another server"));
}

TEST_F(AllDatabasesTest, CleanReplacesThemSaveThoseThatStandEverywhere) {
  LoadDatabases();
  ASSERT_EQ(Dump().exit_code, 0);
  ASSERT_EQ(Restore().exit_code, 0);
  target_->Execute("CREATE TABLE more (a integer)", "shop");
  const CommandResult refused = Restore();
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("database \"shop\" exists"),
                                 HasSubstr("database \"globals\" exists")));
  const CommandResult again = Restore({"--clean"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  // A second GRANT on template1 comes to stand behind the others.
  EXPECT_EQ(SortedLines(target_->DumpAll({"--clean"})),
            SortedLines(source_->DumpAll({"--clean"})));
}

// pg_dumpall cannot dump these.
TEST_F(AllDatabasesTest, NamesMayHoldAnything) {
  const std::string name = "new\nline\t\x1b[31m $$ .. / dbname=postgres";
  source_->Execute(
      absl::StrCat("CREATE DATABASE \"", name, "\"; CREATE DATABASE \"..\""));
  source_->Execute("CREATE TABLE t (a integer)", "..");
  ASSERT_EQ(Dump().exit_code, 0);
  EXPECT_THAT(Files(), ::testing::Contains("%2E%2E.bale"));
  const CommandResult restored = Restore();
  EXPECT_EQ(restored.exit_code, 0) << restored.err;
  EXPECT_THAT(restored.err, Not(HasSubstr("\x1b")));
  const std::string names =
      "SELECT string_agg(datname, '|' ORDER BY datname) FROM pg_database";
  EXPECT_EQ(target_->Query(names), source_->Query(names));
  EXPECT_EQ(target_->Query("SELECT to_regclass('t')", ".."), "t");
}

TEST_F(AllDatabasesTest, WhatCannotBeDumpedIsNamed) {
  source_->Execute(
      "CREATE DATABASE half; CREATE DATABASE shut ALLOW_CONNECTIONS false; "
      "UPDATE pg_database SET datconnlimit = -2 WHERE datname = 'half'");
  const CommandResult dumped = Dump();
  EXPECT_EQ(dumped.exit_code, 3);
  EXPECT_THAT(dumped.err,
              AllOf(HasSubstr("database \"half\": it is invalid"),
                    HasSubstr("database \"shut\": it allows no connections"),
                    Not(HasSubstr("template0"))));
  EXPECT_THAT(Files(),
              ElementsAre("globals.bale", "postgres.bale", "template1.bale"));
}

TEST_F(AllDatabasesTest, ExcludedOnesAreLeftOut) {
  source_->Execute("CREATE DATABASE shop; CREATE DATABASE shop_old");
  const CommandResult dumped =
      Dump({"--exclude-database", "shop_*", "--exclude-database=template1"});
  EXPECT_EQ(dumped.exit_code, 0) << dumped.err;
  EXPECT_THAT(Files(),
              ElementsAre("globals.bale", "postgres.bale", "shop.bale"));
}

TEST_F(AllDatabasesTest, AnErrorNamesTheDatabaseAndLeavesNothing) {
  source_->Execute("CREATE DATABASE shop");
  source_->Execute("CREATE ROLE weak LOGIN; CREATE TABLE secret (a integer)",
                   "shop");
  const CommandResult dumped = Dump({"-U", "weak", "--no-role-passwords"});
  EXPECT_EQ(dumped.exit_code, 1);
  EXPECT_THAT(dumped.err,
              AllOf(HasSubstr("database \"shop\": "), HasSubstr("secret")));
  EXPECT_THAT(dir_.List(), IsEmpty());
}

TEST_F(AllDatabasesTest, AnErrorOfARestoreNamesTheDatabase) {
  source_->Execute("CREATE DATABASE shop");
  source_->Execute("CREATE TABLE t (a integer)", "shop");
  ASSERT_EQ(Dump().exit_code, 0);
  std::filesystem::rename(folder() + "/globals.bale", dir_.File("g.bale"));
  const CommandResult restored =
      // A role that may not create databases.
      Restore({"--role", "pg_monitor"});
  EXPECT_EQ(restored.exit_code, 1);
  EXPECT_THAT(restored.err, HasSubstr("database \""));
}

TEST_F(AllDatabasesTest, WhatIsNoFolderOfArchivesIsRefused) {
  EXPECT_EQ(Restore().exit_code, 10);
  std::filesystem::create_directory(folder());
  EXPECT_EQ(Restore().exit_code, 10);
  std::filesystem::create_directory(folder() + ".partial");
  EXPECT_EQ(target_
                ->RunPgbale({"restore", "--all-databases",
                             folder() + ".partial", "-d", "postgres"})
                .exit_code,
            21);
  EXPECT_EQ(Dump().exit_code, 40);
}

}  // namespace
}  // namespace pgbale

// Restores that are killed, lose their server or have no room, and go on. In
// the end all is as if nothing had happened, by pg_dump's text, rows and
// digests. With PGBALE_KILLS=50 as many times at random moments.

#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/cancel.h"
#include "base/clock.h"
#include "base/io/file.h"
#include "base/sched/progress.h"
#include "format/archive_reader.h"
#include "gmock/gmock.h"
#include "restore/restore.h"
#include "tests/support/background_process.h"
#include "tests/support/oracle.h"
#include "tests/support/paths.h"
#include "tests/support/private_server.h"
#include "tests/support/random.h"
#include "tests/support/server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

int Kills() {
  int kills = 3;
  const char* const given = std::getenv("PGBALE_KILLS");
  if (given != nullptr && !absl::SimpleAtoi(given, &kills)) kills = 3;
  return kills;
}

// One table of many chunks, with keys that are made in steps, and a little of
// everything that a restore has a pass of its own for.
constexpr char kSource[] = R"(
  CREATE SCHEMA shop;
  CREATE TYPE shop.color AS ENUM ('red', 'green');
  CREATE FUNCTION shop.double(integer) RETURNS integer LANGUAGE sql IMMUTABLE
    AS 'SELECT $1 * 2';
  CREATE FUNCTION shop.slowly(integer) RETURNS integer LANGUAGE plpgsql
    IMMUTABLE AS $$ BEGIN
      IF $1 = 1 AND current_setting('shop.slow', true) = 'on' THEN
        PERFORM pg_sleep(3);
      END IF;
      RETURN $1;
    END $$;
  CREATE TABLE shop.big (id bigserial, t text, u uuid, n numeric, c shop.color);
  INSERT INTO shop.big (t, u, n, c)
    SELECT repeat(md5(i::text), 3), md5(i::text)::uuid, i / 7.0,
      CASE WHEN i % 2 = 0 THEN 'red'::shop.color ELSE 'green' END
    FROM generate_series(1, 150000) i;
  ALTER TABLE shop.big ADD PRIMARY KEY (id);
  CREATE INDEX big_t ON shop.big (t);
  CREATE INDEX big_u ON shop.big (u);
  CREATE INDEX big_n ON shop.big (shop.double(n::integer));
  CREATE TABLE shop.child (id integer PRIMARY KEY, big bigint NOT NULL
    REFERENCES shop.big, note text);
  INSERT INTO shop.child SELECT i, i * 3, 'note ' || i
    FROM generate_series(1, 40000) i;
  CREATE INDEX ON shop.child (big);
  CREATE INDEX child_slow ON shop.child (shop.slowly(id));
  CREATE UNLOGGED TABLE shop.scratch AS SELECT i FROM generate_series(1, 999) i;
  CREATE TABLE shop.parts (a integer, b text) PARTITION BY RANGE (a);
  CREATE TABLE shop.parts_1 PARTITION OF shop.parts FOR VALUES FROM (0) TO (50);
  CREATE TABLE shop.parts_2 PARTITION OF shop.parts DEFAULT;
  INSERT INTO shop.parts SELECT i % 100, i FROM generate_series(1, 5000) i;
  CREATE INDEX ON shop.parts (a);
  CREATE VIEW shop.v AS SELECT id, c FROM shop.big;
  CREATE MATERIALIZED VIEW shop.m AS SELECT c, count(*) FROM shop.v GROUP BY c;
  CREATE INDEX ON shop.m (c);
  COMMENT ON TABLE shop.big IS 'many';
  GRANT SELECT ON shop.big TO PUBLIC;
  CREATE RULE r AS ON INSERT TO shop.v DO INSTEAD NOTHING;
  SELECT lo_from_bytea(0, decode(repeat(md5(i::text), 2000), 'hex'))
    FROM generate_series(1, 100) i;
  DO $$ BEGIN FOR i IN 1..60 LOOP
    EXECUTE format('CREATE TABLE shop.small_%s AS SELECT j FROM'
      ' generate_series(1, %s) j', i, i * 20);
    EXECUTE format('CREATE INDEX ON shop.small_%s (j)', i);
  END LOOP; END $$;
)";

class KilledRestoreTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    source_ = std::make_unique<TestDatabase>();
    source_->Execute(kSource);
    ASSERT_TRUE(DumpAndVerify(*source_, bale()));
  }

  std::string bale() const { return dir_.File("a.bale"); }
  // Lets an index take seconds.
  static Environment Slow(const TestDatabase& target) {
    Environment environment = target.environment();
    environment.emplace_back("PGOPTIONS", "-c shop.slow=on");
    return environment;
  }
  bool HasJournal() const {
    return std::filesystem::exists(absl::StrCat(bale(), ".journal"));
  }

  // Kills a restore `seconds` after its begin; false if it had ended.
  bool RestoreAndKill(const TestDatabase& target, const std::string& jobs,
                      double seconds) const {
    BackgroundProcess restore({kProgram, "restore", "--quiet", "-j", jobs, "-d",
                               target.name(), bale()},
                              target.environment());
    const int exit_code = restore.Wait(seconds);
    if (exit_code == -1) return true;  // Killed as it goes.
    EXPECT_EQ(exit_code, 0);
    return false;
  }

  CommandResult Resume(const TestDatabase& target, const std::string& jobs) {
    Words words = {"restore", "-j", jobs, "-d", target.name(), bale()};
    if (HasJournal()) words.push_back("--resume");
    return RunPgbale(target, words);
  }

  void ExpectEqual(const TestDatabase& target) const {
    EXPECT_TRUE(EqualDatabases(source_->name(), target.name()));
    const CommandResult verified =
        RunPgbale(target, {"verify", "--against", target.name(), bale()});
    EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
    EXPECT_THAT(dir_.List(), ElementsAre("a.bale"));
  }

  const TempDir dir_;
  std::unique_ptr<TestDatabase> source_;
};

TEST_F(KilledRestoreTest, GoesOnFromAnyMoment) {
  Random random;
  double seconds = 0;
  {
    const TestDatabase target;
    const Stopwatch clock;
    ASSERT_TRUE(RestoreInto(target, bale(), {"-j", "2"}));
    seconds = clock.seconds();
  }
  int kills = 0;
  for (int tries = 0; kills < Kills() && tries < 3 * Kills() + 10; ++tries) {
    SCOPED_TRACE(absl::StrCat("kill ", kills));
    const TestDatabase target;
    const std::string jobs = absl::StrCat(1 + random.Below(3));
    const double moment =
        seconds * static_cast<double>(random.Below(1000)) / 1000;
    // Not too early, nor when all was done.
    if (!RestoreAndKill(target, jobs, moment) || !HasJournal()) continue;
    ++kills;
    // The one that goes on may be killed, too.
    if (random.OneIn(3)) {
      BackgroundProcess again({kProgram, "restore", "--quiet", "--resume", "-d",
                               target.name(), bale()},
                              target.environment());
      again.Wait(moment / 2);
    }
    if (HasJournal()) {
      const CommandResult resumed =
          Resume(target, absl::StrCat(1 + random.Below(3)));
      EXPECT_EQ(resumed.exit_code, 0)
          << "-j " << jobs << ", killed after " << moment << " s\n"
          << resumed.err;
    }
    ExpectEqual(target);
    if (HasFailure()) return;
  }
  EXPECT_EQ(kills, Kills());
  RecordProperty("kills", kills);
}

// What a kill can cost is what one transaction of each connection has loaded.
TEST_F(KilledRestoreTest, NoTransactionLoadsMoreThanAChunk) {
  for (const int jobs : {1, 2}) {
    const TestDatabase target;
    RestoreOptions options;
    options.target = target.options();
    options.jobs = jobs;
    options.journal = absl::StrCat(bale(), ".journal");
    // However busy the machine is.
    options.short_commit_seconds = 60;
    ASSERT_OK_AND_ASSIGN(auto file, OpenFileSource(bale()));
    ASSERT_OK_AND_ASSIGN(const auto archive,
                         ArchiveReader::Open(std::move(file)));
    CancelToken cancel;
    Progress progress;
    ASSERT_OK(Restore(*archive, options, cancel, progress));
    // As COPY counts: with the lengths of values.
    const std::string most = target.Query(
        "SELECT pg_size_pretty(max(octets)) FROM (SELECT"
        " sum(pg_column_size(b.*)) AS octets FROM shop.big b"
        " GROUP BY xmin) s WHERE octets > 6 * 1024 * 1024");
    EXPECT_EQ(most, "") << "-j " << jobs;
    EXPECT_GT(std::stoi(target.Query(
                  "SELECT count(DISTINCT xmin::text) FROM shop.big")),
              3);
  }
}

// An index that a killed run was building is finished by the server, noted by
// the transaction that builds it, and not built again.
TEST_F(KilledRestoreTest, RunningIndexIsWaitedForAndKept) {
  const TestDatabase target;
  std::string transaction;
  {
    BackgroundProcess restore(
        {kProgram, "restore", "--quiet", "-d", target.name(), bale()},
        Slow(target));
    const Stopwatch waited;
    while (transaction.empty() && waited.seconds() < 60)
      transaction = target.Query(
          "SELECT backend_xid FROM pg_stat_activity WHERE datname = "
          "current_database() AND query LIKE 'CREATE INDEX child_slow%' AND "
          "wait_event = 'PgSleep'");
  }
  ASSERT_NE(transaction, "");
  const CommandResult resumed = Resume(target, "1");
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_EQ(target.Query("SELECT xmin FROM pg_class WHERE oid = "
                         "'shop.child_slow'::regclass"),
            transaction);
  ExpectEqual(target);
}

TEST_F(KilledRestoreTest, SecondRunAtOnceIsRefused) {
  const TestDatabase target;
  BackgroundProcess first(
      {kProgram, "restore", "--quiet", "-d", target.name(), bale()},
      Slow(target));
  const Stopwatch waited;
  while (!HasJournal() && waited.seconds() < 30) usleep(1000);
  const CommandResult second =
      RunPgbale(target, {"restore", "-d", target.name(), "--resume", bale()});
  EXPECT_EQ(second.exit_code, 11) << second.err;
  EXPECT_THAT(second.err, HasSubstr("another restore is at work"));
  EXPECT_EQ(first.Wait(), 0);
  ExpectEqual(target);
}

TEST_F(KilledRestoreTest, DatabaseThatIsCreatedIsFoundAgain) {
  // Under the name of the source, which must make room.
  const std::string renamed = absl::StrCat(source_->name(), "_was");
  const TestDatabase other;
  other.Execute(
      absl::StrCat("ALTER DATABASE ", source_->name(), " RENAME TO ", renamed));
  Random random;
  Words words = {kProgram, "restore",    "--quiet", "-C",
                 "-d",     other.name(), bale()};
  {
    BackgroundProcess restore(words, other.environment());
    const Stopwatch waited;
    while (!HasJournal() && waited.seconds() < 30) usleep(1000);
    // Before the database stands, or when there is something in it.
    restore.Wait(static_cast<double>(random.Below(300)) / 1000);
  }
  // Without a journal the restore was faster.
  if (HasJournal()) {
    words.erase(words.begin());
    words.push_back("--resume");
    const CommandResult resumed = RunPgbale(other, words);
    EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  }
  EXPECT_TRUE(EqualDatabases(renamed, source_->name()));
  other.Execute(absl::StrCat("DROP DATABASE ", renamed));
}

// Commits that nobody waited for are lost, and so are their notes.
TEST_F(KilledRestoreTest, GoesOnAfterTheServerCrashed) {
  PrivateServer server({"wal_writer_delay=10s"});
  Random random;
  server.Execute("CREATE DATABASE copy TEMPLATE template0");
  Words words = {"restore", "--quiet", "-j", "2", "-d", "copy", bale()};
  Words program = {kProgram};
  program.insert(program.end(), words.begin(), words.end());
  const std::string journal = absl::StrCat(bale(), ".journal");
  bool done = false;
  for (int crash = 0; crash < 3 && !done; ++crash) {
    Words argv = program;
    if (std::filesystem::exists(journal)) argv.push_back("--resume");
    BackgroundProcess restore(argv, server.environment("copy"));
    int exit_code = -1;
    // Until then it connects, and has nothing to lose.
    const Stopwatch waited;
    while (exit_code == -1 && waited.seconds() < 60 &&
           server.Query("SELECT count(*) FROM pg_locks WHERE locktype = "
                        "'advisory'") == "0")
      exit_code = restore.Wait(0.01);
    if (exit_code == -1)
      exit_code = restore.Wait(static_cast<double>(random.Below(100)) / 100);
    if (exit_code == -1) {
      server.Crash();
      exit_code = restore.Wait(60);
    }
    // Done a moment before the crash, which then takes nothing.
    done = exit_code == 0;
    if (!done) {
      EXPECT_EQ(exit_code, 31);
    }
  }
  if (!done) {
    if (std::filesystem::exists(journal)) words.push_back("--resume");
    const CommandResult resumed = server.RunPgbale(words, "copy");
    EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  }
  const CommandResult verified =
      server.RunPgbale({"verify", "--against", "copy", bale()}, "copy");
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
  EXPECT_EQ(server.Query("SELECT count(*) FROM shop.scratch", "copy"), "999");
}

}  // namespace
}  // namespace pgbale

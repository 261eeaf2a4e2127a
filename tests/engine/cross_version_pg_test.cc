// From one version of the server into another. Each test needs a server of
// every version (scripts/test.sh --servers); without them it is skipped.
//
// The judge is the newest pg_dump, which reads all of them. What it prints of
// a source and of what was made of it in another version differs, because
// versions deparse differently and have other defaults. So two targets are
// compared: what pgbale has made of the source, and what this pg_dump and psql
// have made of it in the same version. Rows must be the source's.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "base/io/file.h"
#include "format/archive_reader.h"
#include "gmock/gmock.h"
#include "restore/label.h"
#include "restore/restore.h"
#include "tests/support/fixtures.h"
#include "tests/support/oracle.h"
#include "tests/support/paths.h"
#include "tests/support/server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::HasSubstr;

// The servers by major version, of what scripts/servers.sh has started.
std::map<int, TestServer> ReadServers() {
  std::map<int, TestServer> servers;
  const char* dir = std::getenv("PGBALE_TEST_SERVERS");
  if (dir == nullptr || !std::filesystem::exists(dir)) return servers;
  for (const auto& entry : std::filesystem::directory_iterator(dir)) {
    int version = 0;
    if (absl::SimpleAtoi(entry.path().filename().string(), &version))
      servers[version] = TestServer::Read(entry.path());
  }
  return servers;
}

const std::map<int, TestServer>& Servers() {
  static const auto& servers = *new std::map<int, TestServer>(ReadServers());
  return servers;
}

const TestServer& Oldest() { return Servers().begin()->second; }
const TestServer& Newest() { return Servers().rbegin()->second; }

std::string Definitions(const TestDatabase& database) {
  return PgDumpText(database, Newest(), {"--schema-only"});
}

// What psql can make of them on `server`: of subscriptions from before 16,
// pg_dump says what only 16 and later take, and earlier ones do anyway.
std::string DefinitionsFor(const TestServer& server,
                           const TestDatabase& database) {
  std::string definitions = Definitions(database);
  for (const auto& [version, each] : Servers()) {
    if (&each == &server && version < 16)
      absl::StrReplaceAll({{", run_as_owner = true", ""}}, &definitions);
  }
  return definitions;
}

class CrossVersionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (Servers().size() < 2)
      GTEST_SKIP() << "needs servers of several versions: "
                      "scripts/test.sh --servers 14,15,16,17,18";
  }
};

class CrossVersionKindTest : public CrossVersionTest,
                             public ::testing::WithParamInterface<std::string> {
};

// A stored column is computed anew: newer dictionaries find other words.
std::string FingerprintWithoutDocuments(const TestDatabase& database) {
  std::vector<std::string> lines = absl::StrSplit(Fingerprint(database), '\n');
  std::erase_if(lines, [](const std::string& line) {
    return absl::StartsWith(line, "table search.document|");
  });
  return absl::StrJoin(lines, "\n");
}

// What makes pg_dump's copy of a fixture what its source is: a default that a
// child has dropped comes back in the children of the child.
std::string RepairOf(const std::string& fixture) {
  static const auto& repairs = *new std::map<std::string, std::string>{
      {"default", "ALTER TABLE grandchild ALTER b DROP DEFAULT"},
      {"foreign_table", "ALTER TABLE grandchild ALTER a DROP DEFAULT"}};
  const auto found = repairs.find(fixture);
  return found == repairs.end() ? "" : found->second;
}

// Restores `bale`, a dump of `source`, into a new database of `server`. Where
// the copy prints as its source does, nothing else needs to judge.
void ExpectSurvives(const TestDatabase& source, const std::string& bale,
                    const TestServer& server, const std::string& repair = "") {
  const TestDatabase copy(server), expected(server);
  ASSERT_TRUE(RestoreInto(copy, bale, {"-j", "2"}));
  EXPECT_EQ(FingerprintWithoutDocuments(copy),
            FingerprintWithoutDocuments(source));
  const std::string definitions = Definitions(copy);
  if (definitions == Definitions(source)) return;
  expected.Execute(DefinitionsFor(server, source));
  if (!repair.empty()) expected.Execute(repair);
  EXPECT_EQ(definitions, Definitions(expected));
}

// From each of these versions to each of those.
using VersionPairs = std::map<int, std::vector<int>>;

VersionPairs PairsOfVersions(size_t fixture) {
  std::vector<std::pair<int, int>> all;
  for (const auto& from : Servers()) {
    for (auto to = Servers().upper_bound(from.first); to != Servers().end();
         ++to)
      all.emplace_back(from.first, to->first);
  }
  const std::pair<int, int> widest = {Servers().begin()->first,
                                      Servers().rbegin()->first};
  VersionPairs pairs;
  for (size_t i = 0; i < all.size(); ++i) {
    if (std::getenv("PGBALE_FEW_PAIRS") == nullptr || all[i] == widest ||
        i == fixture % all.size())
      pairs[all[i].first].push_back(all[i].second);
  }
  return pairs;
}

TEST_P(CrossVersionKindTest, SurvivesInEveryNewerVersion) {
  const std::vector<std::string> names = FixtureNames();
  const auto place = std::find(names.begin(), names.end(), GetParam());
  const TempDir dir;
  for (const auto& [from, targets] :
       PairsOfVersions(static_cast<size_t>(place - names.begin()))) {
    const TestDatabase source(Servers().at(from));
    LoadFixture(source, GetParam());
    const std::string bale = dir.File(absl::StrCat(from, ".bale"));
    ASSERT_TRUE(DumpAndVerify(source, bale));
    for (const int to : targets) {
      SCOPED_TRACE(absl::StrCat("from ", from, " to ", to));
      ASSERT_NO_FATAL_FAILURE(
          ExpectSurvives(source, bale, Servers().at(to), RepairOf(GetParam())));
    }
  }
}

TEST_P(CrossVersionKindTest, CopyIntoTheNewestEqualsARestore) {
  const TestDatabase source(Oldest()), restored(Newest()), copied(Newest());
  LoadFixture(source, GetParam());
  const TempDir dir;
  ASSERT_TRUE(DumpAndVerify(source, dir.File("a.bale")));
  ASSERT_TRUE(RestoreInto(restored, dir.File("a.bale")));
  ASSERT_TRUE(CopyInto(source, copied, {"-j", "2"}));
  EXPECT_EQ(Definitions(copied), Definitions(restored));
  EXPECT_EQ(Fingerprint(copied), Fingerprint(restored));
}

// In binary, an older server would take it for a number.
TEST_F(CrossVersionTest, CopyIntoAnOlderVersionRefusesWhatThatDoesNotKnow) {
  if (Servers().rbegin()->first < 17 || Servers().begin()->first >= 17)
    GTEST_SKIP() << "needs a server from 17 on and an older one";
  const TestDatabase source(Newest()), copy(Oldest());
  source.Execute(
      "CREATE TABLE spans AS SELECT interval '1 month' * i AS span"
      " FROM generate_series(1, 10) i");
  ASSERT_TRUE(CopyInto(source, copy));
  EXPECT_EQ(Fingerprint(copy), Fingerprint(source));
  source.Execute("INSERT INTO spans VALUES ('infinity')");
  const CommandResult refused = RunPgbale(
      source,
      {"copy", ConnectionWords(source), ConnectionWords(copy), "--clean"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("infinity"));
}

using Ids = std::set<uint32_t>;

// Nobody who dumps parses these, so what they need is not known.
bool HasBody(const Entry& entry) {
  static const auto& kinds = *new std::set<std::string>{
      "FUNCTION", "MATERIALIZED VIEW", "PROCEDURE", "RULE", "VIEW"};
  return kinds.contains(entry.kind);
}

// Entries that need a newer version than `major`, those of `failed` that may
// have one in their bodies, and all that needs them.
std::set<std::string> LabelsOfTooNew(const std::vector<Entry>& entries,
                                     uint32_t major,
                                     const std::set<std::string>& failed) {
  Ids ids;
  std::set<std::string> labels;
  for (const Entry& entry : entries) {
    const bool needs =
        std::any_of(entry.depends.begin(), entry.depends.end(),
                    [&ids](uint32_t id) { return ids.contains(id); });
    if (entry.need.major <= major && !needs && !ids.contains(entry.parent) &&
        !(HasBody(entry) && failed.contains(EntryLabel(entry)))) {
      continue;
    }
    ids.insert(entry.id);
    labels.insert(EntryLabel(entry));
  }
  return labels;
}

// Into the oldest version goes what it knows; what it does not was foretold.
TEST_P(CrossVersionKindTest, OnlyWhatWasForetoldFailsInTheOldestVersion) {
  const TempDir dir;
  const TestDatabase source(Newest()), copy(Oldest());
  LoadFixture(source, GetParam());
  const std::string bale = dir.File("newest.bale");
  ASSERT_TRUE(DumpAndVerify(source, bale));
  ASSERT_OK_AND_ASSIGN(std::unique_ptr<Source> file, OpenFileSource(bale));
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<ArchiveReader> archive,
                       ArchiveReader::Open(std::move(file)));
  RestoreOptions options;
  options.target = copy.options();
  options.jobs = 2;
  options.exit_on_error = false;
  CancelToken cancel;
  Progress progress;
  ASSERT_OK_AND_ASSIGN(const RestoreSummary summary,
                       Restore(*archive, options, cancel, progress));
  std::set<std::string> failed;
  for (const RestoreError& error : summary.errors) failed.insert(error.entry);
  const std::set<std::string> foretold =
      LabelsOfTooNew(archive->entries(),
                     static_cast<uint32_t>(Servers().begin()->first), failed);
  for (const RestoreError& error : summary.errors)
    EXPECT_TRUE(foretold.contains(error.entry))
        << error.entry << ": " << error.message;
}

INSTANTIATE_TEST_SUITE_P(
    Fixtures, CrossVersionKindTest, ::testing::ValuesIn(FixtureNames()),
    [](const ::testing::TestParamInfo<std::string>& fixture) {
      return fixture.param;
    });

// Without --on-error=continue nothing is written of what cannot be whole.
TEST_F(CrossVersionTest, OlderTargetIsRefusedByTheNamesOfWhatItLacks) {
  if (Servers().rbegin()->first < 18 || Servers().begin()->first >= 18)
    GTEST_SKIP() << "needs a server of version 18 and an older one";
  const TestDatabase source(Newest()), copy(Oldest());
  source.Execute(
      "CREATE TABLE plain (a integer);"
      "CREATE TABLE virtual (a integer,"
      " b integer GENERATED ALWAYS AS (a + 1) VIRTUAL)");
  const TempDir dir;
  ASSERT_TRUE(DumpAndVerify(source, dir.File("a.bale")));
  const CommandResult refused =
      RunPgbale(copy, {"restore", "-d", copy.name(), dir.File("a.bale")});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err,
              HasSubstr("table \"public.virtual\" needs PostgreSQL 18 "
                        "(virtual generated columns), the target is "));
  EXPECT_EQ(copy.Query("SELECT to_regclass('plain')"), "");
}

TEST_F(CrossVersionTest, StatisticsOfTheOldestServeTheNewest) {
  if (Servers().rbegin()->first < 18)
    GTEST_SKIP() << "only 18 and later take statistics";
  constexpr absl::string_view kColumns =
      "SELECT schemaname, tablename, attname, inherited, null_frac, avg_width, "
      "n_distinct, most_common_vals, most_common_freqs, histogram_bounds, "
      "correlation, most_common_elems, most_common_elem_freqs, "
      "elem_count_histogram FROM pg_stats "
      "WHERE schemaname !~ '^(pg_|information_schema)' ORDER BY 1, 2, 3, 4";
  constexpr absl::string_view kRelations =
      "SELECT relname, relpages, reltuples, relallvisible FROM pg_class "
      "WHERE oid >= 16384 AND relkind IN ('r', 'p', 'm', 'i', 'I') "
      "AND relnamespace <> 'pg_toast'::regnamespace ORDER BY 1, 2, 3";
  const TestDatabase source(Oldest()), copy(Newest());
  LoadFixture(source, "relation_statistics");
  const TempDir dir;
  EXPECT_THAT(source.Query(kColumns), HasSubstr("sorts"));
  ASSERT_TRUE(DumpAndVerify(source, dir.File("a.bale"), {"--statistics"}));
  ASSERT_TRUE(RestoreInto(copy, dir.File("a.bale"), {"-j", "2"}));
  EXPECT_EQ(copy.Query(kColumns), source.Query(kColumns));
  EXPECT_EQ(copy.Query(kRelations), source.Query(kRelations));
}

// Real data: Debian's package index in nearly every kind of object.
TEST_F(CrossVersionTest, DemoDatabaseFromTheOldestToTheNewest) {
  const TestDatabase source(Oldest());
  const CommandResult loaded =
      RunCommand({absl::StrCat(kSourceDir, "/scripts/demo-data.sh"),
                  "--database", source.name(), "--packages", "2000"},
                 source.environment());
  ASSERT_EQ(loaded.exit_code, 0) << loaded.out << loaded.err;
  const TempDir dir;
  const std::string bale = dir.File("demo.bale");
  ASSERT_TRUE(DumpAndVerify(source, bale, {"-j", "2"}));
  ExpectSurvives(source, bale, Newest());
}

}  // namespace
}  // namespace pgbale

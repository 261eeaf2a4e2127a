#include "tests/support/oracle.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tests/support/paths.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::AssertionFailure;
using ::testing::AssertionResult;
using ::testing::AssertionSuccess;

Words Joined(Words first, const Words& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

// Success if the command ended with 0.
AssertionResult Judge(const Words& words, const CommandResult& result) {
  if (result.exit_code == 0) return AssertionSuccess();
  return AssertionFailure() << absl::StrJoin(words, " ") << "\nexit code "
                            << result.exit_code << "\n"
                            << result.out << result.err;
}

AssertionResult RunAndJudge(const TestDatabase& database, const Words& words) {
  return Judge(words, RunPgbale(database, words));
}

// Differs whatever the database holds.
bool IsOfTheDump(absl::string_view line) {
  return absl::StartsWith(line, "\\restrict ") ||
         absl::StartsWith(line, "\\unrestrict ") ||
         absl::StartsWith(line, "-- Dumped ") ||
         // pg_dump says so to servers, too, that do not know it.
         absl::StartsWith(line, "SET transaction_timeout ");
}

std::string RunPgDump(const TestServer& by, const Environment& environment,
                      const Words& options) {
  const Words words = Joined({by.Program("pg_dump")}, options);
  const CommandResult result = RunCommand(words, environment);
  EXPECT_TRUE(Judge(words, result));
  std::vector<absl::string_view> lines;
  for (absl::string_view line : absl::StrSplit(result.out, '\n'))
    if (!IsOfTheDump(line)) lines.push_back(line);
  return absl::StrJoin(lines, "\n");
}

}  // namespace

CommandResult RunPgbale(const TestDatabase& database, const Words& words) {
  return RunCommand(Joined({kProgram}, words), database.environment());
}

AssertionResult DumpAndVerify(const TestDatabase& source,
                              const std::string& bale, const Words& options) {
  AssertionResult dumped =
      RunAndJudge(source, Joined({"dump", "-f", bale}, options));
  if (!dumped) return dumped;
  return RunAndJudge(source, {"verify", bale});
}

AssertionResult RestoreInto(const TestDatabase& target, const std::string& bale,
                            const Words& options) {
  return RunAndJudge(target,
                     Joined({"restore", "-d", target.name(), bale}, options));
}

std::string ConnectionWords(const TestDatabase& database) {
  const TestServer& server = database.server();
  return absl::StrCat("host=", server.host, " port=", server.port,
                      " user=", server.user, " dbname=", database.name());
}

AssertionResult CopyInto(const TestDatabase& source, const TestDatabase& target,
                         const Words& options) {
  return RunAndJudge(source, Joined({"copy", "--quiet", ConnectionWords(source),
                                     ConnectionWords(target)},
                                    options));
}

AssertionResult CopySurvives(const TestDatabase& source, const Words& options) {
  const TestDatabase target;
  AssertionResult copied = CopyInto(source, target, options);
  if (!copied) return copied;
  return EqualDatabases(source.name(), target.name());
}

AssertionResult EqualDatabases(const std::string& one,
                               const std::string& other) {
  const Words words = {
      absl::StrCat(kSourceDir, "/scripts/compare-databases.sh"), one, other};
  return Judge(words, RunCommand(words, TestServer::Get().environment(one)));
}

std::string PgDumpText(const std::string& database, const Words& options) {
  const TestServer& server = TestServer::Get();
  return RunPgDump(server, server.environment(database), options);
}

std::string PgDumpText(const TestDatabase& database, const TestServer& by,
                       const Words& options) {
  return RunPgDump(by, database.environment(), options);
}

std::string Fingerprint(const TestDatabase& database) {
  const Words words = {database.server().Program("psql"),
                       "-X",
                       "-v",
                       "ON_ERROR_STOP=1",
                       "-f",
                       absl::StrCat(kSourceDir, "/scripts/fingerprint.sql")};
  const CommandResult result = RunCommand(words, database.environment());
  EXPECT_TRUE(Judge(words, result));
  return result.out;
}

AssertionResult CopyByPgDump(const TestDatabase& source,
                             const TestDatabase& target, const Words& options) {
  const TestServer& server = TestServer::Get();
  const Words words = {server.Program("psql"), "-X", "-q", "-v",
                       "ON_ERROR_STOP=1"};
  return Judge(words, RunCommand(words, target.environment(),
                                 PgDumpText(source.name(), options)));
}

AssertionResult RoundTrip(const TestDatabase& source,
                          const RoundTripOptions& options) {
  const TempDir dir;
  const std::string bale = dir.File("round-trip.bale");
  AssertionResult done = DumpAndVerify(source, bale, options.dump);
  if (!done) return done;
  const TestDatabase copy;
  done = RestoreInto(copy, bale, options.restore);
  if (!done) return done;
  return EqualDatabases(source.name(), copy.name());
}

AssertionResult DefinitionsSurvive(const TestDatabase& source) {
  const TempDir dir;
  const std::string bale = dir.File("definitions.bale");
  const Words only = {"--schema-only"};
  AssertionResult done = DumpAndVerify(source, bale, only);
  if (!done) return done;
  const TestDatabase copy;
  done = RestoreInto(copy, bale);
  if (!done) return done;
  const std::string expected = PgDumpText(source.name(), only);
  const std::string actual = PgDumpText(copy.name(), only);
  if (actual == expected) return AssertionSuccess();
  return AssertionFailure() << "definitions are not equal:\n"
                            << actual << "\ninstead of:\n"
                            << expected;
}

AssertionResult PartialRoundTrip(const TestDatabase& source,
                                 const Words& part) {
  const TempDir dir;
  const std::string bale = dir.File("part.bale");
  AssertionResult done = DumpAndVerify(source, bale, part);
  if (!done) return done;
  const TestDatabase expected, copy;
  done = CopyByPgDump(source, expected, part);
  if (!done) return done;
  done = RestoreInto(copy, bale);
  if (!done) return done;
  return EqualDatabases(expected.name(), copy.name());
}

}  // namespace pgbale

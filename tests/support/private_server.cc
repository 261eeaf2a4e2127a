#include "tests/support/private_server.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gtest/gtest.h"
#include "tests/support/paths.h"
#include "tests/support/server.h"

namespace pgbale {
namespace {

std::string Script() { return absl::StrCat(kSourceDir, "/scripts/server.sh"); }

// pg_dumpall's \restrict has a random key.
bool IsMadeUp(absl::string_view line) {
  return absl::StartsWith(line, "\\restrict ") ||
         absl::StartsWith(line, "\\unrestrict ");
}

}  // namespace

PrivateServer::PrivateServer(NotStarted) : bindir_(TestServer::Get().bindir) {}

PrivateServer::PrivateServer(const std::vector<std::string>& settings)
    : PrivateServer(NotStarted()) {
  Start({}, settings);
}

std::unique_ptr<PrivateServer> PrivateServer::StartStandby(
    const PrivateServer& primary, const std::vector<std::string>& settings) {
  const std::string program = primary.bindir_ + "/pg_basebackup";
  if (!std::filesystem::exists(program)) return nullptr;
  std::unique_ptr<PrivateServer> standby(new PrivateServer(NotStarted()));
  const std::string base = standby->dir_.File("base");
  const CommandResult copied = RunCommand(
      {program, "-D", base, "-Ft", "-z", "-X", "fetch", "-R", "-c", "fast"},
      primary.environment());
  EXPECT_EQ(copied.exit_code, 0) << copied.err;
  standby->Start({"--data", base + "/base.tar.gz"}, settings);
  return standby;
}

void PrivateServer::Start(const std::vector<std::string>& options,
                          const std::vector<std::string>& settings) {
  std::vector<std::string> words = {Script(), "start", dir_.File("server"),
                                    "--bindir", bindir_};
  words.insert(words.end(), options.begin(), options.end());
  for (const std::string& setting : settings)
    words.insert(words.end(), {"--set", setting});
  const CommandResult started = RunCommand(words);
  EXPECT_EQ(started.exit_code, 0) << started.out << started.err;
  ReadEnvironment();
}

void PrivateServer::ReadEnvironment() {
  for (absl::string_view line : absl::StrSplit(dir_.Read("server/env"), '\n')) {
    if (absl::ConsumePrefix(&line, "PGHOST=")) host_ = std::string(line);
    if (absl::ConsumePrefix(&line, "PGPORT=")) port_ = std::string(line);
    if (absl::ConsumePrefix(&line, "PGUSER=")) user_ = std::string(line);
    if (absl::ConsumePrefix(&line, "PGDATA=")) data_ = std::string(line);
    if (absl::ConsumePrefix(&line, "LOG=")) log_ = std::string(line);
    if (absl::ConsumePrefix(&line, "PID=")) pid_ = std::string(line);
  }
}

void PrivateServer::StopAtOnce() const {
  // What SIGQUIT means to a postmaster.
  const CommandResult stopped = RunCommand({"kill", "-QUIT", pid_});
  EXPECT_EQ(stopped.exit_code, 0) << stopped.err;
}

void PrivateServer::Crash() {
  const CommandResult crashed =
      RunCommand({Script(), "crash", dir_.File("server")});
  EXPECT_EQ(crashed.exit_code, 0) << crashed.out << crashed.err;
  ReadEnvironment();
}

PrivateServer::~PrivateServer() {
  const CommandResult stopped =
      RunCommand({Script(), "stop", dir_.File("server")});
  EXPECT_EQ(stopped.exit_code, 0) << stopped.out << stopped.err;
}

std::string PrivateServer::ConnectionWords(const std::string& database) const {
  return absl::StrCat("host=", host_, " port=", port_, " user=", user_,
                      " dbname=", database);
}

Environment PrivateServer::environment(const std::string& database) const {
  return {{"PGHOST", host_},
          {"PGPORT", port_},
          {"PGUSER", user_},
          {"PGDATABASE", database}};
}

std::string PrivateServer::Program(absl::string_view program) const {
  return TestServer::Get().Program(program);
}

std::string PrivateServer::Log() const {
  std::ifstream in(log_);
  return {std::istreambuf_iterator<char>(in), {}};
}

CommandResult PrivateServer::Psql(
    absl::string_view sql, const std::string& database,
    const std::vector<std::string>& options) const {
  std::vector<std::string> words = {
      Program("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"};
  words.insert(words.end(), options.begin(), options.end());
  CommandResult result = RunCommand(words, environment(database), sql);
  EXPECT_EQ(result.exit_code, 0) << result.err << "\nin: " << sql;
  return result;
}

void PrivateServer::Execute(absl::string_view sql_script,
                            const std::string& database,
                            const std::vector<std::string>& options) const {
  Psql(sql_script, database, options);
}

std::string PrivateServer::Query(absl::string_view sql,
                                 const std::string& database) const {
  return std::string(absl::StripSuffix(Psql(sql, database, {}).out, "\n"));
}

std::string PrivateServer::DumpAll(
    const std::vector<std::string>& options) const {
  std::vector<std::string> words = {Program("pg_dumpall")};
  words.insert(words.end(), options.begin(), options.end());
  const CommandResult result = RunCommand(words, environment());
  EXPECT_EQ(result.exit_code, 0) << result.err;
  std::vector<absl::string_view> lines;
  for (absl::string_view line : absl::StrSplit(result.out, '\n'))
    if (!IsMadeUp(line)) lines.push_back(line);
  return absl::StrJoin(lines, "\n");
}

CommandResult PrivateServer::RunPgbale(const std::vector<std::string>& words,
                                       const std::string& database) const {
  std::vector<std::string> all = {kProgram};
  all.insert(all.end(), words.begin(), words.end());
  return RunCommand(all, environment(database));
}

void PrivateServer::MakeFolder(const std::string& path) const {
  std::filesystem::create_directories(path);
  // The server does not run as root.
  if (geteuid() != 0) return;
  const CommandResult given = RunCommand({"chown", "postgres:", path});
  EXPECT_EQ(given.exit_code, 0) << given.err;
}

}  // namespace pgbale

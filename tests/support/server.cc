#include "tests/support/server.h"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tests/support/status_matchers.h"

namespace pgbale {
namespace {

std::map<std::string, std::string> ReadEnv(const std::string& path) {
  std::map<std::string, std::string> values;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    const size_t equals = line.find('=');
    if (equals != std::string::npos)
      values[line.substr(0, equals)] = line.substr(equals + 1);
  }
  return values;
}

void ExecuteAsAdmin(const TestServer& server, const std::string& sql) {
  const auto admin = pg::Connection::Open(server.options("postgres"));
  ASSERT_OK(admin);
  EXPECT_OK((*admin)->Execute(sql));
}

CommandResult RunPsql(const TestDatabase& database, absl::string_view sql) {
  CommandResult result = RunCommand({database.server().Program("psql"), "-X",
                                     "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"},
                                    database.environment(), sql);
  EXPECT_EQ(result.exit_code, 0) << result.err << "\nin: " << sql;
  return result;
}

// A database with subscriptions cannot be dropped, and a subscription with a
// slot looks for its publisher.
void DropSubscriptions(const TestDatabase& database) {
  constexpr absl::string_view kDrop =
      "SELECT format('ALTER SUBSCRIPTION %1$I DISABLE', subname), "
      "format('ALTER SUBSCRIPTION %1$I SET (slot_name = NONE)', subname), "
      "format('DROP SUBSCRIPTION %1$I', subname) FROM pg_subscription "
      "WHERE subdbid = (SELECT oid FROM pg_database "
      "WHERE datname = current_database())\\gexec\n";
  database.Execute(kDrop);
}

bool HasSubscriptions(const TestDatabase& database) {
  const auto admin =
      pg::Connection::Open(database.server().options("postgres"));
  if (!admin.ok()) return false;
  const auto found = (*admin)->Query(
      "SELECT FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid "
      "WHERE d.datname = $1",
      {database.name()});
  return found.ok() && found->rows() > 0;
}

}  // namespace

TestServer TestServer::Read(const std::string& dir) {
  std::map<std::string, std::string> values =
      ReadEnv(absl::StrCat(dir, "/env"));
  return TestServer{.host = values["PGHOST"],
                    .port = values["PGPORT"],
                    .user = values["PGUSER"],
                    .bindir = values["BINDIR"],
                    .tooldir = values["TOOLDIR"],
                    .data = values["PGDATA"],
                    .tcp_host = values["TCP_HOST"],
                    .tcp_port = values["TCP_PORT"],
                    .tcp_password = values["TCP_PASSWORD"]};
}

const TestServer& TestServer::Get() {
  static const TestServer server =
      available() ? Read(std::getenv("PGBALE_TEST_SERVER")) : TestServer();
  return server;
}

bool TestServer::available() {
  return std::getenv("PGBALE_TEST_SERVER") != nullptr;
}

std::string TestServer::Program(absl::string_view program) const {
  return absl::StrCat(tooldir, "/", program);
}

Environment TestServer::environment(const std::string& database) const {
  return {{"PGHOST", host},
          {"PGPORT", port},
          {"PGUSER", user},
          {"PGDATABASE", database},
          {"PATH", absl::StrCat(tooldir, ":", std::getenv("PATH"))}};
}

pg::ConnectOptions TestServer::options(const std::string& database,
                                       CancelToken* cancel) const {
  pg::ConnectOptions options;
  options.parameters = {
      {"dbname", database}, {"host", host}, {"port", port}, {"user", user}};
  options.cancel = cancel;
  return options;
}

void ServerTest::SetUp() {
  if (!TestServer::available())
    GTEST_SKIP() << "no server: PGBALE_TEST_SERVER is not set";
  ASSERT_FALSE(TestServer::Get().host.empty())
      << "no env file in " << std::getenv("PGBALE_TEST_SERVER");
}

TestDatabase::TestDatabase(const TestServer& server,
                           absl::string_view create_options)
    : server_(server) {
  static std::atomic<int> count{0};
  name_ = absl::StrCat("test_", getpid(), "_", ++count);
  ExecuteAsAdmin(server_, absl::StrCat("CREATE DATABASE ", name_,
                                       " TEMPLATE template0 ", create_options));
}

TestDatabase::~TestDatabase() {
  if (HasSubscriptions(*this)) DropSubscriptions(*this);
  ExecuteAsAdmin(server_,
                 absl::StrCat("DROP DATABASE ", name_, " WITH (FORCE)"));
}

void TestDatabase::Execute(absl::string_view sql_script) const {
  RunPsql(*this, sql_script);
}

std::string TestDatabase::Query(absl::string_view sql) const {
  const CommandResult result = RunPsql(*this, sql);
  return std::string(absl::StripSuffix(result.out, "\n"));
}

absl::StatusOr<std::unique_ptr<pg::Connection>> TestDatabase::Connect(
    CancelToken* cancel) const {
  return pg::Connection::Open(options(cancel));
}

pg::ConnectOptions TestDatabase::options(CancelToken* cancel) const {
  return server_.options(name_, cancel);
}

Environment TestDatabase::environment() const {
  return server_.environment(name_);
}

}  // namespace pgbale

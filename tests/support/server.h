// The private server of a test run (scripts/server.sh), and databases on it.
//
// PGBALE_TEST_SERVER names the folder that server.sh was given. ctest sets it;
// by hand:
//   scripts/server.sh start build/server --tcp
//   PGBALE_TEST_SERVER=build/server build/dev/tests/pg_tests

#ifndef PGBALE_TESTS_SUPPORT_SERVER_H_
#define PGBALE_TESTS_SUPPORT_SERVER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/cancel.h"
#include "base/pg/connection.h"
#include "gtest/gtest.h"
#include "tests/support/command.h"

namespace pgbale {

struct TestServer {
  std::string host;  // the socket's folder
  std::string port;
  std::string user;     // a superuser
  std::string bindir;   // the programs of the server itself
  std::string tooldir;  // those of a version that can read it
  std::string data;
  // Empty unless the server was started with --tcp.
  std::string tcp_host;
  std::string tcp_port;
  std::string tcp_password;

  // The server of this run. REQUIRES: available().
  static const TestServer& Get();
  // What scripts/server.sh has written in `dir`; no host if nothing.
  static TestServer Read(const std::string& dir);
  // False without PGBALE_TEST_SERVER.
  static bool available();

  // psql or pg_dump, of a version that can read the server.
  std::string Program(absl::string_view program) const;
  // PGHOST, PGPORT, PGUSER, PGDATABASE, and a PATH that begins with `tooldir`,
  // for RunCommand.
  Environment environment(const std::string& database) const;
  pg::ConnectOptions options(const std::string& database,
                             CancelToken* cancel = nullptr) const;
};

// Base of all tests that need the server: they are skipped if none was named,
// and fail if it cannot be reached.
class ServerTest : public ::testing::Test {
 protected:
  void SetUp() override;
};

// A database of its own, dropped at the end with the connections to it.
// Whatever fails in here fails the test.
class TestDatabase {
 public:
  // `create_options` is what follows CREATE DATABASE name TEMPLATE template0:
  // "ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'".
  explicit TestDatabase(absl::string_view create_options = "")
      : TestDatabase(TestServer::Get(), create_options) {}
  // On another server than that of the run, which must outlive it.
  explicit TestDatabase(const TestServer& server,
                        absl::string_view create_options = "");
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  const std::string& name() const { return name_; }
  const TestServer& server() const { return server_; }

  // Runs any number of statements with psql, up to the first error.
  void Execute(absl::string_view sql_script) const;
  // psql's unaligned output of `sql`, rows only, without the last line end.
  std::string Query(absl::string_view sql) const;

  absl::StatusOr<std::unique_ptr<pg::Connection>> Connect(
      CancelToken* cancel = nullptr) const;
  pg::ConnectOptions options(CancelToken* cancel = nullptr) const;
  Environment environment() const;

 private:
  const TestServer& server_;
  std::string name_;
};

}  // namespace pgbale

#endif  // PGBALE_TESTS_SUPPORT_SERVER_H_

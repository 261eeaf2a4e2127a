// A server for one test alone, of the version of the run's server: for what
// belongs to a whole server, such as roles.

#ifndef PGBALE_TESTS_SUPPORT_PRIVATE_SERVER_H_
#define PGBALE_TESTS_SUPPORT_PRIVATE_SERVER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/support/command.h"
#include "tests/support/temp_dir.h"

namespace pgbale {

class PrivateServer {
 public:
  // Starts it; what fails fails the test. `settings` are "name=value", for its
  // configuration file. REQUIRES: TestServer::available()
  explicit PrivateServer(const std::vector<std::string>& settings = {});
  // A standby of `primary`, which must outlive it, once it takes connections.
  // nullptr, without a failure, where the server's version has no
  // pg_basebackup.
  static std::unique_ptr<PrivateServer> StartStandby(
      const PrivateServer& primary,
      const std::vector<std::string>& settings = {});
  // Ends it and removes it with its data.
  ~PrivateServer();
  PrivateServer(const PrivateServer&) = delete;
  PrivateServer& operator=(const PrivateServer&) = delete;

  // PGHOST, PGPORT, PGUSER, PGDATABASE for RunCommand.
  Environment environment(const std::string& database = "postgres") const;
  // How `copy` names a database.
  std::string ConnectionWords(const std::string& database = "postgres") const;
  // A program of the server's version.
  std::string Program(absl::string_view program) const;
  // What the server has written into its log.
  std::string Log() const;
  // The data folder.
  const std::string& data() const { return data_; }

  // Runs any number of statements with psql, up to the first error, as the
  // superuser. `options` are psql's: "-v", "base=/tmp".
  void Execute(absl::string_view sql_script,
               const std::string& database = "postgres",
               const std::vector<std::string>& options = {}) const;
  // psql's unaligned output of `sql`, rows only, without the last line end.
  std::string Query(absl::string_view sql,
                    const std::string& database = "postgres") const;
  // What pg_dumpall prints with `options`, without what it makes up.
  std::string DumpAll(const std::vector<std::string>& options) const;
  // Runs the binary that is tested against this server.
  CommandResult RunPgbale(const std::vector<std::string>& words,
                          const std::string& database = "postgres") const;

  // Ends it at once, as a crash would.
  void StopAtOnce() const;

  // Likewise, and starts it again.
  void Crash();

  // Makes a folder that the server can write to.
  void MakeFolder(const std::string& path) const;

 private:
  // `options` are those of server.sh.
  void Start(const std::vector<std::string>& options,
             const std::vector<std::string>& settings);
  void ReadEnvironment();
  struct NotStarted {};
  explicit PrivateServer(NotStarted);
  CommandResult Psql(absl::string_view sql, const std::string& database,
                     const std::vector<std::string>& options) const;

  TempDir dir_;
  std::string host_, port_, user_, bindir_, data_, log_, pid_;
};

}  // namespace pgbale

#endif  // PGBALE_TESTS_SUPPORT_PRIVATE_SERVER_H_

// A database that exists as long as its object does, for a restore to be
// measured in.

#ifndef PGBALE_ENGINE_BENCH_NEW_DATABASE_H_
#define PGBALE_ENGINE_BENCH_NEW_DATABASE_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/pg/connection.h"

namespace pgbale {

class NewDatabase {
 public:
  // Creates pgbale_bench_<random> with encoding, locale and tablespace of the
  // database that `like` leads to. No signal interrupts it or its end: `like`
  // has no cancel token.
  static absl::StatusOr<std::unique_ptr<NewDatabase>> Create(
      const pg::ConnectOptions& like);

  // Drops it with all connections to it; if that fails, a warning in the log
  // names it.
  ~NewDatabase();
  NewDatabase(const NewDatabase&) = delete;
  NewDatabase& operator=(const NewDatabase&) = delete;

  const std::string& name() const { return name_; }

 private:
  NewDatabase(pg::ConnectOptions like, std::string name);
  absl::Status Drop();

  const pg::ConnectOptions like_;
  const std::string name_;
};

// Errors: kError if restores cannot be measured on this server, by this role.
absl::Status CheckCanCreateDatabases(pg::Connection& connection);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_BENCH_NEW_DATABASE_H_

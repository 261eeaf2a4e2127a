#include "engine/bench/new_database.h"

#include <cstdint>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/pg/quote.h"
#include "base/status.h"
#include "base/text.h"
#include "catalog/database_sql.h"
#include "spdlog/spdlog.h"

namespace pgbale {
namespace {

std::string RandomName() {
  std::random_device random;
  const uint64_t number = (uint64_t{random()} << 32) | random();
  return absl::StrFormat("pgbale_bench_%016x", number);
}

// What makes and drops databases must not be cut short by the role's settings.
absl::StatusOr<std::unique_ptr<pg::Connection>> OpenPatiently(
    const pg::ConnectOptions& options) {
  ASSIGN_OR_RETURN(std::unique_ptr<pg::Connection> connection,
                   pg::Connection::Open(options));
  RETURN_IF_ERROR(connection->Execute("SET statement_timeout = 0"));
  return connection;
}

}  // namespace

NewDatabase::NewDatabase(pg::ConnectOptions like, std::string name)
    : like_(std::move(like)), name_(std::move(name)) {}

absl::StatusOr<std::unique_ptr<NewDatabase>> NewDatabase::Create(
    const pg::ConnectOptions& like) {
  ASSIGN_OR_RETURN(const std::unique_ptr<pg::Connection> connection,
                   OpenPatiently(like));
  ASSIGN_OR_RETURN(const pg::Result database,
                   connection->Query(DatabaseSql(connection->server_major())));
  if (database.rows() != 1)
    return MakeError(Failure::kError, "the database was renamed meanwhile");
  const std::string name = RandomName();
  // Before the statement: what fails at its end may have made it.
  std::unique_ptr<NewDatabase> made(new NewDatabase(like, name));
  RETURN_IF_ERROR(
      Annotate(connection->Execute(CreateDatabaseSql(database.row(0), name)),
               absl::StrCat("database ", Quoted(name))));
  return made;
}

NewDatabase::~NewDatabase() {
  const absl::Status dropped = Drop();
  if (!dropped.ok())
    spdlog::warn("database {} is left over, drop it: {}", Quoted(name_),
                 Printable(dropped.message()));
}

absl::Status NewDatabase::Drop() {
  ASSIGN_OR_RETURN(const std::unique_ptr<pg::Connection> connection,
                   OpenPatiently(like_));
  return connection->Execute(absl::StrCat(
      "DROP DATABASE IF EXISTS ", pg::QuoteIdentifier(name_), " WITH (FORCE)"));
}

absl::Status CheckCanCreateDatabases(pg::Connection& connection) {
  ASSIGN_OR_RETURN(
      const pg::Result result,
      connection.Query("SELECT rolname, rolcreatedb OR rolsuper, "
                       "pg_catalog.pg_is_in_recovery() FROM "
                       "pg_catalog.pg_roles WHERE rolname = current_user"));
  const char* const hint =
      "Measure dumps alone (--phases=dump), or let this database be restored "
      "on a server, and by a role, that may.";
  if (result.rows() != 1) return MakeError(Failure::kError, "no such role");
  const pg::Row row = result.row(0);
  if (row.boolean(2))
    return WithHint(
        MakeError(Failure::kError,
                  "restores cannot be measured on a standby: it takes no new "
                  "databases"),
        hint);
  if (row.boolean(1)) return absl::OkStatus();
  return WithHint(
      MakeError(Failure::kError,
                absl::StrCat("role ", Quoted(row.text(0)),
                             " may not create databases, and each restore is "
                             "measured in a new one (CREATEDB)")),
      hint);
}

}  // namespace pgbale

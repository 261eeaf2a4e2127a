// The oracle: a dump is right if what is restored from it is what was dumped,
// judged by other programs (scripts/compare-databases.sh, pg_dump, psql).
//
//   TestDatabase source;
//   source.Execute("CREATE TABLE t (a integer)");
//   EXPECT_TRUE(RoundTrip(source));
//
// All results explain themselves: what was run, and what it printed.

#ifndef PGBALE_TESTS_SUPPORT_ORACLE_H_
#define PGBALE_TESTS_SUPPORT_ORACLE_H_

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/command.h"
#include "tests/support/server.h"

namespace pgbale {

using Words = std::vector<std::string>;

// Runs the binary that is tested, with `database` as PGDATABASE.
CommandResult RunPgbale(const TestDatabase& database, const Words& words);

// Dumps `source` into the file `bale` with further `options`, and verifies it.
::testing::AssertionResult DumpAndVerify(const TestDatabase& source,
                                         const std::string& bale,
                                         const Words& options = {});

// Restores `bale` into `target` with further `options`.
::testing::AssertionResult RestoreInto(const TestDatabase& target,
                                       const std::string& bale,
                                       const Words& options = {});

// How `copy` names a database, wherever its server is.
std::string ConnectionWords(const TestDatabase& database);
// Copies `source` into `target` by the command `copy` with further `options`.
::testing::AssertionResult CopyInto(const TestDatabase& source,
                                    const TestDatabase& target,
                                    const Words& options = {});
// Likewise into a new database, which must then equal the source.
::testing::AssertionResult CopySurvives(const TestDatabase& source,
                                        const Words& options = {"-j", "2"});

// Definitions as text, every table's rows, sequences and large objects equal.
::testing::AssertionResult EqualDatabases(const std::string& one,
                                          const std::string& other);

// What pg_dump prints with `options`, but for the random key of \restrict and
// the lines that tell versions.
std::string PgDumpText(const std::string& database, const Words& options);
// Likewise, by the pg_dump of another server (a newer one reads older ones).
std::string PgDumpText(const TestDatabase& database, const TestServer& by,
                       const Words& options);

// Lines for the data of every table, sequence and large object
// (scripts/fingerprint.sql).
std::string Fingerprint(const TestDatabase& database);

// Runs what pg_dump prints with `options` in `target`: what the peers make of
// the same options.
::testing::AssertionResult CopyByPgDump(const TestDatabase& source,
                                        const TestDatabase& target,
                                        const Words& options);

struct RoundTripOptions {
  Words dump = {"-j", "2"};
  Words restore = {"-j", "2"};
};

// Dumps, verifies and restores into a new database, which must then equal the
// source.
::testing::AssertionResult RoundTrip(const TestDatabase& source,
                                     const RoundTripOptions& options = {});

// Dumps the definitions alone, by one connection, and restores them into a new
// database, of which pg_dump --schema-only must then print the same.
::testing::AssertionResult DefinitionsSurvive(const TestDatabase& source);

// Dumps a part of `source`, which `part` names in options that pg_dump has
// too ("-n", "shop"), and restores it into a new database, which must then
// equal what pg_dump and psql make of the same part.
::testing::AssertionResult PartialRoundTrip(const TestDatabase& source,
                                            const Words& part);

}  // namespace pgbale

#endif  // PGBALE_TESTS_SUPPORT_ORACLE_H_

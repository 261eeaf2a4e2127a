// The scripts in tests/fixtures/kinds: each fills an empty database with one
// kind of object in all its forms, as far as the server's version knows them.

#ifndef PGBALE_TESTS_SUPPORT_FIXTURES_H_
#define PGBALE_TESTS_SUPPORT_FIXTURES_H_

#include <string>
#include <vector>

#include "tests/support/server.h"

namespace pgbale {

// In alphabetical order, without ".sql".
std::vector<std::string> FixtureNames();

// Whatever fails in here fails the test.
void LoadFixture(const TestDatabase& database, const std::string& name);

}  // namespace pgbale

#endif  // PGBALE_TESTS_SUPPORT_FIXTURES_H_

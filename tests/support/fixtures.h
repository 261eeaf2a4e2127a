// The scripts in tests/fixtures/kinds: each fills an empty database with one
// kind of object in all its forms, as far as the server's version knows them.

#ifndef PGBALE_TESTS_SUPPORT_FIXTURES_H_
#define PGBALE_TESTS_SUPPORT_FIXTURES_H_

#include <initializer_list>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/support/server.h"

namespace pgbale {

// In alphabetical order, without ".sql".
std::vector<std::string> FixtureNames();
// Those whose script holds one of `words`.
std::vector<std::string> FixturesWith(
    std::initializer_list<absl::string_view> words);

// Whatever fails in here fails the test.
void LoadFixture(const TestDatabase& database, const std::string& name);

}  // namespace pgbale

#endif  // PGBALE_TESTS_SUPPORT_FIXTURES_H_

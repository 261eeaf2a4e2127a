#include "tests/support/fixtures.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/pg/connection.h"
#include "tests/support/paths.h"
#include "tests/support/status_matchers.h"

namespace pgbale {
namespace {

std::string FixtureDir() {
  return absl::StrCat(kSourceDir, "/tests/fixtures/kinds");
}

std::string ReadFixture(const std::string& name) {
  std::ifstream in(absl::StrCat(FixtureDir(), "/", name, ".sql"));
  return std::string(std::istreambuf_iterator<char>(in), {});
}

}  // namespace

std::vector<std::string> FixtureNames() {
  std::vector<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(FixtureDir()))
    if (file.path().extension() == ".sql")
      names.push_back(file.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> FixturesWith(
    std::initializer_list<absl::string_view> words) {
  std::vector<std::string> names = FixtureNames();
  std::erase_if(names, [&](const std::string& name) {
    const std::string script = ReadFixture(name);
    return std::none_of(words.begin(), words.end(),
                        [&](absl::string_view word) {
                          return absl::StrContains(script, word);
                        });
  });
  return names;
}

// Fixtures create the roles that they share, and another test may do so at the
// same time: one at a time.
void LoadFixture(const TestDatabase& database, const std::string& name) {
  ASSERT_OK_AND_ASSIGN(
      const std::unique_ptr<pg::Connection> admin,
      pg::Connection::Open(database.server().options("postgres")));
  ASSERT_OK(admin->Execute("SELECT pg_catalog.pg_advisory_lock(7301)"));
  database.Execute(ReadFixture(name));
}

}  // namespace pgbale

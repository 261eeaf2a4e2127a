#include "restore/journal.h"

#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

TEST(Journal, NotesHaveAnOidThatIsFree) {
  const TempDir dir;
  std::vector<uint32_t> tried;
  ASSERT_OK_AND_ASSIGN(const auto journal,
                       Journal::Begin(dir.File("j"), {}, [&](uint32_t oid) {
                         tried.push_back(oid);
                         return tried.size() == 3;
                       }));
  ASSERT_EQ(tried.size(), 3u);
  EXPECT_EQ(journal->Fact("notes"), absl::StrCat(tried.back()));
}

}  // namespace
}  // namespace pgbale

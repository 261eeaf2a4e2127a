#include "restore/free_names.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace pgbale {
namespace {

TEST(FreeNames, ANameThatIsFreeIsKept) {
  TakenNames names;
  names.Add("other", "t_pkey");
  EXPECT_EQ(names.Choose("s", "t_pkey", "t", "u"), "t_pkey");
}

TEST(FreeNames, ANameThatIsTakenFollowsItsTable) {
  TakenNames names;
  for (const char* name : {"t_pkey", "mine", "u_a_idx", "t_a_idx"})
    names.Add("s", name);
  EXPECT_EQ(names.Choose("s", "t_pkey", "t", "u"), "u_pkey");
  EXPECT_EQ(names.Choose("s", "t_a_idx", "t", "u"), "u_a_idx1");
  EXPECT_EQ(names.Choose("s", "mine", "t", "u"), "mine1");
  EXPECT_EQ(names.Choose("s", "mine", "t", "u"), "mine2");
}

TEST(FreeNames, ALongNameLosesTheEndOfItsTable) {
  TakenNames names;
  names.Add("s", "t_pkey");
  const std::string front(57, 'x');
  const std::string table = absl::StrCat(front, "\xC3\xA4\xC3\xA4");
  const std::string chosen = names.Choose("s", "t_pkey", "t", table);
  EXPECT_EQ(chosen, absl::StrCat(front, "_pkey"));
  EXPECT_EQ(names.Choose("s", "t_pkey", "t", table),
            absl::StrCat(front, "_pkey1"));
}

}  // namespace
}  // namespace pgbale

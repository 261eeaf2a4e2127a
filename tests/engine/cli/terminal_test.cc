#include "engine/cli/terminal.h"

#include <string>

#include "gtest/gtest.h"

namespace pgbale {
namespace {

// What the process list shows of one argument.
std::string Hidden(std::string argument, bool* found) {
  char program[] = "pgbale";
  char* argv[] = {program, argument.data(), nullptr};
  *found = HidePasswords(2, argv);
  return argument.c_str();
}

TEST(HidePasswords, OverwritesInPlace) {
  bool found = false;
  EXPECT_EQ(Hidden("postgresql://me:s3cret@h/d", &found),
            "postgresql://me:***@h/d");
  EXPECT_TRUE(found);
  EXPECT_EQ(Hidden("--dbname=host=h password=s3cret", &found),
            "--dbname=host=h password=***");
  EXPECT_TRUE(found);
}

TEST(HidePasswords, ShortPasswordLeavesNothingOfItself) {
  bool found = false;
  const std::string shown = Hidden("password=q", &found);
  EXPECT_TRUE(found);
  EXPECT_EQ(shown.find('q'), std::string::npos);
}

TEST(HidePasswords, LeavesOtherArgumentsAlone) {
  bool found = true;
  EXPECT_EQ(Hidden("postgresql://me@h/d", &found), "postgresql://me@h/d");
  EXPECT_FALSE(found);
}

}  // namespace
}  // namespace pgbale

#include "engine/copy/copy_source.h"

#include "gtest/gtest.h"

namespace pgbale {
namespace {

constexpr char kStart[] = "2026-01-01T00:00:00.000001Z";

DatabaseIdentity Database(const std::string& system, const std::string& start,
                          const std::string& in_recovery = "f") {
  return {{system, start, in_recovery}, "shop", 17};
}

TEST(AreSameDatabase, OneServerHasOneOfAName) {
  EXPECT_TRUE(AreSameDatabase(Database("7", kStart), Database("7", kStart)));
  DatabaseIdentity other = Database("7", kStart);
  other.database = "shop_copy";
  EXPECT_FALSE(AreSameDatabase(Database("7", kStart), other));
}

TEST(AreSameDatabase, StandbyHoldsThatOfItsPrimary) {
  EXPECT_TRUE(AreSameDatabase(Database("7", kStart, "t"),
                              Database("7", "another time")));
  EXPECT_TRUE(AreSameDatabase(Database("7", "another time"),
                              Database("7", kStart, "t")));
}

TEST(AreSameDatabase, ServerMadeOfABackupIsAnother) {
  EXPECT_FALSE(
      AreSameDatabase(Database("7", kStart), Database("7", "another time")));
}

TEST(AreSameDatabase, OtherSystemIsAnotherEvenIfStartedAtTheSameTime) {
  EXPECT_FALSE(AreSameDatabase(Database("7", kStart), Database("8", kStart)));
}

// Who may not read it on one side is not told that they differ.
TEST(AreSameDatabase, UnknownSystemIsJudgedByTheStart) {
  EXPECT_TRUE(AreSameDatabase(Database("", kStart), Database("7", kStart)));
  EXPECT_FALSE(AreSameDatabase(Database("", kStart), Database("7", "other")));
}

}  // namespace
}  // namespace pgbale

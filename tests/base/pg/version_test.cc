#include "base/pg/version.h"

#include "base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace pgbale::pg {
namespace {

using ::testing::HasSubstr;

TEST(ServerVersion, TestedOnesPassInSilence) {
  for (const int version : {140000, 150020, 160014, 170010, 180004, 189999})
    EXPECT_EQ(CheckServerVersion(version, false).value_or("refused"), "")
        << version;
}

TEST(ServerVersion, NewerThanKnownIsRefusedUntilAllowed) {
  const absl::StatusOr<std::string> refused = CheckServerVersion(190000, false);
  EXPECT_EQ(refused.status().message(),
            "the server is PostgreSQL 19, which is newer than this pgbale: "
            "the versions that are tested are 14 to 18");
  EXPECT_THAT(HintOf(refused.status()), HasSubstr("--allow-newer-server"));
  EXPECT_EQ(CheckServerVersion(190000, true).value_or("refused"),
            "the server is PostgreSQL 19; the versions that are tested are 14 "
            "to 18");
}

TEST(ServerVersion, ThirteenIsTriedWithAWarning) {
  EXPECT_EQ(CheckServerVersion(130022, false).value_or("refused"),
            "the server is PostgreSQL 13; the versions that are tested are 14 "
            "to 18");
}

TEST(ServerVersion, OlderThanThirteenIsRefusedWhateverIsAllowed) {
  for (const int version : {120022, 90624})
    EXPECT_THAT(CheckServerVersion(version, true).status().message(),
                HasSubstr("which is too old"))
        << version;
}

}  // namespace
}  // namespace pgbale::pg

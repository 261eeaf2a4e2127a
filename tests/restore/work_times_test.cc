#include "restore/work_times.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace pgbale {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(WorkTimes, EntriesOfOneJobShareItsTime) {
  Entry index, key;
  index.kind = "INDEX";
  key.kind = "CONSTRAINT";
  WorkTimes times;
  times.Add({&index, &index, &key, &key}, 2);
  times.Add({&index}, 0.5);
  EXPECT_THAT(times.seconds(),
              ElementsAre(Pair("CONSTRAINT", 1), Pair("INDEX", 1.5)));
}

}  // namespace
}  // namespace pgbale

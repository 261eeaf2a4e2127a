#include "catalog/components.h"

#include <gtest/gtest.h>

namespace pgbale {
namespace {

using Successors = std::vector<std::vector<size_t>>;

TEST(Components, NodesOfALoopShareOne) {
  auto component = StronglyConnectedComponents(Successors{{1}, {2}, {0}, {0}});
  EXPECT_EQ(component[0], component[1]);
  EXPECT_EQ(component[1], component[2]);
  EXPECT_NE(component[0], component[3]);
}

TEST(Components, AChainHasOneEach) {
  auto component = StronglyConnectedComponents(Successors{{1}, {2}, {}});
  EXPECT_NE(component[0], component[1]);
  EXPECT_NE(component[1], component[2]);
}

TEST(Components, TwoLoopsJoinedOneWayStayTwo) {
  auto component =
      StronglyConnectedComponents(Successors{{1}, {0, 2}, {3}, {2}});
  EXPECT_EQ(component[0], component[1]);
  EXPECT_EQ(component[2], component[3]);
  EXPECT_NE(component[0], component[2]);
}

TEST(Components, AMillionNodesInARowNeedNoStack) {
  Successors successors(1000000);
  for (size_t i = 0; i + 1 < successors.size(); ++i)
    successors[i].push_back(i + 1);
  auto component = StronglyConnectedComponents(successors);
  EXPECT_NE(component.front(), component.back());
}

}  // namespace
}  // namespace pgbale

#include "catalog/components.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgbale {
namespace {

using Edges = std::vector<Adjacency::Edge>;

TEST(Adjacency, KeepsTheEdgesOfEachNodeInTheirOrder) {
  const Adjacency graph(3, Edges{{2, 1}, {0, 2}, {2, 0}, {0, 1}});
  EXPECT_THAT(graph.SuccessorsOf(0), testing::ElementsAre(2, 1));
  EXPECT_THAT(graph.SuccessorsOf(1), testing::IsEmpty());
  EXPECT_THAT(graph.SuccessorsOf(2), testing::ElementsAre(1, 0));
}

TEST(Components, NodesOfALoopShareOne) {
  auto component = StronglyConnectedComponents(
      Adjacency(4, Edges{{0, 1}, {1, 2}, {2, 0}, {3, 0}}));
  EXPECT_EQ(component[0], component[1]);
  EXPECT_EQ(component[1], component[2]);
  EXPECT_NE(component[0], component[3]);
}

TEST(Components, AChainHasOneEach) {
  auto component =
      StronglyConnectedComponents(Adjacency(3, Edges{{0, 1}, {1, 2}}));
  EXPECT_NE(component[0], component[1]);
  EXPECT_NE(component[1], component[2]);
}

TEST(Components, TwoLoopsJoinedOneWayStayTwo) {
  auto component = StronglyConnectedComponents(
      Adjacency(4, Edges{{0, 1}, {1, 0}, {1, 2}, {2, 3}, {3, 2}}));
  EXPECT_EQ(component[0], component[1]);
  EXPECT_EQ(component[2], component[3]);
  EXPECT_NE(component[0], component[2]);
}

TEST(Components, AMillionNodesInARowNeedNoStack) {
  constexpr uint32_t kNodes = 1000000;
  Edges edges;
  for (uint32_t i = 0; i + 1 < kNodes; ++i) edges.emplace_back(i, i + 1);
  auto component = StronglyConnectedComponents(Adjacency(kNodes, edges));
  EXPECT_NE(component.front(), component.back());
}

}  // namespace
}  // namespace pgbale

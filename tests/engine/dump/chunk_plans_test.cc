#include "engine/dump/chunk_plans.h"

#include <utility>

#include "tests/format/archives.h"

namespace pgbale {
namespace {

using namespace format_test;

TableData Table(const std::string& name, const Widths& widths) {
  return *DataEntry(1, name, widths).data;
}

// Gives a plan of one chunk for `data` back.
void Use(ChunkPlans& plans, const TableData& data) {
  ChunkPlan plan = plans.Take(data);
  ++plan.chunks;
  plans.Give(data, std::move(plan));
}

TEST(ChunkPlans, ServeTablesWithEqualColumns) {
  ChunkPlans plans;
  Use(plans, Table("january", {4, 0}));
  Use(plans, Table("february", {4, 0}));
  EXPECT_EQ(plans.Take(Table("march", {4, 0})).chunks, 2u);
}

TEST(ChunkPlans, AreNotLentTwice) {
  ChunkPlans plans;
  Use(plans, Table("t", {4}));
  EXPECT_EQ(plans.Take(Table("t", {4})).chunks, 1u);
  EXPECT_EQ(plans.Take(Table("t", {4})).chunks, 0u);
}

TEST(ChunkPlans, DoNotServeTablesWithOtherColumns) {
  ChunkPlans plans;
  const TableData known = Table("t", {4, 0});
  Use(plans, known);
  TableData other = known;
  other.format = WireFormat::kText;
  EXPECT_EQ(plans.Take(other).chunks, 0u);
  other = known;
  other.columns[0].type_oid = 23;
  EXPECT_EQ(plans.Take(other).chunks, 0u);
  other = known;
  other.columns[0].name = "other";
  EXPECT_EQ(plans.Take(other).chunks, 0u);
  other = known;
  other.columns.pop_back();
  EXPECT_EQ(plans.Take(other).chunks, 0u);
  EXPECT_EQ(plans.Take(Table("t", {8, 0})).chunks, 0u);
}

TEST(ChunkPlans, OfVeryManySortsOfTablesTakeNoMoreMemory) {
  ChunkPlans plans;
  TableData data = Table("t", {4});
  for (int i = 0; i < 5000; ++i) {
    data.columns[0].name = std::to_string(i);
    Use(plans, data);
  }
  EXPECT_EQ(plans.Take(data).chunks, 1u);
  data.columns[0].name = "0";
  EXPECT_EQ(plans.Take(data).chunks, 0u);
}

}  // namespace
}  // namespace pgbale

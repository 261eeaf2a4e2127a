#include "engine/dump/chunk_plans.h"

#include <atomic>
#include <chrono>
#include <thread>
#include <utility>

#include "format/entry_codec.h"
#include "tests/format/archives.h"

namespace pgbale {
namespace {

using namespace format_test;

TableData Table(const std::string& name, const Widths& widths) {
  return *DataEntry(1, name, widths).data;
}

// Takes a plan for `data` as an encoder does, and gives it back; true if it was
// time to choose.
bool Use(ChunkPlans& plans, const TableData& data) {
  ChunkPlan plan = plans.Take(data);
  const uint32_t choices = plan.choices;
  EncodeChunk(BatchOf(WidthsOf(data), {}), {}, plan);
  const bool chose = plan.choices != choices;
  plans.Give(data, std::move(plan));
  return chose;
}

int ChoicesOf(ChunkPlans& plans, const TableData& data, int chunks) {
  int choices = 0;
  for (int i = 0; i < chunks; ++i) choices += Use(plans, data) ? 1 : 0;
  return choices;
}

TEST(ChunkPlans, ServeTablesWithEqualColumns) {
  ChunkPlans plans;
  EXPECT_TRUE(Use(plans, Table("january", {4, 0})));
  EXPECT_FALSE(Use(plans, Table("february", {4, 0})));
}

TEST(ChunkPlans, DoNotServeTablesWithOtherColumns) {
  ChunkPlans plans;
  const TableData known = Table("t", {4, 0});
  Use(plans, known);
  TableData other = known;
  other.format = WireFormat::kText;
  EXPECT_TRUE(Use(plans, other));
  other = known;
  other.columns[0].type_oid = 23;
  EXPECT_TRUE(Use(plans, other));
  other = known;
  other.columns[0].name = "other";
  EXPECT_TRUE(Use(plans, other));
  other = known;
  other.columns.pop_back();
  EXPECT_TRUE(Use(plans, other));
  EXPECT_TRUE(Use(plans, Table("t", {8, 0})));
  EXPECT_FALSE(Use(plans, known));
}

TEST(ChunkPlans, AreChosenAnewLessAndLessOften) {
  ChunkPlans plans;
  const TableData data = Table("t", {4});
  // The first choice, and after 32, 64, 128, 256, and 256 more.
  EXPECT_EQ(ChoicesOf(plans, data, 32), 1);
  EXPECT_EQ(ChoicesOf(plans, data, 64), 1);
  EXPECT_EQ(ChoicesOf(plans, data, 128), 1);
  EXPECT_EQ(ChoicesOf(plans, data, 256), 1);
  EXPECT_EQ(ChoicesOf(plans, data, 256), 1);
  EXPECT_EQ(ChoicesOf(plans, data, 256), 1);
}

TEST(ChunkPlans, OfNoColumnsAreChosenAsOthersAre) {
  ChunkPlans plans;
  const TableData data = Table("t", {});
  EXPECT_EQ(ChoicesOf(plans, data, 32), 1);
  EXPECT_EQ(ChoicesOf(plans, data, 64), 1);
}

TEST(ChunkPlans, OneOfThoseWhoTakeThemChooses) {
  ChunkPlans plans;
  const TableData data = Table("t", {4});
  EXPECT_EQ(ChoicesOf(plans, data, 32), 1);
  ChunkPlan due = plans.Take(data), other = plans.Take(data);
  EXPECT_EQ(due.chunks_left, 0u);
  EXPECT_GT(other.chunks_left, 0u);
  const uint32_t before = due.choices;
  EncodeChunk(BatchOf({4}, {}), {}, due);
  EncodeChunk(BatchOf({4}, {}), {}, other);
  EXPECT_EQ(due.choices, before + 1);
  EXPECT_EQ(other.choices, before);
  // What was chosen is not lost to who comes later with what it was before.
  plans.Give(data, std::move(due));
  plans.Give(data, std::move(other));
  EXPECT_EQ(plans.Take(data).choices, before + 1);
}

TEST(ChunkPlans, WhoComesSecondWaitsForTheFirstChoice) {
  ChunkPlans plans;
  const TableData data = Table("t", {4});
  ChunkPlan first = plans.Take(data);
  std::atomic<bool> took = false;
  std::thread second([&] {
    ChunkPlan plan = plans.Take(data);
    took = true;
    EXPECT_EQ(plan.choices, 1u);
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_FALSE(took);
  EncodeChunk(BatchOf({4}, {}), {}, first);
  plans.Give(data, std::move(first));
  second.join();
  EXPECT_TRUE(took);
}

TEST(ChunkPlans, OfVeryManySortsOfTablesTakeNoMoreMemory) {
  ChunkPlans plans;
  TableData data = Table("t", {4});
  for (int i = 0; i < 5000; ++i) {
    data.columns[0].name = std::to_string(i);
    Use(plans, data);
  }
  EXPECT_FALSE(Use(plans, data));
  data.columns[0].name = "0";
  EXPECT_TRUE(Use(plans, data));
}

}  // namespace
}  // namespace pgbale

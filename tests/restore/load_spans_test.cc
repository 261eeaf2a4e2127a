#include "restore/load_spans.h"

#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/restore/entries.h"
#include "tests/support/status_matchers.h"

namespace pgbale {
namespace {

using restore_test::Archive;
using restore_test::Octets;
using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr uint64_t kChunkOctets = uint64_t{4} << 20;

class LoadSpansTest : public ::testing::Test {
 protected:
  // A table of so many chunks, with an index.
  void AddTable(const std::string& name, size_t chunks) {
    archive_.Table(name);
    archive_.Data(name, {4}, {{Octets(1)}});
    archive_.Index(name, name + "_index");
    TableTotals& totals = directory_.tables.emplace_back();
    totals.entry_id = archive_.RowsOf(name);
    totals.rows = totals.chunks = chunks;
    totals.raw_bytes = chunks * kChunkOctets;
    for (size_t i = 0; i < chunks; ++i)
      directory_.chunks.push_back({.entry_id = totals.entry_id,
                                   .ordinal = directory_.chunks.size() + 2,
                                   .rows = 1,
                                   .raw_bytes = kChunkOctets,
                                   .place = i});
  }

  // "large", which is cut, as a partition of `root`.
  void AddLargePartition(const std::string& root) {
    AddTable("large", 101);
    archive_.Attach(root, "large");
  }

  // Selects, plans and cuts for a server of version 18.
  void Cut(LoadCut cut = {.workers = 2, .server_major = 18}) {
    ASSERT_OK_AND_ASSIGN(selection_,
                         SelectEntries(archive_.entries(), options_));
    Plan plan =
        MakePlan(archive_.entries(), directory_, selection_, cut.workers);
    jobs_ = CutLoads(std::move(plan.main), directory_, selection_, cut);
  }

  // Once more, if `table` may stand already.
  void CutAgainWith(const std::string& table) {
    selection_.needed.insert(archive_.IdOf(table));
    const LoadCut cut{.workers = 2, .server_major = 18};
    jobs_ = CutLoads(
        MakePlan(archive_.entries(), directory_, selection_, cut.workers).main,
        directory_, selection_, cut);
  }

  std::vector<PlannedJob> JobsOf(uint32_t entry_id) const {
    std::vector<PlannedJob> jobs;
    for (const PlannedJob& job : jobs_)
      for (const Entry* entry : job.entries)
        if (entry->id == entry_id) jobs.push_back(job);
    return jobs;
  }
  std::vector<PlannedJob> LoadsOf(const std::string& table) const {
    return JobsOf(archive_.RowsOf(table));
  }
  // Positions of the jobs that load `table`.
  std::set<size_t> PlacesOf(const std::string& table) const {
    std::set<size_t> places;
    for (size_t i = 0; i < jobs_.size(); ++i)
      if (jobs_[i].entries.front()->id == archive_.RowsOf(table))
        places.insert(i);
    return places;
  }

  Archive archive_;
  Directory directory_;
  RestoreOptions options_;
  Selection selection_;
  std::vector<PlannedJob> jobs_;
};

// It has keys and triggers of the other as soon as it is attached.
TEST_F(LoadSpansTest, ATableIsNotCutIfItIsAttachedToOneThatStands) {
  archive_.Table("root");
  AddLargePartition("root");
  Cut();
  EXPECT_GE(LoadsOf("large").size(), 8u);
  CutAgainWith("root");
  EXPECT_THAT(LoadsOf("large"), SizeIs(1));
}

// Nor what is below such a one.
TEST_F(LoadSpansTest, ATableIsNotCutIfItIsBelowOneThatIsAttachedToAnother) {
  archive_.Table("root");
  archive_.Table("middle");
  archive_.Attach("root", "middle");
  AddLargePartition("middle");
  Cut();
  EXPECT_GE(LoadsOf("large").size(), 8u);
  CutAgainWith("root");
  EXPECT_THAT(LoadsOf("large"), SizeIs(1));
}

TEST_F(LoadSpansTest, RowsThatGoThroughANewRootAreCut) {
  archive_.Table("root");
  AddLargePartition("root");
  archive_.GoThrough("root", "large");
  Cut();
  EXPECT_GE(LoadsOf("large").size(), 8u);
}

TEST_F(LoadSpansTest, RowsThatGoThroughARootThatStandsAreNotCut) {
  archive_.Table("root");
  AddLargePartition("root");
  archive_.GoThrough("root", "large");
  Cut();
  CutAgainWith("root");
  EXPECT_THAT(LoadsOf("large"), SizeIs(1));
}

TEST_F(LoadSpansTest, RowsThatMayGoToAPartitionThatStandsAreNotCut) {
  archive_.Table("root");
  archive_.Table("standing");
  archive_.Attach("root", "standing");
  AddLargePartition("root");
  archive_.GoThrough("root", "large");
  Cut();
  CutAgainWith("standing");
  EXPECT_THAT(LoadsOf("large"), SizeIs(1));
}

TEST_F(LoadSpansTest, EachChunkIsInOneSpanInOrder) {
  AddTable("large", 101);
  Cut();
  const std::vector<PlannedJob> loads = LoadsOf("large");
  EXPECT_GE(loads.size(), 8u);
  size_t next = 0;
  for (const PlannedJob& load : loads) {
    ASSERT_TRUE(load.span.has_value());
    EXPECT_EQ(load.span->first, next);
    EXPECT_GT(load.span->count, 0u);
    EXPECT_EQ(load.weight, load.span->count * kChunkOctets);
    EXPECT_TRUE(load.rows);
    next += load.span->count;
  }
  EXPECT_EQ(next, 101u);
}

TEST_F(LoadSpansTest, WhatWaitsForATableWaitsForAllItsSpans) {
  AddTable("small", 3);
  AddTable("large", 100);
  Cut();
  const std::set<size_t> spans = PlacesOf("large");
  EXPECT_GT(spans.size(), 1u);
  const PlannedJob index = JobsOf(archive_.IdOf("large_index")).at(0);
  EXPECT_EQ(std::set<size_t>(index.after.begin(), index.after.end()), spans);
  const PlannedJob other = JobsOf(archive_.IdOf("small_index")).at(0);
  EXPECT_EQ(std::set<size_t>(other.after.begin(), other.after.end()),
            PlacesOf("small"));
}

TEST_F(LoadSpansTest, SpansAreOfBoundedSize) {
  AddTable("giant", 1000);
  Cut();
  for (const PlannedJob& load : LoadsOf("giant"))
    EXPECT_LE(load.weight, (uint64_t{256} << 20) + kChunkOctets);
}

TEST_F(LoadSpansTest, SmallTablesAreWhole) {
  AddTable("small", 15);
  Cut();
  ASSERT_THAT(LoadsOf("small"), SizeIs(1));
  EXPECT_FALSE(LoadsOf("small")[0].span.has_value());
}

TEST_F(LoadSpansTest, LargeObjectsAreCutIfTheirPagesGoSideBySide) {
  AddTable("large", 101);
  archive_.At(archive_.RowsOf("large")).data->target =
      DataTarget::kLargeObjects;
  Cut();
  EXPECT_THAT(LoadsOf("large"), SizeIs(1));
  Cut({.workers = 2, .server_major = 18, .large_objects = true});
  EXPECT_GE(LoadsOf("large").size(), 8u);
}

TEST_F(LoadSpansTest, OneConnectionLoadsTablesWhole) {
  AddTable("large", 100);
  Cut({.workers = 1, .server_major = 18});
  EXPECT_THAT(LoadsOf("large"), SizeIs(1));
}

// Its keys and triggers stand.
TEST_F(LoadSpansTest, ATableThatTheRestoreDoesNotMakeIsWhole) {
  AddTable("large", 100);
  options_.pre_data = false;
  Cut();
  EXPECT_THAT(LoadsOf("large"), SizeIs(1));
}

TEST_F(LoadSpansTest, ATableThatMayStandAlreadyIsWhole) {
  AddTable("large", 100);
  ASSERT_OK_AND_ASSIGN(selection_, SelectEntries(archive_.entries(), options_));
  selection_.needed.insert(archive_.IdOf("large"));
  Plan plan = MakePlan(archive_.entries(), directory_, selection_, 2);
  jobs_ = CutLoads(std::move(plan.main), directory_, selection_,
                   {.workers = 2, .server_major = 18});
  EXPECT_THAT(LoadsOf("large"), SizeIs(1));
}

// Before 16 each waits for the next but one, so that two run at a time.
TEST_F(LoadSpansTest, OldServersTakeATableFromTwoConnections) {
  AddTable("large", 100);
  Cut({.workers = 8, .server_major = 15});
  const std::set<size_t> places = PlacesOf("large");
  const std::vector<size_t> at(places.begin(), places.end());
  ASSERT_GT(at.size(), 4u);
  for (size_t i = 0; i < at.size(); ++i) {
    if (i < 2)
      EXPECT_THAT(jobs_[at[i]].after, SizeIs(0));
    else
      EXPECT_THAT(jobs_[at[i]].after, ElementsAre(at[i - 2]));
  }
}

TEST_F(LoadSpansTest, ChunksAreInTheOrderOfTheirPlaces) {
  AddTable("t", 3);
  std::swap(directory_.chunks[0].place, directory_.chunks[2].place);
  const ChunksByEntry chunks = ChunksInOrder(directory_);
  std::vector<uint64_t> ordinals;
  for (const ChunkRef& chunk : chunks.at(archive_.RowsOf("t")))
    ordinals.push_back(chunk.ordinal);
  EXPECT_THAT(ordinals, ElementsAre(4, 3, 2));
}

}  // namespace
}  // namespace pgbale

#include "restore/done_work.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace pgbale {
namespace {

DoneWork After(const std::vector<WorkRecord>& records) {
  DoneWork done;
  for (const WorkRecord& record : records) done.Add(record);
  return done;
}

TEST(DoneWork, KnowsWhatWasMadeAndDropped) {
  const DoneWork done =
      After({{WorkKind::kMade, {{3}, {4}}}, {WorkKind::kDropped, {{5}}}});
  EXPECT_TRUE(done.Made(3));
  EXPECT_TRUE(done.Made(4));
  EXPECT_FALSE(done.Made(5));
  EXPECT_TRUE(done.Dropped(5));
  EXPECT_FALSE(done.Dropped(4));
}

TEST(DoneWork, KnowsEachChunk) {
  const DoneWork done = After({{WorkKind::kRows, {{3, 0, 1}, {3, 5, 5}}},
                               {WorkKind::kRows, {{4, 2, 2}}}});
  EXPECT_TRUE(done.Loaded(3, 0));
  EXPECT_TRUE(done.Loaded(3, 1));
  EXPECT_FALSE(done.Loaded(3, 2));
  EXPECT_TRUE(done.Loaded(3, 5));
  EXPECT_TRUE(done.Loaded(4, 2));
  EXPECT_FALSE(done.Loaded(5, 0));
}

TEST(DoneWork, StepsThatWereTakenBackAreNotDone) {
  const WorkRecord first = {WorkKind::kStep, {{3, 0, 0}}};
  const WorkRecord second = {WorkKind::kStep, {{3, 1, 1}}};
  const WorkRecord undone = {WorkKind::kUndone, {{3}}};
  EXPECT_EQ(After({}).StepsOf(3), 0u);
  EXPECT_EQ(After({first}).StepsOf(3), 1u);
  EXPECT_EQ(After({first, second}).StepsOf(3), 2u);
  EXPECT_EQ(After({first, second, undone}).StepsOf(3), 0u);
  EXPECT_EQ(After({first, undone, first}).StepsOf(3), 1u);
  EXPECT_FALSE(After({first, second}).Made(3));
}

TEST(DoneWork, WhatIsForgottenMayBeDoneAgain) {
  const WorkRecord rows = {WorkKind::kRows, {{3, 0, 1}}};
  const WorkRecord made = {WorkKind::kMade, {{4}, {5}}};
  const WorkRecord forgotten = {WorkKind::kForgotten, {{3}, {4}}};
  DoneWork done = After({rows, made, forgotten});
  EXPECT_FALSE(done.Loaded(3, 0));
  EXPECT_FALSE(done.chunks().contains(3));
  EXPECT_FALSE(done.Made(4));
  EXPECT_TRUE(done.Made(5));
  done.Add(rows);
  EXPECT_TRUE(done.Loaded(3, 0));
}

}  // namespace
}  // namespace pgbale

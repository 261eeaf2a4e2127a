#include "restore/plan.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/restore/entries.h"
#include "tests/support/status_matchers.h"

namespace pgbale {
namespace {

using restore_test::Archive;
using restore_test::Octets;
using restore_test::Rows;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

const Rows kSomeRows = {{Octets(1)}};
constexpr uint64_t kBig = uint64_t{1} << 30;

class PlanTest : public ::testing::Test {
 protected:
  void AddTable(const std::string& name, uint64_t bytes) {
    archive_.Table(name);
    archive_.Data(name, {4}, kSomeRows);
    archive_.Pretend(name, bytes);
  }

  void MakePlan(int jobs = 2) {
    auto selection = SelectEntries(archive_.entries(), options_);
    ASSERT_OK(selection);
    plan_ = pgbale::MakePlan(archive_.entries(), archive_.Directory(),
                             *selection, jobs);
  }

  size_t JobOf(uint32_t id) const {
    for (size_t i = 0; i < plan_.main.size(); ++i)
      for (const Entry* entry : plan_.main[i].entries)
        if (entry->id == id) return i;
    ADD_FAILURE() << "no job for entry " << id;
    return 0;
  }
  const PlannedJob& Job(const std::string& name) const {
    return plan_.main[JobOf(archive_.IdOf(name))];
  }
  // The names of all entries in the jobs that `name` waits for.
  std::set<std::string> After(const std::string& name) const {
    std::set<std::string> names;
    for (const size_t before : Job(name).after)
      for (const Entry* entry : plan_.main[before].entries)
        names.insert(entry->data ? "rows of " + entry->name : entry->name);
    return names;
  }

  Archive archive_;
  RestoreOptions options_;
  Plan plan_;
};

TEST_F(PlanTest, IndexWaitsForTheRowsOfItsOwnTableOnly) {
  AddTable("a", kBig);
  AddTable("b", kBig);
  archive_.Index("a", "a_index");
  MakePlan();
  EXPECT_THAT(After("a_index"), ElementsAre("rows of a"));
  EXPECT_THAT(Job("rows of a").after, IsEmpty());
}

TEST_F(PlanTest, ForeignKeyWaitsForBothTablesAndTheKey) {
  AddTable("a", kBig);
  AddTable("b", kBig);
  archive_.Key("b", "b_key");
  archive_.ForeignKey("a", "a_to_b", "b_key");
  MakePlan();
  EXPECT_THAT(After("a_to_b"), ElementsAre("b_key", "rows of a", "rows of b"));
}

TEST_F(PlanTest, LocksBecomeResources) {
  AddTable("a", kBig);
  archive_.Index("a", "a_index");
  archive_.Key("a", "a_key");
  MakePlan();
  EXPECT_THAT(Job("a_index").shared, ElementsAre(archive_.IdOf("a")));
  EXPECT_THAT(Job("a_key").exclusive, ElementsAre(archive_.IdOf("a")));
}

TEST_F(PlanTest, WhatSaysNothingAboutLocksLocksItsParent) {
  AddTable("a", kBig);
  archive_.Part("a", "policy", Section::kPostData);
  MakePlan();
  EXPECT_THAT(Job("policy").exclusive, ElementsAre(archive_.IdOf("a")));
}

TEST_F(PlanTest, IndexOfTheBiggerTableWeighsMore) {
  AddTable("a", kBig);
  AddTable("b", 2 * kBig);
  archive_.Index("a", "a_index");
  archive_.Index("b", "b_index");
  MakePlan();
  EXPECT_GT(Job("b_index").weight, Job("a_index").weight);
  EXPECT_GT(Job("rows of b").weight, Job("b_index").weight);
}

TEST_F(PlanTest, TheLargerOfTwoIndexesWeighsMore) {
  AddTable("a", kBig);
  archive_.Index("a", "small").bytes_estimate = kBig / 100;
  archive_.Index("a", "large").bytes_estimate = kBig / 2;
  Entry& key = archive_.Key("a", "key");
  Archive::InSteps(key, "ONE", "NOT ONE", "TWO");
  key.bytes_estimate = kBig / 3;
  MakePlan();
  EXPECT_GT(Job("large").weight, Job("key").weight);
  EXPECT_GT(Job("key").weight, Job("small").weight);
  EXPECT_GT(Job("small").weight, kBig / 5);
}

TEST_F(PlanTest, TableWithoutRowsHasNoJob) {
  archive_.Table("a");
  archive_.Data("a", {4}, {});
  archive_.Index("a", "a_index");
  MakePlan();
  EXPECT_THAT(plan_.main, SizeIs(1));
  EXPECT_THAT(After("a_index"), IsEmpty());
}

TEST_F(PlanTest, RowsThatGoThroughTheRootHoldUpAllItsPartitions) {
  archive_.Table("root");
  for (const char* name : {"p1", "p2"}) {
    AddTable(name, kBig);
    archive_.Pretend(name, kBig);
  }
  for (const char* name : {"p1", "p2"}) archive_.GoThrough("root", name);
  archive_.Index("p1", "p1_index");
  archive_.Key("root", "root_key");
  MakePlan();
  EXPECT_THAT(After("p1_index"), ElementsAre("rows of p1", "rows of p2"));
  EXPECT_THAT(After("root_key"), ElementsAre("rows of p1", "rows of p2"));
}

// COPY into the root locks what is between it and the leaves.
TEST_F(PlanTest, RowsThatGoThroughTheRootHoldUpTheTablesBetween) {
  archive_.Table("root");
  archive_.Table("middle");
  archive_.Attach("root", "middle");
  for (const char* name : {"leaf", "other"}) {
    AddTable(name, kBig);
    archive_.Attach(std::string(name) == "leaf" ? "middle" : "root", name);
  }
  archive_.GoThrough("root", "leaf");
  archive_.Index("middle", "middle_index");
  archive_.Index("root", "root_index");
  archive_.Index("other", "other_index");
  MakePlan();
  EXPECT_THAT(After("middle_index"), ElementsAre("rows of leaf"));
  EXPECT_THAT(After("root_index"), ElementsAre("rows of leaf"));
  EXPECT_THAT(After("other_index"), ElementsAre("rows of other"));
}

TEST_F(PlanTest, DependencyIsFollowedThroughWhatIsNotRestored) {
  AddTable("a", kBig);
  archive_.Index("a", "one");
  archive_.Part("one", "comment", Section::kPostData).aspect = Aspect::kComment;
  archive_.Index("a", "two").depends = {archive_.IdOf("comment")};
  options_.comments = false;
  auto selection = SelectEntries(archive_.entries(), options_);
  ASSERT_OK(selection);
  selection->entries.push_back(&archive_.At("two"));
  plan_ =
      pgbale::MakePlan(archive_.entries(), archive_.Directory(), *selection, 2);
  EXPECT_THAT(After("two"), ElementsAre("one", "rows of a"));
}

TEST_F(PlanTest, PassesAndSectionsAreApart) {
  archive_.Table("a");
  archive_.Part("a", "grant", Section::kPreData).pass = Pass::kPrivileges;
  archive_.Part("a", "refresh", Section::kPostData).pass = Pass::kLast;
  MakePlan();
  EXPECT_THAT(plan_.pre_data, ElementsAre(&archive_.At("a")));
  EXPECT_THAT(plan_.privileges, ElementsAre(&archive_.At("grant")));
  ASSERT_THAT(plan_.last, SizeIs(1));
  EXPECT_THAT(plan_.last[0].entries, ElementsAre(&archive_.At("refresh")));
  EXPECT_THAT(plan_.main, IsEmpty());
}

// It would fire for them.
TEST_F(PlanTest, AnEventTriggerWaitsForEveryRefresh) {
  archive_.Table("a");
  for (const char* name : {"one", "two"}) {
    Entry& refresh = archive_.Part("a", name, Section::kPostData);
    refresh.pass = Pass::kLast;
    refresh.locks = {archive_.IdOf("a")};
  }
  archive_.Add("trigger", Section::kPostData, {}).pass = Pass::kLast;
  archive_.Part("trigger", "comment", Section::kPostData).pass = Pass::kLast;
  MakePlan();
  ASSERT_THAT(plan_.last, SizeIs(4));
  EXPECT_THAT(plan_.last[1].after, IsEmpty());
  EXPECT_THAT(plan_.last[2].after, ElementsAre(0, 1));
  EXPECT_THAT(plan_.last[3].after, UnorderedElementsAre(0, 1, 2));
}

TEST_F(PlanTest, StatisticsComeBehindWhatChangesThem) {
  AddTable("a", kBig);
  Entry& statistics = archive_.Part("a", "statistics", Section::kData);
  statistics.aspect = Aspect::kStatistics;
  statistics.pass = Pass::kLast;
  archive_.Part("a", "refresh", Section::kPostData).pass = Pass::kLast;
  MakePlan();
  ASSERT_THAT(plan_.last, SizeIs(1));
  EXPECT_THAT(plan_.last[0].entries, ElementsAre(&archive_.At("refresh")));
  ASSERT_THAT(plan_.statistics, SizeIs(1));
  EXPECT_THAT(plan_.statistics[0].entries,
              ElementsAre(&archive_.At("statistics")));
}

TEST_F(PlanTest, StepsOfALargeTableAreJobsOneBehindTheOther) {
  AddTable("a", kBig);
  archive_.Index("a", "a_index");
  Archive::InSteps(archive_.Key("a", "a_key"), "ONE", "NOT ONE", "TWO");
  Archive::InSteps(archive_.ForeignKey("a", "a_fkey", "a_key"), "", "", "");
  MakePlan();
  ASSERT_THAT(plan_.main, SizeIs(6));
  const PlannedJob& index = plan_.main[2];
  const PlannedJob& constraint = plan_.main[3];
  EXPECT_EQ(index.step, 0u);
  EXPECT_THAT(index.shared, ElementsAre(archive_.IdOf("a")));
  EXPECT_THAT(index.exclusive, IsEmpty());
  EXPECT_EQ(index.weight, Job("a_index").weight);
  EXPECT_THAT(index.after, ElementsAre(0));
  EXPECT_EQ(constraint.step, 1u);
  EXPECT_THAT(constraint.exclusive, ElementsAre(archive_.IdOf("a")));
  EXPECT_LT(constraint.weight, 100000u);
  EXPECT_THAT(constraint.after, ElementsAre(2));
  // What needs the key needs its last step.
  EXPECT_THAT(plan_.main[4].after, ElementsAre(0, 3));
}

TEST_F(PlanTest, SmallTablesAndSingleWorkersTakeNoSteps) {
  AddTable("a", kStepsBytesMin - 1);
  Archive::InSteps(archive_.Key("a", "a_key"), "ONE", "NOT ONE", "TWO");
  MakePlan();
  EXPECT_FALSE(Job("a_key").step.has_value());
  archive_.Pretend("a", kStepsBytesMin);
  MakePlan();
  EXPECT_TRUE(Job("a_key").step.has_value());
  MakePlan(1);
  EXPECT_FALSE(Job("a_key").step.has_value());
}

TEST_F(PlanTest, StepsApartThatShareATableAreNotSideBySide) {
  for (const char* table : {"a", "b", "c"}) AddTable(table, kBig);
  archive_.Key("b", "b_key");
  const auto add = [&](const std::string& from, const std::string& to) {
    Entry& key = archive_.ForeignKey(from, from + to, "b_key");
    key.steps = {{.create = {""}, .locks = {1}, .quick = true},
                 {.create = {""},
                  .locks = {archive_.IdOf(from)},
                  .shared_locks = {archive_.IdOf(to)},
                  .apart = true}};
  };
  add("a", "b");
  add("c", "b");
  archive_.Index("b", "b_index");
  MakePlan();
  const PlannedJob& one = plan_.main[JobOf(archive_.IdOf("ab")) + 1];
  const PlannedJob& other = plan_.main[JobOf(archive_.IdOf("cb")) + 1];
  std::vector<uint64_t> both;
  std::set_intersection(one.exclusive.begin(), one.exclusive.end(),
                        other.exclusive.begin(), other.exclusive.end(),
                        std::back_inserter(both));
  EXPECT_THAT(both, SizeIs(1));
  // But an index of the referenced table is built beside them.
  const PlannedJob& index = Job("b_index");
  for (const uint64_t id : index.shared)
    EXPECT_FALSE(std::count(one.exclusive.begin(), one.exclusive.end(), id));
  EXPECT_THAT(index.exclusive, IsEmpty());
}

TEST_F(PlanTest, SmallTablesShareAJob) {
  for (int i = 0; i < 1000; ++i) AddTable(absl::StrCat("t", i), 100);
  MakePlan();
  EXPECT_LE(plan_.main.size(), 20);
  EXPECT_GE(plan_.main.size(), 8);
}

TEST_F(PlanTest, BundlesHoldEveryEntryOnceAndKeepTheOrder) {
  for (int i = 0; i < 300; ++i) {
    const std::string t = absl::StrCat("t", i);
    AddTable(t, 100);
    archive_.Key(t, t + "_key");
    if (i > 0)
      archive_.ForeignKey(t, t + "_fkey", absl::StrCat("t", i - 1, "_key"));
  }
  MakePlan();
  std::multiset<uint32_t> ids;
  for (const PlannedJob& job : plan_.main)
    for (const Entry* entry : job.entries) ids.insert(entry->id);
  EXPECT_EQ(ids.size(), 300u + 300u + 299u);
  EXPECT_EQ(std::set<uint32_t>(ids.begin(), ids.end()).size(), ids.size());
  EXPECT_TRUE(After("t7_fkey").contains("t6_key"));
  EXPECT_TRUE(After("t7_fkey").contains("rows of t7"));
  EXPECT_TRUE(After("t7_key").contains("rows of t7"));
}

TEST_F(PlanTest, WhatCannotRunInATransactionStaysAlone) {
  for (int i = 0; i < 100; ++i)
    archive_.Add(absl::StrCat("x", i), Section::kPostData, {}).transactional =
        i != 50;
  MakePlan(1);
  EXPECT_THAT(Job("x50").entries, SizeIs(1));
  EXPECT_LT(plan_.main.size(), 10);
}

TEST_F(PlanTest, ManyObjectsInOneEntryDoNotShareAJob) {
  for (int i = 0; i < 40; ++i)
    archive_.Add(absl::StrCat("group", i), Section::kData, {}).owner_targets =
        std::vector<std::string>(250, "LARGE OBJECT 1");
  MakePlan(1);
  EXPECT_THAT(plan_.main, SizeIs(20));
}

TEST_F(PlanTest, WhatBelongsToTheServerComesBeforeTheDatabase) {
  archive_.Add("boss", Section::kPreData, {}).aspect = Aspect::kGlobal;
  archive_.Part("boss", "comment", Section::kPreData);
  archive_.Add("fast", Section::kPreData, {}).aspect = Aspect::kTablespace;
  Entry& grant = archive_.Part("fast", "grant", Section::kPreData);
  grant.pass = Pass::kPrivileges;
  options_.globals = true;
  MakePlan();
  EXPECT_THAT(plan_.globals,
              ElementsAre(&archive_.At("boss"), &archive_.At("comment"),
                          &archive_.At("fast"), &archive_.At("grant")));
  EXPECT_THAT(plan_.privileges, IsEmpty());
}

}  // namespace
}  // namespace pgbale

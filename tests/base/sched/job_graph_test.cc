#include "base/sched/job_graph.h"

#include <atomic>
#include <chrono>
#include <map>
#include <set>
#include <thread>

#include "absl/strings/str_join.h"
#include "base/mutex.h"
#include "tests/support/random.h"
#include "tests/support/status_matchers.h"

namespace pgbale {
namespace {

using JobId = JobGraph::JobId;

// Jobs that write their names down as they run.
class JobGraphTest : public ::testing::Test {
 protected:
  JobId Add(const std::string& name, uint64_t weight = 1,
            std::vector<uint64_t> exclusive = {},
            std::vector<uint64_t> shared = {}) {
    return graph_.Add({.name = name,
                       .weight = weight,
                       .exclusive = std::move(exclusive),
                       .shared = std::move(shared),
                       .run = [this, name](int) {
                         MutexLock lock(mu_);
                         order_.push_back(name);
                         return absl::OkStatus();
                       }});
  }
  JobId AddFailing(const std::string& name, absl::Status status) {
    return graph_.Add({.name = name, .run = [status](int) { return status; }});
  }
  absl::Status Run(int workers = 1) { return graph_.Run(workers, cancel_); }
  std::string order() { return absl::StrJoin(order_, " "); }

  JobGraph graph_;
  CancelToken cancel_;
  Mutex mu_;
  std::vector<std::string> order_;
};

TEST_F(JobGraphTest, EmptyGraphIsDone) { EXPECT_OK(Run()); }

// Those that are about to start count, and no more than there are workers.
TEST_F(JobGraphTest, JobsSeeHowManyAreAtWork) {
  std::map<std::string, int> busy;
  std::map<std::string, uint64_t> left;
  const auto add = [&](const std::string& name) {
    return graph_.Add({.name = name, .run = [this, &busy, &left, name](int) {
                         MutexLock lock(mu_);
                         left[name] = graph_.weight_left();
                         busy[name] = graph_.busy();
                         return absl::OkStatus();
                       }});
  };
  const JobId first = add("first");
  const JobId last = add("last");
  for (const char* name : {"a", "b", "c"}) {
    const JobId middle = add(name);
    graph_.AddDependency(middle, first);
    graph_.AddDependency(last, middle);
  }
  ASSERT_OK(Run(2));
  EXPECT_EQ(left["first"], 4u);
  EXPECT_EQ(left["last"], 0u);
  EXPECT_EQ(busy["first"], 1);
  EXPECT_EQ(busy["a"], 2);
  EXPECT_EQ(busy["last"], 1);
}

TEST_F(JobGraphTest, HeavierJobsStartFirst) {
  Add("a", 1);
  Add("b", 5);
  Add("c", 3);
  ASSERT_OK(Run());
  EXPECT_EQ(order(), "b c a");
}

TEST_F(JobGraphTest, EqualJobsStartInTheOrderOfAdd) {
  for (const char* name : {"a", "b", "c"}) Add(name);
  ASSERT_OK(Run());
  EXPECT_EQ(order(), "a b c");
}

TEST_F(JobGraphTest, LongWayToTheEndCountsMoreThanOwnWeight) {
  Add("heavy", 5);
  const JobId first = Add("first", 1);
  graph_.AddDependency(Add("last", 9), first);
  ASSERT_OK(Run());
  EXPECT_EQ(order(), "first last heavy");
}

TEST_F(JobGraphTest, JobStartsAfterAllItsPrerequisites) {
  const JobId last = Add("last", 100);
  graph_.AddDependency(last, Add("a"));
  graph_.AddDependency(last, Add("b"));
  ASSERT_OK(Run());
  EXPECT_EQ(order(), "a b last");
}

TEST_F(JobGraphTest, DependencyMayBeGivenTwice) {
  const JobId a = Add("a");
  const JobId b = Add("b");
  graph_.AddDependency(b, a);
  graph_.AddDependency(b, a);
  ASSERT_OK(Run());
  EXPECT_EQ(order(), "a b");
}

TEST_F(JobGraphTest, CycleIsNamedBeforeAnythingRuns) {
  const JobId a = Add("a");
  const JobId b = Add("b");
  const JobId c = Add("c");
  graph_.AddDependency(b, a);
  graph_.AddDependency(a, b);
  graph_.AddDependency(c, b);
  Add("free");
  const absl::Status status = Run();
  EXPECT_THAT(status, StatusMessageHas("\"a\""));
  EXPECT_THAT(status, StatusMessageHas("\"b\""));
  EXPECT_THAT(status, ::testing::Not(StatusMessageHas("\"c\"")));
  EXPECT_EQ(order(), "");
}

TEST_F(JobGraphTest, JobThatWaitsForItselfIsACycle) {
  const JobId a = Add("a");
  graph_.AddDependency(a, a);
  EXPECT_THAT(Run(), StatusMessageHas("\"a\""));
}

TEST_F(JobGraphTest, FirstErrorEndsTheRunAndCancelsTheToken) {
  AddFailing("bad", MakeError(Failure::kDamaged, "bad block"));
  Add("later");
  EXPECT_THAT(Run(), FailsWith(Failure::kDamaged));
  EXPECT_THAT(cancel_.Check(), StatusMessageHas("bad block"));
  EXPECT_EQ(order(), "");
}

TEST_F(JobGraphTest, WhatWaitsForAFailedJobDoesNotRun) {
  const JobId bad = AddFailing("bad", MakeError(Failure::kError, "x"));
  graph_.AddDependency(Add("dependent"), bad);
  EXPECT_FALSE(Run(2).ok());
  EXPECT_EQ(order(), "");
}

TEST_F(JobGraphTest, LaterErrorDoesNotReplaceTheFirst) {
  std::atomic<bool> failed{false};
  graph_.Add({.name = "slow", .weight = 2, .run = [&failed](int) {
                while (!failed) std::this_thread::yield();
                std::this_thread::sleep_for(std::chrono::milliseconds(20));
                return MakeError(Failure::kError, "second");
              }});
  graph_.Add({.name = "fast", .run = [&failed](int) {
                failed = true;
                return MakeError(Failure::kError, "first");
              }});
  EXPECT_THAT(Run(2), StatusMessageHas("first"));
}

TEST_F(JobGraphTest, CancelledTokenStartsNothing) {
  cancel_.Cancel(MakeError(Failure::kInterrupted, "signal"));
  Add("a");
  EXPECT_THAT(Run(), FailsWith(Failure::kInterrupted));
  EXPECT_EQ(order(), "");
}

TEST_F(JobGraphTest, CancelWakesWorkersThatWait) {
  std::atomic<bool> started{false};
  const JobId first = graph_.Add({.name = "first", .run = [&](int) {
                                    started = true;
                                    while (!cancel_.cancelled())
                                      std::this_thread::yield();
                                    return absl::OkStatus();
                                  }});
  graph_.AddDependency(Add("second"), first);
  std::thread canceller([&] {
    while (!started) std::this_thread::yield();
    cancel_.Cancel(MakeError(Failure::kInterrupted, "signal"));
  });
  EXPECT_THAT(Run(4), FailsWith(Failure::kInterrupted));
  canceller.join();
}

TEST_F(JobGraphTest, BlockedJobLetsOthersPass) {
  std::atomic<bool> other_ran{false};
  graph_.Add({.name = "holder",
              .weight = 9,
              .exclusive = {1},
              .run = [&other_ran](int) {
                while (!other_ran) std::this_thread::yield();
                return absl::OkStatus();
              }});
  Add("blocked", 5, {1});
  graph_.Add({.name = "other", .weight = 1, .run = [&other_ran](int) {
                other_ran = true;
                return absl::OkStatus();
              }});
  EXPECT_OK(Run(2));
}

TEST_F(JobGraphTest, SharersRunTogether) {
  std::atomic<int> inside{0};
  for (int i = 0; i < 2; ++i)
    graph_.Add({.name = "sharer", .shared = {1}, .run = [&inside](int) {
                  ++inside;
                  while (inside < 2) std::this_thread::yield();
                  return absl::OkStatus();
                }});
  EXPECT_OK(Run(2));
}

TEST_F(JobGraphTest, ResourceNamedBothWaysIsExclusive) {
  Add("a", 1, {1, 1}, {1, 1});
  EXPECT_OK(Run(2));
  EXPECT_EQ(order(), "a");
}

TEST_F(JobGraphTest, ManyJobsOnOneResourceAreQuick) {
  for (int i = 0; i < 20000; ++i)
    graph_.Add({.name = "fk",
                .exclusive = {0, static_cast<uint64_t>(i + 1)},
                .run = [](int) { return absl::OkStatus(); }});
  EXPECT_OK(Run(4));
}

// Checks, from inside the jobs, what may never happen at once.
class Auditor {
 public:
  void Start(const Job& job, int worker) {
    MutexLock lock(mu_);
    EXPECT_TRUE(workers_.insert(worker).second);
    for (uint64_t name : job.exclusive) {
      EXPECT_EQ(exclusive_[name], 0);
      EXPECT_EQ(shared_[name], 0);
      ++exclusive_[name];
    }
    for (uint64_t name : job.shared) {
      EXPECT_EQ(exclusive_[name], 0);
      ++shared_[name];
    }
  }
  void End(const Job& job, int worker) {
    MutexLock lock(mu_);
    workers_.erase(worker);
    for (uint64_t name : job.exclusive) --exclusive_[name];
    for (uint64_t name : job.shared) --shared_[name];
  }

 private:
  Mutex mu_;
  std::set<int> workers_ ABSL_GUARDED_BY(mu_);
  std::map<uint64_t, int> exclusive_ ABSL_GUARDED_BY(mu_);
  std::map<uint64_t, int> shared_ ABSL_GUARDED_BY(mu_);
};

Job RandomJob(Random& random, uint64_t resources) {
  Job job;
  job.weight = random.Below(10);
  for (uint64_t name = 0; name < resources; ++name) {
    if (random.OneIn(4))
      job.exclusive.push_back(name);
    else if (random.OneIn(3))
      job.shared.push_back(name);
  }
  return job;
}

TEST(JobGraph, RandomGraphsRunOnceEachInOrderAndApart) {
  Random random;
  for (int round = 0; round < 300; ++round) {
    const size_t jobs = 1 + random.Below(60);
    const uint64_t resources = 1 + random.Below(6);
    Auditor auditor;
    std::vector<std::atomic<int>> runs(jobs);
    std::vector<std::vector<JobId>> prerequisites(jobs);
    JobGraph graph;
    for (size_t id = 0; id < jobs; ++id) {
      Job job = RandomJob(random, resources);
      const Job claims = job;
      job.run = [&, id, claims](int worker) {
        auditor.Start(claims, worker);
        for (JobId before : prerequisites[id]) EXPECT_EQ(runs[before], 1);
        if (id % 3 == 0) std::this_thread::yield();
        ++runs[id];
        auditor.End(claims, worker);
        return absl::OkStatus();
      };
      graph.Add(std::move(job));
      while (id > 0 && random.OneIn(2)) {
        prerequisites[id].push_back(random.Below(id));
        graph.AddDependency(id, prerequisites[id].back());
      }
    }
    CancelToken cancel;
    ASSERT_OK(graph.Run(static_cast<int>(1 + random.Below(6)), cancel));
    for (const auto& count : runs) ASSERT_EQ(count, 1);
  }
}

}  // namespace
}  // namespace pgbale

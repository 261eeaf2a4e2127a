// Watches, while workers copy, that the leader's connection lasts. With it go
// the locks: what is copied then may be of another state, and a dump of hours
// must not go on to its end for nothing.
//
// The construction starts a thread, the destruction ends it.

#ifndef PGBALE_ENGINE_DUMP_LEADER_WATCH_H_
#define PGBALE_ENGINE_DUMP_LEADER_WATCH_H_

#include <functional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "base/mutex.h"
#include "engine/dump/sessions.h"

namespace pgbale {

class LeaderWatch {
 public:
  // Tells `on_loss`, once, on its own thread, the error of
  // DumpSessions::WatchLeader. `sessions` must outlive it. Only workers that
  // hold leader_mu() use the leader meanwhile.
  using OnLoss = std::function<void(const absl::Status&)>;
  LeaderWatch(DumpSessions& sessions, OnLoss on_loss);
  ~LeaderWatch();
  LeaderWatch(const LeaderWatch&) = delete;
  LeaderWatch& operator=(const LeaderWatch&) = delete;

 private:
  void Run();
  // False if the watch is to end.
  bool Pause() ABSL_LOCKS_EXCLUDED(mu_);

  DumpSessions& sessions_;
  const OnLoss on_loss_;
  Mutex mu_;
  CondVar wake_;
  bool end_ ABSL_GUARDED_BY(mu_) = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace pgbale

#endif  // PGBALE_ENGINE_DUMP_LEADER_WATCH_H_

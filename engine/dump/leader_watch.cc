#include "engine/dump/leader_watch.h"

#include <cstdint>

#include "absl/status/status.h"

namespace pgbale {
namespace {

// A look costs one poll(2).
constexpr int64_t kIntervalMs = 500;

}  // namespace

LeaderWatch::LeaderWatch(DumpSessions& sessions, CancelToken& cancel)
    : sessions_(sessions), cancel_(cancel) {
  // A single connection that is lost fails in what it does.
  if (!sessions_.single()) thread_ = std::thread([this] { Run(); });
}

LeaderWatch::~LeaderWatch() {
  {
    MutexLock lock(mu_);
    end_ = true;
  }
  wake_.SignalAll();
  if (thread_.joinable()) thread_.join();
}

bool LeaderWatch::Pause() {
  MutexLock lock(mu_);
  if (!end_) wake_.WaitFor(mu_, kIntervalMs);
  return !end_;
}

void LeaderWatch::Run() {
  while (Pause()) {
    const absl::Status status = sessions_.WatchLeader();
    if (status.ok()) continue;
    cancel_.Cancel(status);
    return;
  }
}

}  // namespace pgbale

#include "engine/dump/leader_watch.h"

#include <cstdint>
#include <utility>

namespace pgbale {
namespace {

// A look costs one poll(2).
constexpr int64_t kIntervalMs = 500;

}  // namespace

LeaderWatch::LeaderWatch(DumpSessions& sessions, OnLoss on_loss)
    : sessions_(sessions), on_loss_(std::move(on_loss)) {
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
    on_loss_(status);
    return;
  }
}

}  // namespace pgbale

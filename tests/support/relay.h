// A network between a program and a server, which tests can break: a port of
// this host, whose connections are forwarded to the server's socket.

#ifndef PGBALE_TESTS_SUPPORT_RELAY_H_
#define PGBALE_TESTS_SUPPORT_RELAY_H_

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "base/mutex.h"
#include "tests/support/command.h"
#include "tests/support/server.h"

namespace pgbale {

// Thread-safe. The construction starts a thread, the destruction ends it with
// all connections.
class Relay {
 public:
  explicit Relay(const TestServer& server);
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  // Those of `database`, by this way to its server.
  Environment environment(const TestDatabase& database) const;

  // Resets a connection on both sides; 0 is the first one that came.
  void Cut(size_t connection) ABSL_LOCKS_EXCLUDED(mu_);
  // The numbers of those that neither side has ended.
  std::vector<size_t> Open() const ABSL_LOCKS_EXCLUDED(mu_);
  // From now on, what the server sends has `to` where it had `from`, which is
  // as long, wherever both come in one piece.
  void Replace(const std::string& from, const std::string& to)
      ABSL_LOCKS_EXCLUDED(mu_);
  // From now on nothing comes through, while all connections stay.
  void Stall() { stalled_ = true; }

 private:
  struct Pair {
    int client, server;  // -1: cut
  };

  void Run() ABSL_LOCKS_EXCLUDED(mu_);
  void Accept() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Forward() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  static void Reset(Pair& pair);
  // False once `from` has ended, or `to` takes nothing.
  bool Pass(int from, int to, bool by_server)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const std::string socket_path_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stalled_{false}, ended_{false};
  mutable Mutex mu_;
  std::vector<Pair> pairs_ ABSL_GUARDED_BY(mu_);
  std::string replaced_ ABSL_GUARDED_BY(mu_);
  std::string replacement_ ABSL_GUARDED_BY(mu_);
  std::thread thread_;  // last: it uses the others
};

}  // namespace pgbale

#endif  // PGBALE_TESTS_SUPPORT_RELAY_H_

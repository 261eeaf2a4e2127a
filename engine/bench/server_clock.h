// How much processor time a server takes: that of all its processes, as /proc
// tells, so that it is known of a server on this machine only.
//
// One thread at a time.

#ifndef PGBALE_ENGINE_BENCH_SERVER_CLOCK_H_
#define PGBALE_ENGINE_BENCH_SERVER_CLOCK_H_

#include <sys/types.h>

#include <optional>

#include "base/pg/connection.h"

namespace pgbale {

class ServerClock {
 public:
  // Of the server that `connection` leads to. nullopt if its processes cannot
  // be seen here: a process of the backend's number counts only if its title
  // names the connection's role and database.
  static std::optional<ServerClock> Find(pg::Connection& connection);

  // Of all its processes that run or have ended, whoever they worked for. Its
  // differences count; it has the kernel's ticks, 10 ms most often. nullopt
  // once the server is gone.
  std::optional<double> Read() const;

 private:
  explicit ServerClock(pid_t postmaster) : postmaster_(postmaster) {}

  pid_t postmaster_;
};

}  // namespace pgbale

#endif  // PGBALE_ENGINE_BENCH_SERVER_CLOCK_H_

#include "tests/support/relay.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"

namespace pgbale {
namespace {

constexpr int kSliceMs = 10;

bool Readable(int fd) {
  pollfd entry = {fd, POLLIN, 0};
  return poll(&entry, 1, 0) > 0;
}

int ConnectTo(const std::string& socket_path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  socket_path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  EXPECT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)),
            0)
      << socket_path << ": " << strerror(errno);
  return fd;
}

}  // namespace

Relay::Relay(const TestServer& server)
    : socket_path_(absl::StrCat(server.host, "/.s.PGSQL.", server.port)) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const general = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof(address);
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  EXPECT_EQ(bind(listener_, general, size), 0) << strerror(errno);
  EXPECT_EQ(listen(listener_, 16), 0) << strerror(errno);
  EXPECT_EQ(getsockname(listener_, general, &size), 0) << strerror(errno);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Run(); });
}

Relay::~Relay() {
  ended_ = true;
  thread_.join();
  MutexLock lock(mu_);
  for (Pair& pair : pairs_) Reset(pair);
  close(listener_);
}

Environment Relay::environment(const TestDatabase& database) const {
  Environment environment = database.environment();
  for (auto& [name, value] : environment) {
    if (name == "PGHOST") value = "127.0.0.1";
    if (name == "PGPORT") value = absl::StrCat(port_);
  }
  return environment;
}

void Relay::Cut(size_t connection) {
  MutexLock lock(mu_);
  ASSERT_LT(connection, pairs_.size());
  EXPECT_GE(pairs_[connection].client, 0);
  Reset(pairs_[connection]);
}

std::vector<size_t> Relay::Open() const {
  MutexLock lock(mu_);
  std::vector<size_t> open;
  for (size_t i = 0; i < pairs_.size(); ++i)
    if (pairs_[i].client >= 0) open.push_back(i);
  return open;
}

void Relay::Replace(const std::string& from, const std::string& to) {
  ASSERT_EQ(from.size(), to.size());
  MutexLock lock(mu_);
  replaced_ = from;
  replacement_ = to;
}

void Relay::Reset(Pair& pair) {
  if (pair.client < 0) return;
  const linger at_once = {.l_onoff = 1, .l_linger = 0};
  setsockopt(pair.client, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  close(pair.client);
  close(pair.server);
  pair = {-1, -1};
}

void Relay::Run() {
  while (!ended_) {
    std::vector<pollfd> entries = {{listener_, POLLIN, 0}};
    {
      MutexLock lock(mu_);
      for (const Pair& pair : pairs_) {
        entries.push_back({pair.client, POLLIN, 0});
        entries.push_back({pair.server, POLLIN, 0});
      }
    }
    if (stalled_) {
      usleep(kSliceMs * 1000);
      continue;
    }
    if (poll(entries.data(), entries.size(), kSliceMs) <= 0) continue;
    MutexLock lock(mu_);
    if (Readable(listener_)) Accept();
    Forward();
  }
}

void Relay::Accept() {
  const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (client >= 0) pairs_.push_back({client, ConnectTo(socket_path_)});
}

bool Relay::Pass(int from, int to, bool by_server) {
  std::string octets(16 << 10, '\0');
  const ssize_t got = read(from, octets.data(), octets.size());
  if (got <= 0) return false;
  octets.resize(static_cast<size_t>(got));
  if (by_server && !replaced_.empty())
    octets = absl::StrReplaceAll(octets, {{replaced_, replacement_}});
  return send(to, octets.data(), octets.size(), MSG_NOSIGNAL) == got;
}

void Relay::Forward() {
  for (Pair& pair : pairs_) {
    if (pair.client < 0) continue;
    const bool open =
        (!Readable(pair.client) || Pass(pair.client, pair.server, false)) &&
        (!Readable(pair.server) || Pass(pair.server, pair.client, true));
    if (!open) Reset(pair);
  }
}

}  // namespace pgbale

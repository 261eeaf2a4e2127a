#include "base/pg/connection.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <memory>
#include <thread>

#include "base/clock.h"
#include "tests/support/status_matchers.h"

namespace pgbale::pg {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

class DatabaseUrl {
 public:
  explicit DatabaseUrl(const char* url) { setenv("DATABASE_URL", url, 1); }
  ~DatabaseUrl() { unsetenv("DATABASE_URL"); }
};

TEST(MakeConnectOptions, NothingGivenLeavesAllToLibpq) {
  unsetenv("DATABASE_URL");
  EXPECT_THAT(MakeConnectOptions({}).parameters, IsEmpty());
}

TEST(MakeConnectOptions, DatabaseUrlStandsInForTheName) {
  const DatabaseUrl url("postgres://h/d");
  EXPECT_THAT(MakeConnectOptions({}).parameters,
              ElementsAre(Pair("dbname", "postgres://h/d")));
}

TEST(MakeConnectOptions, NameWinsOverDatabaseUrl) {
  const DatabaseUrl url("postgres://h/d");
  EXPECT_THAT(MakeConnectOptions({.dbname = "x"}).parameters,
              ElementsAre(Pair("dbname", "x")));
}

TEST(MakeConnectOptions, PartsStandBehindTheUrlSoThatTheyWin) {
  const DatabaseUrl url("postgres://h/d");
  EXPECT_THAT(
      MakeConnectOptions({.host = "i", .port = "1", .user = "u"}).parameters,
      ElementsAre(Pair("dbname", "postgres://h/d"), Pair("host", "i"),
                  Pair("port", "1"), Pair("user", "u")));
}

TEST(MakeConnectOptions, PasswordStaysASecret) {
  const ConnectOptions options =
      MakeConnectOptions({.password = Secret("hunter2")});
  EXPECT_THAT(options.parameters, IsEmpty());
  EXPECT_EQ(options.password.reveal(), "hunter2");
}

absl::Status OpenWith(const std::string& dbname) {
  return Connection::Open(MakeConnectOptions({.dbname = dbname})).status();
}

TEST(ConnectionOpen, UnreachableServerIsConnect) {
  const absl::Status status = OpenWith("host=127.0.0.1 port=1");
  EXPECT_THAT(status, FailsWith(Failure::kConnect));
  EXPECT_THAT(status, StatusMessageHas("127.0.0.1"));
}

TEST(ConnectionOpen, StringThatCannotBeParsedIsUsage) {
  EXPECT_THAT(OpenWith("postgres://h/d?nonsense=1"),
              FailsWith(Failure::kUsage));
  EXPECT_THAT(OpenWith("mysql://h/d"), FailsWith(Failure::kUsage));
}

TEST(ConnectionOpen, NoMessageHoldsAPassword) {
  for (const char* dbname :
       {"postgres://u:hunter2@127.0.0.1:1/d", "postgres://u:hunter2@h:p/d",
        "postgres://u:%zzhunter2@h/d", "postgres://u:a/hunter2@h/d",
        "host=127.0.0.1 port=1 password=hunter2", "password='hunter2",
        "password=x hunter2", "mysql://u:hunter2@h/d"}) {
    const absl::Status status = OpenWith(dbname);
    EXPECT_THAT(status, Not(StatusMessageHas("hunter2"))) << dbname;
    EXPECT_FALSE(status.ok()) << dbname;
  }
}

// Takes connections, and never says a word.
class SilentServer {
 public:
  SilentServer() : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    bind(fd_, generic, length);
    listen(fd_, 8);
    getsockname(fd_, generic, &length);
    port_ = std::to_string(ntohs(address.sin_port));
  }
  ~SilentServer() { close(fd_); }
  const std::string& port() const { return port_; }

 private:
  const int fd_;
  std::string port_;
};

int ThreadsOfThisProcess() {
  const std::filesystem::directory_iterator threads("/proc/self/task");
  return static_cast<int>(std::distance(begin(threads), end(threads)));
}

// The thread that was given up ends with its server. It is waited for, as the
// end of this process would otherwise tear libpq down under it.
TEST(ConnectionOpen, CancelEndsAConnectThatHangs) {
  auto server = std::make_unique<SilentServer>();
  CancelToken cancel;
  ConnectOptions options;
  options.parameters = {{"host", "127.0.0.1"}, {"port", server->port()}};
  options.cancel = &cancel;
  int threads = 0;  // with the one that cancels and the one that connects
  std::thread canceller([&cancel, &threads] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    threads = ThreadsOfThisProcess();
    cancel.Cancel(MakeError(Failure::kInterrupted, "interrupted"));
  });
  EXPECT_THAT(Connection::Open(options), FailsWith(Failure::kInterrupted));
  canceller.join();
  server.reset();
  const Stopwatch clock;
  while (ThreadsOfThisProcess() > threads - 2 && clock.seconds() < 60)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(ThreadsOfThisProcess(), threads - 2);
}

TEST(ConnectionOpen, ConnectTimeoutOfTheUserCounts) {
  const SilentServer server;
  ConnectOptions options;
  options.parameters = {
      {"host", "127.0.0.1"}, {"port", server.port()}, {"connect_timeout", "2"}};
  const Stopwatch clock;
  EXPECT_THAT(Connection::Open(options), FailsWith(Failure::kConnect));
  EXPECT_LT(clock.seconds(), 5);
}

TEST(ConnectionOpen, CancelledTokenConnectsNowhere) {
  CancelToken cancel;
  cancel.Cancel(MakeError(Failure::kTerminated, "terminated"));
  ConnectOptions options;
  options.cancel = &cancel;
  EXPECT_THAT(Connection::Open(options), FailsWith(Failure::kTerminated));
}

}  // namespace
}  // namespace pgbale::pg

#include "tests/support/command.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "gtest/gtest.h"

namespace pgbale {
namespace {

constexpr double kSecondsMax = 120;

struct Pipe {
  Pipe() {
    if (pipe2(ends.data(), O_CLOEXEC) != 0) std::abort();
  }
  ~Pipe() {
    CloseRead();
    CloseWrite();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int read_end() const { return ends[0]; }
  int write_end() const { return ends[1]; }
  void CloseRead() { Close(ends[0]); }
  void CloseWrite() { Close(ends[1]); }

  std::array<int, 2> ends{};

 private:
  static void Close(int& fd) {
    if (fd >= 0) close(fd);
    fd = -1;
  }
};

std::vector<std::string> MakeEnvironment(const Environment& added) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    bool replaced = false;
    for (const auto& [name, value] : added)
      replaced = replaced || absl::StartsWith(*entry, absl::StrCat(name, "="));
    if (!replaced) all.emplace_back(*entry);
  }
  for (const auto& [name, value] : added)
    all.push_back(absl::StrCat(name, "=", value));
  return all;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Reads what is there into `text`; closes the pipe at its end.
void ReadSome(Pipe& pipe, std::string& text) {
  std::array<char, 65536> buffer;
  const ssize_t got = read(pipe.read_end(), buffer.data(), buffer.size());
  if (got > 0)
    text.append(buffer.data(), static_cast<size_t>(got));
  else if (got == 0 || errno != EINTR)
    pipe.CloseRead();
}

// Writes some of `input`; closes the pipe when all is written or nobody
// reads it.
void WriteSome(Pipe& pipe, absl::string_view& input) {
  const ssize_t put = write(pipe.write_end(), input.data(), input.size());
  if (put >= 0) input.remove_prefix(static_cast<size_t>(put));
  if (input.empty() || (put < 0 && errno != EAGAIN && errno != EINTR))
    pipe.CloseWrite();
}

void Exchange(pid_t pid, absl::string_view input, Pipe& in, Pipe& out,
              Pipe& err, CommandResult& result) {
  const Stopwatch clock;
  if (input.empty()) in.CloseWrite();
  while (out.read_end() >= 0 || err.read_end() >= 0) {
    // poll() passes over negative descriptors.
    std::array<pollfd, 3> fds = {pollfd{in.write_end(), POLLOUT, 0},
                                 pollfd{out.read_end(), POLLIN, 0},
                                 pollfd{err.read_end(), POLLIN, 0}};
    poll(fds.data(), fds.size(), 1000);
    if (fds[0].revents != 0) WriteSome(in, input);
    if (fds[1].revents != 0) ReadSome(out, result.out);
    if (fds[2].revents != 0) ReadSome(err, result.err);
    if (clock.seconds() > kSecondsMax) {
      kill(pid, SIGKILL);
      return;
    }
  }
}

}  // namespace

CommandResult RunCommand(const std::vector<std::string>& argv,
                         const Environment& environment,
                         absl::string_view input) {
  CommandResult result;
  Pipe in, out, err;
  fcntl(in.write_end(), F_SETFL, O_NONBLOCK);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.read_end(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.write_end(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.write_end(), STDERR_FILENO);
  std::vector<std::string> arguments = argv;
  std::vector<std::string> variables = MakeEnvironment(environment);
  pid_t pid = 0;
  const int error =
      posix_spawnp(&pid, argv[0].c_str(), &actions, nullptr,
                   Pointers(arguments).data(), Pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    ADD_FAILURE() << "cannot run " << argv[0] << ": error " << error;
    return result;
  }
  in.CloseRead();
  out.CloseWrite();
  err.CloseWrite();
  // A program that ends without reading its input must not end us.
  const auto previous = std::signal(SIGPIPE, SIG_IGN);
  Exchange(pid, input, in, out, err, result);
  std::signal(SIGPIPE, previous);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  result.exit_code =
      WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

}  // namespace pgbale

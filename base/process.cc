#include "base/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "base/clock.h"
#include "base/io/descriptor.h"
#include "base/status.h"
#include "base/text.h"

namespace pgbale {
namespace {

constexpr double kPatienceSeconds = 10;
constexpr int kPollMs = 200;
constexpr size_t kTextOctetsMax = 1 << 20;

struct Pipe {
  Descriptor read_end, write_end;
};

absl::StatusOr<Pipe> OpenPipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    return MakeError(Failure::kError,
                     absl::StrCat("cannot open a pipe: ", strerror(errno)));
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

std::vector<std::string> EnvironmentFor(const ProcessOptions& options) {
  std::vector<std::string> all;
  const auto names = [](const char* entry, const std::string& name) {
    return absl::StartsWith(entry, absl::StrCat(name, "="));
  };
  for (char** entry = environ; *entry != nullptr; ++entry) {
    bool gone = false;
    for (const auto& [name, value] : options.set)
      gone = gone || names(*entry, name);
    for (const std::string& name : options.unset)
      gone = gone || names(*entry, name);
    if (!gone) all.emplace_back(*entry);
  }
  for (const auto& [name, value] : options.set)
    all.push_back(absl::StrCat(name, "=", value));
  return all;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

absl::StatusOr<pid_t> Spawn(const ProcessOptions& options, const Pipe& out,
                            const Pipe& err) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  const absl::Cleanup destroy = [&] {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  };
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null",
                                   O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out.write_end.get(),
                                   STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.write_end.get(),
                                   STDERR_FILENO);
  // What this process blocks and ignores is its own affair.
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK |
                                            POSIX_SPAWN_SETSIGDEF |
                                            POSIX_SPAWN_SETPGROUP);
  std::vector<std::string> words = options.words;
  std::vector<std::string> variables = EnvironmentFor(options);
  pid_t pid = 0;
  const int error =
      posix_spawnp(&pid, words[0].c_str(), &actions, &attributes,
                   Pointers(words).data(), Pointers(variables).data());
  if (error == 0) return pid;
  return MakeError(Failure::kError,
                   absl::StrCat("cannot run ", Quoted(options.words[0]), ": ",
                                strerror(error)));
}

// Reads what is there; closes the pipe at its end.
void ReadSome(Descriptor& pipe, std::string& text) {
  std::array<char, 65536> buffer;
  const ssize_t got = read(pipe.get(), buffer.data(), buffer.size());
  if (got > 0)
    text.append(buffer.data(), static_cast<size_t>(got));
  else if (got == 0 || errno != EINTR)
    pipe.Close();
  if (text.size() > 2 * kTextOctetsMax)
    text.erase(0, text.size() - kTextOctetsMax);
}

// Reads both until their end; ends the group when cancelled.
void Attend(pid_t pid, Descriptor& out, Descriptor& err,
            const CancelToken& cancel, ProcessOutcome& outcome) {
  std::optional<Stopwatch> cancelled;
  while (out.valid() || err.valid()) {
    // poll() passes over negative descriptors.
    std::array<pollfd, 2> fds = {pollfd{out.get(), POLLIN, 0},
                                 pollfd{err.get(), POLLIN, 0}};
    poll(fds.data(), fds.size(), kPollMs);
    if (fds[0].revents != 0) ReadSome(out, outcome.out);
    if (fds[1].revents != 0) ReadSome(err, outcome.err);
    if (!cancel.cancelled()) continue;
    if (!cancelled.has_value()) {
      cancelled.emplace();
      kill(-pid, SIGTERM);
    } else if (cancelled->seconds() > kPatienceSeconds) {
      kill(-pid, SIGKILL);
    }
  }
}

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) +
         static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

absl::StatusOr<ProcessOutcome> RunProcess(const ProcessOptions& options,
                                          CancelToken& cancel) {
  RETURN_IF_ERROR(cancel.Check());
  ASSIGN_OR_RETURN(Pipe out, OpenPipe());
  ASSIGN_OR_RETURN(Pipe err, OpenPipe());
  const Stopwatch clock;
  ASSIGN_OR_RETURN(const pid_t pid, Spawn(options, out, err));
  out.write_end.Close();
  err.write_end.Close();
  ProcessOutcome outcome;
  Attend(pid, out.read_end, err.read_end, cancel, outcome);
  int status = 0;
  rusage usage{};
  while (wait4(pid, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  outcome.seconds = clock.seconds();
  RETURN_IF_ERROR(cancel.Check());
  outcome.exit_code =
      WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  outcome.cpu_seconds = Seconds(usage.ru_utime) + Seconds(usage.ru_stime);
  outcome.peak_bytes = static_cast<uint64_t>(usage.ru_maxrss) * 1024;
  return outcome;
}

std::string CommandText(const std::vector<std::string>& words) {
  constexpr absl::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
      "+,-./:=@_";
  std::vector<std::string> texts;
  for (const std::string& word : words) {
    const bool plain =
        !word.empty() && absl::string_view(word).find_first_not_of(kPlain) ==
                             absl::string_view::npos;
    texts.push_back(
        plain ? word
              : absl::StrCat("'", absl::StrReplaceAll(word, {{"'", "'\\''"}}),
                             "'"));
  }
  return absl::StrJoin(texts, " ");
}

std::optional<std::string> FindProgram(const std::string& name) {
  const char* path = std::getenv("PATH");
  for (absl::string_view folder :
       absl::StrSplit(path == nullptr ? "" : path, ':', absl::SkipEmpty())) {
    const std::string file = absl::StrCat(folder, "/", name);
    std::error_code ignored;
    if (access(file.c_str(), X_OK) == 0 &&
        std::filesystem::is_regular_file(file, ignored))
      return file;
  }
  return std::nullopt;
}

}  // namespace pgbale

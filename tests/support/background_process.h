// A program that runs while a test goes on.

#ifndef PGBALE_TESTS_SUPPORT_BACKGROUND_PROCESS_H_
#define PGBALE_TESTS_SUPPORT_BACKGROUND_PROCESS_H_

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "base/clock.h"
#include "gtest/gtest.h"
#include "tests/support/command.h"

namespace pgbale {

// Killed, if it still runs, when this object goes.
class BackgroundProcess {
 public:
  // Its output goes where the test's goes.
  BackgroundProcess(const std::vector<std::string>& argv,
                    const Environment& environment) {
    std::vector<std::string> words = {"env"};
    for (const auto& [name, value] : environment)
      words.push_back(name + "=" + value);
    words.insert(words.end(), argv.begin(), argv.end());
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    pid_ = fork();
    if (pid_ != 0) return;
    execvp(pointers[0], pointers.data());
    _exit(127);
  }
  ~BackgroundProcess() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  BackgroundProcess(const BackgroundProcess&) = delete;
  BackgroundProcess& operator=(const BackgroundProcess&) = delete;

  void Signal(int number) const { kill(pid_, number); }

  // The exit code (128 + the signal that ended it), or -1 if it still runs
  // after `seconds_max`.
  int Wait(double seconds_max = 200) {
    const Stopwatch waited;
    int status = 0;
    while (waitpid(pid_, &status, WNOHANG) == 0) {
      if (waited.seconds() > seconds_max) return -1;
      usleep(10000);
    }
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  pid_t pid_;
};

}  // namespace pgbale

#endif  // PGBALE_TESTS_SUPPORT_BACKGROUND_PROCESS_H_

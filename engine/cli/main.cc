// The process: arguments, signals, and the last resort for exceptions.

#include <signal.h>
#include <unistd.h>

#include <exception>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/cancel.h"
#include "base/status.h"
#include "engine/cli/report.h"
#include "engine/cli/run.h"
#include "engine/cli/terminal.h"

namespace pgbale {
namespace {

// Turns the first signal into a cancelled token, so that the command ends
// cleanly; after a second one it has some seconds left for that.
//
// A thread of its own waits for signals: nothing runs in a signal handler.
class SignalWatcher {
 public:
  // Before any other thread starts: they inherit the mask.
  explicit SignalWatcher(CancelToken& cancel) : cancel_(cancel) {
    sigemptyset(&signals_);
    for (int number : {SIGINT, SIGTERM, SIGHUP, kEnd})
      sigaddset(&signals_, number);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    // A closed pipe is an error of write, not the end.
    signal(SIGPIPE, SIG_IGN);
    // So is a file that may not grow (ulimit -f).
    signal(SIGXFSZ, SIG_IGN);
    thread_ = std::thread([this] { Watch(); });
  }
  ~SignalWatcher() {
    pthread_kill(thread_.native_handle(), kEnd);
    thread_.join();
  }
  SignalWatcher(const SignalWatcher&) = delete;
  SignalWatcher& operator=(const SignalWatcher&) = delete;

 private:
  // Sent by the destructor, to this thread only.
  static constexpr int kEnd = SIGUSR1;

  // For what ends cleanly: the partial file goes, the server's processes end.
  static constexpr timespec kPatience = {.tv_sec = 5, .tv_nsec = 0};

  void Watch() {
    int number = 0;
    while (sigwait(&signals_, &number) == 0 && number != kEnd) {
      const Failure failure =
          number == SIGINT ? Failure::kInterrupted : Failure::kTerminated;
      if (signalled_) WaitForEnd(failure);
      if (signalled_) return;
      signalled_ = true;
      cancel_.Cancel(MakeError(
          failure, absl::StrCat("stopped by SIG", sigabbrev_np(number))));
    }
  }

  // Ends the process if nothing else does.
  void WaitForEnd(Failure failure) {
    sigset_t end;
    sigemptyset(&end);
    sigaddset(&end, kEnd);
    if (sigtimedwait(&end, nullptr, &kPatience) != kEnd)
      _exit(static_cast<int>(failure));
  }

  CancelToken& cancel_;
  sigset_t signals_;
  bool signalled_ = false;
  std::thread thread_;
};

int Main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (HidePasswords(argc, argv)) {
    PrintErr(
        "pgbale: warning: a password on the command line can be seen by "
        "others\n"
        "HINT: Put it into ~/.pgpass or the environment variable "
        "PGPASSWORD.\n");
  }
  CancelToken cancel;
  const SignalWatcher watcher(cancel);
  return RunCommandLine(words, cancel);
}

}  // namespace
}  // namespace pgbale

int main(int argc, char** argv) {
  try {
    return pgbale::Main(argc, argv);
  } catch (const std::exception& error) {
    // Memory that cannot be had, above all.
    pgbale::PrintErr(absl::StrCat("pgbale: error: ", error.what(), "\n"));
    return 1;
  }
}

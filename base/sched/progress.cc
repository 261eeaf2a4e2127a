#include "base/sched/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "base/text.h"

namespace pgbale {
namespace {

constexpr int64_t kRedrawMs = 500;
constexpr int64_t kLineMs = 10'000;
// The rate shown is that of the last seconds: long enough to be calm, short
// enough to show that something stalls.
constexpr double kRateSeconds = 10;

bool IsTerminal() {
  const char* term = std::getenv("TERM");
  return isatty(STDERR_FILENO) == 1 && term != nullptr &&
         absl::string_view(term) != "dumb";
}

size_t TerminalColumns() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20)
    return 80;
  return size.ws_col;
}

// Octets per second over the last kRateSeconds.
class Rate {
 public:
  double Update(double seconds, uint64_t bytes) {
    samples_.push_back({seconds, bytes});
    while (samples_.size() > 2 &&
           seconds - samples_.front().seconds > kRateSeconds)
      samples_.pop_front();
    const double elapsed = seconds - samples_.front().seconds;
    if (elapsed <= 0) return 0;
    return static_cast<double>(bytes - samples_.front().bytes) / elapsed;
  }

 private:
  struct Sample {
    double seconds;
    uint64_t bytes;
  };
  std::deque<Sample> samples_{{0, 0}};
};

}  // namespace

std::string ProgressLine(const Progress& progress, absl::string_view verb,
                         double bytes_per_second) {
  const uint64_t done = progress.raw_bytes.load();
  const uint64_t total = progress.raw_bytes_total.load();
  const uint64_t jobs_total = progress.jobs_total.load();
  std::string line = absl::StrCat(verb, ": ");
  if (total > 0) {
    // The total is an estimate; what exceeds it is not shown as 101 %.
    const uint64_t shown = done < total ? done : total;
    const double share =
        static_cast<double>(shown) / static_cast<double>(total);
    absl::StrAppend(&line, static_cast<int>(share * 100), " %, ",
                    HumanBytes(done), " of ", HumanBytes(total));
  } else {
    absl::StrAppend(&line, HumanBytes(done));
  }
  if (bytes_per_second >= 1)
    absl::StrAppend(&line, ", ",
                    HumanBytes(static_cast<uint64_t>(bytes_per_second)), "/s");
  if (jobs_total > 0)
    absl::StrAppend(&line, ", ", progress.jobs_done.load(), " of ", jobs_total,
                    " jobs");
  if (total > done && bytes_per_second >= 1)
    absl::StrAppend(&line, ", ",
                    HumanDuration(std::ceil(static_cast<double>(total - done) /
                                            bytes_per_second)),
                    " left");
  return line;
}

class ProgressDisplay::Impl {
 public:
  Impl(const Progress& progress, std::string verb)
      : progress_(progress),
        verb_(std::move(verb)),
        terminal_(IsTerminal()),
        thread_([this] { Run(); }) {}

  ~Impl() {
    {
      MutexLock lock(mu_);
      ended_ = true;
      changed_.SignalAll();
    }
    thread_.join();
  }

 private:
  void Run() {
    while (WaitForNext()) Show();
    if (shown_ && terminal_) std::fputs("\r\x1b[K", stderr);
  }

  // False once the display has ended.
  bool WaitForNext() {
    MutexLock lock(mu_);
    const double wait_ms = static_cast<double>(terminal_ ? kRedrawMs : kLineMs);
    const Stopwatch waited;
    while (!ended_) {
      const double left_ms = wait_ms - waited.seconds() * 1000;
      if (left_ms <= 0) return true;
      changed_.WaitFor(mu_, static_cast<int64_t>(left_ms) + 1);
    }
    return false;
  }

  void Show() {
    const double bytes_per_second =
        rate_.Update(clock_.seconds(), progress_.raw_bytes.load());
    std::string line = ProgressLine(progress_, verb_, bytes_per_second);
    if (terminal_) {
      // A line that wraps could not be drawn over.
      line.resize(std::min(line.size(), TerminalColumns() - 1));
      absl::FPrintF(stderr, "\r%s\x1b[K", line);
    } else {
      absl::FPrintF(stderr, "%s\n", line);
    }
    std::fflush(stderr);
    shown_ = true;
  }

  const Progress& progress_;
  const std::string verb_;
  const bool terminal_;
  const Stopwatch clock_;
  // These two belong to the thread.
  Rate rate_;
  bool shown_ = false;

  Mutex mu_;
  CondVar changed_;
  bool ended_ ABSL_GUARDED_BY(mu_) = false;
  std::thread thread_;
};

ProgressDisplay::ProgressDisplay(const Progress& progress, std::string verb,
                                 bool quiet) {
  if (!quiet) impl_ = std::make_unique<Impl>(progress, std::move(verb));
}

ProgressDisplay::~ProgressDisplay() = default;

}  // namespace pgbale

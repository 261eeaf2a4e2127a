#include "engine/bench/server_clock.h"

#include <unistd.h>

#include <fstream>
#include <initializer_list>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace pgbale {
namespace {

// Fields of /proc/PID/stat, counted from 1 (proc(5)).
constexpr size_t kParent = 4;
constexpr size_t kUserTime = 14, kSystemTime = 15;
constexpr size_t kChildrenUserTime = 16, kChildrenSystemTime = 17;

// Backends that end while one looks are counted twice or not at all: then one
// looks again, not for ever.
constexpr int kTries = 20;

// Empty if there is no such process, or no longer: a read fails with ESRCH if
// it ends after the file was opened, which the stream takes, and an iterator
// over its buffer would throw.
std::string ReadProc(pid_t process, absl::string_view file) {
  const std::ifstream in(absl::StrCat("/proc/", process, "/", file));
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// The sum of some fields; nullopt if there is no such process.
std::optional<int64_t> FieldsOf(pid_t process,
                                std::initializer_list<size_t> fields) {
  const std::string stat = ReadProc(process, "stat");
  // Behind the name, which may hold blanks: the third field and all others.
  const size_t end = stat.rfind(')');
  if (end == std::string::npos) return std::nullopt;
  const std::vector<std::string> words =
      absl::StrSplit(stat.substr(end + 1), ' ', absl::SkipWhitespace());
  int64_t sum = 0;
  for (const size_t field : fields) {
    int64_t value = 0;
    if (field - 3 >= words.size() ||
        !absl::SimpleAtoi(words[field - 3], &value))
      return std::nullopt;
    sum += value;
  }
  return sum;
}

std::vector<pid_t> ChildrenOf(pid_t process) {
  std::vector<pid_t> children;
  const std::string list =
      ReadProc(process, absl::StrCat("task/", process, "/children"));
  for (absl::string_view word :
       absl::StrSplit(list, ' ', absl::SkipWhitespace())) {
    pid_t child = 0;
    if (absl::SimpleAtoi(word, &child)) children.push_back(child);
  }
  return children;
}

}  // namespace

std::optional<ServerClock> ServerClock::Find(pg::Connection& connection) {
  const absl::StatusOr<pg::Result> names =
      connection.Query("SELECT session_user, pg_catalog.current_database()");
  if (!names.ok()) return std::nullopt;
  const pid_t backend = connection.backend_pid();
  const std::string title = ReadProc(backend, "cmdline");
  const std::string expected =
      absl::StrCat(names->row(0).text(0), " ", names->row(0).text(1), " ");
  if (!absl::StartsWith(title, "postgres:") ||
      !absl::StrContains(title, expected))
    return std::nullopt;
  const std::optional<int64_t> parent = FieldsOf(backend, {kParent});
  if (!parent.has_value() || *parent <= 1) return std::nullopt;
  const ServerClock clock(static_cast<pid_t>(*parent));
  if (ChildrenOf(clock.postmaster_).empty()) return std::nullopt;
  return clock;
}

std::optional<double> ServerClock::Read() const {
  static const double ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  std::optional<int64_t> sum;
  for (int i = 0; i < kTries; ++i) {
    const std::vector<pid_t> children = ChildrenOf(postmaster_);
    sum = FieldsOf(postmaster_, {kUserTime, kSystemTime, kChildrenUserTime,
                                 kChildrenSystemTime});
    if (!sum.has_value()) return std::nullopt;
    for (const pid_t child : children)
      *sum += FieldsOf(child, {kUserTime, kSystemTime}).value_or(0);
    if (ChildrenOf(postmaster_) == children) break;
  }
  return static_cast<double>(*sum) / ticks;
}

}  // namespace pgbale

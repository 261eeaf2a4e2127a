#include "restore/findings.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"

namespace pgbale {

void Findings::Block(std::string problem, absl::string_view hint) {
  problems.push_back(std::move(problem));
  if (!hint.empty()) hints.insert(std::string(hint));
}

void Findings::Lack(std::string problem, absl::string_view hint) {
  if (tolerant)
    lacks.push_back(std::move(problem));
  else
    Block(std::move(problem), hint);
}

void Findings::Add(const Findings& others) {
  const auto append = [](const std::vector<std::string>& from,
                         std::vector<std::string>& to) {
    to.insert(to.end(), from.begin(), from.end());
  };
  append(others.problems, problems);
  append(others.lacks, lacks);
  append(others.warnings, warnings);
  hints.insert(others.hints.begin(), others.hints.end());
}

absl::Status Findings::Verdict() const {
  if (problems.empty()) return absl::OkStatus();
  return WithHint(
      MakeError(
          Failure::kError,
          absl::StrCat("the target is not ready, nothing was written:\n  ",
                       absl::StrJoin(problems, "\n  "))),
      absl::StrJoin(hints, " "));
}

}  // namespace pgbale

// What is found before a restore writes, one line each.
//
// Thread-compatible.

#ifndef PGBALE_RESTORE_FINDINGS_H_
#define PGBALE_RESTORE_FINDINGS_H_

#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace pgbale {

struct Findings {
  // The restore goes on after errors: what only some objects need is no
  // problem but a lack.
  bool tolerant = false;
  // The restore would not begin.
  std::vector<std::string> problems;
  // It would leave something out. Only if tolerant.
  std::vector<std::string> lacks;
  // What may still go well, or differ afterwards.
  std::vector<std::string> warnings;
  // What to do about problems, a sentence each.
  std::set<std::string> hints;

  void Block(std::string problem, absl::string_view hint);
  // Of what only some objects need.
  void Lack(std::string problem, absl::string_view hint);

  void Add(const Findings& others);

  // kError with all problems and hints; OK if there are none.
  absl::Status Verdict() const;
};

}  // namespace pgbale

#endif  // PGBALE_RESTORE_FINDINGS_H_

// psql's object name patterns ("sales.*", "a?b", "\"Mixed\".t"), as
// regular expressions for the server to match.
//
// Rules (psql documentation, "Patterns"): letters outside double quotes fold
// to lower case; * is any characters, ? any one; a dot separates the parts;
// other regular-expression characters keep their meaning outside quotes, save
// $, which is literal; in quotes everything is literal and "" is a quote.

#ifndef PGBALE_BASE_PATTERN_H_
#define PGBALE_BASE_PATTERN_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace pgbale {

struct NamePattern {
  std::string text;      // as the user wrote it
  std::string database;  // each part an anchored regex "^(...)$", or ""
  std::string schema;
  std::string name;
};

// Splits at unquoted dots into at most `parts` parts (1 name, 2 schema.name,
// 3 database.schema.name). InvalidArgument (usage) for too many dots or an
// open quote.
absl::StatusOr<NamePattern> ParsePattern(absl::string_view text, int parts);

// True if `name` matches `regex`, a part made by ParsePattern; matched here
// with the same meaning as the server's for *, ?, literals, bracket
// expressions and alternation. An empty regex matches everything.
bool MatchesPattern(absl::string_view regex, absl::string_view name);

}  // namespace pgbale

#endif  // PGBALE_BASE_PATTERN_H_

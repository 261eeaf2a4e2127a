// The words, names, constants and signs of a condition.
//
// Pure functions; any thread.

#ifndef PGBALE_FORMAT_CONDITION_TOKENS_H_
#define PGBALE_FORMAT_CONDITION_TOKENS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace pgbale {

struct ConditionToken {
  enum class Kind {
    kWord,    // in lower case; not quoted
    kName,    // was quoted
    kNumber,  // digits, with a fraction or not
    kText,    // what the quotes hold
    kSign,    // "(", "::", ">=", …; "!=" is "<>"
    kOther,   // what nothing is made of
    kEnd,
  };

  Kind kind = Kind::kEnd;
  std::string text = {};

  bool IsWord(absl::string_view word) const {
    return kind == Kind::kWord && text == word;
  }
  bool IsSign(absl::string_view sign) const {
    return kind == Kind::kSign && text == sign;
  }
};

// With a kEnd behind the last. nullopt for what is cut otherwise than words and
// signs are: comments, dollar quotes, escapes, quotes that stay open.
std::optional<std::vector<ConditionToken>> ConditionTokens(
    absl::string_view sql);

}  // namespace pgbale

#endif  // PGBALE_FORMAT_CONDITION_TOKENS_H_

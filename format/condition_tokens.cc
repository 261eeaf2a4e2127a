#include "format/condition_tokens.h"

#include <cstddef>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace pgbale {
namespace {

using Kind = ConditionToken::Kind;

constexpr absl::string_view kOperatorCharacters = "+-*/<>=~!@#%^&|`?";
// Without one of these, an operator does not end in a sign of a number.
constexpr absl::string_view kSpecialCharacters = "~!@#%^&|`?";

bool IsHigh(char c) { return (static_cast<unsigned char>(c) & 0x80) != 0; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsWordStart(char c) {
  return absl::ascii_isalpha(static_cast<unsigned char>(c)) || c == '_' ||
         IsHigh(c);
}
bool IsWordPart(char c) { return IsWordStart(c) || IsDigit(c) || c == '$'; }
bool IsOperator(char c) { return absl::StrContains(kOperatorCharacters, c); }

class Lexer {
 public:
  explicit Lexer(absl::string_view sql) : rest_(sql) {}

  std::optional<std::vector<ConditionToken>> Run() {
    while (true) {
      SkipBlanks();
      if (rest_.empty()) break;
      if (!TakeToken()) return std::nullopt;
    }
    tokens_.push_back({Kind::kEnd});
    return std::move(tokens_);
  }

 private:
  // The blanks of PostgreSQL.
  void SkipBlanks() {
    while (!rest_.empty() &&
           absl::StrContains(absl::string_view(" \t\n\r\f\v"), rest_[0]))
      rest_.remove_prefix(1);
  }

  bool TakeToken() {
    const char c = rest_[0];
    if (c == '\'') return TakeQuoted('\'', Kind::kText);
    if (c == '"') return TakeQuoted('"', Kind::kName);
    if (c == '$' || c == '\\' || c == '\0') return false;
    if (IsWordStart(c)) return TakeWord();
    if (IsDigit(c)) return TakeNumber();
    if (IsOperator(c)) return TakeOperator();
    if (absl::StartsWith(rest_, "::")) return Take(Kind::kSign, 2);
    return Take(Kind::kSign, 1);
  }

  bool Take(Kind kind, size_t octets) {
    tokens_.push_back({kind, std::string(rest_.substr(0, octets))});
    rest_.remove_prefix(octets);
    return true;
  }

  bool TakeQuoted(char quote, Kind kind) {
    std::string text;
    for (size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] != quote) {
        text += rest_[i];
      } else if (i + 1 < rest_.size() && rest_[i + 1] == quote) {
        text += rest_[i++];
      } else {
        rest_.remove_prefix(i + 1);
        tokens_.push_back({kind, std::move(text)});
        return true;
      }
    }
    return false;
  }

  // E'…', U&'…', U&"…" and the like have escapes, or are other types.
  bool TakeWord() {
    size_t octets = 0;
    bool high = false;
    for (; octets < rest_.size() && IsWordPart(rest_[octets]); ++octets)
      high = high || IsHigh(rest_[octets]);
    const std::string word = absl::AsciiStrToLower(rest_.substr(0, octets));
    const absl::string_view behind = rest_.substr(octets);
    if (word.size() == 1 && absl::StartsWith(behind, "'")) return false;
    if (word == "u" &&
        (absl::StartsWith(behind, "&'") || absl::StartsWith(behind, "&\"")))
      return false;
    rest_.remove_prefix(octets);
    // What the server folds of other letters depends on its encoding.
    tokens_.push_back({high ? Kind::kOther : Kind::kWord, word});
    return true;
  }

  bool TakeNumber() {
    size_t octets = 0;
    const auto take_digits = [&] {
      while (octets < rest_.size() && IsDigit(rest_[octets])) ++octets;
    };
    take_digits();
    if (octets + 1 < rest_.size() && rest_[octets] == '.' &&
        IsDigit(rest_[octets + 1])) {
      ++octets;
      take_digits();
    }
    const size_t end = octets;
    while (octets < rest_.size() &&
           (IsWordPart(rest_[octets]) || rest_[octets] == '.'))
      ++octets;
    return Take(octets == end ? Kind::kNumber : Kind::kOther, octets);
  }

  // As PostgreSQL cuts them: "=-5" is "=" and "-5".
  bool TakeOperator() {
    size_t octets = 0;
    while (octets < rest_.size() && IsOperator(rest_[octets])) ++octets;
    const absl::string_view run = rest_.substr(0, octets);
    if (absl::StrContains(run, "--") || absl::StrContains(run, "/*"))
      return false;
    if (run.find_first_of(kSpecialCharacters) == absl::string_view::npos)
      while (octets > 1 && (run[octets - 1] == '+' || run[octets - 1] == '-'))
        --octets;
    Take(Kind::kSign, octets);
    if (tokens_.back().text == "!=") tokens_.back().text = "<>";
    return true;
  }

  absl::string_view rest_;
  std::vector<ConditionToken> tokens_;
};

}  // namespace

std::optional<std::vector<ConditionToken>> ConditionTokens(
    absl::string_view sql) {
  return Lexer(sql).Run();
}

}  // namespace pgbale

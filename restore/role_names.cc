#include "restore/role_names.h"

#include <array>
#include <cstddef>
#include <optional>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"

namespace pgbale {
namespace {

struct Token {
  std::string text;     // a quoted name without its quotes
  bool quoted = false;  // a name, whatever it looks like

  bool Is(absl::string_view word) const {
    return !quoted && absl::AsciiStrToUpper(text) == word;
  }
};

bool IsWordOctet(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' ||
         c == '$' || (static_cast<unsigned char>(c) & 0x80) != 0;
}

// Words, quoted names and single characters of a statement; what stands in
// brackets (columns, arguments) and literals are left out.
class Tokens {
 public:
  explicit Tokens(absl::string_view text) : text_(text) {}

  std::optional<Token> Next() {
    while (pos_ < text_.size()) {
      const char c = text_[pos_];
      if (c == '(') ++depth_;
      if (c == ')') --depth_;
      if (c == '\'') {
        Quoted();
      } else if (c == '"') {
        Token name = {Quoted(), true};
        if (depth_ == 0) return name;
      } else if (IsWordOctet(c)) {
        Token word = {Word(), false};
        if (depth_ == 0) return word;
      } else {
        ++pos_;
        if (c == ',' && depth_ == 0) return Token{",", false};
      }
    }
    return std::nullopt;
  }

 private:
  std::string Word() {
    const size_t begin = pos_;
    while (pos_ < text_.size() && IsWordOctet(text_[pos_])) ++pos_;
    return std::string(text_.substr(begin, pos_ - begin));
  }

  // From one quote to the next; a doubled one stands for itself.
  std::string Quoted() {
    const char quote = text_[pos_++];
    std::string name;
    for (; pos_ < text_.size(); ++pos_) {
      if (text_[pos_] == quote) {
        ++pos_;
        if (pos_ == text_.size() || text_[pos_] != quote) break;
      }
      name += text_[pos_];
    }
    return name;
  }

  const absl::string_view text_;
  size_t pos_ = 0;
  int depth_ = 0;
};

bool IsRole(const Token& token) {
  constexpr auto kNoRoles = std::to_array<absl::string_view>(
      {"PUBLIC", "CURRENT_ROLE", "CURRENT_USER", "SESSION_USER"});
  return absl::c_none_of(
      kNoRoles, [&token](absl::string_view word) { return token.Is(word); });
}

}  // namespace

std::vector<std::string> RolesNamedBy(absl::string_view statement) {
  std::vector<std::string> roles;
  Tokens tokens(statement);
  bool expected = false;  // the next token is a role
  bool listed = false;    // the last one was: a comma leads to another
  bool for_seen = false;
  while (const std::optional<Token> token = tokens.Next()) {
    if (token->Is("GROUP") && expected) continue;
    if (expected && !token->Is(",")) {
      if (IsRole(*token)) roles.push_back(token->text);
      expected = false;
      listed = true;
      continue;
    }
    expected = (listed && token->Is(",")) || token->Is("TO") ||
               token->Is("FROM") || (for_seen && token->Is("ROLE"));
    listed = false;
    for_seen = token->Is("FOR");
  }
  return roles;
}

}  // namespace pgbale

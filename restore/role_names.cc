#include "restore/role_names.h"

#include <array>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/pg/quote.h"

namespace pgbale {
namespace {

struct Token {
  std::string text;     // a quoted name without its quotes
  bool quoted = false;  // a name, whatever it looks like
  size_t begin = 0;     // in the statement, with quotes
  size_t end = 0;

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
      const size_t begin = pos_;
      if (c == '(') ++depth_;
      if (c == ')') --depth_;
      if (c == '\'') {
        Quoted();
      } else if (c == '"') {
        Token name = {Quoted(), true, begin, 0};
        name.end = pos_;
        if (depth_ == 0) return name;
      } else if (IsWordOctet(c)) {
        Token word = {Word(), false, begin, 0};
        word.end = pos_;
        if (depth_ == 0) return word;
      } else {
        ++pos_;
        if (c == ',' && depth_ == 0) return Token{",", false, begin, pos_};
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

// One name of a role in a statement.
struct RoleName {
  std::string name;  // raw
  size_t begin = 0;
  size_t end = 0;
  bool in_list = false;  // others may stand beside it
};

bool Begins(const std::vector<Token>& tokens,
            std::initializer_list<absl::string_view> words) {
  size_t i = 0;
  for (const absl::string_view word : words)
    if (i == tokens.size() || !tokens[i++].Is(word)) return false;
  return true;
}

std::vector<Token> AllTokens(absl::string_view statement) {
  std::vector<Token> all;
  Tokens tokens(statement);
  while (std::optional<Token> token = tokens.Next())
    all.push_back(*std::move(token));
  return all;
}

// The role that stands at one place of the statement.
std::vector<RoleName> RoleAt(const std::vector<Token>& tokens, size_t place) {
  if (place >= tokens.size() || !IsRole(tokens[place])) return {};
  const Token& token = tokens[place];
  return {{token.text, token.begin, token.end, false}};
}

// Behind TO, FROM, FOR ROLE and GRANTED BY.
std::vector<RoleName> RolesBehindWords(const std::vector<Token>& tokens) {
  std::vector<RoleName> roles;
  bool expected = false;  // the next token is a role
  bool listed = false;    // the last one was: a comma leads to another
  bool in_list = false;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    if (token.Is("GROUP") && expected) continue;
    if (expected && !token.Is(",")) {
      if (IsRole(token))
        roles.push_back({token.text, token.begin, token.end, in_list});
      expected = false;
      listed = true;
      continue;
    }
    const bool more = listed && token.Is(",");
    const bool single =
        i > 0 && ((tokens[i - 1].Is("FOR") && token.Is("ROLE")) ||
                  (tokens[i - 1].Is("GRANTED") && token.Is("BY")));
    const bool list = token.Is("TO") || token.Is("FROM");
    if (single || list) in_list = list;
    expected = more || single || list;
    listed = false;
  }
  return roles;
}

std::vector<RoleName> FindRoles(absl::string_view statement) {
  const std::vector<Token> tokens = AllTokens(statement);
  if (Begins(tokens, {"GRANT"}) || Begins(tokens, {"REVOKE"}) ||
      Begins(tokens, {"ALTER", "DEFAULT", "PRIVILEGES"}) ||
      Begins(tokens, {"CREATE", "POLICY"}))
    return RolesBehindWords(tokens);
  if (Begins(tokens, {"CREATE", "USER", "MAPPING", "FOR"}) ||
      Begins(tokens, {"DROP", "USER", "MAPPING", "FOR"}))
    return RoleAt(tokens, 4);
  if (Begins(tokens, {"DROP", "USER", "MAPPING", "IF", "EXISTS", "FOR"}))
    return RoleAt(tokens, 6);
  if (Begins(tokens, {"SET", "SESSION", "AUTHORIZATION"}))
    return RoleAt(tokens, 3);
  if (Begins(tokens, {"ALTER", "ROLE"})) return RoleAt(tokens, 2);
  return {};
}

// Few statements name roles, and those begin with one of these.
bool MayNameRoles(absl::string_view statement) {
  for (const absl::string_view word :
       {"GRANT ", "REVOKE ", "ALTER DEFAULT ", "CREATE POLICY ",
        "CREATE USER MAPPING ", "DROP USER MAPPING ", "SET SESSION ",
        "ALTER ROLE "})
    if (absl::StartsWithIgnoreCase(statement, word)) return true;
  return false;
}

}  // namespace

std::vector<std::string> RolesNamedBy(absl::string_view statement) {
  std::vector<std::string> names;
  if (!MayNameRoles(statement)) return names;
  for (RoleName& role : FindRoles(statement))
    names.push_back(std::move(role.name));
  return names;
}

std::string WithRolesMapped(absl::string_view statement, const RoleMap& map) {
  if (!MayNameRoles(statement)) return std::string(statement);
  std::string mapped;
  size_t done = 0;
  for (const RoleName& role : FindRoles(statement)) {
    const auto found = map.find(role.name);
    if (found == map.end()) continue;
    absl::StrAppend(&mapped, statement.substr(done, role.begin - done),
                    pg::QuoteIdentifier(found->second));
    done = role.end;
  }
  absl::StrAppend(&mapped, statement.substr(done));
  return mapped;
}

std::string WithoutRoles(absl::string_view statement,
                         const absl::flat_hash_set<std::string>& roles) {
  if (!MayNameRoles(statement)) return std::string(statement);
  std::vector<std::string> kept;
  size_t begin = 0, end = 0;  // of the list
  for (const RoleName& role : FindRoles(statement)) {
    if (!role.in_list) {
      if (roles.contains(role.name)) return "";
      continue;
    }
    if (end == 0) begin = role.begin;
    end = role.end;
    if (!roles.contains(role.name))
      kept.emplace_back(statement.substr(role.begin, role.end - role.begin));
  }
  if (end == 0) return std::string(statement);
  if (kept.empty()) return "";
  return absl::StrCat(statement.substr(0, begin), absl::StrJoin(kept, ", "),
                      statement.substr(end));
}

}  // namespace pgbale

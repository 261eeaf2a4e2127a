#include "format/condition.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "format/condition_tokens.h"

namespace pgbale {
namespace {

using Kind = Condition::Kind;
using Op = Condition::Op;
using Token = ConditionToken;

// Deeper ones are unknown; nobody writes so many by hand.
constexpr int kParenthesesMax = 100;

// Words that are a value of the session where they stand for themselves,
// whatever columns are called; and those that never are a column.
constexpr auto kNoColumns = std::to_array<absl::string_view>(
    {"current_catalog", "current_date", "current_role", "current_schema",
     "current_time", "current_timestamp", "current_user", "default", "false",
     "localtime", "localtimestamp", "not", "null", "session_user",
     "system_user", "true", "user"});

// Behind these AND and OR may join other things than conditions; or names may
// mean columns of another table.
constexpr auto kInvolved = std::to_array<absl::string_view>(
    {"between", "case", "except", "having", "intersect", "select", "table",
     "union", "values", "when", "where", "with"});

constexpr auto kTypes = std::to_array<absl::string_view>(
    {"date", "text", "timestamp", "timestamptz", "uuid"});

constexpr std::array<std::pair<absl::string_view, Op>, 6> kOperators = {
    {{"=", Op::kEqual},
     {"<>", Op::kNotEqual},
     {"<", Op::kLess},
     {"<=", Op::kAtMost},
     {">", Op::kGreater},
     {">=", Op::kAtLeast}}};

std::optional<Op> OpOf(const Token& token) {
  for (const auto& [sign, op] : kOperators)
    if (token.IsSign(sign)) return op;
  return std::nullopt;
}

// Of "constant op column" that of "column op constant".
Op Mirrored(Op op) {
  switch (op) {
    case Op::kLess:
      return Op::kGreater;
    case Op::kAtMost:
      return Op::kAtLeast;
    case Op::kGreater:
      return Op::kLess;
    case Op::kAtLeast:
      return Op::kAtMost;
    default:
      return op;
  }
}

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  Condition Run() {
    Condition condition = ParseOr();
    if (involved_ || Now().kind != Token::Kind::kEnd) return Condition();
    return condition;
  }

 private:
  // The rest of the tokens is behind the last one that was taken. kEnd is never
  // taken.
  const Token& Now() const { return tokens_[at_]; }
  const Token& Behind(size_t count) const {
    return tokens_[std::min(at_ + count, tokens_.size() - 1)];
  }
  bool TakeWord(absl::string_view word) {
    if (!Now().IsWord(word)) return false;
    ++at_;
    return true;
  }
  bool TakeSign(absl::string_view sign) {
    if (!Now().IsSign(sign)) return false;
    ++at_;
    return true;
  }
  // Where a part of a condition may end.
  bool AtEndOfPart() const {
    return Now().kind == Token::Kind::kEnd || Now().IsSign(")") ||
           Now().IsWord("and") || Now().IsWord("or");
  }

  Condition ParseOr();
  Condition ParseAnd();
  Condition ParseNot();
  Condition ParsePart();
  std::optional<Condition> ParseGroup();
  std::optional<Condition> ParseTest();
  // What follows a column.
  std::optional<Condition> ParseTestOf(const Condition& column);
  std::optional<Condition> ParseBetween(const Condition& column);
  std::optional<Condition> ParseIn(const Condition& column);
  std::optional<Condition> ParseIsNull(const Condition& column);
  std::optional<Condition> ParseMirrored();
  // A condition that has a column and nothing else.
  std::optional<Condition> ParseColumn();
  std::optional<std::string> ParseName();
  std::optional<Constant> ParseConstant();
  std::optional<Constant> ParseText();
  // A type's name, one of kTypes.
  std::optional<std::string> ParseType();
  // Goes to the end of what nothing is made of.
  Condition Skip();

  static Condition Compare(const Condition& column, Op op, Constant constant) {
    Condition test = column;
    test.kind = Kind::kCompare;
    test.op = op;
    test.constant = std::move(constant);
    return test;
  }

  const std::vector<Token> tokens_;
  size_t at_ = 0;
  int depth_ = 0;
  // There is something in it that makes all of it unknown.
  bool involved_ = false;
};

Condition Joined(Kind kind, std::vector<Condition> parts) {
  if (parts.size() == 1) return std::move(parts[0]);
  return {.kind = kind, .parts = std::move(parts)};
}

std::optional<Condition> Negated(bool negated, std::optional<Condition> part) {
  if (!negated || !part.has_value()) return part;
  return Condition{.kind = Kind::kNot, .parts = {*std::move(part)}};
}

Condition Parser::ParseOr() {
  std::vector<Condition> parts;
  do parts.push_back(ParseAnd());
  while (TakeWord("or"));
  return Joined(Kind::kOr, std::move(parts));
}

Condition Parser::ParseAnd() {
  std::vector<Condition> parts;
  do parts.push_back(ParseNot());
  while (TakeWord("and"));
  return Joined(Kind::kAnd, std::move(parts));
}

Condition Parser::ParseNot() {
  bool negated = false;
  while (TakeWord("not")) negated = !negated;
  return *Negated(negated, ParsePart());
}

// What is understood must end where a part does: else it was the beginning of
// something else.
Condition Parser::ParsePart() {
  const size_t begin = at_;
  std::optional<Condition> part =
      Now().IsSign("(") ? ParseGroup() : ParseTest();
  if (part.has_value() && AtEndOfPart()) return *std::move(part);
  at_ = begin;
  return Skip();
}

Condition Parser::Skip() {
  int depth = 0;
  const size_t begin = at_;
  for (; Now().kind != Token::Kind::kEnd; ++at_) {
    const Token& token = Now();
    if (token.IsSign("(") || token.IsSign("[")) ++depth;
    if (token.IsSign(")") || token.IsSign("]")) {
      if (depth == 0) break;
      --depth;
    }
    // Behind a dot, any word is a name.
    const bool is_word = token.kind == Token::Kind::kWord &&
                         (at_ == 0 || !tokens_[at_ - 1].IsSign("."));
    if (depth > 0 || !is_word) continue;
    if (at_ > begin && (token.text == "and" || token.text == "or")) break;
    if (absl::c_linear_search(kInvolved, token.text)) involved_ = true;
  }
  // Nothing between two words that join.
  if (at_ == begin) involved_ = true;
  return Condition();
}

std::optional<Condition> Parser::ParseGroup() {
  const Token& first = Behind(1);
  if (first.kind == Token::Kind::kWord &&
      absl::c_linear_search(kInvolved, first.text))
    return std::nullopt;
  if (depth_ == kParenthesesMax) {
    involved_ = true;
    return std::nullopt;
  }
  TakeSign("(");
  ++depth_;
  Condition group = ParseOr();
  --depth_;
  if (!TakeSign(")")) return std::nullopt;
  return group;
}

std::optional<Condition> Parser::ParseTest() {
  const size_t begin = at_;
  if (const std::optional<Condition> column = ParseColumn())
    if (std::optional<Condition> test = ParseTestOf(*column)) return test;
  at_ = begin;
  return ParseMirrored();
}

std::optional<Condition> Parser::ParseTestOf(const Condition& column) {
  if (TakeWord("is")) return ParseIsNull(column);
  const bool negated = TakeWord("not");
  if (TakeWord("between")) return Negated(negated, ParseBetween(column));
  if (TakeWord("in")) return Negated(negated, ParseIn(column));
  if (negated) return std::nullopt;
  const std::optional<Op> op = OpOf(Now());
  if (!op.has_value()) return std::nullopt;
  ++at_;
  std::optional<Constant> constant = ParseConstant();
  if (!constant.has_value()) return std::nullopt;
  return Compare(column, *op, *std::move(constant));
}

std::optional<Condition> Parser::ParseBetween(const Condition& column) {
  std::optional<Constant> low = ParseConstant();
  if (!low.has_value() || !TakeWord("and")) return std::nullopt;
  std::optional<Constant> high = ParseConstant();
  if (!high.has_value()) return std::nullopt;
  return Condition{.kind = Kind::kAnd,
                   .parts = {Compare(column, Op::kAtLeast, *std::move(low)),
                             Compare(column, Op::kAtMost, *std::move(high))}};
}

std::optional<Condition> Parser::ParseIn(const Condition& column) {
  if (!TakeSign("(")) return std::nullopt;
  std::vector<Condition> parts;
  do {
    std::optional<Constant> constant = ParseConstant();
    if (!constant.has_value()) return std::nullopt;
    parts.push_back(Compare(column, Op::kEqual, *std::move(constant)));
  } while (TakeSign(","));
  if (!TakeSign(")")) return std::nullopt;
  for (Condition& part : parts) part.of_list = parts.size() > 1;
  return Joined(Kind::kOr, std::move(parts));
}

std::optional<Condition> Parser::ParseIsNull(const Condition& column) {
  Condition test = column;
  test.kind = TakeWord("not") ? Kind::kIsNotNull : Kind::kIsNull;
  if (!TakeWord("null")) return std::nullopt;
  return test;
}

std::optional<Condition> Parser::ParseMirrored() {
  std::optional<Constant> constant = ParseConstant();
  if (!constant.has_value()) return std::nullopt;
  const std::optional<Op> op = OpOf(Now());
  if (!op.has_value()) return std::nullopt;
  ++at_;
  const std::optional<Condition> column = ParseColumn();
  if (!column.has_value()) return std::nullopt;
  return Compare(*column, Mirrored(*op), *std::move(constant));
}

std::optional<Condition> Parser::ParseColumn() {
  Condition column;
  std::optional<std::string> name = ParseName();
  if (!name.has_value()) return std::nullopt;
  column.column = *std::move(name);
  if (!TakeSign(".")) return column;
  name = ParseName();
  if (!name.has_value()) return std::nullopt;
  column.table = std::exchange(column.column, *std::move(name));
  return column;
}

std::optional<std::string> Parser::ParseName() {
  const Token& token = Now();
  const bool is_name = token.kind == Token::Kind::kName ||
                       (token.kind == Token::Kind::kWord &&
                        !absl::c_linear_search(kNoColumns, token.text) &&
                        !absl::c_linear_search(kInvolved, token.text));
  if (!is_name) return std::nullopt;
  ++at_;
  return token.text;
}

std::optional<Constant> Parser::ParseConstant() {
  if (TakeWord("true")) return Constant{Constant::Form::kBoolean, "t"};
  if (TakeWord("false")) return Constant{Constant::Form::kBoolean, "f"};
  const bool negative = TakeSign("-");
  if (Now().kind == Token::Kind::kNumber) {
    const std::string& digits = tokens_[at_++].text;
    return Constant{Constant::Form::kNumber,
                    absl::StrCat(negative ? "-" : "", digits)};
  }
  if (negative) return std::nullopt;
  return ParseText();
}

std::optional<Constant> Parser::ParseText() {
  Constant constant;
  if (Now().kind == Token::Kind::kWord) {
    std::optional<std::string> type = ParseType();
    if (!type.has_value()) return std::nullopt;
    constant.type = *std::move(type);
  }
  if (Now().kind != Token::Kind::kText) return std::nullopt;
  constant.text = tokens_[at_++].text;
  if (!Now().IsSign("::")) return constant;
  ++at_;
  std::optional<std::string> type = ParseType();
  // One that is cast to a type and then to another may have changed.
  if (!type.has_value() || !constant.type.empty()) return std::nullopt;
  constant.type = *std::move(type);
  return constant;
}

std::optional<std::string> Parser::ParseType() {
  const Token& token = Now();
  if (token.kind != Token::Kind::kWord ||
      !absl::c_linear_search(kTypes, token.text))
    return std::nullopt;
  ++at_;
  if (token.text != "timestamp" ||
      (!Now().IsWord("with") && !Now().IsWord("without")))
    return token.text;
  const std::string which = tokens_[at_++].text;
  if (!TakeWord("time") || !TakeWord("zone")) return std::nullopt;
  return absl::StrCat("timestamp ", which, " time zone");
}

}  // namespace

Condition ParseCondition(absl::string_view sql) {
  std::optional<std::vector<Token>> tokens = ConditionTokens(sql);
  if (!tokens.has_value()) return Condition();
  return Parser(*std::move(tokens)).Run();
}

}  // namespace pgbale

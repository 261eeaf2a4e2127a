#include "base/pattern.h"

#include <locale.h>
#include <regex.h>

#include <clocale>
#include <cstddef>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "base/text.h"

namespace pgbale {
namespace {

constexpr absl::string_view kRegexSpecials = "|*+?()[]{}.^$\\";

// Collects the anchored regex of each dotted part. Mirrors psql's
// patternToSQLRegex, character by character.
class PatternParser {
 public:
  explicit PatternParser(absl::string_view text) : text_(text) {
    parts_.emplace_back("^(");
  }

  void Parse() {
    for (; pos_ < text_.size(); ++pos_) TakeOne(text_[pos_]);
    parts_.back() += ")$";
  }

  bool in_quotes() const { return in_quotes_; }
  const std::vector<std::string>& parts() const { return parts_; }

 private:
  bool NextIs(char c) const {
    return pos_ + 1 < text_.size() && text_[pos_ + 1] == c;
  }

  void TakeOne(char c) {
    if (c == '"') {
      TakeQuote();
    } else if (c == '$') {
      // Literal everywhere: it may stand in a name, and parts are anchored.
      parts_.back() += "\\$";
    } else if (in_quotes_) {
      if (kRegexSpecials.find(c) != absl::string_view::npos)
        parts_.back() += '\\';
      parts_.back() += c;
    } else {
      TakeUnquoted(c);
    }
  }

  void TakeQuote() {
    if (in_quotes_ && NextIs('"')) {
      parts_.back() += '"';
      ++pos_;
    } else {
      in_quotes_ = !in_quotes_;
    }
  }

  void TakeUnquoted(char c) {
    if (c == '*') {
      parts_.back() += ".*";
    } else if (c == '?') {
      parts_.back() += '.';
    } else if (c == '.') {
      parts_.back() += ")$";
      parts_.emplace_back("^(");
    } else if (c == '[' && NextIs(']')) {
      // "[]" is an array type's name rather than a bracket expression.
      parts_.back() += "\\[";
    } else {
      parts_.back() += absl::ascii_tolower(c);
    }
  }

  const absl::string_view text_;
  size_t pos_ = 0;
  bool in_quotes_ = false;
  std::vector<std::string> parts_;
};

// Makes '.' one UTF-8 character, not one octet, while it lives.
class Utf8Scope {
 public:
  Utf8Scope() {
    static const locale_t utf8 =
        newlocale(LC_CTYPE_MASK, "C.UTF-8", static_cast<locale_t>(nullptr));
    if (utf8 != static_cast<locale_t>(nullptr)) previous_ = uselocale(utf8);
  }
  ~Utf8Scope() {
    if (previous_ != static_cast<locale_t>(nullptr)) uselocale(previous_);
  }
  Utf8Scope(const Utf8Scope&) = delete;
  Utf8Scope& operator=(const Utf8Scope&) = delete;

 private:
  locale_t previous_ = static_cast<locale_t>(nullptr);
};

}  // namespace

absl::StatusOr<NamePattern> ParsePattern(absl::string_view text, int parts) {
  PatternParser parser(text);
  parser.Parse();
  if (parser.in_quotes())
    return MakeError(Failure::kUsage, absl::StrCat("pattern ", Quoted(text),
                                                   ": a quote is not closed"));
  std::vector<std::string> found = parser.parts();
  if (found.size() > static_cast<size_t>(parts))
    return MakeError(
        Failure::kUsage,
        absl::StrCat("pattern ", Quoted(text),
                     ": too many dotted names, expected at most ", parts));
  NamePattern pattern;
  pattern.text = std::string(text);
  pattern.name = std::move(found.back());
  if (found.size() > 1) pattern.schema = std::move(found[found.size() - 2]);
  if (found.size() > 2) pattern.database = std::move(found[0]);
  return pattern;
}

bool MatchesPattern(absl::string_view regex, absl::string_view name) {
  if (regex.empty()) return true;
  const Utf8Scope utf8;
  regex_t compiled;
  // regcomp, because std::regex throws on what it cannot parse.
  if (regcomp(&compiled, std::string(regex).c_str(),
              REG_EXTENDED | REG_NOSUB) != 0)
    return false;
  const std::string subject(name);
  const bool matches = regexec(&compiled, subject.c_str(), 0, nullptr, 0) == 0;
  regfree(&compiled);
  return matches;
}

}  // namespace pgbale

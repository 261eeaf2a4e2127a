#include "base/pg/result.h"

#include <libpq-fe.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace pgbale::pg {
namespace {

// Takes one element's characters off the front of `rest` up to its unquoted
// ',' or '}', which stays.
std::string TakeElement(absl::string_view& rest) {
  std::string element;
  bool in_quotes = false;
  bool was_quoted = false;
  size_t i = 0;
  for (; i < rest.size(); ++i) {
    const char c = rest[i];
    if (c == '"') {
      in_quotes = !in_quotes;
      was_quoted = true;
    } else if (c == '\\' && i + 1 < rest.size()) {
      element += rest[++i];
    } else if (!in_quotes && (c == ',' || c == '}')) {
      break;
    } else {
      element += c;
    }
  }
  rest.remove_prefix(i);
  if (!was_quoted && element == "NULL") element.clear();
  return element;
}

}  // namespace

bool Row::is_null(int column) const {
  return PQgetisnull(result_, row_, column) != 0;
}

absl::string_view Row::text(int column) const {
  return absl::string_view(
      PQgetvalue(result_, row_, column),
      static_cast<size_t>(PQgetlength(result_, row_, column)));
}

bool Row::boolean(int column) const { return text(column) == "t"; }

int64_t Row::integer(int column) const {
  int64_t value = 0;
  return absl::SimpleAtoi(text(column), &value) ? value : 0;
}

// The most frequent of all: no spaces, no sign, no overflow to look for.
Oid Row::oid(int column) const {
  Oid value = 0;
  for (const char c : text(column)) {
    if (c < '0' || c > '9') return 0;
    value = value * 10 + static_cast<Oid>(c - '0');
  }
  return value;
}

std::vector<std::string> Row::array(int column) const {
  return ParseArray(text(column));
}

std::vector<int64_t> Row::integers(int column) const {
  std::vector<int64_t> values;
  for (absl::string_view word : absl::StrSplit(
           text(column), absl::ByAnyChar("{, }"), absl::SkipEmpty())) {
    int64_t value = 0;
    if (absl::SimpleAtoi(word, &value)) values.push_back(value);
  }
  return values;
}

Result::Result(pg_result* result) : result_(result) {}

int Result::rows() const { return PQntuples(result_.get()); }

int Result::columns() const { return PQnfields(result_.get()); }

void Result::Clear::operator()(pg_result* result) const { PQclear(result); }

std::vector<std::string> ParseArray(absl::string_view text) {
  std::vector<std::string> elements;
  // An array whose bounds are not 1-based starts with them: "[0:1]={a,b}".
  const size_t open = text.find('{');
  if (open == absl::string_view::npos) return elements;
  absl::string_view rest = text.substr(open + 1);
  if (rest.empty() || rest[0] == '}') return elements;
  while (true) {
    elements.push_back(TakeElement(rest));
    if (rest.empty() || rest[0] == '}') return elements;
    rest.remove_prefix(1);
  }
}

}  // namespace pgbale::pg

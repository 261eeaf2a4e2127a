#include "catalog/setting.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/pg/quote.h"

namespace pgbale {
namespace {

// The parameters that the server flags GUC_LIST_QUOTE, in versions 13 to 18.
// It does not tell; extensions cannot make such parameters.
constexpr absl::string_view kListParameters[] = {
    "local_preload_libraries",   "oauth_validator_libraries",
    "output_plugin_libraries",   "search_path",
    "session_preload_libraries", "shared_preload_libraries",
    "temp_tablespaces",          "unix_socket_directories"};

bool IsList(absl::string_view name) {
  return std::any_of(std::begin(kListParameters), std::end(kListParameters),
                     [&](absl::string_view parameter) {
                       return absl::EqualsIgnoreCase(parameter, name);
                     });
}

// Removes an element, bare or in double quotes, from the start of `text`;
// nullopt if there is none.
std::optional<std::string> ConsumeElement(absl::string_view& text) {
  std::string element;
  if (!absl::StartsWith(text, "\"")) {
    const size_t end =
        std::min(text.find_first_of(", \t\n\v\f\r"), text.size());
    element = std::string(text.substr(0, end));
    text.remove_prefix(end);
    if (element.empty()) return std::nullopt;
    return element;
  }
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      if (i + 1 == text.size() || text[i + 1] != '"') {
        text.remove_prefix(i + 1);
        return element;
      }
      ++i;
    }
    element.push_back(text[i]);
  }
  return std::nullopt;
}

// The elements of a stored list; nullopt if it is none.
std::optional<std::vector<std::string>> SplitList(absl::string_view value) {
  std::vector<std::string> elements;
  absl::string_view rest = absl::StripAsciiWhitespace(value);
  while (true) {
    std::optional<std::string> element = ConsumeElement(rest);
    if (!element.has_value()) return std::nullopt;
    elements.push_back(*std::move(element));
    rest = absl::StripLeadingAsciiWhitespace(rest);
    if (rest.empty()) return elements;
    if (rest[0] != ',') return std::nullopt;
    rest = absl::StripLeadingAsciiWhitespace(rest.substr(1));
  }
}

std::string ValueSql(absl::string_view name, absl::string_view value) {
  if (IsList(name)) {
    if (const auto elements = SplitList(value)) {
      return absl::StrJoin(*elements, ", ",
                           [](std::string* out, const std::string& element) {
                             out->append(pg::QuoteLiteral(element));
                           });
    }
  }
  return pg::QuoteLiteral(value);
}

}  // namespace

std::string SetClause(absl::string_view setting) {
  const size_t equals = setting.find('=');
  if (equals == setting.npos) return "";
  const absl::string_view name = setting.substr(0, equals);
  return absl::StrCat("SET ", pg::QuoteIdentifier(name), " TO ",
                      ValueSql(name, setting.substr(equals + 1)));
}

}  // namespace pgbale

#include "base/secret.h"

#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace pgbale {
namespace {

constexpr absl::string_view kMask = "***";
constexpr absl::string_view kKeyword = "password";

bool IsUri(absl::string_view text) {
  return absl::StartsWith(text, "postgres://") ||
         absl::StartsWith(text, "postgresql://");
}

size_t EndOfWord(absl::string_view text, size_t start) {
  while (start < text.size() && !absl::ascii_isspace(text[start])) ++start;
  return start;
}

// Masks from the first ':' behind "://" to the last '@'. Masking too much of
// a mistyped URI is better than showing part of a password that holds an
// unescaped '@' or '/'.
std::string MaskUriPasswords(absl::string_view text) {
  std::string out;
  size_t done = 0;
  for (size_t at; (at = text.find("://", done)) != absl::string_view::npos;) {
    const size_t start = at + 3;
    const size_t end = IsUri(text) ? text.size() : EndOfWord(text, start);
    const absl::string_view rest = text.substr(start, end - start);
    const size_t colon = rest.find(':');
    const size_t last_at = rest.rfind('@');
    const bool has_password = colon != absl::string_view::npos &&
                              last_at != absl::string_view::npos &&
                              colon < last_at;
    absl::StrAppend(&out, text.substr(done, start - done));
    if (has_password) {
      absl::StrAppend(&out, rest.substr(0, colon + 1), kMask);
      absl::StrAppend(&out, rest.substr(last_at));
    } else {
      absl::StrAppend(&out, rest);
    }
    done = end;
  }
  absl::StrAppend(&out, text.substr(done));
  return out;
}

// The end of the value that starts at `pos`: quoted with backslash escapes,
// or up to white space; in a URI's query also up to '&'.
size_t EndOfValue(absl::string_view text, size_t pos, bool uri) {
  const bool quoted = pos < text.size() && text[pos] == '\'';
  if (quoted) ++pos;
  for (; pos < text.size(); ++pos) {
    const char c = text[pos];
    if (c == '\\') {
      ++pos;
    } else if (quoted) {
      if (c == '\'') return pos + 1;
    } else if (absl::ascii_isspace(c) || (uri && c == '&')) {
      return pos;
    }
  }
  return text.size();
}

// Masks "password=…", and so "sslpassword=…".
std::string MaskKeywordPasswords(absl::string_view text) {
  const bool uri = text.find("://") != absl::string_view::npos;
  const std::string lower = absl::AsciiStrToLower(text);
  std::string out;
  size_t done = 0;
  for (size_t at;
       (at = lower.find(kKeyword.data(), done)) != std::string::npos;) {
    size_t pos = at + kKeyword.size();
    while (pos < text.size() && absl::ascii_isspace(text[pos])) ++pos;
    if (pos >= text.size() || text[pos] != '=') {
      absl::StrAppend(&out, text.substr(done, pos - done));
      done = pos;
      continue;
    }
    ++pos;
    while (pos < text.size() && absl::ascii_isspace(text[pos])) ++pos;
    absl::StrAppend(&out, text.substr(done, pos - done), kMask);
    done = EndOfValue(text, pos, uri);
  }
  absl::StrAppend(&out, text.substr(done));
  return out;
}

}  // namespace

std::string RedactConnectionString(absl::string_view text) {
  return MaskKeywordPasswords(MaskUriPasswords(text));
}

}  // namespace pgbale

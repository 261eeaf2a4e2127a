#include "base/secret.h"

#include <algorithm>
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

// The end of the quoted value whose text starts at `pos`, with its quote.
size_t EndOfQuoted(absl::string_view text, size_t pos) {
  for (; pos < text.size() && text[pos] != '\''; ++pos)
    if (text[pos] == '\\') ++pos;
  return std::min(pos + 1, text.size());
}

// The end of the value at `pos`. Words without a "=" behind an unquoted value
// are taken for the rest of a password that should have been quoted.
size_t EndOfValue(absl::string_view text, size_t pos, bool uri) {
  if (pos < text.size() && text[pos] == '\'') return EndOfQuoted(text, pos + 1);
  if (uri) return std::min(text.find_first_of("& \t\r\n", pos), text.size());
  size_t end = EndOfWord(text, pos);
  while (end < text.size()) {
    size_t word = end;
    while (word < text.size() && absl::ascii_isspace(text[word])) ++word;
    const size_t word_end = EndOfWord(text, word);
    if (absl::StrContains(text.substr(word, word_end - word), '=')) break;
    end = word_end;
  }
  return end;
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

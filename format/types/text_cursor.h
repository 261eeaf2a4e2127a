// Reads a text from its beginning, and accepts only what a printer makes: no
// spaces, no superfluous zeros, no "+".
//
// One thread at a time; the text must remain live.

#ifndef PGBALE_FORMAT_TYPES_TEXT_CURSOR_H_
#define PGBALE_FORMAT_TYPES_TEXT_CURSOR_H_

#include <charconv>
#include <cstddef>
#include <cstdint>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace pgbale {

class TextCursor {
 public:
  explicit TextCursor(absl::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  absl::string_view rest() const { return rest_; }
  // The next octet; 0 at the end.
  char peek() const { return rest_.empty() ? '\0' : rest_[0]; }

  // Passes over `wanted` if it comes next.
  bool Take(char wanted) {
    if (rest_.empty() || rest_[0] != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool Take(absl::string_view wanted) {
    if (!absl::StartsWith(rest_, wanted)) return false;
    rest_.remove_prefix(wanted.size());
    return true;
  }

  // All digits that come next, maybe none.
  absl::string_view TakeDigits() {
    size_t count = 0;
    while (count < rest_.size() && IsDigit(rest_[count])) ++count;
    const absl::string_view digits = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return digits;
  }

  // What stands before the next `end`, and passes over both; false if there
  // is no `end`.
  bool TakeUntil(char end, absl::string_view& text) {
    const size_t at = rest_.find(end);
    if (at == absl::string_view::npos) return false;
    text = rest_.substr(0, at);
    rest_.remove_prefix(at + 1);
    return true;
  }

  // A number of exactly two digits.
  bool TakeTwoDigits(uint32_t& value) {
    if (rest_.size() < 2 || !IsDigit(rest_[0]) || !IsDigit(rest_[1]))
      return false;
    value = static_cast<uint32_t>((rest_[0] - '0') * 10 + (rest_[1] - '0'));
    rest_.remove_prefix(2);
    return true;
  }

  // A number within the range of T, as a printer writes it.
  template <typename T>
  bool TakeNumber(T& value, int base = 10) {
    const char* const begin = rest_.data();
    const auto result =
        std::from_chars(begin, begin + rest_.size(), value, base);
    if (result.ec != std::errc()) return false;
    const size_t size = static_cast<size_t>(result.ptr - begin);
    if (size > 1 && (begin[0] == '0' || (begin[0] == '-' && begin[1] == '0')))
      return false;
    rest_.remove_prefix(size);
    return true;
  }

 private:
  static bool IsDigit(char c) { return c >= '0' && c <= '9'; }

  absl::string_view rest_;
};

}  // namespace pgbale

#endif  // PGBALE_FORMAT_TYPES_TEXT_CURSOR_H_

#include "format/wire/copy_text.h"

#include <array>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "base/endian.h"
#include "base/status.h"
#include "format/digest.h"

namespace pgbale {
namespace {

constexpr size_t kNotFound = SIZE_MAX;
constexpr int32_t kNull = -1;
// A message of the protocol is at most 2^30 octets.
constexpr size_t kLineOctetsMax = size_t{1} << 30;

absl::Status Violation(absl::string_view message) {
  return MakeError(Failure::kError, message);
}

// Where `wanted` first stands in `text` at `from` or later, not escaped by a
// backslash in `text`.
size_t FindUnescaped(Bytes text, size_t from, char wanted) {
  while (from < text.size()) {
    const void* const found =
        std::memchr(text.data() + from, wanted, text.size() - from);
    if (found == nullptr) break;
    const size_t at =
        static_cast<size_t>(static_cast<const uint8_t*>(found) - text.data());
    size_t backslashes = 0;
    while (backslashes < at && text[at - backslashes - 1] == '\\')
      ++backslashes;
    if (backslashes % 2 == 0) return at;
    from = at + 1;
  }
  return kNotFound;
}

bool HasBackslash(Bytes text) {
  return !text.empty() &&
         std::memchr(text.data(), '\\', text.size()) != nullptr;
}

int DigitOf(uint8_t octet) {
  if (octet >= '0' && octet <= '9') return octet - '0';
  if (octet >= 'a' && octet <= 'f') return octet - 'a' + 10;
  if (octet >= 'A' && octet <= 'F') return octet - 'A' + 10;
  return 16;
}

// Reads up to `digits_max` digits of `base` at `p`, moving it behind them.
uint8_t ReadNumber(int base, int digits_max, const uint8_t*& p,
                   const uint8_t* end) {
  int value = 0;
  for (int i = 0; i < digits_max && p != end && DigitOf(*p) < base; ++i)
    value = value * base + DigitOf(*p++);
  return static_cast<uint8_t>(value);
}

// The octet that the escape at `p`, behind its backslash, stands for; moves
// `p` behind the escape.
// REQUIRES: p != end
uint8_t ReadEscape(const uint8_t*& p, const uint8_t* end) {
  if (*p >= '0' && *p <= '7') return ReadNumber(8, 3, p, end);
  const uint8_t octet = *p++;
  switch (octet) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'v':
      return '\v';
    case 'x':
      if (p != end && DigitOf(*p) < 16) return ReadNumber(16, 2, p, end);
      return octet;
    default:
      return octet;
  }
}

// Writes `field` without its escapes to `out`, which has room for as many
// octets as `field` has; returns the end of what it wrote.
uint8_t* Unescape(Bytes field, uint8_t* out) {
  const uint8_t* p = field.data();
  const uint8_t* const end = p + field.size();
  while (p != end) {
    const void* const found =
        std::memchr(p, '\\', static_cast<size_t>(end - p));
    const uint8_t* const escape =
        found == nullptr ? end : static_cast<const uint8_t*>(found);
    const size_t plain = static_cast<size_t>(escape - p);
    std::memcpy(out, p, plain);
    out += plain;
    p = escape;
    if (p == end) break;
    ++p;
    *out++ = p == end ? uint8_t{'\\'} : ReadEscape(p, end);
  }
  return out;
}

// For each octet the letter that stands for it behind a backslash, or 0.
constexpr std::array<char, 256> EscapeLetters() {
  std::array<char, 256> letters{};
  letters['\b'] = 'b';
  letters['\f'] = 'f';
  letters['\n'] = 'n';
  letters['\r'] = 'r';
  letters['\t'] = 't';
  letters['\v'] = 'v';
  letters['\\'] = '\\';
  return letters;
}
constexpr std::array<char, 256> kEscapeLetters = EscapeLetters();

void AppendEscaped(Bytes value, Buffer& out) {
  size_t start = 0;
  for (size_t i = 0; i < value.size(); ++i) {
    const char letter = kEscapeLetters[value[i]];
    if (letter == 0) continue;
    Append(out, value.subspan(start, i - start));
    out.push_back('\\');
    out.push_back(static_cast<uint8_t>(letter));
    start = i + 1;
  }
  Append(out, value.subspan(start));
}

}  // namespace

absl::Status TextRowParser::AtRow(const absl::Status& status) const {
  return Annotate(status, absl::StrCat("row ", rows_ + 1, " of the stream"));
}

absl::Status TextRowParser::Parse(Bytes data, RowBatch& batch) {
  if (kept_.empty()) {
    ASSIGN_OR_RETURN(const size_t consumed, Consume(data, 0, batch));
    Append(kept_, data.subspan(consumed));
  } else {
    const size_t searched = kept_.size();
    Append(kept_, data);
    ASSIGN_OR_RETURN(const size_t consumed, Consume(kept_, searched, batch));
    kept_.erase(kept_.begin(),
                kept_.begin() + static_cast<ptrdiff_t>(consumed));
  }
  if (kept_.size() > kLineOctetsMax)
    return AtRow(Violation("the row is longer than a message can be"));
  return absl::OkStatus();
}

absl::Status TextRowParser::Finish() {
  if (kept_.empty()) return absl::OkStatus();
  return AtRow(Violation("the stream ends inside"));
}

absl::StatusOr<size_t> TextRowParser::Consume(Bytes data, size_t searched,
                                              RowBatch& batch) {
  size_t consumed = 0;
  while (!ended_) {
    const Bytes rest = data.subspan(consumed);
    const size_t from = searched > consumed ? searched - consumed : 0;
    const size_t end = FindUnescaped(rest, from, '\n');
    if (end == kNotFound) return consumed;
    const Bytes line = rest.first(end);
    consumed += end + 1;
    if (AsText(line) == "\\.")
      ended_ = true;
    else if (absl::Status status = ParseLine(line, batch); !status.ok())
      return AtRow(status);
  }
  if (consumed != data.size())
    return Violation("octets follow the end of the stream");
  return consumed;
}

absl::Status TextRowParser::ParseLine(Bytes line, RowBatch& batch) {
  if (FindUnescaped(line, 0, '\r') != kNotFound)
    return Violation("there is a carriage return that is not escaped");
  image_.clear();
  AppendBig(image_, static_cast<int16_t>(widths_.size()));
  RETURN_IF_ERROR(ParseFields(line));
  AppendImage(line.size() + 1, batch);
  return absl::OkStatus();
}

absl::Status TextRowParser::ParseFields(Bytes line) {
  if (widths_.empty()) {
    if (line.empty()) return absl::OkStatus();
    return Violation("there are columns where none is expected");
  }
  for (size_t i = 0; i < widths_.size(); ++i) {
    const bool last = i + 1 == widths_.size();
    const size_t tab = FindUnescaped(line, 0, '\t');
    if (last != (tab == kNotFound)) {
      return Violation(absl::StrCat("there are ", last ? "more" : "less",
                                    " than ", widths_.size(), " columns"));
    }
    RETURN_IF_ERROR(ParseField(last ? line : line.first(tab), i));
    if (!last) line.remove_prefix(tab + 1);
  }
  return absl::OkStatus();
}

absl::Status TextRowParser::ParseField(Bytes field, size_t column) {
  const size_t start = image_.size() + sizeof(int32_t);
  image_.resize(start + field.size());
  int32_t length = kNull;
  if (!HasBackslash(field)) {
    if (!field.empty())
      std::memcpy(image_.data() + start, field.data(), field.size());
    length = static_cast<int32_t>(field.size());
  } else if (AsText(field) != "\\N") {
    uint8_t* const end = Unescape(field, image_.data() + start);
    length = static_cast<int32_t>(end - image_.data() - start);
  }
  const uint32_t width = widths_[column];
  if (length != kNull && width != 0 && static_cast<uint32_t>(length) != width) {
    return Violation(absl::StrCat("column ", column + 1, " has a value of ",
                                  length, " octets instead of ", width));
  }
  image_.resize(start + static_cast<size_t>(length == kNull ? 0 : length));
  StoreBig(image_.data() + start - sizeof(int32_t), length);
  fields_[column] = {start, length};
  return absl::OkStatus();
}

void TextRowParser::AppendImage(size_t line_octets, RowBatch& batch) {
  for (size_t i = 0; i < fields_.size(); ++i) {
    Column& column = batch.columns()[i];
    if (fields_[i].length == kNull)
      column.AppendNull();
    else
      column.Append(Bytes(image_.data() + fields_[i].offset,
                          static_cast<size_t>(fields_[i].length)));
  }
  batch.EndRow(line_octets, DigestRow(image_));
  ++rows_;
}

void TextRowWriter::Begin(Buffer& /*out*/) {}

void TextRowWriter::Write(const RowCursor& cursor, size_t columns,
                          Buffer& out) {
  for (size_t i = 0; i < columns; ++i) {
    if (i != 0) out.push_back('\t');
    if (cursor.is_null(i))
      Append(out, AsBytes("\\N"));
    else
      AppendEscaped(cursor.value(i), out);
  }
  out.push_back('\n');
}

void TextRowWriter::End(Buffer& /*out*/) {}

}  // namespace pgbale

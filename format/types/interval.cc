// interval: microseconds (64 bits), days (32 bits), months (32 bits), all
// signed and independent of each other; printed in the style "postgres":
// "1 year 2 mons -3 days +04:05:06.7".

#include <cstdlib>
#include <limits>

#include "base/endian.h"
#include "format/types/calendar.h"
#include "format/types/text_printer.h"
#include "format/types/type_codec.h"

namespace pgbale {
namespace {

struct Interval {
  int64_t micros = 0;
  int32_t days = 0;
  int32_t months = 0;
  bool operator==(const Interval&) const = default;
};
constexpr size_t kOctets = 16;

template <typename T>
using Limits = std::numeric_limits<T>;
constexpr Interval kInfinity = {Limits<int64_t>::max(), Limits<int32_t>::max(),
                                Limits<int32_t>::max()};
constexpr Interval kMinusInfinity = {
    Limits<int64_t>::min(), Limits<int32_t>::min(), Limits<int32_t>::min()};

// Writes the parts one behind the other. A part that is not negative gets a
// "+" behind a negative one.
class IntervalPrinter {
 public:
  explicit IntervalPrinter(std::string& text) : text_(text) {}

  void AddPart(int32_t value, absl::string_view unit) {
    if (value == 0) return;
    BeginPart();
    if (after_negative_ && value > 0) text_.push_back('+');
    AppendNumber(value, text_);
    text_.push_back(' ');
    text_.append(unit.data(), unit.size());
    if (value != 1) text_.push_back('s');
    after_negative_ = value < 0;
  }

  // Nothing but a time of zero must be printed too.
  void AddTime(int64_t micros) {
    if (micros == 0 && !empty_) return;
    BeginPart();
    if (micros < 0)
      text_.push_back('-');
    else if (after_negative_)
      text_.push_back('+');
    const auto bits = static_cast<uint64_t>(micros);
    char time[32];
    const char* const end = WriteTime(micros < 0 ? 0 - bits : bits, time);
    text_.append(time, static_cast<size_t>(end - time));
  }

 private:
  void BeginPart() {
    if (!empty_) text_.push_back(' ');
    empty_ = false;
  }

  std::string& text_;
  bool empty_ = true;
  bool after_negative_ = false;
};

void Print(const Interval& interval, std::string& text) {
  constexpr int kMonths = 12;
  IntervalPrinter printer(text);
  printer.AddPart(interval.months / kMonths, "year");
  printer.AddPart(interval.months % kMonths, "mon");
  printer.AddPart(interval.days, "day");
  printer.AddTime(interval.micros);
}

// The least that a part can be, without its sign.
constexpr int64_t kPartMax = int64_t{1} << 31;

// What Print made, and more: the caller compares.
bool ParseParts(absl::string_view text, Interval& interval) {
  TextCursor cursor(text);
  int64_t months = 0, days = 0;
  while (true) {
    const bool negative = cursor.Take('-');
    if (!negative) cursor.Take('+');
    TextCursor number = cursor;
    const size_t digits = number.TakeDigits().size();
    if (number.peek() == ':') {
      uint64_t micros = 0;
      if (!TakeTime(cursor, micros)) return false;
      interval.micros = static_cast<int64_t>(negative ? 0 - micros : micros);
      break;
    }
    int64_t part = 0;
    if (digits == 0 || !cursor.TakeNumber(part) || part > kPartMax ||
        !cursor.Take(' '))
      return false;
    if (negative) part = -part;
    if (cursor.Take("year"))
      months += part * 12;
    else if (cursor.Take("mon"))
      months += part;
    else if (cursor.Take("day"))
      days += part;
    else
      return false;
    cursor.Take('s');
    if (cursor.at_end()) break;
    if (!cursor.Take(' ')) return false;
  }
  interval.months = static_cast<int32_t>(months);
  interval.days = static_cast<int32_t>(days);
  return true;
}

class IntervalTypeCodec : public TypeCodec {
  bool Print(Bytes binary, std::string& text) const override {
    if (binary.size() != kOctets) return false;
    const Interval interval = {LoadBig<int64_t>(binary.data()),
                               LoadBig<int32_t>(binary.data() + 8),
                               LoadBig<int32_t>(binary.data() + 12)};
    if (interval == kInfinity)
      text.append("infinity");
    else if (interval == kMinusInfinity)
      text.append("-infinity");
    else
      pgbale::Print(interval, text);
    return true;
  }

  bool Parse(absl::string_view text, Buffer& binary) const override {
    Interval interval;
    if (text == "infinity") {
      interval = kInfinity;
    } else if (text == "-infinity") {
      interval = kMinusInfinity;
    } else {
      if (!ParseParts(text, interval) || interval == kInfinity ||
          interval == kMinusInfinity)
        return false;
      std::string printed;
      pgbale::Print(interval, printed);
      if (printed != text) return false;
    }
    AppendBig(binary, interval.micros);
    AppendBig(binary, interval.days);
    AppendBig(binary, interval.months);
    return true;
  }
};

}  // namespace

const TypeCodec& IntervalCodec() {
  static const IntervalTypeCodec codec;
  return codec;
}

}  // namespace pgbale

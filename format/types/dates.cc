// date: days since 2000-01-01, 32 bits. timestamp and timestamptz:
// microseconds since then, 64 bits; what is with time zone is printed in UTC.
// The greatest and the least number are infinity.

#include <limits>

#include "base/endian.h"
#include "format/types/calendar.h"
#include "format/types/type_codec.h"

namespace pgbale {
namespace {

constexpr absl::string_view kInfinity = "infinity";
constexpr absl::string_view kMinusInfinity = "-infinity";
constexpr absl::string_view kUtc = "+00";

// 4714-11-24 BC, where Julian days begin.
constexpr int64_t kFirstDay = -2451545;
// 5874898-06-04 for dates, 294277-01-01 for timestamps.
constexpr int64_t kDateEnd = 2145031949;
constexpr int64_t kTimestampEnd = 106751983 * kMicrosPerDay;
constexpr int64_t kTimestampFirst = kFirstDay * kMicrosPerDay;

constexpr size_t kTextMax = 64;

void Append(absl::string_view piece, std::string& text) {
  text.append(piece.data(), piece.size());
}

template <typename T>
bool PrintInfinity(T value, std::string& text) {
  if (value == std::numeric_limits<T>::max())
    Append(kInfinity, text);
  else if (value == std::numeric_limits<T>::min())
    Append(kMinusInfinity, text);
  else
    return false;
  return true;
}

template <typename T>
bool ParseInfinity(absl::string_view text, Buffer& binary) {
  if (text == kInfinity)
    AppendBig(binary, std::numeric_limits<T>::max());
  else if (text == kMinusInfinity)
    AppendBig(binary, std::numeric_limits<T>::min());
  else
    return false;
  return true;
}

class DateTypeCodec : public TypeCodec {
  bool Print(Bytes binary, std::string& text) const override {
    if (binary.size() != sizeof(int32_t)) return false;
    const auto days = LoadBig<int32_t>(binary.data());
    if (PrintInfinity(days, text)) return true;
    if (days < kFirstDay || days >= kDateEnd) return false;
    char digits[kTextMax];
    bool before_christ = false;
    const char* const end = WriteDate(days, before_christ, digits);
    text.append(digits, static_cast<size_t>(end - digits));
    if (before_christ) Append(kBeforeChrist, text);
    return true;
  }

  bool Parse(absl::string_view text, Buffer& binary) const override {
    if (ParseInfinity<int32_t>(text, binary)) return true;
    TextCursor cursor(text);
    CivilDate date;
    if (!TakeDate(cursor, date)) return false;
    const bool before_christ = cursor.Take(kBeforeChrist);
    if (!cursor.at_end() || !IsValid(date, before_christ)) return false;
    const int64_t days = DaysOf(date, before_christ);
    if (days < kFirstDay || days >= kDateEnd) return false;
    AppendBig(binary, static_cast<int32_t>(days));
    return true;
  }
};

class TimestampTypeCodec : public TypeCodec {
 public:
  // `zone` is what follows the time.
  explicit TimestampTypeCodec(absl::string_view zone) : zone_(zone) {}

 private:
  bool Print(Bytes binary, std::string& text) const override {
    if (binary.size() != sizeof(int64_t)) return false;
    const auto micros = LoadBig<int64_t>(binary.data());
    if (PrintInfinity(micros, text)) return true;
    if (micros < kTimestampFirst || micros >= kTimestampEnd) return false;
    int64_t days = micros / kMicrosPerDay;
    int64_t time = micros % kMicrosPerDay;
    if (time < 0) {
      --days;
      time += kMicrosPerDay;
    }
    char digits[kTextMax];
    bool before_christ = false;
    char* p = WriteDate(days, before_christ, digits);
    *p++ = ' ';
    p = WriteTime(static_cast<uint64_t>(time), p);
    text.append(digits, static_cast<size_t>(p - digits));
    Append(zone_, text);
    if (before_christ) Append(kBeforeChrist, text);
    return true;
  }

  bool Parse(absl::string_view text, Buffer& binary) const override {
    if (ParseInfinity<int64_t>(text, binary)) return true;
    TextCursor cursor(text);
    CivilDate date;
    uint64_t time = 0;
    if (!TakeDate(cursor, date) || !cursor.Take(' ') ||
        !TakeTime(cursor, time) || !cursor.Take(zone_))
      return false;
    const bool before_christ = cursor.Take(kBeforeChrist);
    if (!cursor.at_end() || time >= kMicrosPerDay ||
        !IsValid(date, before_christ))
      return false;
    const int64_t days = DaysOf(date, before_christ);
    if (days < kFirstDay || days >= kTimestampEnd / kMicrosPerDay) return false;
    AppendBig(binary, days * kMicrosPerDay + static_cast<int64_t>(time));
    return true;
  }

  const absl::string_view zone_;
};

}  // namespace

const TypeCodec& DateCodec() {
  static const DateTypeCodec codec;
  return codec;
}

const TypeCodec& TimestampCodec() {
  static const TimestampTypeCodec codec("");
  return codec;
}

const TypeCodec& TimestamptzCodec() {
  static const TimestampTypeCodec codec(kUtc);
  return codec;
}

}  // namespace pgbale

// time: microseconds of the day, 64 bits, 24:00:00 included. timetz: the same
// and 32 bits, the seconds that its zone is west of UTC.

#include <cstdlib>

#include "base/endian.h"
#include "format/types/calendar.h"
#include "format/types/text_printer.h"
#include "format/types/type_codec.h"

namespace pgbale {
namespace {

constexpr size_t kTextMax = 64;
// No zone is as far away.
constexpr int32_t kZoneEnd = 16 * 3600;

bool PrintTime(Bytes binary, std::string& text) {
  const auto micros = LoadBig<uint64_t>(binary.data());
  if (micros > kMicrosPerDay) return false;
  char digits[kTextMax];
  const char* const end = WriteTime(micros, digits);
  text.append(digits, static_cast<size_t>(end - digits));
  return true;
}

bool ParseTime(TextCursor& cursor, Buffer& binary) {
  uint64_t micros = 0;
  if (!TakeTime(cursor, micros) || micros > kMicrosPerDay) return false;
  AppendBig(binary, micros);
  return true;
}

// "+01", "-03:30", "+00:19:32".
void PrintZone(int32_t west, std::string& text) {
  const auto seconds = static_cast<uint32_t>(std::abs(west));
  char digits[16];
  char* p = digits;
  *p++ = west <= 0 ? '+' : '-';
  p = WriteDigits<2>(seconds / 3600, p);
  if (seconds % 3600 != 0) {
    *p++ = ':';
    p = WriteDigits<2>(seconds / 60 % 60, p);
  }
  if (seconds % 60 != 0) {
    *p++ = ':';
    p = WriteDigits<2>(seconds % 60, p);
  }
  text.append(digits, static_cast<size_t>(p - digits));
}

bool ParseZone(TextCursor& cursor, int32_t& west) {
  const bool is_west = cursor.Take('-');
  if (!is_west && !cursor.Take('+')) return false;
  uint32_t hours = 0, minutes = 0, seconds = 0;
  if (!cursor.TakeTwoDigits(hours)) return false;
  if (cursor.Take(':')) {
    if (!cursor.TakeTwoDigits(minutes)) return false;
    if (cursor.Take(':')) {
      if (!cursor.TakeTwoDigits(seconds) || seconds == 0) return false;
    } else if (minutes == 0) {
      return false;
    }
  }
  west = static_cast<int32_t>(hours * 3600 + minutes * 60 + seconds);
  if (minutes > 59 || seconds > 59 || west >= kZoneEnd) return false;
  if (is_west) return west != 0;
  west = -west;
  return true;
}

class TimeTypeCodec : public TypeCodec {
  bool Print(Bytes binary, std::string& text) const override {
    return binary.size() == sizeof(uint64_t) && PrintTime(binary, text);
  }

  bool Parse(absl::string_view text, Buffer& binary) const override {
    TextCursor cursor(text);
    return ParseTime(cursor, binary) && cursor.at_end();
  }
};

class TimetzTypeCodec : public TypeCodec {
  bool Print(Bytes binary, std::string& text) const override {
    if (binary.size() != sizeof(uint64_t) + sizeof(int32_t)) return false;
    const auto west = LoadBig<int32_t>(binary.data() + sizeof(uint64_t));
    if (west <= -kZoneEnd || west >= kZoneEnd) return false;
    if (!PrintTime(binary, text)) return false;
    PrintZone(west, text);
    return true;
  }

  bool Parse(absl::string_view text, Buffer& binary) const override {
    TextCursor cursor(text);
    int32_t west = 0;
    if (!ParseTime(cursor, binary) || !ParseZone(cursor, west) ||
        !cursor.at_end())
      return false;
    AppendBig(binary, west);
    return true;
  }
};

}  // namespace

const TypeCodec& TimeCodec() {
  static const TimeTypeCodec codec;
  return codec;
}

const TypeCodec& TimetzCodec() {
  static const TimetzTypeCodec codec;
  return codec;
}

}  // namespace pgbale

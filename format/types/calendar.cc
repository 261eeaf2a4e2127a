#include "format/types/calendar.h"

#include <array>
#include <charconv>

#include "format/types/text_printer.h"

namespace pgbale {
namespace {

// Years are counted from 1 March, so that the day of a leap year is the last
// one; day 0 is 0000-03-01 in the Gregorian calendar.
constexpr int64_t kDaysPerEra = 146097;  // of 400 years
constexpr int64_t kDaysTo2000 = 730425;

constexpr int64_t kYearMax = 10000000;
constexpr int kFractionDigits = 6;
// With more, the microseconds do not fit into 63 bits.
constexpr uint64_t kHoursMax = INT64_MAX / kMicrosPerHour;

int64_t FloorDivide(int64_t value, int64_t by) {
  return (value >= 0 ? value : value - by + 1) / by;
}

// The year 1 BC is 0.
int64_t AstronomicalYear(const CivilDate& date, bool before_christ) {
  return before_christ ? 1 - date.year : date.year;
}

CivilDate CivilDateOf(int64_t days) {
  days += kDaysTo2000;
  const int64_t era = FloorDivide(days, kDaysPerEra);
  const auto of_era = static_cast<uint32_t>(days - era * kDaysPerEra);
  const uint32_t year =
      (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const uint32_t of_year = of_era - (365 * year + year / 4 - year / 100);
  const uint32_t month = (5 * of_year + 2) / 153;  // 0: March
  CivilDate date;
  date.day = of_year - (153 * month + 2) / 5 + 1;
  date.month = month < 10 ? month + 3 : month - 9;
  date.year = era * 400 + year + (date.month <= 2 ? 1 : 0);
  return date;
}

bool IsLeapYear(int64_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

bool TakeFraction(TextCursor& cursor, uint64_t& micros) {
  const absl::string_view digits = cursor.TakeDigits();
  if (digits.empty() || digits.size() > kFractionDigits || digits.back() == '0')
    return false;
  micros = 0;
  for (const char digit : digits)
    micros = micros * 10 + static_cast<uint64_t>(digit - '0');
  for (size_t i = digits.size(); i < kFractionDigits; ++i) micros *= 10;
  return true;
}

// At least two digits, more only if they are needed.
bool TakeHours(TextCursor& cursor, uint64_t& hours) {
  const absl::string_view digits = cursor.TakeDigits();
  if (digits.size() < 2 || digits.size() > 10 ||
      (digits.size() > 2 && digits[0] == '0'))
    return false;
  std::from_chars(digits.data(), digits.data() + digits.size(), hours);
  return hours <= kHoursMax;
}

}  // namespace

char* WriteDate(int64_t days, bool& before_christ, char* p) {
  const CivilDate date = CivilDateOf(days);
  before_christ = date.year <= 0;
  const auto year =
      static_cast<uint32_t>(before_christ ? 1 - date.year : date.year);
  if (year < 10000)
    p = WriteDigits<4>(year, p);
  else
    p = std::to_chars(p, p + 10, year).ptr;
  *p++ = '-';
  p = WriteDigits<2>(date.month, p);
  *p++ = '-';
  return WriteDigits<2>(date.day, p);
}

char* WriteTime(uint64_t micros, char* p) {
  const uint64_t hours = micros / kMicrosPerHour;
  if (hours < 100)
    p = WriteDigits<2>(static_cast<uint32_t>(hours), p);
  else
    p = std::to_chars(p, p + 10, hours).ptr;
  const auto rest = static_cast<uint32_t>(micros % kMicrosPerHour / 1000000);
  *p++ = ':';
  p = WriteDigits<2>(rest / 60, p);
  *p++ = ':';
  p = WriteDigits<2>(rest % 60, p);
  const auto fraction = static_cast<uint32_t>(micros % kMicrosPerSecond);
  if (fraction == 0) return p;
  *p++ = '.';
  p = WriteDigits<kFractionDigits>(fraction, p);
  while (p[-1] == '0') --p;
  return p;
}

bool TakeDate(TextCursor& cursor, CivilDate& date) {
  const absl::string_view year = cursor.TakeDigits();
  if (year.size() < 4 || year.size() > 8 || (year.size() > 4 && year[0] == '0'))
    return false;
  std::from_chars(year.data(), year.data() + year.size(), date.year);
  return date.year <= kYearMax && cursor.Take('-') &&
         cursor.TakeTwoDigits(date.month) && cursor.Take('-') &&
         cursor.TakeTwoDigits(date.day);
}

bool IsValid(const CivilDate& date, bool before_christ) {
  constexpr std::array<uint32_t, 13> kDays = {0,  31, 28, 31, 30, 31, 30,
                                              31, 31, 30, 31, 30, 31};
  if (date.year == 0 || date.month < 1 || date.month > 12) return false;
  const bool leap_day =
      date.month == 2 && IsLeapYear(AstronomicalYear(date, before_christ));
  return date.day >= 1 && date.day <= kDays[date.month] + (leap_day ? 1 : 0);
}

int64_t DaysOf(const CivilDate& date, bool before_christ) {
  const int64_t year =
      AstronomicalYear(date, before_christ) - (date.month <= 2 ? 1 : 0);
  const int64_t era = FloorDivide(year, 400);
  const int64_t of_era = year - era * 400;
  const int64_t month = date.month > 2 ? date.month - 3 : date.month + 9;
  const int64_t of_year = (153 * month + 2) / 5 + date.day - 1;
  return era * kDaysPerEra + of_era * 365 + of_era / 4 - of_era / 100 +
         of_year - kDaysTo2000;
}

bool TakeTime(TextCursor& cursor, uint64_t& micros) {
  uint64_t hours = 0, fraction = 0;
  uint32_t minutes = 0, seconds = 0;
  if (!TakeHours(cursor, hours) || !cursor.Take(':') ||
      !cursor.TakeTwoDigits(minutes) || !cursor.Take(':') ||
      !cursor.TakeTwoDigits(seconds) || minutes > 59 || seconds > 59)
    return false;
  if (cursor.Take('.') && !TakeFraction(cursor, fraction)) return false;
  micros = hours * kMicrosPerHour + minutes * kMicrosPerMinute +
           seconds * kMicrosPerSecond + fraction;
  return true;
}

}  // namespace pgbale

// Days and times of the day, for the codecs of dates and times. Time zone is
// UTC.

#ifndef PGBALE_FORMAT_TYPES_CALENDAR_H_
#define PGBALE_FORMAT_TYPES_CALENDAR_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "format/types/text_cursor.h"

namespace pgbale {

constexpr int64_t kMicrosPerSecond = 1000000;
constexpr int64_t kMicrosPerMinute = 60 * kMicrosPerSecond;
constexpr int64_t kMicrosPerHour = 60 * kMicrosPerMinute;
constexpr int64_t kMicrosPerDay = 24 * kMicrosPerHour;

constexpr absl::string_view kBeforeChrist = " BC";

// "YYYY-MM-DD" of the day that is `days` after 2000-01-01, without the era, to
// `p`; returns the end. Sets `before_christ`. At most 16 octets.
// REQUIRES: |days| < 2^32
char* WriteDate(int64_t days, bool& before_christ, char* p);

// "HH:MM:SS.ffffff" without zeros at the fraction's end, to `p`; returns the
// end. At most 26 octets.
char* WriteTime(uint64_t micros, char* p);

// The year may be at most 10^7; a BC that follows is not looked at.
struct CivilDate {
  int64_t year = 0;
  uint32_t month = 0;
  uint32_t day = 0;
};
// Reads what WriteDate writes, and nothing else.
bool TakeDate(TextCursor& cursor, CivilDate& date);
int64_t DaysOf(const CivilDate& date, bool before_christ);
// Is there such a day?
bool IsValid(const CivilDate& date, bool before_christ);

// Reads what WriteTime writes of less than 60 minutes and 60 seconds and of
// any number of hours, and nothing else. False also if it does not fit.
bool TakeTime(TextCursor& cursor, uint64_t& micros);

}  // namespace pgbale

#endif  // PGBALE_FORMAT_TYPES_CALENDAR_H_

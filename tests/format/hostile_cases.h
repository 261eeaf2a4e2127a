// Tables of hostile archives, each with what must come of it.

#ifndef PGBALE_TESTS_FORMAT_HOSTILE_CASES_H_
#define PGBALE_TESTS_FORMAT_HOSTILE_CASES_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "tests/format/hostile.h"
#include "tests/support/memory.h"

namespace pgbale::format_test {

enum class Outcome {
  kWhole,         // nothing is wrong with it
  kDamaged,       // whoever reads all of it says so
  kIncomplete,    // likewise
  kRefused,       // likewise: it is a later version's
  kOnlyVerified,  // damaged, but only verify compares so much
};

struct HostileCase {
  const char* name;
  Outcome outcome;
  const char* message;  // a part of what verify says
  void (*change)(Hostile&);
};

// What any of these archives of a few hundred octets may cost to read.
inline constexpr uint64_t kHostileOctetsMax = 16 << 20;

inline bool Matches(const absl::Status& status, Outcome outcome) {
  if (status.ok()) return outcome == Outcome::kWhole;
  const Failure failure = FailureOf(status);
  if (outcome == Outcome::kRefused)
    return failure == Failure::kError && !HintOf(status).empty();
  return (outcome == Outcome::kIncomplete && failure == Failure::kIncomplete) ||
         (outcome != Outcome::kWhole && failure == Failure::kDamaged);
}

// Likewise, of who does not read further than he must: what is verified may go
// unseen, and where a footer is broken none is found.
inline bool MatchesRead(const absl::Status& status, Outcome outcome) {
  if (outcome == Outcome::kOnlyVerified && status.ok()) return true;
  return Matches(status, outcome) || (outcome == Outcome::kDamaged &&
                                      Matches(status, Outcome::kIncomplete));
}

// The first of `report` that is what is expected, or the first, or OK.
inline absl::Status FindDamage(const VerifyReport& report,
                               const HostileCase& one) {
  for (const Damage& damage : report.damages) {
    if (Matches(damage.status, one.outcome) &&
        absl::StrContains(damage.status.message(), one.message))
      return damage.status;
  }
  return report.damages.empty() ? absl::OkStatus() : report.damages[0].status;
}

inline void Try(const HostileCase& one) {
  SCOPED_TRACE(one.name);
  Hostile hostile;
  one.change(hostile);
  const Buffer archive = hostile.Build();
  const PeakMemory memory;
  const absl::Status verified = FindDamage(Verify(archive), one);
  EXPECT_TRUE(Matches(verified, one.outcome)) << "verify: " << verified;
  EXPECT_THAT(std::string(verified.message()),
              ::testing::HasSubstr(one.message));
  const absl::Status by_reader = ReadEverything(archive);
  EXPECT_TRUE(MatchesRead(by_reader, one.outcome)) << "reader: " << by_reader;
  EXPECT_OK(CheckSalvage(archive, Survey(archive)));
  const absl::Status by_stream = StreamEverything(archive);
  EXPECT_TRUE(MatchesRead(by_stream, one.outcome)) << "stream: " << by_stream;
  EXPECT_LT(memory.octets(), kHostileOctetsMax + 4 * archive.size());
}

inline void TryAll(const std::vector<HostileCase>& cases) {
  for (const HostileCase& one : cases) Try(one);
}

}  // namespace pgbale::format_test

#endif  // PGBALE_TESTS_FORMAT_HOSTILE_CASES_H_

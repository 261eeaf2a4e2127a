// The lines of a restore's journal: those of its file, which say what is being
// restored and where to, and those that the target holds, which say what is
// committed. Each ends with a checksum.
//
//   file     pgbale restore journal 1 #0123456789abcdef
//            NAME VALUE #…              facts, values escaped as in C
//            end #…
//            begun #…                   each appended when it is so
//   target   NUMBER KIND UNITS #…       e.g. "17 r 42:0-3,44:7 #…"
//
// Pure functions; any thread.

#ifndef PGBALE_RESTORE_JOURNAL_TEXT_H_
#define PGBALE_RESTORE_JOURNAL_TEXT_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace pgbale {

// What the file says.
struct JournalHead {
  // By name; a name is one word.
  std::map<std::string, std::string> facts;
  // Words that were appended behind the facts, in order.
  std::vector<std::string> states;
};

std::string JournalHeadText(const std::map<std::string, std::string>& facts);
// "word #…\n", to append.
std::string JournalStateText(absl::string_view word);

// A last line that was not written to its end is passed over. Errors: kDamaged
// for every other change; kError for the journal of a later version.
absl::StatusOr<JournalHead> ParseJournalHead(absl::string_view text);

// What a transaction did. The values stand in journals.
enum class WorkKind : char {
  kMade = 'c',       // entries: all that makes them was run
  kDropped = 'd',    // entries
  kRows = 'r',       // chunks of entries, by their places among the entry's
  kStep = 's',       // a step of an entry that is not its last one
  kUndone = 'u',     // entries: their steps were taken back
  kForgotten = 'f',  // entries: neither they nor their rows count as done
};

struct WorkUnit {
  uint32_t entry_id = 0;
  // Of chunks, or twice the step; else 0.
  uint64_t first = 0;
  uint64_t last = 0;

  bool operator==(const WorkUnit&) const = default;
};

struct WorkRecord {
  WorkKind kind = WorkKind::kMade;
  std::vector<WorkUnit> units;

  bool operator==(const WorkRecord&) const = default;
};

// `number` orders records: one that was begun when another was committed has
// the higher one.
std::string WorkRecordLine(uint64_t number, const WorkRecord& record);

struct NumberedRecord {
  uint64_t number = 0;
  WorkRecord record;
};

// All records in what the target holds, by number. Octets that are zero stand
// where transactions were rolled back. kDamaged if anything else is no record.
absl::StatusOr<std::vector<NumberedRecord>> ParseWorkRecords(
    absl::string_view octets);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_JOURNAL_TEXT_H_

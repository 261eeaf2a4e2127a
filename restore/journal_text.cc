#include "restore/journal_text.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/bytes.h"
#include "base/status.h"
#include "format/checksum.h"

namespace pgbale {
namespace {

constexpr absl::string_view kTitle = "pgbale restore journal ";
constexpr absl::string_view kVersion = "1";
constexpr absl::string_view kHeadEnd = "end";
constexpr absl::string_view kSealMark = " #";
constexpr size_t kSealChars = 16;
// Above what an archive can have.
constexpr uint64_t kIdsEnd = uint64_t{1} << 28;
constexpr uint64_t kChunksEnd = uint64_t{1} << 40;

using Range = std::pair<uint64_t, uint64_t>;  // first, last

std::string SealOf(absl::string_view text) {
  return absl::StrCat(absl::Hex(Hash64(AsBytes(text)), absl::kZeroPad16));
}

std::string Sealed(absl::string_view text) {
  return absl::StrCat(text, kSealMark, SealOf(text), "\n");
}

// The text of a line without its end; nullopt if the checksum is another.
std::optional<absl::string_view> Unsealed(absl::string_view line) {
  if (line.size() < kSealMark.size() + kSealChars) return std::nullopt;
  const absl::string_view seal = line.substr(line.size() - kSealChars);
  line.remove_suffix(kSealChars);
  if (!absl::ConsumeSuffix(&line, kSealMark) || SealOf(line) != seal)
    return std::nullopt;
  return line;
}

absl::Status DamagedJournal(absl::string_view what) {
  return MakeError(Failure::kDamaged,
                   absl::StrCat("the journal is damaged: ", what));
}

absl::Status CheckTitle(absl::string_view line) {
  absl::string_view version = line;
  if (!absl::ConsumePrefix(&version, kTitle))
    return DamagedJournal("its first line is no title");
  if (version == kVersion) return absl::OkStatus();
  return WithHint(
      MakeError(Failure::kError,
                "the journal was written by a later version of pgbale"),
      "Resume with that version.");
}

// "NAME VALUE".
absl::Status ParseFact(absl::string_view line, JournalHead& head) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(line, absl::MaxSplits(' ', 1));
  std::string value;
  if (!absl::CUnescape(parts.second, &value) ||
      !head.facts.emplace(parts.first, value).second)
    return DamagedJournal("a fact cannot be read");
  return absl::OkStatus();
}

bool HasChunks(WorkKind kind) {
  return kind == WorkKind::kRows || kind == WorkKind::kStep;
}

// Units of entries alone, ids that follow one another as one range.
void AppendIds(std::vector<uint32_t> ids, std::string& out) {
  std::sort(ids.begin(), ids.end());
  for (size_t i = 0; i < ids.size();) {
    size_t end = i + 1;
    while (end < ids.size() && ids[end] == ids[end - 1] + 1) ++end;
    absl::StrAppend(&out, i == 0 ? "" : ",", ids[i]);
    if (end - i > 1) absl::StrAppend(&out, "-", ids[end - 1]);
    i = end;
  }
}

// "A-B" or "A", both below `end`.
std::optional<Range> ParseRange(absl::string_view text, uint64_t end) {
  const std::vector<absl::string_view> ends = absl::StrSplit(text, '-');
  Range range;
  if (ends.size() > 2 || !absl::SimpleAtoi(ends.front(), &range.first) ||
      !absl::SimpleAtoi(ends.back(), &range.second) ||
      range.first > range.second || range.second >= end)
    return std::nullopt;
  return range;
}

// False for what is no unit of a record of this kind.
bool AddUnits(absl::string_view text, WorkRecord& record) {
  if (!HasChunks(record.kind)) {
    const std::optional<Range> ids = ParseRange(text, kIdsEnd);
    for (uint64_t id = ids ? ids->first : 0; ids && id <= ids->second; ++id)
      record.units.push_back({.entry_id = static_cast<uint32_t>(id)});
    return ids.has_value();
  }
  const std::vector<absl::string_view> parts = absl::StrSplit(text, ':');
  WorkUnit unit;
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[0], &unit.entry_id))
    return false;
  const std::optional<Range> range = ParseRange(parts[1], kChunksEnd);
  if (!range.has_value()) return false;
  std::tie(unit.first, unit.last) = *range;
  record.units.push_back(unit);
  return true;
}

std::optional<NumberedRecord> ParseRecord(absl::string_view line) {
  const std::optional<absl::string_view> text = Unsealed(line);
  if (!text.has_value()) return std::nullopt;
  const std::vector<absl::string_view> words = absl::StrSplit(*text, ' ');
  NumberedRecord numbered;
  if (words.size() != 3 || words[1].size() != 1 ||
      !absl::SimpleAtoi(words[0], &numbered.number) ||
      !absl::StrContains("cdrsuf", words[1]))
    return std::nullopt;
  numbered.record.kind = static_cast<WorkKind>(words[1].front());
  for (const absl::string_view unit : absl::StrSplit(words[2], ','))
    if (!AddUnits(unit, numbered.record)) return std::nullopt;
  return numbered;
}

}  // namespace

std::string JournalHeadText(const std::map<std::string, std::string>& facts) {
  std::string text = Sealed(absl::StrCat(kTitle, kVersion));
  for (const auto& [name, value] : facts)
    absl::StrAppend(&text,
                    Sealed(absl::StrCat(name, " ", absl::CEscape(value))));
  absl::StrAppend(&text, Sealed(kHeadEnd));
  return text;
}

std::string JournalStateText(absl::string_view word) { return Sealed(word); }

absl::StatusOr<JournalHead> ParseJournalHead(absl::string_view text) {
  JournalHead head;
  bool titled = false;
  bool ended = false;
  while (!text.empty()) {
    const size_t length = text.find('\n');
    const std::optional<absl::string_view> line =
        Unsealed(text.substr(0, length));
    const bool whole = length != absl::string_view::npos;
    if (!whole && ended) break;
    if (!whole || !line.has_value())
      return DamagedJournal("a line is not what was written");
    text.remove_prefix(length + 1);
    if (!titled)
      RETURN_IF_ERROR(CheckTitle(*line));
    else if (ended)
      head.states.emplace_back(*line);
    else if (*line != kHeadEnd)
      RETURN_IF_ERROR(ParseFact(*line, head));
    ended = ended || (titled && *line == kHeadEnd);
    titled = true;
  }
  if (!ended) return DamagedJournal("its end is missing");
  return head;
}

std::string WorkRecordLine(uint64_t number, const WorkRecord& record) {
  std::string text = absl::StrCat(
      number, " ", std::string(1, static_cast<char>(record.kind)), " ");
  if (HasChunks(record.kind)) {
    const auto append = [](std::string* out, const WorkUnit& unit) {
      absl::StrAppend(out, unit.entry_id, ":", unit.first, "-", unit.last);
    };
    absl::StrAppend(&text, absl::StrJoin(record.units, ",", append));
  } else {
    std::vector<uint32_t> ids;
    for (const WorkUnit& unit : record.units) ids.push_back(unit.entry_id);
    AppendIds(std::move(ids), text);
  }
  return Sealed(text);
}

absl::StatusOr<std::vector<NumberedRecord>> ParseWorkRecords(
    absl::string_view octets) {
  std::vector<NumberedRecord> records;
  while (true) {
    octets.remove_prefix(
        std::min(octets.find_first_not_of('\0'), octets.size()));
    if (octets.empty()) break;
    const size_t length = octets.find('\n');
    std::optional<NumberedRecord> record =
        ParseRecord(octets.substr(0, length));
    if (length == absl::string_view::npos || !record.has_value())
      return MakeError(Failure::kDamaged,
                       "what the target remembers of the restore is damaged");
    records.push_back(*std::move(record));
    octets.remove_prefix(length + 1);
  }
  std::sort(records.begin(), records.end(),
            [](const NumberedRecord& one, const NumberedRecord& other) {
              return one.number < other.number;
            });
  return records;
}

}  // namespace pgbale

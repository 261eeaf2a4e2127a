#include "restore/entry_list.h"

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/status.h"
#include "base/text.h"

namespace pgbale {
namespace {

void AppendFact(absl::string_view name, absl::string_view value,
                std::string& out) {
  absl::StrAppend(&out, ";     ", name, ": ", Printable(value), "\n");
}

// A dash where there is nothing, so that columns can be counted.
std::string Word(absl::string_view name) {
  return name.empty() ? "-" : Printable(name);
}

void AppendEntry(const Entry& entry, std::string& out) {
  // The zeros stand where pg_restore prints oids: of such an entry as well.
  absl::StrAppend(&out, entry.id, "; 0 0 ", Printable(entry.kind), " ",
                  Word(entry.schema), " ");
  if (!entry.relation.empty() && !entry.name.empty())
    absl::StrAppend(&out, Printable(entry.relation), " ");
  absl::StrAppend(&out, Word(entry.name), " ", Word(entry.owner), "\n");
}

absl::Status BadLine(absl::string_view file, size_t line,
                     absl::string_view what) {
  return WithHint(
      MakeError(Failure::kError,
                absl::StrCat(Quoted(file), ": line ", line, ": ", what)),
      "A line is an entry's id and a semicolon, as \"pgbale list -l\" prints "
      "them for this archive.");
}

}  // namespace

std::string EntryListText(const ArchiveInfo& info, size_t archive_entries,
                          absl::Span<const Entry* const> entries) {
  std::string out = ";\n";
  absl::StrAppend(&out, "; Archive created at ", Printable(info.created_at),
                  "\n");
  AppendFact("dbname", info.database, out);
  AppendFact("TOC Entries", absl::StrCat(archive_entries), out);
  AppendFact("Format", "BALE", out);
  AppendFact("Dumped from database version", info.server_version_text, out);
  AppendFact("Dumped by", info.created_by, out);
  absl::StrAppend(&out, ";\n;\n; Selected TOC Entries:\n;\n");
  for (const Entry* entry : entries) AppendEntry(*entry, out);
  return out;
}

absl::StatusOr<std::vector<uint32_t>> ParseEntryList(absl::string_view text,
                                                     absl::string_view file,
                                                     size_t archive_entries) {
  std::vector<uint32_t> ids;
  absl::flat_hash_set<uint32_t> seen;
  size_t number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    line = absl::StripAsciiWhitespace(line.substr(0, line.find(';')));
    if (line.empty()) continue;
    uint32_t id = 0;
    if (!absl::SimpleAtoi(line, &id))
      return BadLine(file, number,
                     absl::StrCat("no number but ", Quoted(line)));
    if (id == 0 || id > archive_entries)
      return BadLine(file, number,
                     absl::StrCat("the archive has no entry ", id));
    if (seen.insert(id).second) ids.push_back(id);
  }
  if (!ids.empty()) return ids;
  return MakeError(Failure::kError,
                   absl::StrCat(Quoted(file), ": no entry is listed"));
}

}  // namespace pgbale

#include "engine/inspect/list.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/inspect/column_encodings.h"
#include "engine/inspect/json_object.h"
#include "restore/entry_list.h"

namespace pgbale {
namespace {

struct Sums {
  uint64_t tables = 0, rows = 0, raw_bytes = 0;
};

Sums SumsOf(const ArchiveReader& archive) {
  Sums sums;
  for (const Entry& entry : archive.entries())
    sums.tables += entry.data.has_value() ? 1 : 0;
  for (const TableTotals& totals : archive.directory().tables) {
    sums.rows += totals.rows;
    sums.raw_bytes += totals.raw_bytes;
  }
  return sums;
}

std::string Ratio(uint64_t raw_bytes, uint64_t stored_bytes) {
  if (stored_bytes == 0) return "";
  return absl::StrFormat("%.1f", static_cast<double>(raw_bytes) /
                                     static_cast<double>(stored_bytes));
}

// A trigger and its like are named after their table first.
std::string NameOf(const Entry& entry) {
  if (entry.relation.empty() || entry.name.empty())
    return Printable(entry.name);
  return Printable(absl::StrCat(entry.relation, " ", entry.name));
}

std::string Extensions(const ArchiveInfo& info) {
  return absl::StrJoin(
      info.extensions, ", ",
      [](std::string* out, const std::pair<std::string, std::string>& each) {
        absl::StrAppend(out, each.first, " ", each.second);
      });
}

void AppendFact(std::string& out, absl::string_view name,
                absl::string_view value) {
  if (value.empty()) return;
  absl::StrAppendFormat(&out, "%-11s %s\n", name, Printable(value));
}

std::string SalvagedText(const ArchiveInfo& info) {
  if (info.salvaged_at.empty()) return "";
  return absl::StrCat(info.salvaged_at, " from a damaged archive",
                      info.entries_lost == 0
                          ? ""
                          : absl::StrCat(", objects that are lost: ",
                                         HumanCount(info.entries_lost)));
}

void AppendInfo(const ArchiveReader& archive, std::string& out) {
  const ArchiveInfo& info = archive.info();
  const Sums sums = SumsOf(archive);
  AppendFact(out, "database", info.database);
  AppendFact(out, "server",
             absl::StrCat("PostgreSQL ", info.server_version_text));
  AppendFact(out, "encoding", info.encoding);
  AppendFact(out, "extensions", Extensions(info));
  AppendFact(out, "snapshot", info.snapshot_time);
  AppendFact(out, "created",
             absl::StrCat(info.created_at, " by ", info.created_by));
  AppendFact(out, "salvaged", SalvagedText(info));
  AppendFact(out, "contents",
             absl::StrCat(HumanCount(archive.entries().size()), " entries, ",
                          HumanCount(sums.tables), " tables, ",
                          HumanCount(sums.rows), " rows"));
  const std::string ratio = Ratio(sums.raw_bytes, archive.size());
  AppendFact(out, "size",
             absl::StrCat(HumanBytes(archive.size()), ", rows raw ",
                          HumanBytes(sums.raw_bytes), ", ratio ", ratio));
}

struct Widths {
  size_t kind = 4, schema = 6, name = 4;
};

Widths WidthsOf(const ArchiveReader& archive) {
  // A name that is longer than most pushes its own line only.
  constexpr size_t kNameMax = 36;
  Widths widths;
  for (const Entry& entry : archive.entries()) {
    widths.kind = std::max(widths.kind, entry.kind.size());
    widths.schema =
        std::max(widths.schema, std::min(kNameMax, entry.schema.size()));
    widths.name =
        std::max(widths.name, std::min(kNameMax, NameOf(entry).size()));
  }
  return widths;
}

// "3 Transposed, 1 Variable", of the columns of a table.
std::string CountEncodings(const std::vector<std::set<std::string>>& columns) {
  std::map<std::string, size_t> counts;
  for (const std::set<std::string>& names : columns)
    for (const std::string& name : names) ++counts[name];
  return absl::StrJoin(
      counts, ", ",
      [](std::string* out, const std::pair<const std::string, size_t>& count) {
        absl::StrAppend(out, count.second, " ", count.first);
      });
}

absl::Status AppendEntry(const ArchiveReader& archive,
                         const ColumnEncodings& encodings, const Entry& entry,
                         const Widths& widths, std::string& out) {
  std::string line = absl::StrFormat(
      "%6d  %-*s  %-*s  %-*s", entry.id, widths.kind, Printable(entry.kind),
      widths.schema, Printable(entry.schema), widths.name, NameOf(entry));
  if (entry.data.has_value()) {
    const TableTotals totals = archive.totals(entry.id);
    ASSIGN_OR_RETURN(const std::vector<std::set<std::string>> columns,
                     encodings.Of(entry));
    absl::StrAppendFormat(
        &line, "  %11s  %8s  %8s  %5s  %s", HumanCount(totals.rows),
        HumanBytes(totals.raw_bytes), HumanBytes(totals.stored_bytes),
        Ratio(totals.raw_bytes, totals.stored_bytes), CountEncodings(columns));
    if (!entry.data->condition.empty())
      absl::StrAppend(&line, "  ", Printable(entry.data->condition));
    if (totals.incomplete) absl::StrAppend(&line, "  INCOMPLETE");
    if (totals.rows_missing != 0)
      absl::StrAppend(&line,
                      ", rows missing: ", HumanCount(totals.rows_missing));
  }
  line.erase(line.find_last_not_of(' ') + 1);
  absl::StrAppend(&out, line, "\n");
  return absl::OkStatus();
}

absl::string_view SectionName(Section section) {
  switch (section) {
    case Section::kPreData:
      return "pre-data";
    case Section::kData:
      return "data";
    case Section::kPostData:
      return "post-data";
  }
  return "unknown";
}

std::vector<JsonObject> ColumnsJson(
    const std::vector<DataColumn>& columns,
    const std::vector<std::set<std::string>>& encodings) {
  std::vector<JsonObject> list;
  for (size_t i = 0; i < columns.size(); ++i) {
    JsonObject json;
    json.Set("name", columns[i].name)
        .Set("type", columns[i].type)
        .Set("encodings", std::vector<std::string>(encodings[i].begin(),
                                                   encodings[i].end()));
    list.push_back(std::move(json));
  }
  return list;
}

absl::StatusOr<JsonObject> EntryJson(const ArchiveReader& archive,
                                     const ColumnEncodings& encodings,
                                     const Entry& entry) {
  JsonObject json;
  json.Set("id", uint64_t{entry.id})
      .Set("kind", entry.kind)
      .Set("schema", entry.schema)
      .Set("name", entry.name)
      .Set("relation", entry.relation)
      .Set("section", SectionName(entry.section))
      .Set("owner", entry.owner)
      .Set("depends", entry.depends)
      .Set("locks", entry.locks)
      .Set("shared_locks", entry.shared_locks);
  if (!entry.data.has_value()) return json;
  const TableTotals totals = archive.totals(entry.id);
  ASSIGN_OR_RETURN(const std::vector<std::set<std::string>> columns,
                   encodings.Of(entry));
  json.Set("format",
           entry.data->format == WireFormat::kBinary ? "binary" : "text")
      .Set("rows", totals.rows)
      .Set("raw_bytes", totals.raw_bytes)
      .Set("stored_bytes", totals.stored_bytes)
      .Set("chunks", totals.chunks)
      .Set("digest", totals.digest.ToHex())
      .Set("columns", ColumnsJson(entry.data->columns, columns));
  if (!entry.data->condition.empty())
    json.Set("condition", entry.data->condition);
  if (totals.incomplete)
    json.Set("incomplete", uint64_t{1})
        .Set("rows_missing", totals.rows_missing);
  return json;
}

}  // namespace

absl::StatusOr<std::string> ListText(const ArchiveReader& archive) {
  std::string out;
  AppendInfo(archive, out);
  const Widths widths = WidthsOf(archive);
  const ColumnEncodings encodings(archive);
  absl::StrAppendFormat(
      &out, "\n%6s  %-*s  %-*s  %-*s  %11s  %8s  %8s  %5s  %s\n", "id",
      widths.kind, "kind", widths.schema, "schema", widths.name, "name", "rows",
      "raw", "stored", "ratio", "columns");
  for (const Entry& entry : archive.entries())
    RETURN_IF_ERROR(AppendEntry(archive, encodings, entry, widths, out));
  return out;
}

absl::StatusOr<std::string> ListJson(const ArchiveReader& archive) {
  const ArchiveInfo& info = archive.info();
  const ColumnEncodings encodings(archive);
  std::vector<JsonObject> entries;
  for (const Entry& entry : archive.entries()) {
    ASSIGN_OR_RETURN(JsonObject json, EntryJson(archive, encodings, entry));
    entries.push_back(std::move(json));
  }
  JsonObject json;
  json.Set("type", "archive")
      .Set("database", info.database)
      .Set("server_version", info.server_version_text)
      .Set("encoding", info.encoding)
      .Set("collation", info.collation)
      .Set("created_at", info.created_at)
      .Set("created_by", info.created_by)
      .Set("snapshot_time", info.snapshot_time)
      .Set("snapshot_lsn", info.snapshot_lsn)
      .Set("system_identifier", info.system_identifier)
      .Set("salvaged_at", info.salvaged_at)
      .Set("entries_lost", info.entries_lost)
      .Set("archive_bytes", archive.size())
      .Set("entries", std::move(entries));
  return json.ToString();
}

std::string ListForEditing(const ArchiveReader& archive) {
  std::vector<const Entry*> entries;
  for (const Entry& entry : archive.entries()) entries.push_back(&entry);
  return EntryListText(archive.info(), entries.size(), entries);
}

}  // namespace pgbale

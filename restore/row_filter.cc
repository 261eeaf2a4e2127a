#include "restore/row_filter.h"

#include <cstddef>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/pattern.h"
#include "base/pg/quote.h"
#include "base/pg/sqlstate.h"
#include "base/status.h"
#include "base/text.h"
#include "format/chunk_filter.h"
#include "format/condition.h"
#include "restore/label.h"
#include "restore/name_array.h"
#include "restore/passing_table.h"
#include "restore/table_copy.h"

namespace pgbale {
namespace {

constexpr absl::string_view kSyntaxError = "42601", kUndefinedColumn = "42703";
// What may come with the archive: functions and operators, types, schemas,
// tables.
constexpr absl::string_view kMissing[] = {"42883", "42704", "3F000", "42P01"};

std::string Label(const Entry& entry) {
  return absl::StrCat("option --where: table ",
                      Quoted(entry.schema, entry.name));
}

// Foreign keys that refer to a table of which rows are left out.
void WarnOfKeys(const Entry& rows, Selection& selection) {
  for (const Entry* entry : selection.entries) {
    if (entry->kind != "FK CONSTRAINT" ||
        !absl::c_linear_search(entry->locks, rows.parent))
      continue;
    // One that locks no other table refers to its own.
    if (entry->parent == rows.parent && entry->locks.size() > 1) continue;
    selection.warnings.push_back(
        absl::StrCat(EntryLabel(*entry), " may not hold: rows of ",
                     Quoted(rows.schema, rows.name), " are left out"));
  }
}

absl::StatusOr<const Entry*> FindTable(const std::string& text,
                                       const Selection& selection) {
  const auto fail = [&](absl::string_view why) {
    return MakeError(
        Failure::kError,
        absl::StrCat("option --where: ", Printable(text), " ", why));
  };
  ASSIGN_OR_RETURN(const NamePattern pattern, ParsePattern(text, 2));
  const Entry* found = nullptr;
  for (const Entry* entry : selection.entries) {
    if (!entry->data.has_value() ||
        entry->data->target != DataTarget::kRelation ||
        !MatchesPattern(pattern.schema, entry->schema) ||
        !MatchesPattern(pattern.name, entry->name))
      continue;
    if (found != nullptr) return fail("matches more than one table");
    found = entry;
  }
  if (found == nullptr)
    return WithHint(fail("matches no table whose rows are restored"),
                    "Of a partitioned table, name the partitions, which hold "
                    "the rows.");
  return found;
}

// What comes behind what `prefix` ends in.
std::string InParentheses(const std::string& condition) {
  // What ends in a comment needs a line of its own.
  return absl::StrCat("(", condition,
                      absl::StrContains(condition, "--") ? "\n)" : ")");
}

class Checker {
 public:
  Checker(pg::Connection& connection, const ArchiveInfo& info,
          const Selection& selection, Findings& found)
      : connection_(connection),
        info_(info),
        found_(found),
        makes_more_(absl::c_any_of(selection.entries, MakesMore)) {}

  absl::Status Check(const Entry& entry, const RowFilter& filter) {
    ASSIGN_OR_RETURN(const absl::flat_hash_set<std::string> missing,
                     MissingTypes(*entry.data));
    const std::string before = Before(*entry.data, filter, missing);
    const absl::Status read = Read(before, filter.condition);
    if (read.ok() || !connection_.alive()) return read;
    Add(entry, filter, before, read,
        absl::c_any_of(entry.data->columns, [&](const DataColumn& column) {
          return missing.contains(column.type) &&
                 absl::StrContains(absl::AsciiStrToLower(filter.condition),
                                   absl::AsciiStrToLower(column.name));
        }));
    return absl::OkStatus();
  }

 private:
  static constexpr absl::string_view kName = "pgbale_condition";

  // More than tables and what belongs to them: a function, say.
  static bool MakesMore(const Entry* entry) {
    return entry->section == Section::kPreData && entry->parent == 0 &&
           entry->aspect == Aspect::kDefinition && !entry->is_relation &&
           entry->kind != "SCHEMA" && !entry->create.empty();
  }

  absl::StatusOr<absl::flat_hash_set<std::string>> MissingTypes(
      const TableData& data) {
    std::vector<std::string> types;
    for (const DataColumn& column : data.columns) types.push_back(column.type);
    ASSIGN_OR_RETURN(
        const pg::Result result,
        connection_.Query("SELECT t FROM pg_catalog.unnest($1::pg_catalog"
                          ".text[]) t WHERE pg_catalog.to_regtype(t) IS NULL",
                          {NameArray(types)}));
    absl::flat_hash_set<std::string> missing;
    for (const pg::Row row : result) missing.insert(row.str(0));
    return missing;
  }

  // PREPARE reads a statement, and runs nothing of it.
  static std::string Before(const TableData& data, const RowFilter& filter,
                            const absl::flat_hash_set<std::string>& missing) {
    const std::string columns = absl::StrJoin(
        data.columns, ", ", [&](std::string* out, const DataColumn& column) {
          absl::StrAppend(
              out, "NULL::",
              missing.contains(column.type) ? "pg_catalog.text" : column.type,
              " AS ", pg::QuoteIdentifier(column.name));
        });
    return absl::StrCat("PREPARE ", kName, " AS SELECT FROM (SELECT ", columns,
                        ") AS ", pg::QuoteIdentifier(filter.table), " WHERE ");
  }

  // What is right behind WHERE and in parentheses, is one expression: not
  // "a) OR (b", nor "a ORDER BY b".
  absl::Status Read(const std::string& before, const std::string& condition) {
    for (const std::string& text :
         {absl::StrCat(" ", condition), InParentheses(condition)}) {
      RETURN_IF_ERROR(connection_.Execute(absl::StrCat(before, text)));
      RETURN_IF_ERROR(connection_.Execute(absl::StrCat("DEALLOCATE ", kName)));
    }
    return absl::OkStatus();
  }

  void Add(const Entry& entry, const RowFilter& filter,
           const std::string& before, const absl::Status& error,
           bool may_need_type) {
    const std::string state = SqlStateOf(error);
    const bool surely = state == kSyntaxError || state == kUndefinedColumn;
    const bool may_come =
        may_need_type ||
        (makes_more_ && absl::c_linear_search(kMissing, state));
    const std::string text = absl::StrCat(
        Label(entry), ": ", error.message(),
        PlaceOf(error, before, filter.condition), " (", state, ")");
    if (surely || !may_come)
      found_.Block(text,
                   "CONDITION is SQL on the columns whose values the archive "
                   "holds; names outside of pg_catalog need their schemas.");
    else
      found_.warnings.push_back(absl::StrCat(
          text, ": may be due to what the restore has yet to make"));
  }

  // The server counts from the beginning of the statement.
  std::string PlaceOf(const absl::Status& error, const std::string& before,
                      const std::string& condition) const {
    const int place =
        pg::PositionOf(error) - static_cast<int>(Characters(before) + 1);
    if (place <= 0) return "";
    if (place > static_cast<int>(Characters(condition)))
      return ", at the end of the condition";
    return absl::StrCat(", at character ", place, " of the condition");
  }

  size_t Characters(const std::string& text) const {
    if (info_.encoding != "UTF8") return text.size();
    return static_cast<size_t>(
        absl::c_count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
  }

  pg::Connection& connection_;
  const ArchiveInfo& info_;
  Findings& found_;
  const bool makes_more_;
};

// Those columns of `data` whose values compare in the target as they are
// stored.
absl::StatusOr<absl::flat_hash_set<size_t>> ComparableColumns(
    pg::Connection& connection, const TableData& data) {
  enum { kName, kType, kSameOctets };
  ASSIGN_OR_RETURN(
      const pg::Result result,
      connection.Query(
          "SELECT a.attname,"
          " pg_catalog.format_type(a.atttypid, a.atttypmod),"
          " COALESCE(k.collisdeterministic, true)"
          " AND pg_catalog.current_setting('client_encoding')"
          " = pg_catalog.current_setting('server_encoding')"
          " FROM pg_catalog.pg_attribute a"
          " LEFT JOIN pg_catalog.pg_collation k ON k.oid = a.attcollation"
          " WHERE a.attrelid = pg_catalog.to_regclass($1)"
          " AND a.attnum > 0 AND NOT a.attisdropped",
          {pg::QualifiedName(data.schema, data.relation)}));
  absl::flat_hash_set<size_t> columns;
  for (const pg::Row row : result)
    for (size_t i = 0; i < data.columns.size(); ++i)
      if (row.text(kName) == data.columns[i].name &&
          row.text(kType) == data.columns[i].type && row.boolean(kSameOctets) &&
          CanFilterBy(data.columns[i]))
        columns.insert(i);
  return columns;
}

}  // namespace

absl::StatusOr<RowFilters> FindRowFilters(const RestoreOptions& options,
                                          Selection& selection) {
  RowFilters filters;
  for (const auto& [table, condition] : options.where) {
    ASSIGN_OR_RETURN(const Entry* const entry, FindTable(table, selection));
    const RowFilter filter = {.condition = condition, .table = entry->name};
    if (!filters.try_emplace(entry->id, filter).second)
      return MakeError(Failure::kError,
                       absl::StrCat("option --where: ", Printable(table),
                                    " is named twice"));
    WarnOfKeys(*entry, selection);
  }
  return filters;
}

absl::Status CheckRowFilters(pg::Connection& connection,
                             const ArchiveInfo& info, const RowFilters& filters,
                             const Selection& selection, Findings& found) {
  Checker checker(connection, info, selection, found);
  for (const Entry* entry : selection.entries)
    if (const auto filter = filters.find(entry->id); filter != filters.end())
      RETURN_IF_ERROR(checker.Check(*entry, filter->second));
  return absl::OkStatus();
}

std::string WhereClause(const RowFilter& filter) {
  return absl::StrCat("AS ", pg::QuoteIdentifier(filter.table), " WHERE ",
                      InParentheses(filter.condition));
}

absl::StatusOr<std::vector<ChunkRef>> ChunksToRead(
    pg::Connection& connection, const ArchiveReader& reader, const Entry& entry,
    const RowFilter& filter, absl::Span<const ChunkRef> chunks) {
  ASSIGN_OR_RETURN(const absl::flat_hash_set<size_t> columns,
                   ComparableColumns(connection, *entry.data));
  const ChunkFilter chunk_filter(ParseCondition(filter.condition), *entry.data,
                                 filter.table, columns);
  std::vector<ChunkRef> kept;
  for (const ChunkRef& chunk : chunks) {
    // To prove what a small one says of itself, all of it would be read.
    if (!chunk_filter.passes_all() && chunk.head_hash != 0) {
      const absl::StatusOr<ChunkHead> head = reader.ReadChunkHead(chunk);
      if (head.ok() && !chunk_filter.MayHold(*head)) continue;
    }
    kept.push_back(chunk);
  }
  return kept;
}

absl::StatusOr<uint64_t> CopyFiltered(pg::Connection& connection,
                                      EntryRows& rows,
                                      const RowFilter& filter) {
  const uint32_t id = rows.entry().id;
  const TableData& data = *rows.entry().data;
  const TableData passing = Passing(data, id);
  const std::string name = pg::QualifiedName(passing.schema, passing.relation);
  RETURN_IF_ERROR(connection.Execute(CreatePassingTable(data, id)));
  RETURN_IF_ERROR(CopyTable(connection, rows, passing));
  RETURN_IF_ERROR(connection.Execute(absl::StrCat(
      "DELETE FROM ", name, " AS ", pg::QuoteIdentifier(filter.table),
      " WHERE ", InParentheses(filter.condition), " IS NOT TRUE")));
  enum { kPassed, kStored };
  ASSIGN_OR_RETURN(const pg::Result counts,
                   connection.Query(absl::StrCat(
                       "WITH stored AS (", InsertPassed(data, id),
                       " RETURNING 1) SELECT (SELECT pg_catalog.count(*) FROM ",
                       name, "), (SELECT pg_catalog.count(*) FROM stored)")));
  RETURN_IF_ERROR(connection.Execute(absl::StrCat("DROP TABLE ", name)));
  const auto passed = static_cast<uint64_t>(counts.row(0).integer(kPassed));
  RETURN_IF_ERROR(CheckStored(
      static_cast<uint64_t>(counts.row(0).integer(kStored)), passed));
  return passed;
}

}  // namespace pgbale

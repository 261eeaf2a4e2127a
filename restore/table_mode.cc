#include "restore/table_mode.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/pg/quote.h"
#include "base/status.h"
#include "base/text.h"
#include "restore/passing_table.h"

namespace pgbale {
namespace {

struct StandingColumn {
  std::string name;
  std::string type;  // as format_type prints it
  bool must_be_given = false;
  bool generated = false;
  bool always_identity = false;
  bool in_key = false;  // of the primary key
};

constexpr absl::string_view kColumns =
    "SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod),"
    " a.attnotnull AND NOT a.atthasdef AND a.attidentity = '',"
    " a.attgenerated <> '', a.attidentity = 'a',"
    " COALESCE(a.attnum = ANY (i.indkey), false)"
    " FROM pg_catalog.pg_class c"
    " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
    " LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid"
    " AND a.attnum > 0 AND NOT a.attisdropped"
    " LEFT JOIN pg_catalog.pg_index i"
    " ON i.indrelid = c.oid AND i.indisprimary"
    " WHERE n.nspname = $1 AND c.relname = $2 ORDER BY a.attnum";
enum Column { kName, kType, kMustBeGiven, kGenerated, kAlways, kInKey };

// nullopt if the table is not there.
absl::StatusOr<std::optional<std::vector<StandingColumn>>> ReadColumns(
    pg::Connection& connection, const TableData& data) {
  ASSIGN_OR_RETURN(const pg::Result result,
                   connection.Query(kColumns, {data.schema, data.relation}));
  if (result.rows() == 0) return std::optional<std::vector<StandingColumn>>();
  std::vector<StandingColumn> columns;
  for (const pg::Row row : result)
    if (!row.is_null(kName))
      columns.push_back({row.str(kName), row.str(kType),
                         row.boolean(kMustBeGiven), row.boolean(kGenerated),
                         row.boolean(kAlways), row.boolean(kInKey)});
  return std::optional(std::move(columns));
}

const StandingColumn* Find(const std::vector<StandingColumn>& columns,
                           const std::string& name) {
  for (const StandingColumn& column : columns)
    if (column.name == name) return &column;
  return nullptr;
}

// Problems of one table.
void Compare(const TableData& data, const std::vector<StandingColumn>& standing,
             Findings& found) {
  const auto block = [&](absl::string_view name, const std::string& what) {
    found.Block(absl::StrCat("column ", Quoted(name), " of table ",
                             Quoted(data.schema, data.relation), " ", what),
                "Alter the table to be as it was, or restore it as a new one.");
  };
  for (const DataColumn& column : data.columns) {
    const StandingColumn* other = Find(standing, column.name);
    if (other == nullptr)
      block(column.name, "does not exist");
    else if (other->generated)
      block(column.name, "is generated, the archive has values of it");
    else if (other->type != column.type)
      block(column.name,
            absl::StrCat("is ", Printable(other->type),
                         ", in the archive it is ", Printable(column.type)));
  }
  for (const StandingColumn& column : standing) {
    const bool given =
        absl::c_any_of(data.columns, [&column](const DataColumn& other) {
          return other.name == column.name;
        });
    if (!given && column.must_be_given && !column.generated)
      block(column.name,
            "is NOT NULL without a default, the archive has no values of it");
  }
}

// "INSERT … SELECT … ON CONFLICT …": what has passed of `data`, or what `where`
// leaves of that.
std::string MergeStatement(const TableData& data, uint32_t id,
                           const std::string& where,
                           const std::vector<StandingColumn>& standing) {
  std::vector<std::string> key, changes;
  for (const DataColumn& column : data.columns) {
    const StandingColumn* other = Find(standing, column.name);
    const std::string name = pg::QuoteIdentifier(column.name);
    if (other != nullptr && other->in_key)
      key.push_back(name);
    else if (other != nullptr && !other->always_identity)
      changes.push_back(absl::StrCat(name, " = EXCLUDED.", name));
  }
  return absl::StrCat(
      InsertPassed(data, id), " ", where, where.empty() ? "" : " ",
      "ON CONFLICT (", absl::StrJoin(key, ", "), ") DO ",
      changes.empty()
          ? "NOTHING"
          : absl::StrCat("UPDATE SET ", absl::StrJoin(changes, ", ")));
}

class ModeApplier {
 public:
  ModeApplier(pg::Connection& connection, const RestoreOptions& options,
              RowFilters& filters, std::vector<Entry>& entries,
              Selection& selection, Findings& found)
      : connection_(connection),
        options_(options),
        filters_(filters),
        entries_(entries),
        selection_(selection),
        found_(found) {}

  absl::Status Run();

 private:
  // The ids of what is kept; later changes move the entries.
  std::vector<uint32_t> Kept() const;
  // One table of either mode.
  absl::Status ApplyTo(uint32_t id);
  // Which partition rows go to that are loaded through their root, the target
  // decides: it must be all of them that are truncated, or none.
  void CheckAllOfRoot(uint32_t id);
  void Upsert(uint32_t id, const std::vector<StandingColumn>& standing);
  // A new entry, the last.
  uint32_t Add(Section section, const Entry& of, std::string statement);

  pg::Connection& connection_;
  const RestoreOptions& options_;
  RowFilters& filters_;
  std::vector<Entry>& entries_;
  Selection& selection_;
  Findings& found_;
  std::vector<uint32_t> kept_, selected_;
  std::vector<std::string> truncated_;
};

std::vector<uint32_t> ModeApplier::Kept() const {
  std::vector<uint32_t> ids;
  for (const Entry* entry : selection_.entries) {
    const bool rows =
        entry->data.has_value() && entry->data->target == DataTarget::kRelation;
    const bool state = !entry->data.has_value() &&
                       entry->section == Section::kData &&
                       options_.table_mode == TableMode::kTruncate &&
                       !selection_.needed.contains(entry->id);
    if (rows || state) ids.push_back(entry->id);
  }
  return ids;
}

absl::Status ModeApplier::Run() {
  kept_ = selected_ = Kept();
  for (const uint32_t id : kept_)
    if (entries_[id - 1].data.has_value()) RETURN_IF_ERROR(ApplyTo(id));
  if (options_.table_mode == TableMode::kTruncate && !truncated_.empty()) {
    // All at once: they may refer to one another.
    Entry of;
    of.kind = "TRUNCATE";
    of.name = absl::StrJoin(truncated_, ", ");
    // Each is ONLY itself: rows of tables that inherit from it are others'.
    Add(Section::kPreData, of,
        absl::StrCat("TRUNCATE TABLE ONLY ",
                     absl::StrJoin(truncated_, ", ONLY ")));
  }
  selection_.entries.clear();
  for (const uint32_t id : selected_)
    selection_.entries.push_back(&entries_[id - 1]);
  return absl::OkStatus();
}

absl::Status ModeApplier::ApplyTo(uint32_t id) {
  const TableData data = *entries_[id - 1].data;
  ASSIGN_OR_RETURN(const std::optional<std::vector<StandingColumn>> standing,
                   ReadColumns(connection_, data));
  // That it is missing is found elsewhere.
  if (!standing.has_value()) return absl::OkStatus();
  Compare(data, *standing, found_);
  if (options_.table_mode == TableMode::kTruncate) {
    if (data.via_root) CheckAllOfRoot(id);
    // Of a partition, whose rows may go through its root, itself.
    truncated_.push_back(
        pg::QualifiedName(entries_[id - 1].schema, entries_[id - 1].name));
  }
  if (options_.table_mode == TableMode::kUpsert) Upsert(id, *standing);
  return absl::OkStatus();
}

void ModeApplier::CheckAllOfRoot(uint32_t id) {
  const TableData& data = *entries_[id - 1].data;
  const bool all = absl::c_all_of(entries_, [&](const Entry& other) {
    return !other.data.has_value() || !other.data->via_root ||
           other.data->schema != data.schema ||
           other.data->relation != data.relation ||
           absl::c_linear_search(kept_, other.id);
  });
  if (all) return;
  found_.Block(
      absl::StrCat("table ",
                   Quoted(entries_[id - 1].schema, entries_[id - 1].name),
                   " may hold rows of other partitions here, which "
                   "TRUNCATE would remove"),
      absl::StrCat("Restore all of ", Quoted(data.schema, data.relation), "."));
}

void ModeApplier::Upsert(uint32_t id,
                         const std::vector<StandingColumn>& standing) {
  const TableData data = *entries_[id - 1].data;
  const bool has_key = absl::c_any_of(
      standing, [](const StandingColumn& column) { return column.in_key; });
  if (!has_key) {
    found_.Block(absl::StrCat("table ", Quoted(data.schema, data.relation),
                              " has no primary key"),
                 "--table-mode=upsert tells rows by it: use append or "
                 "truncate.");
    return;
  }
  const Entry of = entries_[id - 1];
  Add(Section::kPreData, of, CreatePassingTable(data, id));
  std::string where;
  if (const auto filter = filters_.find(id); filter != filters_.end()) {
    filter->second.at_merge = true;
    where = WhereClause(filter->second);
  }
  const uint32_t merge =
      Add(Section::kPostData, of, MergeStatement(data, id, where, standing));
  entries_[merge - 1].depends = {id};
  entries_[id - 1].data = Passing(data, id);
}

uint32_t ModeApplier::Add(Section section, const Entry& of,
                          std::string statement) {
  Entry entry;
  entry.id = static_cast<uint32_t>(entries_.size() + 1);
  entry.kind = of.kind;
  entry.schema = of.schema;
  entry.name = of.name;
  entry.section = section;
  entry.create.push_back(std::move(statement));
  entries_.push_back(std::move(entry));
  selected_.push_back(entries_.back().id);
  return entries_.back().id;
}

}  // namespace

absl::Status ApplyTableMode(pg::Connection& connection,
                            const RestoreOptions& options, RowFilters& filters,
                            std::vector<Entry>& entries, Selection& selection,
                            Findings& found) {
  return ModeApplier(connection, options, filters, entries, selection, found)
      .Run();
}

}  // namespace pgbale

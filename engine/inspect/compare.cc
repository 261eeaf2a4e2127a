#include "engine/inspect/compare.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "base/mutex.h"
#include "base/pattern.h"
#include "base/sched/job_graph.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/dump/copy_rows.h"
#include "engine/dump/copy_statement.h"
#include "engine/dump/sessions.h"
#include "engine/dump/table_parts.h"
#include "engine/inspect/json_object.h"
#include "engine/inspect/row_groups.h"
#include "format/entry_codec.h"

namespace pgbale {
namespace {

// A batch is counted and forgotten at this size.
constexpr uint64_t kBatchRawBytes = 1 << 20;

// Tables of users, with the roots of partitions, and their columns and the
// types of these.
constexpr absl::string_view kTables =
    "SELECT n.nspname, c.relname, c.relkind, EXISTS (SELECT FROM"
    " pg_catalog.pg_depend d WHERE d.classid ="
    " 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND"
    " d.deptype = 'e'), pg_catalog.array_agg(a.attname::pg_catalog.text),"
    " pg_catalog.array_agg(pg_catalog.format_type(a.atttypid, a.atttypmod)),"
    " rn.nspname, r.relname FROM pg_catalog.pg_class c"
    " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
    " LEFT JOIN pg_catalog.pg_class r ON c.relispartition AND"
    " r.oid = pg_catalog.pg_partition_root(c.oid)"
    " LEFT JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace"
    " LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND"
    " a.attnum > 0 AND NOT a.attisdropped"
    " WHERE c.relkind IN ('r', 'p', 'f', 'm', 'v') AND n.nspname !~ '^pg_'"
    " AND n.nspname <> 'information_schema' GROUP BY c.oid, n.nspname,"
    " c.relname, c.relkind, rn.nspname, r.relname";
enum TablesColumn {
  kSchema,
  kName,
  kKind,
  kOfExtension,
  kColumns,
  kTypes,
  kRootSchema,
  kRootName
};

struct LiveTable {
  char kind = 'r';
  bool of_extension = false;
  std::map<std::string, std::string> column_types;
  std::optional<TableName> root;  // of a partition
};
using LiveTables = std::map<TableName, LiveTable>;

absl::StatusOr<LiveTables> ReadTables(pg::Connection& connection) {
  ASSIGN_OR_RETURN(const pg::Result rows, connection.Query(kTables));
  LiveTables tables;
  for (const pg::Row row : rows) {
    LiveTable& table = tables[{row.str(kSchema), row.str(kName)}];
    table.kind = row.text(kKind).empty() ? 'r' : row.text(kKind)[0];
    table.of_extension = row.boolean(kOfExtension);
    if (!row.is_null(kRootName))
      table.root = {row.str(kRootSchema), row.str(kRootName)};
    const std::vector<std::string> names = row.array(kColumns);
    const std::vector<std::string> types = row.array(kTypes);
    for (size_t i = 0; i < std::min(names.size(), types.size()); ++i)
      table.column_types[names[i]] = types[i];
  }
  return tables;
}

// By partitions that hold rows.
std::map<TableName, TableName> RootsOf(const LiveTables& tables) {
  std::map<TableName, TableName> roots;
  for (const auto& [name, table] : tables)
    if (table.kind != 'p' && table.root.has_value()) roots[name] = *table.root;
  return roots;
}

// What is compared at once: a table, or partitions as a whole.
struct Comparison {
  Entry entry;  // as a dump would read it
  std::string label;
  bool whole = false;           // of all partitions
  bool with_condition = false;  // some of the rows only
  bool alike = true;            // see RowGroup
  uint64_t rows = 0;
  uint64_t raw_bytes = 0;
  Digest digest;
};

class Comparer {
 public:
  Comparer(const ArchiveReader& archive, const CompareOptions& options,
           CancelToken& cancel, Progress& progress)
      : archive_(archive),
        options_(options),
        cancel_(cancel),
        progress_(progress) {}

  absl::StatusOr<CompareReport> Run();

 private:
  absl::Status Select();
  void Add(const RowGroup& group);
  // What the catalog tells without reading a row.
  bool CanBeCompared(const Comparison& comparison);
  void CheckMore();
  absl::Status Compare(const Comparison& comparison, int worker);
  absl::Status ReadRows(const Comparison& comparison,
                        pg::Connection& connection, Comparison& found);
  absl::StatusOr<std::string> StatementFor(const Comparison& comparison,
                                           pg::Connection& connection);
  void Differs(absl::string_view label, absl::string_view what)
      ABSL_LOCKS_EXCLUDED(mu_);

  const ArchiveReader& archive_;
  const CompareOptions& options_;
  CancelToken& cancel_;
  Progress& progress_;
  std::unique_ptr<DumpSessions> sessions_;
  LiveTables tables_;
  absl::flat_hash_set<uint32_t> selected_;  // ids of data entries
  std::vector<Comparison> comparisons_;
  Mutex mu_;
  CompareReport report_ ABSL_GUARDED_BY(mu_);
};

absl::StatusOr<CompareReport> Comparer::Run() {
  RETURN_IF_ERROR(Select());
  pg::ConnectOptions target = options_.target;
  target.cancel = &cancel_;
  ASSIGN_OR_RETURN(
      sessions_, DumpSessions::Open(target, {.jobs = options_.jobs,
                                             .allow_newer_server =
                                                 options_.allow_newer_server}));
  RETURN_IF_ERROR(sessions_->Begin());
  sessions_->CloseFresh();
  ASSIGN_OR_RETURN(tables_, ReadTables(sessions_->leader()));
  for (const RowGroup& group :
       GroupRows(archive_.entries(), selected_, RootsOf(tables_),
                 options_.load_via_root))
    Add(group);
  JobGraph graph;
  for (const Comparison& comparison : comparisons_) {
    if (!CanBeCompared(comparison)) continue;
    progress_.raw_bytes_total += comparison.raw_bytes;
    ++progress_.jobs_total;
    Job job;
    job.name = comparison.label;
    job.weight = comparison.raw_bytes + 1;
    job.run = [this, &comparison](int worker) {
      return Annotate(Compare(comparison, worker), comparison.label);
    };
    graph.Add(std::move(job));
  }
  if (options_.tables.empty()) CheckMore();
  RETURN_IF_ERROR(graph.Run(sessions_->jobs(), cancel_));
  MutexLock lock(mu_);
  std::sort(report_.differences.begin(), report_.differences.end());
  return std::move(report_);
}

absl::Status Comparer::Select() {
  std::vector<NamePattern> patterns;
  for (const std::string& text : options_.tables) {
    ASSIGN_OR_RETURN(NamePattern pattern, ParsePattern(text, 2));
    patterns.push_back(std::move(pattern));
  }
  std::vector<bool> used(patterns.size());
  for (const Entry& entry : archive_.entries()) {
    if (!entry.data.has_value()) continue;
    bool matches = patterns.empty();
    for (size_t i = 0; i < patterns.size(); ++i) {
      if (entry.data->target != DataTarget::kRelation ||
          !MatchesPattern(patterns[i].schema, entry.schema) ||
          !MatchesPattern(patterns[i].name, entry.name))
        continue;
      matches = used[i] = true;
    }
    if (matches) selected_.insert(entry.id);
  }
  for (size_t i = 0; i < patterns.size(); ++i)
    if (!used[i])
      return MakeError(Failure::kError,
                       absl::StrCat("no matching tables with rows are in the "
                                    "archive for pattern ",
                                    Quoted(patterns[i].text)));
  return absl::OkStatus();
}

void Comparer::Add(const RowGroup& group) {
  Comparison& comparison = comparisons_.emplace_back();
  comparison.entry = *group.entries.front();
  comparison.alike = group.Alike();
  comparison.whole = group.root.has_value();
  if (comparison.whole)
    std::tie(comparison.entry.schema, comparison.entry.name) = *group.root;
  TableData& data = *comparison.entry.data;
  data.schema = comparison.entry.schema;
  data.relation = comparison.entry.name;
  comparison.label = DataName(comparison.entry);
  for (const Entry* entry : group.entries) {
    const TableTotals totals = archive_.totals(entry->id);
    comparison.with_condition |= !entry->data->condition.empty();
    comparison.rows += totals.rows;
    comparison.raw_bytes += totals.raw_bytes;
    comparison.digest += totals.digest;
  }
}

bool Comparer::CanBeCompared(const Comparison& comparison) {
  if (comparison.entry.data->target == DataTarget::kLargeObjects) return true;
  const auto found =
      tables_.find({comparison.entry.schema, comparison.entry.name});
  if (found == tables_.end()) {
    Differs(comparison.label, "the database has none of this name");
    return false;
  }
  const LiveTable& table = found->second;
  absl::string_view reason;
  if (table.of_extension)
    reason = "it belongs to an extension, of whose rows a dump takes a part";
  else if (table.kind == 'f')
    reason = "its rows are on another server";
  else if (comparison.with_condition && (comparison.whole || table.kind != 'r'))
    reason = "only rows of some of its partitions were dumped";
  if (!reason.empty()) {
    MutexLock lock(mu_);
    report_.not_compared.push_back(
        absl::StrCat(comparison.label, ": ", reason));
    return false;
  }
  for (const DataColumn& column : comparison.entry.data->columns) {
    const auto type = table.column_types.find(column.name);
    if (type == table.column_types.end()) {
      Differs(comparison.label,
              absl::StrCat("it has no column ", Quoted(column.name)));
      return false;
    }
    if (type->second == column.type) continue;
    Differs(comparison.label,
            absl::StrCat("column ", Quoted(column.name), " is of type ",
                         Printable(type->second), ", in the archive ",
                         Printable(column.type)));
    return false;
  }
  return true;
}

// Tables that the archive has no rows of, not even none.
void Comparer::CheckMore() {
  std::map<TableName, bool> in_archive;
  for (const Entry& entry : archive_.entries()) {
    if (entry.data.has_value() || entry.is_relation)
      in_archive[{entry.schema, entry.name}] = true;
  }
  for (const auto& [name, table] : tables_) {
    if (table.kind != 'r' || table.of_extension || in_archive.contains(name))
      continue;
    Differs(absl::StrCat("table ", Quoted(name.first, name.second)),
            "it is not in the archive");
  }
}

absl::Status Comparer::Compare(const Comparison& comparison, int worker) {
  Comparison found;
  RETURN_IF_ERROR(ReadRows(comparison, sessions_->worker(worker), found));
  ++progress_.jobs_done;
  if (found.rows != comparison.rows) {
    Differs(comparison.label,
            absl::StrCat(HumanCount(found.rows), " rows, in the archive ",
                         HumanCount(comparison.rows)));
  } else if (!comparison.alike) {
    MutexLock lock(mu_);
    report_.not_compared.push_back(absl::StrCat(
        comparison.label,
        ": its partitions have their columns in different orders; it has as "
        "many rows as in the archive"));
  } else if (found.digest != comparison.digest) {
    Differs(comparison.label,
            absl::StrCat(HumanCount(found.rows),
                         " rows, as many as in the archive, but not the same"));
  }
  MutexLock lock(mu_);
  ++report_.tables;
  report_.rows += found.rows;
  return absl::OkStatus();
}

absl::Status Comparer::ReadRows(const Comparison& comparison,
                                pg::Connection& connection, Comparison& found) {
  ASSIGN_OR_RETURN(const std::string statement,
                   StatementFor(comparison, connection));
  return CopyRows(connection, statement, *comparison.entry.data, kBatchRawBytes,
                  cancel_, [&](RowBatch& batch) {
                    found.rows += batch.rows();
                    found.digest += batch.digest();
                    progress_.rows += batch.rows();
                    progress_.raw_bytes += batch.raw_bytes();
                    batch.Clear();
                    return absl::OkStatus();
                  });
}

absl::StatusOr<std::string> Comparer::StatementFor(const Comparison& comparison,
                                                   pg::Connection& connection) {
  const TableData& data = *comparison.entry.data;
  if (data.target == DataTarget::kRelation) {
    const char kind =
        tables_.at({comparison.entry.schema, comparison.entry.name}).kind;
    if (kind == 'r')
      return CopyTableStatement(comparison.entry, data.condition);
    return CopyPartitionsStatement(comparison.entry);
  }
  ASSIGN_OR_RETURN(const absl::string_view table, LargeObjectTable(connection));
  return CopyLargeObjectsStatement(table);
}

void Comparer::Differs(absl::string_view label, absl::string_view what) {
  MutexLock lock(mu_);
  report_.differences.push_back(absl::StrCat(label, ": ", what));
}

}  // namespace

absl::StatusOr<CompareReport> CompareWithDatabase(const ArchiveReader& archive,
                                                  const CompareOptions& options,
                                                  CancelToken& cancel,
                                                  Progress& progress) {
  absl::StatusOr<CompareReport> report =
      Comparer(archive, options, cancel, progress).Run();
  if (!report.ok() && cancel.cancelled()) return cancel.Check();
  return report;
}

absl::Status VerdictOf(const CompareReport& report) {
  if (!report.differences.empty())
    return WithHint(
        MakeError(Failure::kError,
                  absl::StrCat("the database is not what the archive holds; "
                               "differences: ",
                               HumanCount(report.differences.size()))),
        "Rows that were written since the dump differ, too.");
  if (report.not_compared.empty()) return absl::OkStatus();
  return MakeError(Failure::kPartial,
                   absl::StrCat("tables that could not be compared: ",
                                HumanCount(report.not_compared.size())));
}

std::string CompareText(const CompareReport& report) {
  std::string out;
  for (const std::string& line : report.differences)
    absl::StrAppend(&out, "differs: ", line, "\n");
  for (const std::string& line : report.not_compared)
    absl::StrAppend(&out, "not compared: ", line, "\n");
  absl::StrAppend(&out, report.differences.empty() ? "equal: " : "compared: ",
                  HumanCount(report.tables), " tables, ",
                  HumanCount(report.rows), " rows\n");
  return out;
}

std::string CompareJson(const CompareReport& report) {
  JsonObject json;
  json.Set("type", "summary")
      .Set("tables", report.tables)
      .Set("rows", report.rows)
      .Set("differences", report.differences)
      .Set("not_compared", report.not_compared);
  return json.ToString();
}

}  // namespace pgbale

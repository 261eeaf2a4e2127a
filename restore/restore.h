// Restores an archive, or a part of it, into a database.
//
// The story: select entries; check the target and list everything that is in
// the way; drop (--clean) and create (--create); run the definitions before
// the data in large pipelined transactions; load tables, the largest first,
// and build a table's indexes and constraints as soon as its own rows are
// committed; then privileges; then what runs users' code.
//
// It knows no kinds of objects, only the attributes of format/entry.h.

#ifndef PGBALE_RESTORE_RESTORE_H_
#define PGBALE_RESTORE_RESTORE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/cancel.h"
#include "base/pg/connection.h"
#include "base/sched/progress.h"
#include "format/archive_reader.h"
#include "format/archive_stream.h"
#include "format/directory.h"
#include "format/entry.h"

namespace pgbale {

class ErrorLog;
class JobLoader;

// What happens to tables that get rows.
enum class TableMode {
  kCreate,    // they are made; one that stands is a problem
  kAppend,    // they stand, and keep what they hold
  kTruncate,  // they stand, and lose what they hold
  kUpsert,    // they stand; rows replace those with the same primary key
};

inline constexpr uint64_t kStepsBytesMin = 2 << 20;

inline constexpr double kShortCommitSeconds = 0.005;

struct RestoreOptions {
  // The database to restore into; with `create`, one to connect to first.
  // Its cancel token is replaced by the one that Restore is given.
  pg::ConnectOptions target;
  // Connections that work at a time; 0: as many as this machine has cores.
  int jobs = 0;

  // False leaves that aspect of all objects out.
  bool owner = true;
  bool privileges = true;
  bool comments = true;
  bool security_labels = true;
  bool publications = true;
  bool subscriptions = true;
  bool tablespaces = true;
  // Roles of the source that go by other names here, raw: owners, and all that
  // statements name. Roles that `globals` makes keep theirs.
  std::map<std::string, std::string> role_map;
  // What names a role that the target has not is left out, and listed.
  bool skip_missing_roles = false;
  // SET ROLE in every session; empty: none.
  std::string role;

  // Sections to restore; data only is {false, true, false}.
  bool pre_data = true;
  bool data = true;
  bool post_data = true;

  // Statistics of the planner, if the archive has them and the target is 18 or
  // later; `statistics_only`: nothing else.
  bool statistics = true;
  bool statistics_only = false;

  // psql patterns (base/pattern.h): "name", for tables also "schema.name".
  // Tables and schemas together: a table must match both.
  std::vector<std::string> schemas;
  std::vector<std::string> exclude_schemas;
  std::vector<std::string> tables;
  // Besides these, indexes, triggers (their own names) and routines
  // ("f(integer)", as lists print them) alone, without what they need.
  std::vector<std::string> indexes, functions, triggers;
  // All but kCreate: for rows alone ({false, true, false} above) and
  // single_transaction; not from a stream.
  TableMode table_mode = TableMode::kCreate;
  // Of these tables, each a pattern that matches no other one with rows, only
  // those rows for which the condition, SQL on their columns, is true.
  std::vector<std::pair<std::string, std::string>> where;
  // Tables, each by its name or schema and name, and what each becomes, in the
  // same schema unless another one is said: the table and what belongs to it.
  // With definitions, all of them; not from a stream, nor with clean, create or
  // listed.
  std::vector<std::pair<std::string, std::string>> renamings;
  // The schema that all goes to that the patterns hit, and what belongs to it;
  // raw, made if it does not stand; empty: each to its own. As `renamings`.
  std::string into;
  // False: what the patterns hit, without what it needs, indexes and the like.
  bool dependencies = true;
  // Relations of the target, schema and name, that what is restored may refer
  // to. Restore finds them itself.
  std::set<std::pair<std::string, std::string>> standing;
  // Rows of partitions go through the outermost partitioned table above them,
  // which finds their places; else only those that the archive says.
  bool load_via_root = false;
  // Triggers and foreign keys do not look at rows that are loaded; for rows
  // alone, by a role that may set session_replication_role.
  bool disable_triggers = false;

  // Of what the other options select, only the entries with these ids, in
  // this order, and nothing for their sake.
  std::optional<std::vector<uint32_t>> listed;

  // Drop what the archive holds first; `if_exists`: it may be missing.
  bool clean = false;
  bool if_exists = false;
  // Create the database, under its name in the archive, and connect to it.
  bool create = false;
  // The target is a database that stands, and gets owner, settings, comment
  // and privileges of the one that was dumped. Not with `create`.
  bool database_properties = false;
  // First of all make the roles and tablespaces of the archive (aspects
  // kGlobal and kTablespace). One that stands is altered to be equal; nothing
  // is dropped, and nothing is taken from the role that restores.
  bool globals = false;
  // Rows that may be in memory before they are sent, in octets; a single chunk
  // that is larger passes nonetheless. Of an archive that is a file.
  uint64_t memory_bytes = uint64_t{1} << 30;
  // Leave out the rows of damaged chunks, and report them as errors.
  bool skip_corrupt = false;
  // False: go on after an error and report all of them.
  bool exit_on_error = true;
  // A foreign key that rows break stays NOT VALID, and is listed in left_out;
  // not one of a partitioned table, or to one: that is an error.
  bool keep_broken_keys = false;
  // One connection, one transaction: all or nothing. Stops at the first
  // error whatever exit_on_error says. A database is created before it.
  bool single_transaction = false;
  // The file of the journal (journal.h), by which another run can go on if this
  // one is interrupted; empty: none. Not for single_transaction and streams,
  // nor where definitions come under other names.
  std::string journal;
  // Without it the restore does not begin. Else that it cannot be is a warning.
  bool journal_required = false;
  // The file stays when all is done, and says so: for restores of which this is
  // a part, who remove it when all of them are done.
  bool journal_stays = false;
  // Go on where the run that left the journal was interrupted; the options that
  // say what is restored are the same.
  bool resume = false;
  // Do not refuse a target that holds objects.
  bool allow_non_empty = false;
  // The session that checks the target cannot write: a dry run.
  bool read_only = false;
  // Try a target that is newer than all servers that are known.
  bool allow_newer_server = false;

  // What all jobs that build indexes or check keys may use, all together;
  // nullopt: half of the server's shared_buffers. None gets less than the
  // server's own settings say.
  std::optional<uint64_t> maintenance_memory_bytes;
  // Restores that share that memory with this one, this one among them.
  int maintenance_sharers = 1;

  // ANALYZE, when all is done, the tables and materialized views of which the
  // definition or the rows were restored. It replaces statistics of the
  // archive, which are restored before.
  bool analyze = false;

  // Keys of tables with so many octets of rows are made in steps, beside the
  // table's other indexes; see MakePlan.
  uint64_t steps_bytes_min = kStepsBytesMin;

  // With a journal, rows are committed behind each chunk if a commit takes
  // less; a longer one, over a network, may take a share of the time of what
  // lies between two.
  double short_commit_seconds = kShortCommitSeconds;
};

// An object that could not be restored, in the order of events.
struct RestoreError {
  std::string entry;     // "index "public.i"", printable
  std::string sqlstate;  // empty if the error is not the server's
  std::string message;
  std::string hint;

  bool operator==(const RestoreError&) const = default;
};

// What came of a condition on rows (RestoreOptions::where).
struct FilteredRows {
  std::string entry;  // printable
  uint64_t chunks = 0, chunks_read = 0;
  uint64_t rows_read = 0;
  uint64_t rows = 0;  // that fulfil it; of an upsert all that were read

  bool operator==(const FilteredRows&) const = default;
};

struct RestoreSummary {
  uint64_t entries = 0;  // restored, data entries among them
  uint64_t tables = 0;   // data entries
  uint64_t rows = 0;
  uint64_t raw_bytes = 0;
  // Of the archive, all that was asked of the file; 0 for a stream.
  uint64_t archive_bytes_read = 0;
  std::vector<FilteredRows> filtered;  // by label
  // Done by the run that was resumed, and not in the numbers above; `rows` and
  // `raw_bytes` are of this run. `tables` are all.
  bool resumed = false;
  uint64_t entries_before = 0;
  uint64_t rows_before = 0;
  double pre_data_seconds = 0;
  double data_seconds = 0;  // until the last row; indexes are built meanwhile
  double post_data_seconds = 0;
  uint64_t analyzed = 0;       // relations
  double analyze_seconds = 0;  // until the last of them
  double total_seconds = 0;
  // What jobs took behind the definitions before the data, all connections
  // together, by the kind of entries ("TABLE DATA", "INDEX"); entries that
  // share a transaction count alike. Of a stream without its rows.
  std::map<std::string, double> work_seconds;
  // With exit_on_error = false; the exit code is 3 if there is any.
  std::vector<RestoreError> errors;
  // What was left out or may differ, one line each.
  std::vector<std::string> warnings;
  // What `globals` changed of roles and tablespaces that stood already.
  std::vector<std::string> changes;
  // What it left as it is, what skip_missing_roles left out and what
  // keep_broken_keys left unchecked, and why; the exit code is 3 if there is
  // any.
  std::vector<std::string> left_out;
};

// Errors:
//   - kUsage for a pattern that cannot be parsed or options that exclude each
//     other;
//   - kError before anything was written, with one line for each problem of
//     the target (missing roles, tablespaces, extensions, not empty, …) or
//     pattern that matches nothing;
//   - the first error of an entry, naming it, its statement and the SQLSTATE;
//     what was committed before it stays;
//   - kDamaged for a chunk that fails its check: nothing of it was sent (with
//     skip_corrupt it is one of RestoreSummary::errors);
//   - what `cancel` was cancelled with. No backend of ours runs any more when
//     this returns.
// `reader` must remain live until then.
absl::StatusOr<RestoreSummary> Restore(const ArchiveReader& reader,
                                       const RestoreOptions& options,
                                       CancelToken& cancel, Progress& progress);

// Likewise, from an archive that is still being written, which is read to its
// end. Definitions before the data are made as soon as the entries have come;
// rows are loaded as they come, and committed when the end has proved that the
// archive is whole; all else comes then. If the stream breaks, no row stays,
// and the error says so. kUsage with exit_on_error = false: rows that one
// object keeps away cannot be left out of what is one transaction.
absl::StatusOr<RestoreSummary> Restore(ArchiveStream& stream,
                                       const RestoreOptions& options,
                                       CancelToken& cancel, Progress& progress);

// What a restore takes that is in no archive: definitions that were just read,
// and rows that a loader fetches.
struct LiveRows {
  const ArchiveInfo& info;
  const std::vector<Entry>& entries;
  // Of each table with rows its size and its chunks, which are what the loader
  // can fetch apart from others; estimates, but no rows means none at all.
  const Directory& directory;
  // Called once, before anything is made in the target. The loader goes before
  // `errors` does.
  std::function<std::unique_ptr<JobLoader>(ErrorLog& errors)> make_loader;
};

// Likewise, of what is still elsewhere. Not with options of the journal.
absl::StatusOr<RestoreSummary> Restore(const LiveRows& live,
                                       const RestoreOptions& options,
                                       CancelToken& cancel, Progress& progress);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_RESTORE_H_

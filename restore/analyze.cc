#include "restore/analyze.h"

#include <atomic>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "base/pg/quote.h"
#include "base/sched/job_graph.h"
#include "base/status.h"
#include "base/text.h"
#include "restore/label.h"
#include "restore/retry.h"
#include "spdlog/spdlog.h"

namespace pgbale {
namespace {

// The first server that can analyze a partitioned table without its partitions.
constexpr int kAnalyzeOnlySince = 18;
constexpr int kMaintainSince = 17;

struct Target {
  const Entry* entry;
  std::string statement;
  uint64_t bytes;
  bool may;  // else the server passes over it with no more than a warning
};

enum Column { kPosition, kPartitioned, kBytes, kMay };

std::string MaySql(int server_major) {
  return absl::StrCat(
      "pg_catalog.pg_has_role(c.relowner, 'USAGE') OR EXISTS (SELECT FROM "
      "pg_catalog.pg_database d WHERE d.datname = "
      "pg_catalog.current_database() AND "
      "pg_catalog.pg_has_role(d.datdba, 'USAGE'))",
      server_major >= kMaintainSince
          ? " OR pg_catalog.has_table_privilege(c.oid, 'MAINTAIN')"
          : "");
}

// Rows of the targets among `entries`, by their positions.
std::string TargetsSql(const std::vector<const Entry*>& entries,
                       int server_major) {
  const bool skip_partitions = server_major < kAnalyzeOnlySince;
  std::string names;
  for (size_t i = 0; i < entries.size(); ++i)
    absl::StrAppend(&names, i == 0 ? "(" : ", (", i, ", ",
                    pg::QuoteLiteral(entries[i]->schema), ", ",
                    pg::QuoteLiteral(entries[i]->name), ")");
  return absl::StrCat(
      "WITH made AS MATERIALIZED (SELECT v.i, c.oid, c.relkind, "
      "c.relispartition, c.relhassubclass, ",
      MaySql(server_major), " AS may FROM (VALUES ", names,
      ") v(i, schema, name) "
      "JOIN pg_catalog.pg_namespace n ON n.nspname = v.schema "
      "JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid "
      "AND c.relname = v.name WHERE c.relkind IN ('r', 'p', 'm')), "
      "sized AS MATERIALIZED (SELECT m.i, m.oid, m.relkind = 'p' AS parted, "
      "m.relhassubclass, m.may, CASE WHEN m.relkind = 'p' THEN "
      "(SELECT pg_catalog.sum(pg_catalog.pg_relation_size(t.relid)) "
      "FROM pg_catalog.pg_partition_tree(m.oid) t) "
      "ELSE pg_catalog.pg_relation_size(m.oid) END AS bytes FROM made m",
      skip_partitions
          ? " WHERE NOT (m.relispartition AND EXISTS (SELECT FROM "
            "pg_catalog.pg_partition_ancestors(m.oid) a JOIN made p "
            "ON p.oid = a.relid AND p.oid <> m.oid))"
          : "",
      ") SELECT i, parted, bytes::bigint, may FROM sized "
      "WHERE bytes > 0 OR relhassubclass ORDER BY i");
}

absl::StatusOr<std::vector<Target>> FindTargets(
    const std::vector<const Entry*>& entries, pg::Connection& connection) {
  std::vector<Target> targets;
  if (entries.empty()) return targets;
  const int server_major = connection.server_major();
  const bool has_only = server_major >= kAnalyzeOnlySince;
  ASSIGN_OR_RETURN(const pg::Result result,
                   connection.Query(TargetsSql(entries, server_major)));
  for (const pg::Row row : result) {
    const Entry& entry = *entries[static_cast<size_t>(row.integer(kPosition))];
    const bool only = has_only && row.boolean(kPartitioned);
    targets.push_back(
        {&entry,
         absl::StrCat("ANALYZE ", only ? "ONLY " : "",
                      pg::QualifiedName(entry.schema, entry.name)),
         static_cast<uint64_t>(row.integer(kBytes)), row.boolean(kMay)});
  }
  return targets;
}

// In a transaction, which an error ends, it is tried once.
absl::Status Analyze(pg::Connection& connection, const std::string& statement,
                     bool in_transaction, Retry& retry, CancelToken& cancel) {
  for (int tries = 1;; ++tries) {
    absl::Status status = connection.Execute(statement);
    if (in_transaction || !connection.alive()) return status;
    const std::optional<int64_t> wait_ms = retry.WaitMsAfter(status, tries);
    if (!wait_ms.has_value()) return status;
    spdlog::info("{}: {}; again in {} ms", Printable(statement),
                 Printable(std::string(status.message())), *wait_ms);
    if (!WaitUnlessCancelled(*wait_ms, cancel).ok()) return status;
  }
}

}  // namespace

std::vector<const Entry*> RelationsToAnalyze(
    const Selection& selection, const std::vector<Entry>& entries) {
  std::vector<const Entry*> relations;
  absl::flat_hash_set<uint32_t> seen;
  for (const Entry* entry : selection.entries) {
    if (selection.needed.contains(entry->id)) continue;
    if (entry->data.has_value() && entry->parent != 0)
      entry = &entries[entry->parent - 1];
    if (entry->is_relation && seen.insert(entry->id).second)
      relations.push_back(entry);
  }
  return relations;
}

absl::StatusOr<uint64_t> AnalyzeRelations(
    const std::vector<const Entry*>& entries, SessionPool& sessions,
    int workers, bool in_transaction, ErrorLog& errors, CancelToken& cancel) {
  ASSIGN_OR_RETURN(const std::vector<Target> targets,
                   FindTargets(entries, sessions.first().connection()));
  std::atomic<uint64_t> analyzed = 0;
  Retry retry(std::random_device{}());
  JobGraph graph;
  for (const Target& target : targets) {
    if (!target.may) {
      errors.Note(
          MakeError(Failure::kError, "is not analyzed: it is not this role's"),
          *target.entry);
      continue;
    }
    Job job;
    job.name = EntryLabel(*target.entry);
    job.weight = target.bytes;
    job.run = [&](int worker) -> absl::Status {
      ASSIGN_OR_RETURN(Session * session, sessions.Get(worker));
      const absl::Status status =
          Analyze(session->connection(), target.statement, in_transaction,
                  retry, cancel);
      if (status.ok()) {
        ++analyzed;
        return status;
      }
      RETURN_IF_ERROR(cancel.Check());
      if (!session->connection().alive())
        return DescribeError(status, *target.entry, target.statement);
      return errors.Take(status, *target.entry, target.statement);
    };
    graph.Add(std::move(job));
  }
  RETURN_IF_ERROR(graph.Run(workers, cancel));
  return analyzed.load();
}

}  // namespace pgbale

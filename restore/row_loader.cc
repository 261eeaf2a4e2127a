#include "restore/row_loader.h"

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "restore/large_object_copy.h"
#include "restore/table_copy.h"

namespace pgbale {
namespace {

absl::Status LoadOne(pg::Connection& connection, EntryRows& rows,
                     uint64_t expected) {
  const bool large_objects =
      rows.entry().data->target == DataTarget::kLargeObjects;
  RETURN_IF_ERROR(large_objects ? CopyLargeObjects(connection, rows)
                                : CopyTable(connection, rows));
  if (rows.rows() == expected) return absl::OkStatus();
  return MakeError(Failure::kDamaged,
                   absl::StrCat("the archive holds ", rows.rows(), " of ",
                                expected, " rows"));
}

// What the directory says; its sums are the totals of the entry.
uint64_t RowsOf(absl::Span<const ChunkRef> chunks) {
  uint64_t rows = 0;
  for (const ChunkRef& chunk : chunks) rows += chunk.rows;
  return rows;
}

}  // namespace

RowLoader::RowLoader(const ArchiveReader& reader, bool in_transaction,
                     CancelToken& cancel, ErrorLog& errors, Progress& progress)
    : reader_(reader),
      in_transaction_(in_transaction),
      cancel_(cancel),
      errors_(errors),
      progress_(progress),
      chunks_(ChunksInOrder(reader.directory())) {}

RowLoader::Part RowLoader::WholeEntry(const Entry& entry) const {
  const auto found = chunks_.find(entry.id);
  if (found == chunks_.end()) return {&entry, {}};
  return {&entry, found->second};
}

absl::Status RowLoader::Load(Session& session, const PlannedJob& job) {
  std::vector<Part> parts;
  for (const Entry* entry : job.entries) parts.push_back(WholeEntry(*entry));
  if (job.span.has_value()) {
    absl::Span<const ChunkRef>& chunks = parts.front().chunks;
    chunks = chunks.subspan(job.span->first, job.span->count);
  }
  return LoadParts(session, parts);
}

absl::Status RowLoader::LoadParts(Session& session, Parts parts) {
  std::vector<ArchiveRows> loads;
  const absl::Status status = Try(session, parts, loads);
  if (status.ok()) {
    for (const ArchiveRows& load : loads) {
      rows_ += load.rows();
      raw_bytes_ += load.raw_bytes();
    }
    Count(parts);
    return status;
  }
  RETURN_IF_ERROR(cancel_.Check());
  // The last one begun is the one that failed.
  const Entry& culprit = loads.empty() ? *parts[0].entry : loads.back().entry();
  for (ArchiveRows& load : loads) load.Uncount();
  if (!session.connection().alive()) return DescribeError(status, culprit, "");
  if (parts.size() == 1 || errors_.stop())
    return errors_.Take(status, culprit, "");
  for (size_t i = 0; i < parts.size(); ++i)
    RETURN_IF_ERROR(LoadParts(session, parts.subspan(i, 1)));
  return absl::OkStatus();
}

absl::Status RowLoader::Try(Session& session, Parts parts,
                            std::vector<ArchiveRows>& loads) {
  pg::Connection& connection = session.connection();
  if (!in_transaction_) RETURN_IF_ERROR(connection.Execute("BEGIN"));
  absl::Status status;
  loads.reserve(parts.size());
  for (const Part& part : parts) {
    loads.emplace_back(reader_, *part.entry, part.chunks, cancel_, progress_);
    status = LoadOne(connection, loads.back(), RowsOf(part.chunks));
    if (!status.ok()) break;
  }
  if (in_transaction_) return status;
  if (status.ok()) return connection.Execute("COMMIT");
  if (connection.alive()) connection.Execute("ROLLBACK").IgnoreError();
  return status;
}

void RowLoader::Count(Parts parts) {
  for (const Part& part : parts) {
    {
      MutexLock lock(mu_);
      size_t& left = chunks_left_
                         .try_emplace(part.entry->id,
                                      WholeEntry(*part.entry).chunks.size())
                         .first->second;
      left -= part.chunks.size();
      if (left > 0) continue;
    }
    ++tables_;
    ++progress_.jobs_done;
  }
}

}  // namespace pgbale

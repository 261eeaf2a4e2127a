#include "restore/row_loader.h"

#include <algorithm>

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

}  // namespace

RowLoader::RowLoader(const ArchiveReader& reader, bool in_transaction,
                     CancelToken& cancel, ErrorLog& errors, Progress& progress)
    : reader_(reader),
      in_transaction_(in_transaction),
      cancel_(cancel),
      errors_(errors),
      progress_(progress) {
  for (const ChunkRef& chunk : reader.directory().chunks)
    chunks_[chunk.entry_id].push_back(chunk);
  // Rows come back in the order of their source.
  for (auto& [entry_id, chunks] : chunks_)
    std::stable_sort(
        chunks.begin(), chunks.end(),
        [](const ChunkRef& a, const ChunkRef& b) { return a.place < b.place; });
}

absl::Status RowLoader::Load(Session& session, EntrySpan entries) {
  std::vector<ArchiveRows> loads;
  const absl::Status status = Try(session, entries, loads);
  if (status.ok()) {
    Count(loads);
    return status;
  }
  RETURN_IF_ERROR(cancel_.Check());
  // The last one begun is the one that failed.
  const Entry& culprit = loads.empty() ? *entries[0] : loads.back().entry();
  for (ArchiveRows& load : loads) load.Uncount();
  if (!session.connection().alive()) return DescribeError(status, culprit, "");
  if (entries.size() == 1 || errors_.stop())
    return errors_.Take(status, culprit, "");
  for (size_t i = 0; i < entries.size(); ++i)
    RETURN_IF_ERROR(Load(session, entries.subspan(i, 1)));
  return absl::OkStatus();
}

absl::Status RowLoader::Try(Session& session, EntrySpan entries,
                            std::vector<ArchiveRows>& loads) {
  pg::Connection& connection = session.connection();
  static const std::vector<ChunkRef> kNoChunks;
  if (!in_transaction_) RETURN_IF_ERROR(connection.Execute("BEGIN"));
  absl::Status status;
  loads.reserve(entries.size());
  for (const Entry* entry : entries) {
    const auto chunks = chunks_.find(entry->id);
    loads.emplace_back(reader_, *entry,
                       chunks == chunks_.end() ? kNoChunks : chunks->second,
                       cancel_, progress_);
    status = LoadOne(connection, loads.back(), reader_.totals(entry->id).rows);
    if (!status.ok()) break;
  }
  if (in_transaction_) return status;
  if (status.ok()) return connection.Execute("COMMIT");
  if (connection.alive()) connection.Execute("ROLLBACK").IgnoreError();
  return status;
}

void RowLoader::Count(const std::vector<ArchiveRows>& loads) {
  for (const ArchiveRows& load : loads) {
    ++tables_;
    rows_ += load.rows();
    raw_bytes_ += load.raw_bytes();
  }
  progress_.jobs_done += loads.size();
}

}  // namespace pgbale

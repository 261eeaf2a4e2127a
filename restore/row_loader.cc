#include "restore/row_loader.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/pg/quote.h"
#include "base/status.h"
#include "base/text.h"
#include "restore/label.h"
#include "restore/large_object_copy.h"
#include "restore/table_copy.h"
#include "spdlog/spdlog.h"

namespace pgbale {
namespace {

// A transaction's round trip is worth freezing so many octets.
constexpr uint64_t kWorthFreezingOctets = 1 << 20;

// What the directory says; its sums are the totals of the entry.
uint64_t RowsOf(absl::Span<const ChunkRef> chunks) {
  uint64_t rows = 0;
  for (const ChunkRef& chunk : chunks) rows += chunk.rows;
  return rows;
}

}  // namespace

RowLoader::RowLoader(const ArchiveReader& reader,
                     const RowLoaderOptions& options, CancelToken& cancel,
                     ErrorLog& errors, Progress& progress)
    : options_(options),
      cancel_(cancel),
      errors_(errors),
      progress_(progress),
      chunks_(ChunksInOrder(reader.directory())),
      decoders_(reader, cancel, options.decoders, options.memory_octets) {}

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
  std::vector<Loading> loads;
  const absl::Status status = Try(session, parts, loads);
  if (status.ok()) {
    for (const Loading& load : loads) {
      rows_ += load.kept;
      raw_bytes_ += load.rows.raw_bytes();
      NoteSkipped(load.rows);
    }
    CountFiltered(parts, loads);
    Count(parts);
    return status;
  }
  RETURN_IF_ERROR(cancel_.Check());
  // The last one begun is the one that failed.
  const Entry& culprit =
      loads.empty() ? *parts[0].entry : loads.back().rows.entry();
  for (Loading& load : loads) load.rows.Uncount();
  if (!session.connection().alive()) return DescribeError(status, culprit, "");
  if (parts.size() == 1 || errors_.stop())
    return errors_.Take(status, culprit, "");
  // Whoever waits for memory must hold none.
  loads.clear();
  for (size_t i = 0; i < parts.size(); ++i)
    RETURN_IF_ERROR(LoadParts(session, parts.subspan(i, 1)));
  return absl::OkStatus();
}

absl::Status RowLoader::Try(Session& session, Parts parts,
                            std::vector<Loading>& loads) {
  pg::Connection& connection = session.connection();
  if (!options_.in_transaction) RETURN_IF_ERROR(connection.Execute("BEGIN"));
  absl::Status status;
  loads.reserve(parts.size());  // they stay where they are
  for (const Part& part : parts) {
    status = TryPart(session, part, loads);
    if (!status.ok()) break;
  }
  if (options_.in_transaction) return status;
  if (status.ok()) return connection.Execute("COMMIT");
  if (connection.alive()) connection.Execute("ROLLBACK").IgnoreError();
  return status;
}

absl::Status RowLoader::TryPart(Session& session, const Part& part,
                                std::vector<Loading>& loads) {
  pg::Connection& connection = session.connection();
  const RowFilter* const filter = FilterOf(*part.entry);
  Part chosen = part;
  std::vector<ChunkRef> chunks;
  absl::Status status;
  if (filter != nullptr) {
    absl::StatusOr<std::vector<ChunkRef>> to_read = ChunksToRead(
        connection, decoders_.reader(), *part.entry, *filter, part.chunks);
    status = to_read.status();
    if (to_read.ok()) chunks = *std::move(to_read);
    chosen.chunks = chunks;
  }
  // The span is of what is moved, which does not move its elements.
  loads.push_back({std::move(chunks),
                   ArchiveRows(decoders_, *part.entry, chosen.chunks,
                               options_.skip_corrupt, cancel_, progress_)});
  RETURN_IF_ERROR(status);
  return Send(connection, chosen, loads.back());
}

absl::Status RowLoader::Send(pg::Connection& connection, const Part& part,
                             Loading& loading) {
  ArchiveRows& rows = loading.rows;
  const RowFilter* const filter = FilterOf(*part.entry);
  if (part.entry->data->target == DataTarget::kLargeObjects) {
    RETURN_IF_ERROR(CopyLargeObjects(connection, rows));
  } else if (filter == nullptr || filter->at_merge) {
    ASSIGN_OR_RETURN(const Freeze freeze, FreezeOf(connection, part));
    RETURN_IF_ERROR(CopyTable(connection, rows, freeze));
  } else {
    ASSIGN_OR_RETURN(loading.kept, CopyFiltered(connection, rows, *filter));
  }
  if (filter == nullptr || filter->at_merge) loading.kept = rows.rows();
  uint64_t expected = RowsOf(part.chunks);
  for (const SkippedChunk& skipped : rows.skipped())
    expected -= skipped.chunk->rows;
  if (rows.rows() == expected) return absl::OkStatus();
  return MakeError(Failure::kDamaged,
                   absl::StrCat("the archive holds ", rows.rows(), " of ",
                                expected, " rows"));
}

const RowFilter* RowLoader::FilterOf(const Entry& entry) const {
  const auto found = options_.filters.find(entry.id);
  return found == options_.filters.end() ? nullptr : &found->second;
}

absl::StatusOr<Freeze> RowLoader::FreezeOf(pg::Connection& connection,
                                           const Part& part) const {
  uint64_t octets = 0;
  for (const ChunkRef& chunk : part.chunks) octets += chunk.raw_bytes;
  const TableData& data = *part.entry->data;
  if (!options_.in_transaction || octets < kWorthFreezingOctets ||
      data.target != DataTarget::kRelation ||
      !options_.made.contains(part.entry->parent))
    return Freeze::kNo;
  // Neither foreign nor partitioned.
  ASSIGN_OR_RETURN(
      const pg::Result result,
      connection.Query("SELECT relkind = 'r' FROM pg_catalog.pg_class WHERE "
                       "oid = pg_catalog.to_regclass($1)",
                       {pg::QualifiedName(data.schema, data.relation)}));
  const bool plain = result.rows() == 1 && result.row(0).boolean(0);
  return plain ? Freeze::kYes : Freeze::kNo;
}

// Only of what is committed: what is rolled back may be tried again.
void RowLoader::NoteSkipped(const ArchiveRows& load) {
  for (const SkippedChunk& skipped : load.skipped()) {
    uint64_t before = 0;
    for (const ChunkRef& chunk : chunks_.at(load.entry().id)) {
      if (chunk.ordinal == skipped.chunk->ordinal) break;
      before += chunk.rows;
    }
    const absl::Status damage =
        Annotate(skipped.damage,
                 absl::StrCat("rows ", before + 1, " to ",
                              before + skipped.chunk->rows, " are left out"));
    // At once, too: what fails later must not hide it.
    spdlog::warn("{}: {}", EntryLabel(load.entry()),
                 Printable(std::string(damage.message())));
    errors_.Note(damage, load.entry());
  }
}

// What was not read is no longer expected.
void RowLoader::CountFiltered(Parts parts, const std::vector<Loading>& loads) {
  for (size_t i = 0; i < parts.size(); ++i) {
    if (FilterOf(*parts[i].entry) == nullptr) continue;
    uint64_t octets = 0;
    for (const ChunkRef& chunk : parts[i].chunks) octets += chunk.raw_bytes;
    progress_.raw_bytes_total -= octets - loads[i].rows.raw_bytes();
    MutexLock lock(mu_);
    FilteredRows& sum = filtered_[EntryLabel(*parts[i].entry)];
    sum.chunks += parts[i].chunks.size();
    sum.chunks_read += loads[i].chosen.size();
    sum.rows_read += loads[i].rows.rows();
    sum.rows += loads[i].kept;
  }
}

std::vector<FilteredRows> RowLoader::filtered() const {
  std::vector<FilteredRows> sums;
  MutexLock lock(mu_);
  for (const auto& [label, rows] : filtered_)
    sums.emplace_back(rows).entry = label;
  return sums;
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

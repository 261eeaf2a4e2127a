#include "engine/copy/copy_loader.h"

#include <memory>
#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "base/bytes.h"
#include "base/pg/copy.h"
#include "base/status.h"
#include "engine/copy/side.h"
#include "engine/copy/source_directory.h"
#include "engine/copy/source_pages.h"
#include "engine/dump/copy_rows.h"
#include "engine/dump/part_reader.h"
#include "restore/large_object_copy.h"
#include "restore/table_copy.h"

namespace pgbale {
namespace {

// What ReadParts takes by itself only.
bool GoesAlone(const TablePart& part) {
  return part.source->foreign || !part.table.empty() || !part.pages.is_all();
}

}  // namespace

CopyLoader::CopyLoader(CopySource& source, const CopyLoaderOptions& options,
                       CancelToken& cancel, ErrorLog& errors,
                       Progress& progress)
    : source_(source),
      options_(options),
      cancel_(cancel),
      errors_(errors),
      progress_(progress),
      chunks_(ChunksInOrder(source.directory())) {}

std::vector<CopyLoader::Piece> CopyLoader::PiecesOf(
    const PlannedJob& job) const {
  std::vector<Piece> pieces;
  for (const Entry* entry : job.entries) {
    const auto found = chunks_.find(entry->id);
    if (found == chunks_.end()) continue;
    absl::Span<const ChunkRef> chunks = found->second;
    if (job.span.has_value())
      chunks = chunks.subspan(job.span->first, job.span->count);
    pieces.push_back(
        {entry, JoinParts(source_.parts(), chunks), chunks.size()});
  }
  return pieces;
}

absl::Status CopyLoader::Load(int worker, Session& session,
                              const PlannedJob& job) {
  const std::vector<Piece> pieces = PiecesOf(job);
  return pieces.empty() ? absl::OkStatus()
                        : LoadPieces(worker, session, pieces);
}

absl::Status CopyLoader::LoadPieces(int worker, Session& session,
                                    Pieces pieces) {
  Attempt attempt;
  attempt.culprit = pieces.front().entry;
  const absl::Status status =
      Try(worker, session.connection(), pieces, attempt);
  if (status.ok()) {
    Count(pieces, attempt);
    return status;
  }
  Uncount(attempt);
  RETURN_IF_ERROR(cancel_.Check());
  if (IsOfSource(status)) return status;
  const Entry& culprit = *attempt.culprit;
  if (!session.connection().alive()) return DescribeError(status, culprit, "");
  if (pieces.size() == 1 || errors_.stop())
    return errors_.Take(status, culprit, "");
  for (size_t i = 0; i < pieces.size(); ++i)
    RETURN_IF_ERROR(LoadPieces(worker, session, pieces.subspan(i, 1)));
  return absl::OkStatus();
}

absl::Status CopyLoader::Try(int worker, pg::Connection& target, Pieces pieces,
                             Attempt& attempt) {
  if (!options_.in_transaction) RETURN_IF_ERROR(target.Execute("BEGIN"));
  absl::Status status;
  while (status.ok() && !pieces.empty()) {
    size_t count = 1;
    if (!GoesAlone(pieces.front().part))
      while (count < pieces.size() && !GoesAlone(pieces[count].part)) ++count;
    status = TryTogether(worker, target, pieces.first(count), attempt);
    pieces.remove_prefix(count);
  }
  if (options_.in_transaction) return status;
  if (status.ok()) return target.Execute("COMMIT");
  if (target.alive()) target.Execute("ROLLBACK").IgnoreError();
  return status;
}

absl::Status CopyLoader::TryTogether(int worker, pg::Connection& target,
                                     Pieces pieces, Attempt& attempt) {
  std::vector<const TablePart*> parts;
  for (const Piece& piece : pieces) parts.push_back(&piece.part);
  const absl::Status status = ReadParts(
      source_.sessions(), parts, worker,
      [&](const TablePart& part, pg::Connection& source, bool& some_rows) {
        const auto piece = absl::c_find_if(
            pieces, [&part](const Piece& p) { return &p.part == &part; });
        attempt.culprit = piece->entry;
        return Pass(*piece, source, target, some_rows, attempt);
      });
  return attempt.target_error.ok() ? OfSource(status) : attempt.target_error;
}

absl::Status CopyLoader::Pass(const Piece& piece, pg::Connection& source,
                              pg::Connection& target, bool& some_rows,
                              Attempt& attempt) {
  absl::Status status;
  {
    ASSIGN_OR_RETURN(const std::unique_ptr<pg::CopyOut> from,
                     source.BeginCopyOut(CopyStatementOf(piece.part)));
    some_rows = true;
    status = piece.entry->data->target == DataTarget::kLargeObjects
                 ? PassPages(piece, *from, target, attempt)
                 : PassRows(piece, *from, target, attempt);
  }
  // What was given up has failed at the source, which others still need.
  if (!attempt.target_error.ok() && !errors_.stop())
    DumpSessions::Recover(source).IgnoreError();
  return status;
}

absl::Status CopyLoader::PassRows(const Piece& piece, pg::CopyOut& from,
                                  pg::Connection& target, Attempt& attempt) {
  // OK stays OK.
  const auto of_target = [&attempt](const absl::Status& status) {
    return attempt.target_error = status;
  };
  absl::StatusOr<std::unique_ptr<pg::CopyIn>> into =
      target.BeginCopyIn(CopyFromStatement(*piece.entry->data));
  if (!into.ok()) return of_target(into.status());
  while (true) {
    RETURN_IF_ERROR(cancel_.Check());
    ASSIGN_OR_RETURN(const std::optional<Bytes> octets, from.Next());
    if (!octets.has_value()) break;
    if (options_.rate_limit != nullptr)
      RETURN_IF_ERROR(options_.rate_limit->Take(octets->size(), cancel_));
    const absl::Status put = (*into)->Put(*octets);
    if (!put.ok()) return of_target(put);
    attempt.raw_bytes += octets->size();
    progress_.raw_bytes += octets->size();
    from.FreePiece();
  }
  const absl::StatusOr<uint64_t> stored = (*into)->Finish();
  if (!stored.ok()) return of_target(stored.status());
  RETURN_IF_ERROR(of_target(CheckStored(*stored, from.rows())));
  attempt.rows += *stored;
  progress_.rows += *stored;
  return absl::OkStatus();
}

absl::Status CopyLoader::PassPages(const Piece& piece, pg::CopyOut& from,
                                   pg::Connection& target, Attempt& attempt) {
  SourcePages pages(*piece.entry, from, options_.rate_limit, cancel_,
                    progress_);
  const absl::Status status = CopyLargeObjects(target, pages);
  attempt.rows += pages.rows();
  attempt.raw_bytes += pages.raw_bytes();
  if (status.ok()) return CheckSent(pages.rows(), from.rows());
  if (pages.read_error().ok() && !cancel_.cancelled())
    attempt.target_error = status;
  return status;
}

void CopyLoader::Uncount(const Attempt& attempt) {
  progress_.rows -= attempt.rows;
  progress_.raw_bytes -= attempt.raw_bytes;
}

void CopyLoader::Count(Pieces pieces, const Attempt& attempt) {
  rows_ += attempt.rows;
  raw_bytes_ += attempt.raw_bytes;
  for (const Piece& piece : pieces) {
    {
      MutexLock lock(mu_);
      size_t& loaded = loaded_[piece.entry->id];
      loaded += piece.chunks;
      if (loaded < chunks_.at(piece.entry->id).size()) continue;
    }
    ++tables_;
    ++progress_.jobs_done;
  }
}

LoadCounts CopyLoader::counts() const {
  LoadCounts counts;
  counts.tables = tables_;
  counts.rows = rows_;
  counts.raw_bytes = raw_bytes_;
  return counts;
}

}  // namespace pgbale

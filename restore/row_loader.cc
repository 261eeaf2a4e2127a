#include "restore/row_loader.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
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

// What a commit that is not short may take of the time between two.
constexpr double kTurnShare = 0.05;

// So many octets of small tables share a transaction that is noted: as many as
// a chunk has.
constexpr uint64_t kNotedOctets = 4 << 20;

// What the directory says; its sums are the totals of the entry.
uint64_t RowsOf(absl::Span<const ChunkRef> chunks) {
  uint64_t rows = 0;
  for (const ChunkRef& chunk : chunks) rows += chunk.rows;
  return rows;
}

std::string TruncateStatement(const Entry& entry) {
  return absl::StrCat(
      "TRUNCATE TABLE ONLY ",
      pg::QualifiedName(entry.data->schema, entry.data->relation));
}

uint64_t OctetsOf(absl::Span<const ChunkRef> chunks) {
  uint64_t octets = 0;
  for (const ChunkRef& chunk : chunks) octets += chunk.raw_bytes;
  return octets;
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

absl::Status RowLoader::Load(int, Session& session, const PlannedJob& job) {
  std::vector<Part> parts;
  for (const Entry* entry : job.entries) parts.push_back(WholeEntry(*entry));
  if (job.span.has_value()) {
    Part& part = parts.front();
    part.first = job.span->first;
    part.chunks = part.chunks.subspan(job.span->first, job.span->count);
  }
  if (options_.journal == nullptr) return LoadParts(session, parts);
  std::vector<Part> left;
  for (const Part& part : parts)
    for (const Part& rest : NotLoaded(part)) left.push_back(rest);
  return LoadNoted(session, left);
}

std::vector<RowLoader::Part> RowLoader::NotLoaded(const Part& part) {
  const DoneWork& done = options_.journal->done();
  std::vector<Part> left;
  size_t loaded = 0;
  for (size_t i = 0; i < part.chunks.size(); ++i) {
    const size_t place = part.first + i;
    if (done.Loaded(part.entry->id, place)) {
      ++loaded;
      continue;
    }
    if (left.empty() || left.back().first + left.back().chunks.size() != place)
      left.push_back({part.entry, part.chunks.subspan(i, 0), place});
    left.back().chunks = part.chunks.subspan(left.back().first - part.first,
                                             left.back().chunks.size() + 1);
  }
  if (loaded > 0) Count(*part.entry, loaded, /*before=*/true);
  return left;
}

absl::Status RowLoader::LoadNoted(Session& session, Parts parts) {
  while (!parts.empty()) {
    const Part& first = parts.front();
    size_t count = 1;
    if (options_.in_parts.contains(first.entry->id) &&
        first.chunks.size() > 1 && FilterOf(*first.entry) == nullptr &&
        !IsEmptied(first)) {
      RETURN_IF_ERROR(LoadPieces(session, first));
    } else {
      uint64_t octets = OctetsOf(first.chunks);
      while (count < parts.size() &&
             (octets += OctetsOf(parts[count].chunks)) <= kNotedOctets)
        ++count;
      RETURN_IF_ERROR(LoadParts(session, parts.first(count)));
    }
    parts.remove_prefix(count);
  }
  return absl::OkStatus();
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
    for (const Part& part : parts)
      Count(*part.entry, part.chunks.size(), /*before=*/false);
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
  if (status.ok()) {
    WorkRecord work = {WorkKind::kRows, {}};
    for (size_t i = 0; i < parts.size(); ++i)
      AddWork(parts[i], loads[i].rows, 0, parts[i].chunks.size(), work);
    return Commit(session, work, /*more=*/false);
  }
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
  const size_t begin = rows.position();
  const size_t skipped_before = rows.skipped().size();
  const uint64_t before = rows.rows();
  if (part.entry->data->target == DataTarget::kLargeObjects) {
    RETURN_IF_ERROR(CopyLargeObjects(connection, rows));
  } else if (filter == nullptr || filter->at_merge) {
    ASSIGN_OR_RETURN(const Freeze freeze, FreezeOf(connection, part));
    if (freeze == Freeze::kYes && !options_.in_transaction)
      RETURN_IF_ERROR(connection.Execute(TruncateStatement(*part.entry)));
    RETURN_IF_ERROR(CopyTable(connection, rows, freeze));
  } else {
    ASSIGN_OR_RETURN(loading.kept, CopyFiltered(connection, rows, *filter));
  }
  if (filter == nullptr || filter->at_merge) loading.kept = rows.rows();
  uint64_t expected =
      RowsOf(part.chunks.subspan(begin, rows.position() - begin));
  for (const SkippedChunk& skipped :
       absl::MakeConstSpan(rows.skipped()).subspan(skipped_before))
    expected -= skipped.chunk->rows;
  const uint64_t sent = rows.rows() - before;
  if (sent == expected) return absl::OkStatus();
  return MakeError(Failure::kDamaged, absl::StrCat("the archive holds ", sent,
                                                   " of ", expected, " rows"));
}

const RowFilter* RowLoader::FilterOf(const Entry& entry) const {
  const auto found = options_.filters.find(entry.id);
  return found == options_.filters.end() ? nullptr : &found->second;
}

absl::Status RowLoader::LoadPieces(Session& session, const Part& part) {
  Loading loading = {{},
                     ArchiveRows(decoders_, *part.entry, part.chunks,
                                 options_.skip_corrupt, cancel_, progress_)};
  ArchiveRows& rows = loading.rows;
  const absl::Status status = TryPieces(session, part, loading);
  rows.Uncount();
  rows_ += rows.rows();
  raw_bytes_ += rows.raw_bytes();
  if (status.ok()) {
    NoteSkipped(rows);
    return status;
  }
  RETURN_IF_ERROR(cancel_.Check());
  pg::Connection& connection = session.connection();
  if (!connection.alive()) return DescribeError(status, *part.entry, "");
  connection.Execute("ROLLBACK").IgnoreError();
  return errors_.Take(status, *part.entry, "");
}

absl::Status RowLoader::TryPieces(Session& session, const Part& part,
                                  Loading& loading) {
  pg::Connection& connection = session.connection();
  ArchiveRows& rows = loading.rows;
  // The least that a commit has taken: about a round trip.
  double turn_seconds = 0;
  Stopwatch since;
  rows.PauseWhen([&] {
    return turn_seconds < options_.short_commit_seconds ||
           turn_seconds <= since.seconds() * kTurnShare;
  });
  RETURN_IF_ERROR(connection.Execute("BEGIN"));
  while (true) {
    const size_t begin = rows.position();
    RETURN_IF_ERROR(Send(connection, part, loading));
    const size_t end = rows.position();
    const bool more = end < part.chunks.size();
    WorkRecord work = {WorkKind::kRows, {}};
    AddWork(part, rows, begin, end, work);
    const Stopwatch turn;
    RETURN_IF_ERROR(Commit(session, work, more));
    turn_seconds =
        begin == 0 ? turn.seconds() : std::min(turn_seconds, turn.seconds());
    since = Stopwatch();
    rows.Keep();
    Count(*part.entry, end - begin, /*before=*/false);
    if (!more) return absl::OkStatus();
  }
}

absl::Status RowLoader::Commit(Session& session, const WorkRecord& work,
                               bool more) {
  pg::Connection& connection = session.connection();
  if (options_.journal == nullptr) return connection.Execute("COMMIT");
  // All may be damaged.
  const std::string note =
      work.units.empty() ? "" : options_.journal->Note(session, work);
  std::vector<absl::string_view> statements;
  if (!note.empty()) statements.push_back(note);
  statements.push_back("COMMIT");
  if (more) statements.push_back("BEGIN");
  bool at_note = false;
  const absl::Status status = connection.ExecutePipeline(
      statements, [&](size_t index) { at_note = statements[index] == note; });
  return at_note ? CannotNote(status) : status;
}

// Damaged chunks count as not loaded: they are to be reported again. Those that
// a filter has spared are done with.
void RowLoader::AddWork(const Part& part, const ArchiveRows& rows, size_t begin,
                        size_t end, WorkRecord& work) {
  absl::flat_hash_set<uint64_t> skipped;  // ordinals
  for (const SkippedChunk& chunk : rows.skipped())
    skipped.insert(chunk.chunk->ordinal);
  bool joined = false;
  for (size_t i = begin; i < end; ++i) {
    const bool loaded = !skipped.contains(part.chunks[i].ordinal);
    const uint64_t place = part.first + i;
    if (loaded && joined)
      work.units.back().last = place;
    else if (loaded)
      work.units.push_back({part.entry->id, place, place});
    joined = loaded;
  }
}

absl::StatusOr<Freeze> RowLoader::FreezeOf(pg::Connection& connection,
                                           const Part& part) const {
  const TableData& data = *part.entry->data;
  const bool at_once = options_.in_transaction &&
                       OctetsOf(part.chunks) >= kWorthFreezingOctets &&
                       data.target == DataTarget::kRelation &&
                       options_.made.contains(part.entry->parent);
  if (!at_once && !IsEmptied(part)) return Freeze::kNo;
  // Neither foreign nor partitioned.
  ASSIGN_OR_RETURN(
      const pg::Result result,
      connection.Query("SELECT relkind = 'r' FROM pg_catalog.pg_class WHERE "
                       "oid = pg_catalog.to_regclass($1)",
                       {pg::QualifiedName(data.schema, data.relation)}));
  const bool plain = result.rows() == 1 && result.row(0).boolean(0);
  return plain ? Freeze::kYes : Freeze::kNo;
}

bool RowLoader::IsEmptied(const Part& part) const {
  return options_.emptied.contains(part.entry->id) &&
         part.entry->data->target == DataTarget::kRelation &&
         OctetsOf(part.chunks) >= kWorthFreezingOctets &&
         part.chunks.size() == WholeEntry(*part.entry).chunks.size();
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

LoadCounts RowLoader::counts() const {
  LoadCounts counts{tables_, tables_before_, rows_, raw_bytes_, {}};
  MutexLock lock(mu_);
  for (const auto& [label, rows] : filtered_)
    counts.filtered.emplace_back(rows).entry = label;
  return counts;
}

void RowLoader::Count(const Entry& entry, size_t chunks, bool before) {
  bool all_before = false;
  {
    MutexLock lock(mu_);
    Rest& rest =
        rests_
            .try_emplace(entry.id,
                         Rest{.chunks = WholeEntry(entry).chunks.size()})
            .first->second;
    rest.chunks -= chunks;
    rest.before = rest.before && before;
    if (rest.chunks > 0) return;
    all_before = rest.before;
  }
  ++(all_before ? tables_before_ : tables_);
  ++progress_.jobs_done;
}

}  // namespace pgbale

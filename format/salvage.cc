#include "format/salvage.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "base/text.h"
#include "format/archive_writer.h"
#include "format/block.h"
#include "format/entry_codec.h"
#include "format/errors.h"

namespace pgbale {
namespace {

// A chunk of the damaged archive, by what is known of it.
struct KnownChunk {
  uint32_t entry_id = 0;
  uint64_t position = 0;
  uint64_t stored_bytes = 0;
  std::optional<uint64_t> rows;
  const WholeChunk* whole = nullptr;
};

using KnownChunks = std::map<uint64_t, KnownChunk>;  // by ordinal

// All chunks that are seen, or that the archive says it has.
KnownChunks ChunksOf(const ArchiveSurvey& survey) {
  KnownChunks known;
  if (survey.directory.has_value())
    for (const ChunkRef& ref : survey.directory->chunks)
      known[ref.ordinal] = {ref.entry_id, ref.position, ref.stored_bytes,
                            ref.rows};
  for (const BrokenChunk& chunk : survey.broken_chunks)
    known.try_emplace(chunk.ordinal,
                      KnownChunk{chunk.entry_id, chunk.position,
                                 chunk.stored_bytes, std::nullopt});
  for (const WholeChunk& chunk : survey.chunks)
    known[chunk.ref.ordinal] = {chunk.ref.entry_id, chunk.found_at,
                                chunk.ref.stored_bytes, chunk.ref.rows, &chunk};
  return known;
}

class Planner {
 public:
  explicit Planner(const ArchiveSurvey& survey) : survey_(survey) {}

  SalvagePlan Run() {
    plan_.losses_are_known = survey_.directory.has_value();
    Renumber();
    SortChunks();
    ListIncomplete();
    return std::move(plan_);
  }

 private:
  void Renumber();
  // Without what is lost, by the new numbers.
  std::vector<uint32_t> Known(const std::vector<uint32_t>& ids) const;
  uint32_t NewId(uint32_t id) const {
    const auto found = new_ids_.find(id);
    return found == new_ids_.end() ? 0 : found->second;
  }
  void SortChunks();
  void ListIncomplete();
  // It was salvaged before.
  bool WasIncomplete(uint32_t entry_id) const;
  std::string TableName(uint32_t entry_id) const;

  const ArchiveSurvey& survey_;
  SalvagePlan plan_;
  absl::flat_hash_map<uint32_t, uint32_t> new_ids_;
  // By old ids: how many rows are lost; nullopt: not known.
  absl::flat_hash_map<uint32_t, std::optional<uint64_t>> rows_lost_;
};

void Planner::Renumber() {
  for (const Entry& entry : survey_.entries)
    new_ids_[entry.id] = static_cast<uint32_t>(new_ids_.size() + 1);
  for (const Entry& entry : survey_.entries) {
    Entry& copy = plan_.entries.emplace_back(entry);
    copy.id = NewId(entry.id);
    copy.parent = entry.parent == entry.id ? 0 : NewId(entry.parent);
    copy.depends = Known(entry.depends);
    copy.locks = Known(entry.locks);
    copy.shared_locks = Known(entry.shared_locks);
  }
  const uint64_t all = survey_.footer.has_value() ? survey_.footer->entries
                                                  : survey_.entries.back().id;
  plan_.entries_lost = all - std::min<uint64_t>(all, plan_.entries.size());
}

std::vector<uint32_t> Planner::Known(const std::vector<uint32_t>& ids) const {
  std::vector<uint32_t> known;
  for (const uint32_t id : ids)
    if (const uint32_t kept = NewId(id); kept != 0) known.push_back(kept);
  return known;
}

void Planner::SortChunks() {
  absl::flat_hash_map<uint32_t, uint64_t> rows_before;
  for (const auto& [ordinal, chunk] : ChunksOf(survey_)) {
    uint64_t& before = rows_before[chunk.entry_id];
    if (chunk.whole != nullptr) {
      plan_.chunks.push_back({*chunk.whole, NewId(chunk.entry_id)});
    } else {
      plan_.lost.push_back({.table = TableName(chunk.entry_id),
                            .first_row = before + 1,
                            .rows = chunk.rows,
                            .position = chunk.position,
                            .stored_bytes = chunk.stored_bytes});
      auto [lost, first] = rows_lost_.try_emplace(chunk.entry_id, chunk.rows);
      if (!first && lost->second.has_value() && chunk.rows.has_value())
        *lost->second += *chunk.rows;
      else if (!first)
        lost->second.reset();
    }
    before += chunk.rows.value_or(0);
  }
}

void Planner::ListIncomplete() {
  for (const Entry& entry : survey_.entries) {
    if (!entry.data.has_value()) continue;
    const auto lost = rows_lost_.find(entry.id);
    // What an archive without a directory held beyond, nobody knows.
    const bool counted = plan_.losses_are_known && !WasIncomplete(entry.id);
    if (lost == rows_lost_.end() && counted) continue;
    const bool known = lost != rows_lost_.end() && counted;
    plan_.incomplete.push_back({NewId(entry.id), DataName(entry),
                                known ? lost->second.value_or(0) : 0});
  }
}

bool Planner::WasIncomplete(uint32_t entry_id) const {
  return survey_.directory.has_value() &&
         absl::c_any_of(survey_.directory->tables,
                        [entry_id](const TableTotals& table) {
                          return table.entry_id == entry_id && table.incomplete;
                        });
}

std::string Planner::TableName(uint32_t entry_id) const {
  const Entry* const entry = FindEntry(survey_.entries, entry_id);
  if (entry != nullptr && entry->data.has_value()) return DataName(*entry);
  return absl::StrCat("entry ", entry_id, ", which is lost");
}

absl::StatusOr<EncodedChunk> ReadChunk(const WholeChunk& chunk,
                                       Source& source) {
  BlockHeader header;
  RETURN_IF_ERROR(source.ReadAt(chunk.found_at, header.mutable_octets()));
  RETURN_IF_ERROR(header.CheckIntact());
  if (header.block_octets() != chunk.ref.stored_bytes)
    return Damaged("it is not what it was a moment ago");
  EncodedChunk copy{.payload = Buffer(header.payload_octets()),
                    .rows = chunk.ref.rows,
                    .raw_bytes = chunk.ref.raw_bytes,
                    .digest = chunk.digest,
                    .head_hash = chunk.ref.head_hash,
                    .place = chunk.ref.place};
  RETURN_IF_ERROR(source.ReadAt(chunk.found_at + BlockHeader::kSize,
                                MutableBytes(copy.payload)));
  RETURN_IF_ERROR(header.CheckPayload(copy.payload));
  return copy;
}

}  // namespace

absl::StatusOr<SalvagePlan> PlanSalvage(const ArchiveSurvey& survey,
                                        const std::string& encoding,
                                        const std::string& now) {
  if (survey.entries.empty())
    return WithHint(Damaged("no entry is whole: without them no row can be "
                            "read"),
                    "Entries stand at the front of an archive: is the file "
                    "cut off there?");
  if (!survey.info.has_value() && encoding.empty())
    return WithHint(
        Damaged("its header is damaged, which tells the encoding of its texts"),
        "Name the encoding of the database that was dumped with "
        "-E/--encoding.");
  SalvagePlan plan = Planner(survey).Run();
  if (survey.info.has_value())
    plan.info = *survey.info;
  else
    plan.info.encoding = encoding;
  plan.info.salvaged_at = now;
  plan.info.entries_lost = plan.entries_lost;
  return plan;
}

absl::StatusOr<uint64_t> WriteSalvage(const SalvagePlan& plan, Source& source,
                                      std::unique_ptr<Sink> sink,
                                      Progress& progress) {
  ASSIGN_OR_RETURN(const std::unique_ptr<ArchiveWriter> writer,
                   ArchiveWriter::Open(std::move(sink), plan.info));
  RETURN_IF_ERROR(writer->AppendEntries(plan.entries));
  for (const SalvagedChunk& salvaged : plan.chunks) {
    absl::StatusOr<EncodedChunk> chunk = ReadChunk(salvaged.chunk, source);
    if (!chunk.ok())
      return Annotate(chunk.status(), absl::StrCat(Quoted(source.name()),
                                                   ": chunk at position ",
                                                   salvaged.chunk.found_at));
    RETURN_IF_ERROR(writer->AppendChunk(salvaged.entry_id, *chunk));
    progress.rows += chunk->rows;
    progress.raw_bytes += chunk->raw_bytes;
    progress.stored_bytes += chunk->payload.size();
  }
  for (const IncompleteTable& table : plan.incomplete)
    RETURN_IF_ERROR(writer->MarkIncomplete(table.entry_id, table.rows_missing));
  RETURN_IF_ERROR(writer->Finish());
  return writer->bytes_written();
}

}  // namespace pgbale

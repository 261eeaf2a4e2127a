#include "restore/load_spans.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "restore/partitions.h"

namespace pgbale {
namespace {

// So many for each connection, that none ends much later than the others, of
// sizes that make a transaction's end cheap beside its rows.
constexpr uint64_t kSpansAWorker = 4;
constexpr uint64_t kSpanOctetsMin = uint64_t{16} << 20;
constexpr uint64_t kSpanOctetsMax = uint64_t{256} << 20;

// From this version on connections that extend one table hardly wait for each
// other; before, a lock on its end is taken for every few pages.
constexpr int kExtendsSideBySideSince = 16;
constexpr size_t kConnectionsBefore = 2;

class Cutter {
 public:
  Cutter(const Directory& directory, const Selection& selection,
         const LoadCut& cut)
      : chunks_(ChunksInOrder(directory)),
        in_parts_(LoadedInParts(selection)),
        cut_(cut) {}

  std::vector<PlannedJob> Run(const std::vector<PlannedJob>& jobs) {
    for (const PlannedJob& job : jobs) {
      std::vector<size_t>& at = now_at_.emplace_back();
      for (PlannedJob& span : SpansOf(job)) {
        at.push_back(cut_jobs_.size());
        cut_jobs_.push_back(std::move(span));
      }
    }
    for (size_t i = 0; i < jobs.size(); ++i) Connect(jobs[i], now_at_[i]);
    return std::move(cut_jobs_);
  }

 private:
  bool MayCut(const PlannedJob& job) const {
    const Entry& entry = *job.entries.front();
    return job.rows && job.entries.size() == 1 &&
           (cut_.large_objects ||
            entry.data->target == DataTarget::kRelation) &&
           in_parts_.contains(entry.id);
  }

  std::vector<PlannedJob> SpansOf(const PlannedJob& job) const {
    if (!MayCut(job)) return {job};
    const auto found = chunks_.find(job.entries.front()->id);
    if (found == chunks_.end()) return {job};
    const std::vector<ChunkRef>& chunks = found->second;
    uint64_t octets = 0;
    for (const ChunkRef& chunk : chunks) octets += chunk.raw_bytes;
    if (octets < cut_.table_octets_min) return {job};
    return Cut(job, chunks, octets);
  }

  std::vector<PlannedJob> Cut(const PlannedJob& job,
                              const std::vector<ChunkRef>& chunks,
                              uint64_t octets) const {
    const uint64_t parts = kSpansAWorker * static_cast<uint64_t>(cut_.workers);
    const uint64_t span_octets =
        std::clamp(octets / parts, kSpanOctetsMin, kSpanOctetsMax);
    std::vector<PlannedJob> spans;
    uint64_t filled = span_octets;
    for (size_t i = 0; i < chunks.size(); ++i) {
      if (filled >= span_octets) {
        spans.push_back(job);
        spans.back().span = ChunkSpan{.first = i, .count = 0};
        spans.back().weight = filled = 0;
      }
      ++spans.back().span->count;
      spans.back().weight += chunks[i].raw_bytes;
      filled += chunks[i].raw_bytes;
    }
    return spans;
  }

  // Lets what `job` has become, at `at`, wait for what that waited for.
  void Connect(const PlannedJob& job, const std::vector<size_t>& at) {
    std::vector<size_t> after;
    for (const size_t before : job.after)
      after.insert(after.end(), now_at_[before].begin(), now_at_[before].end());
    for (size_t i = 0; i < at.size(); ++i) {
      std::vector<size_t>& waits_for = cut_jobs_[at[i]].after;
      waits_for = after;
      if (cut_.server_major < kExtendsSideBySideSince &&
          i >= kConnectionsBefore)
        waits_for.push_back(at[i - kConnectionsBefore]);
    }
  }

  const ChunksByEntry chunks_;
  const absl::flat_hash_set<uint32_t> in_parts_;
  const LoadCut cut_;
  std::vector<std::vector<size_t>> now_at_;  // by position in the old list
  std::vector<PlannedJob> cut_jobs_;
};

using NewRoots = absl::flat_hash_set<std::pair<std::string, std::string>>;

// Relations that are `made`, but for those above a partition that is `joined`:
// by schema and name, as rows know their root.
NewRoots FindNewRoots(const Selection& selection,
                      const Attachments& attachments,
                      const absl::flat_hash_set<uint32_t>& made,
                      const absl::flat_hash_set<uint32_t>& joined) {
  absl::flat_hash_set<uint32_t> above;
  for (const uint32_t partition : joined)
    for (const uint32_t table : WithAncestors(attachments, partition))
      above.insert(table);
  NewRoots roots;
  for (const Entry* entry : selection.entries)
    if (entry->is_relation && made.contains(entry->id) &&
        !above.contains(entry->id))
      roots.emplace(entry->schema, entry->name);
  return roots;
}

}  // namespace

ChunksByEntry ChunksInOrder(const Directory& directory) {
  ChunksByEntry ordered;
  for (const ChunkRef& chunk : directory.chunks)
    ordered[chunk.entry_id].push_back(chunk);
  for (auto& [entry_id, chunks] : ordered)
    std::stable_sort(
        chunks.begin(), chunks.end(),
        [](const ChunkRef& a, const ChunkRef& b) { return a.place < b.place; });
  return ordered;
}

absl::flat_hash_set<uint32_t> MadeBy(const Selection& selection) {
  absl::flat_hash_set<uint32_t> made;
  for (const Entry* entry : selection.entries)
    if (!selection.needed.contains(entry->id)) made.insert(entry->id);
  return made;
}

absl::flat_hash_set<uint32_t> LoadedInParts(const Selection& selection) {
  const absl::flat_hash_set<uint32_t> made = MadeBy(selection);
  // Attached to a table that stands, whose keys and triggers they get with it.
  absl::flat_hash_set<uint32_t> joined;
  for (const Entry* entry : selection.entries)
    if (entry->section == Section::kPreData &&
        absl::c_any_of(entry->locks,
                       [&](uint32_t id) { return !made.contains(id); }))
      joined.insert(entry->parent);
  const Attachments attachments = FindAttachments(selection.entries);
  const auto is_joined = [&](uint32_t table) {
    return absl::c_any_of(WithAncestors(attachments, table),
                          [&](uint32_t id) { return joined.contains(id); });
  };
  const NewRoots roots = FindNewRoots(selection, attachments, made, joined);
  absl::flat_hash_set<uint32_t> in_parts;
  for (const Entry* entry : selection.entries) {
    if (!entry->data.has_value()) continue;
    const TableData& data = *entry->data;
    const bool of_new_table =
        data.via_root
            ? roots.contains({data.schema, data.relation})
            : made.contains(entry->parent) && !is_joined(entry->parent);
    if (data.target == DataTarget::kLargeObjects || of_new_table)
      in_parts.insert(entry->id);
  }
  return in_parts;
}

std::vector<PlannedJob> CutLoads(std::vector<PlannedJob> jobs,
                                 const Directory& directory,
                                 const Selection& selection,
                                 const LoadCut& cut) {
  if (cut.workers < 2) return jobs;
  return Cutter(directory, selection, cut).Run(jobs);
}

}  // namespace pgbale

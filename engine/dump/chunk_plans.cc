#include "engine/dump/chunk_plans.h"

#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"

namespace pgbale {
namespace {

// Some kilobytes each. Where tables are of more sorts than that, few of them
// follow upon one of their own.
constexpr size_t kSortsMax = 1000;

// Equal for tables that are likely to hold the like. No name has an octet 0.
std::string SortOf(const TableData& data) {
  std::string sort = absl::StrCat(static_cast<int>(data.format));
  for (const DataColumn& column : data.columns)
    absl::StrAppend(&sort, absl::string_view("\0", 1), column.name,
                    absl::string_view("\0", 1), column.width, " ",
                    column.type_oid);
  return sort;
}

// Who takes the plan next shall not make the choice that is due once more.
ChunkPlan Lend(ChunkPlan& known) {
  ChunkPlan plan = known;
  known.chunks_left =
      (known.chunks_left > 0 ? known.chunks_left : known.chunks_between) - 1;
  return plan;
}

}  // namespace

ChunkPlan ChunkPlans::Take(const TableData& data) {
  const std::string sort = SortOf(data);
  MutexLock lock(mu_);
  while (true) {
    const auto found = sorts_.find(sort);
    if (found == sorts_.end()) {
      if (sorts_.size() >= kSortsMax) sorts_.clear();
      sorts_.try_emplace(sort);
      return PlanFor(data);
    }
    if (found->second.has_value()) return Lend(*found->second);
    given_.Wait(mu_);
  }
}

void ChunkPlans::Give(const TableData& data, ChunkPlan plan) {
  MutexLock lock(mu_);
  std::optional<ChunkPlan>& known = sorts_[SortOf(data)];
  if (!known.has_value()) given_.SignalAll();
  if (!known.has_value() || plan.choices > known->choices) {
    known = std::move(plan);
  } else if (plan.choices == known->choices) {
    plan.chunks_left = known->chunks_left;
    known = std::move(plan);
  }
}

}  // namespace pgbale

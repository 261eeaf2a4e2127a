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

}  // namespace

ChunkPlan ChunkPlans::Take(const TableData& data) {
  {
    MutexLock lock(mu_);
    const auto found = plans_.find(SortOf(data));
    if (found != plans_.end() && !found->second.empty()) {
      ChunkPlan plan = std::move(found->second.back());
      found->second.pop_back();
      return plan;
    }
  }
  return PlanFor(data);
}

void ChunkPlans::Give(const TableData& data, ChunkPlan plan) {
  MutexLock lock(mu_);
  if (plans_.size() >= kSortsMax) plans_.clear();
  plans_[SortOf(data)].push_back(std::move(plan));
}

}  // namespace pgbale

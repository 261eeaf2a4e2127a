#include "restore/done_work.h"

#include <algorithm>

namespace pgbale {

void DoneWork::Add(const WorkRecord& record) {
  for (const WorkUnit& unit : record.units) {
    const uint32_t id = unit.entry_id;
    switch (record.kind) {
      case WorkKind::kMade:
        made_.insert(id);
        break;
      case WorkKind::kDropped:
        dropped_.insert(id);
        break;
      case WorkKind::kRows:
        for (uint64_t place = unit.first; place <= unit.last; ++place)
          chunks_[id].insert(place);
        break;
      case WorkKind::kStep:
        steps_[id] = std::max(steps_[id], static_cast<size_t>(unit.first) + 1);
        break;
      case WorkKind::kUndone:
        steps_.erase(id);
        break;
      case WorkKind::kForgotten:
        made_.erase(id);
        chunks_.erase(id);
        break;
    }
  }
}

size_t DoneWork::StepsOf(uint32_t entry_id) const {
  const auto found = steps_.find(entry_id);
  return found == steps_.end() ? 0 : found->second;
}

bool DoneWork::Loaded(uint32_t entry_id, uint64_t place) const {
  const auto found = chunks_.find(entry_id);
  return found != chunks_.end() && found->second.contains(place);
}

}  // namespace pgbale

// What earlier runs of a restore have done and committed.
//
// Thread-compatible.

#ifndef PGBALE_RESTORE_DONE_WORK_H_
#define PGBALE_RESTORE_DONE_WORK_H_

#include <cstddef>
#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "restore/journal_text.h"

namespace pgbale {

class DoneWork {
 public:
  // Records in the order of their numbers.
  void Add(const WorkRecord& record);

  bool Made(uint32_t entry_id) const { return made_.contains(entry_id); }
  bool Dropped(uint32_t entry_id) const { return dropped_.contains(entry_id); }
  // How many steps of an entry stand that is not made.
  size_t StepsOf(uint32_t entry_id) const;
  // `place`: among the entry's chunks in the order of its rows.
  bool Loaded(uint32_t entry_id, uint64_t place) const;

  // By entry, places of its chunks; none is empty.
  using Chunks = absl::flat_hash_map<uint32_t, absl::flat_hash_set<uint64_t>>;
  const Chunks& chunks() const { return chunks_; }
  const absl::flat_hash_set<uint32_t>& made() const { return made_; }

 private:
  absl::flat_hash_set<uint32_t> made_, dropped_;
  absl::flat_hash_map<uint32_t, size_t> steps_;
  Chunks chunks_;
};

}  // namespace pgbale

#endif  // PGBALE_RESTORE_DONE_WORK_H_

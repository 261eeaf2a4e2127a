// Which chunks of a table may hold rows that fulfil a condition, by what a
// chunk's head says of its columns: the others need not be read.
//
// Thread-compatible.

#ifndef PGBALE_FORMAT_CHUNK_FILTER_H_
#define PGBALE_FORMAT_CHUNK_FILTER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "format/chunk_head.h"
#include "format/condition.h"
#include "format/entry.h"

namespace pgbale {

// True for the types of which a range can be compared with a constant in a
// condition in such a way that whoever decides for each row, a server, comes to
// no other result: their order depends on no collation and on no setting. Texts
// are among them, for equality alone, and if their collation is deterministic;
// not those that are padded.
bool CanFilterBy(const DataColumn& column);

class ChunkFilter {
 public:
  // Of rows of `data`, whose columns `table` qualifies in the condition. Asks
  // only for `columns`, counted from 0: those that mean the same to who
  // decides, each of which CanFilterBy. Knows nothing of the arguments when it
  // is made.
  ChunkFilter(const Condition& condition, const TableData& data,
              const std::string& table,
              const absl::flat_hash_set<size_t>& columns);

  // False if no row of the chunk fulfils the condition, for certain.
  bool MayHold(const ChunkHead& head) const { return MayHold(root_, head); }
  // True if MayHold is true of any chunk.
  bool passes_all() const { return root_.kind == Node::Kind::kAny; }

 private:
  // A condition, bound to columns and to values as they are stored.
  struct Node {
    enum class Kind { kAny, kAnd, kOr, kRange, kNull, kNotNull };

    Kind kind = Kind::kAny;
    std::vector<Node> parts = {};
    size_t column = 0;
    // Values are between them, or equal.
    std::optional<std::string> low = {}, high = {};
  };
  class Binder;

  bool MayHold(const Node& node, const ChunkHead& head) const;
  bool MayHoldBetween(const Node& node, const ColumnHead& column) const;

  Node root_;
  WireFormat format_;
  std::vector<uint32_t> types_;  // of the columns
};

}  // namespace pgbale

#endif  // PGBALE_FORMAT_CHUNK_FILTER_H_

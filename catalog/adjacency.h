// The edges of a directed graph, by the node that they start from: in one
// piece of memory, for graphs of millions of edges.

#ifndef PGBALE_CATALOG_ADJACENCY_H_
#define PGBALE_CATALOG_ADJACENCY_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/types/span.h"

namespace pgbale {

// Immutable: thread-safe.
class Adjacency {
 public:
  using Edge = std::pair<uint32_t, uint32_t>;  // from, to

  // Nodes are 0 … nodes-1.
  Adjacency(size_t nodes, absl::Span<const Edge> edges)
      : ends_(nodes), successors_(edges.size()) {
    for (const Edge& edge : edges) ++ends_[edge.first];
    uint32_t start = 0;
    for (uint32_t& end : ends_) start += std::exchange(end, start);
    for (const Edge& edge : edges)
      successors_[ends_[edge.first]++] = edge.second;
  }

  size_t nodes() const { return ends_.size(); }

  // Where the edges from `node` lead, in the order of the constructor's.
  absl::Span<const uint32_t> SuccessorsOf(size_t node) const {
    const uint32_t start = node == 0 ? 0 : ends_[node - 1];
    return absl::MakeConstSpan(successors_).subspan(start, ends_[node] - start);
  }

 private:
  std::vector<uint32_t> ends_;  // of each node's part of successors_
  std::vector<uint32_t> successors_;
};

}  // namespace pgbale

#endif  // PGBALE_CATALOG_ADJACENCY_H_

// Strongly connected components of a directed graph.

#ifndef PGBALE_CATALOG_COMPONENTS_H_
#define PGBALE_CATALOG_COMPONENTS_H_

#include <cstddef>
#include <vector>

namespace pgbale {

// For each node the number of its component: two nodes share one if each
// reaches the other. `successors[i]` are the nodes that i has an edge to.
// Tarjan's algorithm without recursion: a chain may be as long as the graph.
std::vector<size_t> StronglyConnectedComponents(
    const std::vector<std::vector<size_t>>& successors);

}  // namespace pgbale

#endif  // PGBALE_CATALOG_COMPONENTS_H_

// Strongly connected components of a directed graph.

#ifndef PGBALE_CATALOG_COMPONENTS_H_
#define PGBALE_CATALOG_COMPONENTS_H_

#include <cstddef>
#include <vector>

#include "catalog/adjacency.h"

namespace pgbale {

// For each node the number of its component: two nodes share one if each
// reaches the other.
// Tarjan's algorithm without recursion: a chain may be as long as the graph.
std::vector<size_t> StronglyConnectedComponents(const Adjacency& graph);

}  // namespace pgbale

#endif  // PGBALE_CATALOG_COMPONENTS_H_

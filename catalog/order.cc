#include "catalog/order.h"

#include <algorithm>
#include <queue>
#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"

namespace pgbale {
namespace {

bool Before(const Object* a, const Object* b) {
  auto key = [](const Object& o) {
    return std::make_tuple(o.section, o.kind, absl::string_view(o.schema),
                           absl::string_view(o.name),
                           absl::string_view(o.relation),
                           absl::string_view(o.sort_detail), o.address);
  };
  return key(*a) < key(*b);
}

std::vector<Object*> SortedNodes(const Catalog& catalog) {
  std::vector<Object*> nodes;
  for (const auto& object : catalog.objects()) {
    if (!object->inlined && !object->extension_member)
      nodes.push_back(object.get());
  }
  std::sort(nodes.begin(), nodes.end(), Before);
  return nodes;
}

}  // namespace

// From the end: of the objects that nothing unplaced needs, the last one in
// the sorted order takes the last free place. So each stands as late as its
// name says, and only what is needed moves forward.
absl::StatusOr<std::vector<Object*>> OrderObjects(const Catalog& catalog,
                                                  const ObjectGraph& graph) {
  const std::vector<Object*> nodes = SortedNodes(catalog);
  absl::flat_hash_map<const Object*, size_t> rank;
  for (size_t i = 0; i < nodes.size(); ++i) rank[nodes[i]] = i;

  std::vector<std::vector<size_t>> needs(nodes.size());
  std::vector<size_t> dependents(nodes.size(), 0);
  for (const Edge& edge : graph.edges()) {
    auto from = rank.find(graph.NodeOf(edge.from));
    auto to = rank.find(graph.NodeOf(edge.to));
    if (from == rank.end() || to == rank.end() || from == to) continue;
    needs[from->second].push_back(to->second);
    ++dependents[to->second];
  }

  std::priority_queue<size_t> ready;
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (dependents[i] == 0) ready.push(i);
  }
  std::vector<Object*> ordered;
  ordered.reserve(nodes.size());
  while (!ready.empty()) {
    const size_t node = ready.top();
    ready.pop();
    ordered.push_back(nodes[node]);
    for (size_t need : needs[node]) {
      if (--dependents[need] == 0) ready.push(need);
    }
  }
  if (ordered.size() != nodes.size()) {
    return absl::InternalError(absl::StrCat("a dependency loop of ",
                                            nodes.size() - ordered.size(),
                                            " objects was not broken"));
  }
  std::reverse(ordered.begin(), ordered.end());
  return ordered;
}

}  // namespace pgbale

#include "catalog/order.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <queue>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "catalog/adjacency.h"

namespace pgbale {
namespace {

// What decides most comparisons stands in the key, close to the others'.
struct Key {
  explicit Key(Object* o)
      : section(o->section),
        kind(o->kind),
        schema(o->schema),
        name(o->name),
        object(o) {}

  bool operator<(const Key& other) const {
    if (section != other.section) return section < other.section;
    if (kind != other.kind) return kind < other.kind;
    if (const int order = schema.compare(other.schema); order != 0)
      return order < 0;
    if (const int order = name.compare(other.name); order != 0)
      return order < 0;
    auto rest = [](const Object& o) {
      return std::tie(o.relation, o.sort_detail, o.address);
    };
    return rest(*object) < rest(*other.object);
  }

  Section section;
  KindId kind;
  absl::string_view schema;
  absl::string_view name;
  Object* object;
};

std::vector<Object*> SortedNodes(const Catalog& catalog) {
  std::vector<Key> keys;
  for (const auto& object : catalog.objects()) {
    if (!object->inlined && !object->extension_member)
      keys.emplace_back(object.get());
  }
  std::sort(keys.begin(), keys.end());
  std::vector<Object*> nodes;
  nodes.reserve(keys.size());
  for (const Key& key : keys) nodes.push_back(key.object);
  return nodes;
}

}  // namespace

// From the end: of the objects that nothing unplaced needs, the last one in
// the sorted order takes the last free place. So each stands as late as its
// name says, and only what is needed moves forward.
absl::StatusOr<std::vector<Object*>> OrderObjects(const Catalog& catalog,
                                                  const ObjectGraph& graph) {
  const std::vector<Object*> nodes = SortedNodes(catalog);
  constexpr uint32_t kNone = std::numeric_limits<uint32_t>::max();
  std::vector<uint32_t> rank(catalog.objects().size(), kNone);
  for (uint32_t i = 0; i < nodes.size(); ++i) rank[nodes[i]->index] = i;

  std::vector<Adjacency::Edge> edges;
  edges.reserve(graph.edges().size());
  std::vector<size_t> dependents(nodes.size(), 0);
  for (const Edge& edge : graph.edges()) {
    const uint32_t from = rank[graph.NodeOf(edge.from)->index];
    const uint32_t to = rank[graph.NodeOf(edge.to)->index];
    if (from == kNone || to == kNone || from == to) continue;
    edges.emplace_back(from, to);
    ++dependents[to];
  }
  const Adjacency needs(nodes.size(), edges);

  std::priority_queue<uint32_t> ready;
  for (uint32_t i = 0; i < nodes.size(); ++i) {
    if (dependents[i] == 0) ready.push(i);
  }
  std::vector<Object*> ordered;
  ordered.reserve(nodes.size());
  while (!ready.empty()) {
    const uint32_t node = ready.top();
    ready.pop();
    ordered.push_back(nodes[node]);
    for (uint32_t need : needs.SuccessorsOf(node)) {
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

#include "catalog/order.h"

#include <algorithm>
#include <queue>
#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"

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

#include "catalog/graph.h"

#include <algorithm>

namespace pgbale {

ObjectGraph::ObjectGraph(Catalog& catalog,
                         const std::vector<Dependency>& dependencies,
                         const Membership& membership)
    : catalog_(catalog), membership_(membership) {
  for (const Dependency& dependency : dependencies) {
    AddEdge(WhoNeeds(dependency), Resolve(dependency.to),
            dependency.from.catalog == catalog_oid::kRewrite);
  }
  for (const auto& object : catalog.objects()) {
    for (const Address& address : object->depends)
      AddEdge(object.get(), Resolve(address));
    if (object->parent.valid() && object->parent != object->address)
      AddEdge(object.get(), Resolve(object->parent));
  }
}

void ObjectGraph::AddEdge(Object* from, Object* to, bool definition) {
  if (from == nullptr || to == nullptr || from == to) return;
  edges_.push_back({from, to, definition});
}

Object* ObjectGraph::Resolve(const Address& address) const {
  auto member = membership_.find(address);
  if (member != membership_.end())
    return catalog_.Find({catalog_oid::kExtension, member->second});
  return catalog_.Find(address);
}

Object* ObjectGraph::WhoNeeds(const Dependency& dependency) const {
  Object* object = Resolve(dependency.from);
  if (object == nullptr || !object->hidden_part.valid() ||
      object->address != dependency.from) {
    return object;
  }
  const std::vector<Address>& own = object->own_needs;
  return std::find(own.begin(), own.end(), dependency.to) == own.end()
             ? catalog_.Find(object->hidden_part)
             : object;
}

Object* ObjectGraph::NodeOf(Object* object) const {
  // A parent chain is as deep as statements nest: a constraint in a table.
  while (object->inlined) {
    Object* parent = catalog_.Find(object->parent);
    if (parent == nullptr) return object;
    object = parent;
  }
  return object;
}

}  // namespace pgbale

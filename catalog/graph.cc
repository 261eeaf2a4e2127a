#include "catalog/graph.h"

#include <algorithm>

namespace pgbale {

ObjectGraph::ObjectGraph(Catalog& catalog,
                         const std::vector<Dependency>& dependencies,
                         const Membership& membership)
    : catalog_(catalog),
      membership_(membership),
      parents_(catalog.objects().size()) {
  for (const auto& object : catalog.objects()) {
    if (object->inlined) parents_[object->index] = catalog.Find(object->parent);
  }
  edges_.reserve(dependencies.size() + catalog.objects().size());
  for (const Dependency& dependency : dependencies) {
    AddEdge(WhoNeeds(dependency), ResolveNeed(dependency.to),
            dependency.from.catalog == catalog_oid::kRewrite);
  }
  for (const auto& object : catalog.objects()) {
    for (const Address& address : object->depends)
      AddEdge(object.get(), ResolveNeed(address));
    if (object->parent.valid() && object->parent != object->address)
      AddEdge(object.get(), ResolveNeed(object->parent));
  }
}

void ObjectGraph::AddEdge(Object* from, Object* to, bool definition) {
  if (from == nullptr || to == nullptr || from == to) return;
  edges_.push_back({from, to, definition});
}

Object* ObjectGraph::Resolve(const Address& address) const {
  Object* extension = ExtensionOf(address);
  return extension == nullptr ? catalog_.Find(address) : extension;
}

Object* ObjectGraph::ResolveNeed(const Address& address) const {
  Object* object = catalog_.Find(address);
  // By their own addresses neither the array type of a member is one nor a
  // constraint of its. Rows are: they come from the archive.
  for (const Object* each = object;
       each != nullptr && each->section != Section::kData;
       each = catalog_.Find(each->parent)) {
    if (Object* extension = ExtensionOf(each->address)) return extension;
    if (!each->parent.valid() || each->parent == each->address) break;
  }
  return Resolve(address);
}

Object* ObjectGraph::ExtensionOf(const Address& address) const {
  if (membership_.empty()) return nullptr;
  auto member = membership_.find(address);
  if (member == membership_.end()) return nullptr;
  return catalog_.Find({catalog_oid::kExtension, member->second});
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
    Object* parent = parents_[object->index];
    if (parent == nullptr) return object;
    object = parent;
  }
  return object;
}

}  // namespace pgbale

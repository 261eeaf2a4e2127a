#include "catalog/catalog.h"

#include <utility>

namespace pgbale {

Object* Catalog::Find(const Address& address) const {
  auto it = by_address_.find(address);
  return it == by_address_.end() ? nullptr : it->second;
}

Object& Catalog::Add(std::unique_ptr<Object> object) {
  objects_.push_back(std::move(object));
  Object& added = *objects_.back();
  added.index = static_cast<uint32_t>(objects_.size() - 1);
  by_address_[added.address] = &added;
  for (const Address& alias : added.aliases) by_address_[alias] = &added;
  return added;
}

Object& Catalog::Add(KindId kind, Address address) {
  auto object = std::make_unique<Object>();
  object->kind = kind;
  object->address = address;
  return Add(std::move(object));
}

std::vector<Object*> Catalog::OfKind(KindId kind) const {
  std::vector<Object*> found;
  for (const auto& object : objects_) {
    if (object->kind == kind) found.push_back(object.get());
  }
  return found;
}

void Catalog::Cover(std::vector<Address> addresses) {
  covered_.insert(covered_.end(), addresses.begin(), addresses.end());
}

void Catalog::OmitIncomplete(KindId kind) {
  for (Object* object : OfKind(kind)) {
    for (const Address& address : object->depends) {
      const Object* needed = Find(address);
      if (needed != nullptr &&
          (needed->extension_member || needed->wanted.definition)) {
        continue;
      }
      // From now on it is selected with what is missing.
      object->parent = address;
      object->wanted = {};
    }
  }
}

}  // namespace pgbale

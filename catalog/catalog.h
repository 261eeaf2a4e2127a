// All objects of a database, as they were in one snapshot.
//
// Order: ReadCatalog (catalog/reader.h) makes one; entries() follow from it.
//
// Thread-compatible.

#ifndef PGBALE_CATALOG_CATALOG_H_
#define PGBALE_CATALOG_CATALOG_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "catalog/address.h"
#include "catalog/object.h"
#include "catalog/options.h"
#include "catalog/relation.h"

namespace pgbale {

class Catalog {
 public:
  // The object at `address` (or with it as alias); nullptr if unknown.
  Object* Find(const Address& address) const;
  // Takes over `object` and indexes its addresses.
  Object& Add(std::unique_ptr<Object> object);
  // Makes a new object of `kind` during derive.
  Object& Add(KindId kind, Address address);

  // In the order of Add, kinds in the order of kinds.def.
  const std::vector<std::unique_ptr<Object>>& objects() const {
    return objects_;
  }
  // Those of one kind, in the order of Add.
  std::vector<Object*> OfKind(KindId kind) const;

  // Every address with the object that it means.
  const absl::flat_hash_map<Address, Object*>& by_address() const {
    return by_address_;
  }

  // Rows of catalogs that are dumped without being objects of ours, see
  // Collector::Cover.
  void Cover(std::vector<Address> addresses);
  const std::vector<Address>& covered() const { return covered_; }
  // Catalogs that the options leave out, see Collector::Omit.
  void Omit(Oid catalog) { omitted_.insert(catalog); }
  bool IsOmitted(Oid catalog) const { return omitted_.contains(catalog); }

  // Leaves out each object of `kind` that depends (Object::depends) on one
  // that is left out: it joins two others and means nothing without both. What
  // an extension makes is there.
  void OmitIncomplete(KindId kind);

  RelationMap& relations() { return relations_; }
  const RelationMap& relations() const { return relations_; }

  const CatalogOptions& options() const { return options_; }
  void set_options(const CatalogOptions& options) { options_ = options; }
  int server_version() const { return server_version_; }
  void set_server_version(int version) { server_version_ = version; }

  void Warn(std::string message) { warnings_.push_back(std::move(message)); }
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  CatalogOptions options_;
  int server_version_ = 0;
  RelationMap relations_;
  std::vector<std::unique_ptr<Object>> objects_;
  absl::flat_hash_map<Address, Object*> by_address_;
  std::vector<Address> covered_;
  absl::flat_hash_set<Oid> omitted_;
  std::vector<std::string> warnings_;
};

}  // namespace pgbale

#endif  // PGBALE_CATALOG_CATALOG_H_

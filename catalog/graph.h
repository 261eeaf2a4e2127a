// The objects of a catalog with what each needs, from pg_depend and from the
// kinds. An inlined object is part of its parent, a member of an extension
// part of the extension.
//
// The catalog must outlive the graph. Thread-compatible.

#ifndef PGBALE_CATALOG_GRAPH_H_
#define PGBALE_CATALOG_GRAPH_H_

#include <vector>

#include "catalog/catalog.h"
#include "catalog/dependencies.h"
#include "catalog/object.h"

namespace pgbale {

struct Edge {
  // The object that needs, as pg_depend names it: perhaps an inlined one.
  Object* from;
  Object* to;
  // It is the view's definition (its _RETURN rule) that needs.
  bool definition;
};

class ObjectGraph {
 public:
  ObjectGraph(Catalog& catalog, const std::vector<Dependency>& dependencies,
              const Membership& membership);

  std::vector<Edge>& edges() { return edges_; }
  const std::vector<Edge>& edges() const { return edges_; }

  // The object whose entry carries `object`: itself, or the outermost parent
  // that inlines it.
  Object* NodeOf(Object* object) const;

  void AddEdge(Object* from, Object* to, bool definition = false);

 private:
  // The object that has this address; the extension whose member it is.
  Object* Resolve(const Address& address) const;
  // What an entry can need: the extension in place of all that belongs to its
  // members.
  Object* ResolveNeed(const Address& address) const;
  Object* ExtensionOf(const Address& address) const;
  Object* WhoNeeds(const Dependency& dependency) const;

  Catalog& catalog_;
  const Membership& membership_;
  // By Object::index, of those that were inlined in the beginning.
  std::vector<Object*> parents_;
  std::vector<Edge> edges_;
};

}  // namespace pgbale

#endif  // PGBALE_CATALOG_GRAPH_H_

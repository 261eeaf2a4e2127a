// What a kind of object is to the catalog reader. One more kind is one file in
// catalog/kinds/, one line in kinds.def, one fixture in tests/fixtures/kinds/
// (docs/adding-a-kind.md).

#ifndef PGBALE_CATALOG_KIND_H_
#define PGBALE_CATALOG_KIND_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace pgbale {

class Catalog;
class Collector;

// The position in kinds.def; catalog/kind_id.h has the names. Few need them:
// one more kind does not compile everything anew.
enum class KindId : int;

// What an object belongs to.
enum class Scope { kDatabase, kRoles, kTablespaces };

// Each file in catalog/kinds/ defines one, `extern const Kind k<Name>Kind`.
struct Kind {
  // The word that lists show, in pg_dump's spelling: "EVENT TRIGGER". An
  // object may bring a finer one ("PROCEDURE" for a Routine).
  absl::string_view tag;

  // Reads all objects of the kind with one query for each server version,
  // never one an object, and adds them. Runs on any thread with a connection
  // of its own; may read the collector's relations, not other kinds' objects.
  // Null if the kind has nothing to read.
  absl::Status (*collect)(Collector& collector) = nullptr;

  // Runs once when all kinds are collected and selected, in the order of
  // kinds.def: adds objects that follow from others, links objects, fills in
  // what needs a look at other objects. No queries. Null if not needed.
  absl::Status (*derive)(Catalog& catalog) = nullptr;

  // Kinds of a scope that the options do not ask for are not collected.
  Scope scope = Scope::kDatabase;

  // Queries of `collect` that any role may run and that need no locks: they run
  // side by side while those are taken, and `collect` gets their rows from
  // Collector::Query like any other's. Null if not worth it.
  std::vector<std::string> (*early_queries)(int server_major) = nullptr;

  // What a server spends on collecting one, beside other kinds: the dearest
  // start first, so that none is left alone at the end.
  uint64_t collect_cost = 1;
};

// For early_queries, if there is one.
template <std::string (*Sql)(int server_major)>
std::vector<std::string> OneQuery(int server_major) {
  return {Sql(server_major)};
}

// All kinds; index with static_cast<int>(KindId).
absl::Span<const Kind* const> AllKinds();
inline const Kind& KindOf(KindId id) {
  return *AllKinds()[static_cast<size_t>(id)];
}

}  // namespace pgbale

#endif  // PGBALE_CATALOG_KIND_H_

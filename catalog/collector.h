// What a kind's `collect` works with: a connection of its own to the shared
// snapshot, what was read before, and a place for its objects.
//
// One thread at a time; each collector has its own.

#ifndef PGBALE_CATALOG_COLLECTOR_H_
#define PGBALE_CATALOG_COLLECTOR_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/pg/connection.h"
#include "base/pg/quote.h"
#include "catalog/address.h"
#include "catalog/kind.h"
#include "catalog/object.h"
#include "catalog/options.h"
#include "catalog/relation.h"

namespace pgbale {

// SQL: true for rows of pg_namespace n that users made (public included).
inline constexpr char kUserSchema[] =
    "(n.nspname !~ '^pg_' AND n.nspname <> 'information_schema')";

// Something that the user should know and that makes the exit code 3. What is
// said about an object is kept only if something of the object is dumped.
struct CollectorWarning {
  Address about;  // not valid: about the database
  std::string text;
};

class Collector {
 public:
  // All must outlive the collector.
  Collector(KindId kind, pg::Connection& connection,
            const CatalogOptions& options, const RelationMap& relations)
      : kind_(kind),
        connection_(connection),
        options_(options),
        relations_(relations) {}

  // Runs `sql` on the shared snapshot. An error names the kind.
  absl::StatusOr<pg::Result> Query(absl::string_view sql);
  // A query `sql` to come was run already, with this result.
  void AddEarly(std::string sql, pg::Result result) {
    early_.emplace(std::move(sql), std::move(result));
  }

  int server_version() const { return connection_.server_version(); }
  int server_major() const { return connection_.server_major(); }
  const CatalogOptions& options() const { return options_; }
  const RelationMap& relations() const { return relations_; }

  // A new object of this kind (or, for a file that reads two, of `kind`). The
  // reference is valid while the collector lives.
  Object& Add(Address address) { return Add(kind_, address); }
  Object& Add(KindId kind, Address address);

  void Warn(std::string text) { WarnOf({}, std::move(text)); }
  // Any kind's object may be at `about`.
  void WarnOf(Address about, std::string text) {
    warnings_.push_back({about, std::move(text)});
  }

  // The coverage guard (catalog/coverage.h) names what stands in the catalogs
  // and has no object. What rightly has none is told to it:
  // the object at `address` comes with another one, or a warning names it;
  void Cover(Address address) { covered_.push_back(address); }
  // all objects of `catalog` (a pseudo catalog too) are left out because the
  // options say so.
  void Omit(Oid catalog) { omitted_.push_back(catalog); }

  // For the reader.
  std::vector<std::unique_ptr<Object>> TakeObjects() {
    return std::move(objects_);
  }
  std::vector<CollectorWarning> TakeWarnings() { return std::move(warnings_); }
  std::vector<Address> TakeCovered() { return std::move(covered_); }
  std::vector<Oid> TakeOmitted() { return std::move(omitted_); }

 private:
  const KindId kind_;
  pg::Connection& connection_;
  const CatalogOptions& options_;
  const RelationMap& relations_;
  absl::flat_hash_map<std::string, pg::Result> early_;
  std::vector<std::unique_ptr<Object>> objects_;
  std::vector<CollectorWarning> warnings_;
  std::vector<Address> covered_;
  std::vector<Oid> omitted_;
};

}  // namespace pgbale

#endif  // PGBALE_CATALOG_COLLECTOR_H_

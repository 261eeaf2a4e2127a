// From a live server to the entries of an archive.

#ifndef PGBALE_CATALOG_READER_H_
#define PGBALE_CATALOG_READER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/cancel.h"
#include "base/pg/connection.h"
#include "catalog/address.h"
#include "catalog/coverage.h"
#include "catalog/options.h"
#include "format/entry.h"

namespace pgbale {

// Where the rows of a data entry come from.
struct DataSource {
  uint32_t entry_id = 0;
  Oid relation = 0;  // 0 for large objects
  // "" or "WHERE …", as in the entry.
  std::string condition;
  // A foreign table: read with a query, and not locked.
  bool foreign = false;
  // The first column because of which the rows go in text; "": none, binary
  // is possible.
  std::string text_column = {};
};

struct CatalogDump {
  // In the order of a restore; ids are 1, 2, 3 ….
  std::vector<Entry> entries;
  // One for each entry with data, in the order of the entries.
  std::vector<DataSource> sources;
  // What the user must know; any of them makes the exit code 3.
  std::vector<std::string> warnings;
  // What was selected and is not among the entries (catalog/coverage.h);
  // `warnings` tells it in words.
  std::vector<Missing> missing;
  // Name and version of every extension in the database.
  std::vector<std::pair<std::string, std::string>> extensions;
};

// The connections of one dump. All of `snapshot` are in a transaction with the
// same snapshot and have the dump's session settings; the first is the leader,
// which takes the locks. `fresh` is outside of it, in autocommit.
struct CatalogConnections {
  std::vector<pg::Connection*> snapshot;
  pg::Connection* fresh = nullptr;
  // The schemas of the user's own search_path (ReadSearchPath).
  std::vector<std::string> search_path;
};

// current_schemas(false) as a new session of this user has it; the
// connection's own path is '' again afterwards. Run it before the snapshot.
absl::StatusOr<std::vector<std::string>> ReadSearchPath(
    pg::Connection& connection);

// Reads the catalog, locks the selected tables, collects all kinds in
// parallel, orders the objects and writes their SQL.
// An error for which IsSchemaChange (catalog/locks.h) holds may be cured by a
// new snapshot: end the transactions and begin again, a few times.
absl::StatusOr<CatalogDump> ReadCatalog(const CatalogConnections& connections,
                                        const CatalogOptions& options,
                                        CancelToken& cancel);

}  // namespace pgbale

#endif  // PGBALE_CATALOG_READER_H_

// The catalog of a database whose definitions may change while it is read.

#ifndef PGBALE_ENGINE_DUMP_LOCKED_CATALOG_H_
#define PGBALE_ENGINE_DUMP_LOCKED_CATALOG_H_

#include <string>

#include "absl/status/statusor.h"
#include "base/cancel.h"
#include "catalog/options.h"
#include "catalog/reader.h"
#include "engine/dump/sessions.h"

namespace pgbale {

// Takes a snapshot, reads the catalog and locks the tables, with a new snapshot
// for as long as definitions change while they are read, a few times. From the
// second try on it is known whether they did, so that an error of another cause
// is told as it is. `exported` is the snapshot of another session, which stays
// what it is, or empty.
absl::StatusOr<CatalogDump> ReadLockedCatalog(DumpSessions& sessions,
                                              CatalogOptions wanted,
                                              const std::string& exported,
                                              CancelToken& cancel);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_DUMP_LOCKED_CATALOG_H_

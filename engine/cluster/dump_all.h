// Dumps all databases of a server into a folder: the story of `pgbale dump
// --all-databases`. Roles and tablespaces go into globals.bale, each database
// into an archive of its own, with a snapshot of its own.

#ifndef PGBALE_ENGINE_CLUSTER_DUMP_ALL_H_
#define PGBALE_ENGINE_CLUSTER_DUMP_ALL_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/cancel.h"
#include "base/sched/progress.h"
#include "engine/dump/dump.h"

namespace pgbale {

struct DumpAllOptions {
  // For each database, with what is common to all. `source` leads to any
  // database, from which the others are found; `output` is the folder, which
  // must not exist; `jobs` is the budget of all databases together.
  DumpOptions each;
  // psql patterns.
  std::vector<std::string> exclude_databases;
};

struct DatabaseDump {
  std::string database;  // raw name
  std::string file;      // in the folder
  DumpSummary summary;
};

struct DumpAllSummary {
  DumpSummary total;  // its warnings name the databases
  // In the order of their names; roles and tablespaces are not among them.
  std::vector<DatabaseDump> databases;
};

// A database that allows no connections, or that an interrupted CREATE or DROP
// left invalid, is left out with a warning; template0 without. Returns when
// the folder is complete and durable; after an error nothing stands under its
// name. An error names the database.
absl::StatusOr<DumpAllSummary> DumpAll(const DumpAllOptions& options,
                                       CancelToken& cancel, Progress& progress);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_CLUSTER_DUMP_ALL_H_

// Does a database hold what an archive holds? The rows of each table are read
// as a dump would read them, all in one snapshot, and counted and digested.

#ifndef PGBALE_ENGINE_INSPECT_COMPARE_H_
#define PGBALE_ENGINE_INSPECT_COMPARE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/cancel.h"
#include "base/pg/connection.h"
#include "base/sched/progress.h"
#include "format/archive_reader.h"

namespace pgbale {

struct CompareOptions {
  pg::ConnectOptions target;  // its `cancel` is set by CompareWithDatabase
  int jobs = 1;               // connections that read
  // psql patterns, "name" or "schema.name"; empty: all tables, large objects,
  // and the question whether the database has more of them.
  std::vector<std::string> tables;
  // Rows of partitions are looked for in any partition of their root; else only
  // those that the archive lets go through it.
  bool load_via_root = false;
  bool allow_newer_server = false;
};

struct CompareReport {
  uint64_t tables = 0;  // compared, large objects among them
  uint64_t rows = 0;    // read from the database
  // One line each, printable: what differs, and what could not be compared.
  std::vector<std::string> differences;
  std::vector<std::string> not_compared;
};

// Errors: kConnect; kUsage for a pattern that cannot be parsed; kError for one
// that matches nothing; what `cancel` was cancelled with.
absl::StatusOr<CompareReport> CompareWithDatabase(const ArchiveReader& archive,
                                                  const CompareOptions& options,
                                                  CancelToken& cancel,
                                                  Progress& progress);

// OK if all is equal; kError if something differs; else kPartial, if something
// could not be compared.
absl::Status VerdictOf(const CompareReport& report);

// Lines for people, or one JSON object.
std::string CompareText(const CompareReport& report);
std::string CompareJson(const CompareReport& report);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_INSPECT_COMPARE_H_

// What a command line says, in its own words. Commands translate it into the
// options of the engine.
//
// Plain data. Thread-compatible.

#ifndef PGBALE_ENGINE_CLI_ARGUMENTS_H_
#define PGBALE_ENGINE_CLI_ARGUMENTS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/pg/connection.h"
#include "catalog/options.h"
#include "engine/bench/peers.h"
#include "engine/dump/data_format.h"
#include "restore/restore.h"

namespace pgbale {

// What `bench` measures.
enum class BenchPhases { kDump, kRestore, kBoth };

struct Arguments {
  // DBNAME or ARCHIVE.
  std::vector<std::string> positional;
  bool help = false;

  // General.
  bool verbose = false;
  bool quiet = false;
  bool json = false;
  std::optional<int> jobs;

  // Connection.
  pg::UserConnection connection;
  bool ask_password = false;
  bool never_ask_password = false;
  bool allow_newer_server = false;
  std::string role;

  // What to dump or restore.
  std::vector<std::string> schemas, exclude_schemas;
  std::vector<std::string> tables, exclude_tables;
  std::vector<std::string> exclude_table_data;
  std::vector<std::string> exclude_table_data_and_children;
  std::vector<RowCondition> where;
  std::vector<std::string> extensions;
  std::vector<std::string> include_foreign_data;
  std::vector<std::string> sections;
  bool strict_names = false;
  bool enable_row_security = false;
  bool load_via_root = false;  // of restore and verify, too
  bool schema_only = false;
  bool data_only = false;
  bool statistics = false;
  bool statistics_only = false;
  bool no_statistics = false;
  bool no_owner = false;
  bool no_privileges = false;
  bool no_comments = false;
  bool no_security_labels = false;
  bool no_publications = false;
  bool no_subscriptions = false;
  bool no_tablespaces = false;
  bool no_unlogged_table_data = false;
  bool all_databases = false;
  std::vector<std::string> exclude_databases;
  bool globals = false;
  bool globals_only = false;
  bool roles_only = false;
  bool tablespaces_only = false;
  bool no_role_passwords = false;
  CatalogOptions::LargeObjects large_objects =
      CatalogOptions::LargeObjects::kDefault;

  // Dump.
  std::string file;
  int compression_level = 1;
  uint64_t memory_bytes = uint64_t{1} << 30;  // of restore, too
  int64_t lock_wait_timeout_ms = 0;
  DataFormat data_format = DataFormat::kAuto;
  int64_t blocked_ms_max = 0;
  std::string snapshot;
  bool serializable_deferrable = false;
  uint64_t rate_limit_bytes = 0;
  bool no_sync = false;
  bool overwrite = false;
  bool keep_partial = false;

  // Verify.
  std::optional<std::string> against;

  // Salvage.
  std::string encoding;

  // Bench.
  int runs = 5;
  BenchPhases bench_phases = BenchPhases::kBoth;
  bool no_warm_up = false;
  std::vector<std::string> pg_bin;
  std::vector<PeerFormat> peer_formats = {PeerFormat::kDirectory};
  std::string peer_options;
  std::string folder;
  bool keep = false;
  std::string json_file;
  std::string plot_file;

  // Restore.
  bool list = false;  // of list, too
  bool dry_run = false;
  std::map<std::string, std::string> role_map;  // old name to new
  bool skip_missing_roles = false;
  std::vector<std::string> indexes, functions, triggers;
  bool no_dependencies = false;
  TableMode table_mode = TableMode::kCreate;
  bool disable_triggers = false;
  std::vector<std::pair<std::string, std::string>> renamings;
  std::string into;
  std::string use_list;
  bool clean = false;
  bool if_exists = false;
  bool create = false;
  bool single_transaction = false;
  bool continue_on_error = false;
  bool keep_broken_keys = false;
  bool skip_corrupt = false;
  std::string safety_backup;
  bool rollback_on_error = false;
  bool allow_non_empty = false;
  bool resume = false;
  bool from_stream = false;
  std::string journal;
  bool no_journal = false;
  std::optional<uint64_t> maintenance_memory_bytes;
  bool analyze = false;
};

}  // namespace pgbale

#endif  // PGBALE_ENGINE_CLI_ARGUMENTS_H_

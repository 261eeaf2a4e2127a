#include "engine/bench/setting.h"

#include <sys/utsname.h>

#include <fstream>
#include <thread>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/status.h"

namespace pgbale {
namespace {

// What decides how fast a server reads, writes and builds indexes.
constexpr absl::string_view kServerSettingsSql =
    "SELECT name, pg_catalog.current_setting(name) FROM "
    "pg_catalog.pg_settings WHERE name IN ('shared_buffers', 'fsync', "
    "'synchronous_commit', 'full_page_writes', 'wal_level', 'wal_compression', "
    "'max_wal_size', 'maintenance_work_mem', 'max_parallel_maintenance_workers'"
    ", 'max_worker_processes', 'autovacuum', 'default_toast_compression', "
    "'data_checksums', 'io_method') ORDER BY name";

constexpr absl::string_view kDatabaseSql =
    "SELECT pg_catalog.current_database(), "
    "pg_catalog.pg_database_size(pg_catalog.current_database()), "
    "(SELECT pg_catalog.sum(pg_catalog.pg_table_size(c.oid)) FROM "
    "pg_catalog.pg_class c WHERE c.relkind IN ('r', 'm') AND (c.oid >= 16384 "
    "OR c.oid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass)), "
    "pg_catalog.inet_server_addr() IS NULL OR "
    "pg_catalog.inet_server_addr() = pg_catalog.inet_client_addr()";
enum DatabaseColumn { kName, kBytes, kTableBytes, kSameMachine };

// What follows `key` and a colon in a file of /proc, or "".
std::string ValueIn(const char* file, absl::string_view key) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    absl::string_view rest = line;
    if (!absl::ConsumePrefix(&rest, key)) continue;
    rest = absl::StripLeadingAsciiWhitespace(rest);
    if (absl::ConsumePrefix(&rest, ":"))
      return std::string(absl::StripAsciiWhitespace(rest));
  }
  return "";
}

void ReadMachine(BenchSetting& setting) {
  setting.processor = ValueIn("/proc/cpuinfo", "model name");
  setting.processors = std::thread::hardware_concurrency();
  const std::string memory = ValueIn("/proc/meminfo", "MemTotal");
  uint64_t kibibytes = 0;
  if (absl::SimpleAtoi(memory.substr(0, memory.find(' ')), &kibibytes))
    setting.memory_bytes = kibibytes << 10;
  utsname name{};
  if (uname(&name) == 0)
    setting.system =
        absl::StrCat(name.sysname, " ", name.release, " ", name.machine);
}

}  // namespace

absl::StatusOr<BenchSetting> ReadBenchSetting(pg::Connection& connection) {
  BenchSetting setting;
  ReadMachine(setting);
  setting.server_version = connection.ParameterStatus("server_version");
  ASSIGN_OR_RETURN(const pg::Result settings,
                   connection.Query(kServerSettingsSql));
  for (const pg::Row row : settings)
    setting.server_settings.emplace_back(row.str(0), row.str(1));
  ASSIGN_OR_RETURN(const pg::Result database, connection.Query(kDatabaseSql));
  const pg::Row row = database.row(0);
  setting.database = row.str(kName);
  setting.database_bytes = static_cast<uint64_t>(row.integer(kBytes));
  setting.tables_bytes = static_cast<uint64_t>(row.integer(kTableBytes));
  setting.same_machine = row.boolean(kSameMachine);
  return setting;
}

}  // namespace pgbale

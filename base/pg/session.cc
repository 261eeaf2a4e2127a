#include "base/pg/session.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "base/status.h"
#include "base/text.h"
#include "spdlog/spdlog.h"

namespace pgbale::pg {
namespace {

struct Setting {
  absl::string_view name;
  absl::string_view value;
  int since_major = 0;  // unknown to older servers
};

// A dump or a restore lasts as long as it lasts.
constexpr auto kTimeouts = std::to_array<Setting>({
    {"statement_timeout", "0"},
    {"lock_timeout", "0"},
    {"idle_in_transaction_session_timeout", "0"},
    {"idle_session_timeout", "0", 14},
    {"transaction_timeout", "0", 17},
});

// How values and definitions are written, and what may change the rows.
constexpr auto kDumpSettings = std::to_array<Setting>({
    {"DateStyle", "ISO"},
    {"IntervalStyle", "postgres"},
    {"TimeZone", "UTC"},
    {"extra_float_digits", "3"},
    {"bytea_output", "hex"},
    {"lc_monetary", "C"},
    {"xmlbinary", "base64"},
    {"standard_conforming_strings", "on"},
    {"quote_all_identifiers", "off"},
    {"array_nulls", "on"},
    {"synchronize_seqscans", "off"},
    // Streams run side by side already, with one core each.
    {"max_parallel_workers_per_gather", "0"},
    {"jit", "off"},
});

// How values and definitions are read.
constexpr auto kRestoreSettings = std::to_array<Setting>({
    {"DateStyle", "ISO"},
    {"IntervalStyle", "postgres"},
    {"TimeZone", "UTC"},
    {"lc_monetary", "C"},
    {"xmloption", "content"},
    {"standard_conforming_strings", "on"},
    {"escape_string_warning", "off"},
    {"array_nulls", "on"},
    {"transform_null_equals", "off"},
    {"check_function_bodies", "off"},
    {"default_transaction_read_only", "off"},
    {"jit", "off"},
    {"row_security", "off"},
});

// An item of a select list. Minor releases brought this setting, so that no
// version number tells; a server without it gets NULL (CVE-2024-7348).
std::string RestrictRelationKinds(absl::string_view kinds) {
  return absl::StrCat(
      "CASE WHEN pg_catalog.current_setting("
      "'restrict_nonsystem_relation_kind', true) IS NOT NULL"
      " THEN pg_catalog.set_config('restrict_nonsystem_relation_kind', '",
      kinds, "', false) END");
}

void AppendSettings(absl::Span<const Setting> settings, int server_major,
                    std::string& sql) {
  for (const Setting& setting : settings)
    if (server_major >= setting.since_major)
      absl::StrAppend(&sql, ", pg_catalog.set_config('", setting.name, "', '",
                      setting.value, "', false)");
}

absl::Status SetRole(Connection& connection, const std::string& role) {
  if (role.empty()) return absl::OkStatus();
  return Annotate(
      connection.Execute("SELECT pg_catalog.set_config('role', $1, false)",
                         {role}),
      absl::StrCat("role ", Quoted(role)));
}

}  // namespace

absl::Status PrepareDumpSession(Connection& connection, const std::string& role,
                                bool row_security) {
  RETURN_IF_ERROR(SetRole(connection, role));
  std::string sql =
      "SELECT pg_catalog.set_config('search_path', '', false)"
      ", pg_catalog.set_config('client_encoding',"
      " pg_catalog.current_setting('server_encoding'), false)";
  AppendSettings(kTimeouts, connection.server_major(), sql);
  AppendSettings(kDumpSettings, connection.server_major(), sql);
  absl::StrAppend(&sql, ", pg_catalog.set_config('row_security', '",
                  row_security ? "on" : "off", "', false)");
  absl::StrAppend(&sql, ", ", RestrictRelationKinds("view, foreign-table"));
  return Annotate(connection.Execute(sql), "cannot prepare the session");
}

absl::Status AllowForeignTables(Connection& connection, bool allow) {
  return connection.Execute(absl::StrCat(
      "SELECT ",
      RestrictRelationKinds(allow ? "view" : "view, foreign-table")));
}

absl::Status PrepareRestoreSession(Connection& connection,
                                   const std::string& encoding,
                                   const std::string& role) {
  RETURN_IF_ERROR(SetRole(connection, role));
  std::string sql =
      "SELECT pg_catalog.set_config('search_path', '', false)"
      ", pg_catalog.set_config('client_encoding', $1, false)";
  AppendSettings(kTimeouts, connection.server_major(), sql);
  AppendSettings(kRestoreSettings, connection.server_major(), sql);
  return Annotate(connection.Execute(sql, {encoding}),
                  "cannot prepare the session");
}

absl::StatusOr<ServerIdentity> ReadServerIdentity(Connection& connection) {
  enum Column { kStartTime, kInRecovery, kMayReadControl };
  ASSIGN_OR_RETURN(
      const Result result,
      connection.Query("SELECT pg_catalog.to_char(pg_catalog.timezone('UTC',"
                       " pg_catalog.pg_postmaster_start_time()),"
                       " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'),"
                       " pg_catalog.pg_is_in_recovery(),"
                       " pg_catalog.has_function_privilege("
                       "'pg_catalog.pg_control_system()', 'EXECUTE')"));
  const Row row = result.row(0);
  ServerIdentity identity;
  identity.start_time = row.str(kStartTime);
  identity.in_recovery = row.str(kInRecovery);
  if (!row.boolean(kMayReadControl)) return identity;
  ASSIGN_OR_RETURN(const Result control,
                   connection.Query("SELECT system_identifier"
                                    " FROM pg_catalog.pg_control_system()"));
  identity.system_identifier = control.row(0).str(0);
  return identity;
}

absl::Status CheckNoPooler(Connection& connection) {
  // A pooler hands out whichever backend is free; a few transactions in a row
  // are enough to see it wherever more than one client is at work.
  constexpr int kTransactions = 5;
  std::string first;
  for (int i = 0; i < kTransactions; ++i) {
    ASSIGN_OR_RETURN(const Result result,
                     connection.Query("SELECT pg_catalog.pg_backend_pid()"));
    const std::string pid = result.row(0).str(0);
    if (first.empty()) {
      first = pid;
      // A pooler makes up the number that it tells at the start; in session
      // mode it does no harm.
      if (pid != absl::StrCat(connection.backend_pid()))
        spdlog::warn(
            "a connection pooler is in between; it must be in "
            "session mode");
    }
    if (pid == first) continue;
    return WithHint(
        MakeError(Failure::kConnect,
                  absl::StrCat("a connection pooler in transaction mode is "
                               "in between: the backend changed from ",
                               first, " to ", pid)),
        "Connect to the server itself, or to a pool in session mode.");
  }
  return absl::OkStatus();
}

}  // namespace pgbale::pg

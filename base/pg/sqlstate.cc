#include "base/pg/sqlstate.h"

#include <array>
#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace pgbale::pg {
namespace {

struct Line {
  absl::string_view code;  // five characters, or two for a class
  SqlStateInfo info;
};

constexpr char kPositionUrl[] = "pgbale/position";

constexpr absl::string_view kRetryHint = "Run it again.";
constexpr absl::string_view kServerGoneHint =
    "Run it again when the server is up.";
constexpr absl::string_view kExtensionHint =
    "Install the extension's files on the server.";

// Exact codes stand before their class: the first match wins.
constexpr auto kLines = std::to_array<Line>({
    {"08P01", {Failure::kError, "connection", ""}},
    {"08001", {Failure::kConnect, "connection", ""}},
    {"08004", {Failure::kConnect, "connection", ""}},
    {"08", {Failure::kCancelled, "connection", kServerGoneHint}},
    {"0A000", {Failure::kError, "other", ""}},
    {"0P000", {Failure::kError, "missing role", "Create the role, or map it."}},
    {"0L", {Failure::kError, "no permission", ""}},
    {"22", {Failure::kError, "bad data", ""}},
    {"23503", {Failure::kError, "bad data", "A referenced row is missing."}},
    {"23505",
     {Failure::kError, "bad data",
      "The rows hold a value twice; does the table hold rows already?"}},
    {"23", {Failure::kError, "bad data", ""}},
    {"25006",
     {Failure::kError, "no permission",
      "Is the server a standby, or the database read-only?"}},
    {"25P03", {Failure::kCancelled, "cancelled", kRetryHint}},
    {"25P04", {Failure::kCancelled, "cancelled", kRetryHint}},
    {"28", {Failure::kConnect, "connection", ""}},
    {"2BP01",
     {Failure::kError, "other", "Other objects depend on it; see --clean."}},
    {"3D000", {Failure::kError, "missing object", ""}},
    {"3F000", {Failure::kError, "missing object", ""}},
    {"40001",
     {Failure::kCancelled, "lock",
      "On a standby, raise max_standby_streaming_delay or set "
      "hot_standby_feedback; else run it again."}},
    {"40P01", {Failure::kCancelled, "lock", kRetryHint}},
    {"40", {Failure::kCancelled, "cancelled", kRetryHint}},
    {"42501",
     {Failure::kError, "no permission",
      "Log in as the owner or a superuser, or use --role."}},
    {"42P01", {Failure::kError, "missing object", ""}},
    {"42703", {Failure::kError, "missing object", ""}},
    {"42704", {Failure::kError, "missing object", ""}},
    {"42883", {Failure::kError, "missing object", ""}},
    {"42P02", {Failure::kError, "missing object", ""}},
    {"42701", {Failure::kError, "duplicate object", ""}},
    {"42710", {Failure::kError, "duplicate object", ""}},
    {"42712", {Failure::kError, "duplicate object", ""}},
    {"42723", {Failure::kError, "duplicate object", ""}},
    {"42P03", {Failure::kError, "duplicate object", ""}},
    {"42P04", {Failure::kError, "duplicate object", ""}},
    {"42P05", {Failure::kError, "duplicate object", ""}},
    {"42P06", {Failure::kError, "duplicate object", ""}},
    {"42P07", {Failure::kError, "duplicate object", ""}},
    {"53100", {Failure::kError, "resources", "The server's disk is full."}},
    {"53200",
     {Failure::kError, "resources",
      "If it is shared memory, raise max_locks_per_transaction."}},
    {"53300",
     {Failure::kConnect, "resources",
      "Use fewer jobs, or raise max_connections."}},
    {"53", {Failure::kError, "resources", ""}},
    {"54", {Failure::kError, "resources", ""}},
    {"55P03",
     {Failure::kCancelled, "lock",
      "Another session holds the lock; run it again or wait longer with "
      "--lock-wait-timeout."}},
    {"55006", {Failure::kCancelled, "lock", kRetryHint}},
    {"57P03", {Failure::kConnect, "connection", kServerGoneHint}},
    {"57014", {Failure::kCancelled, "cancelled", kRetryHint}},
    {"57", {Failure::kCancelled, "cancelled", kServerGoneHint}},
    {"58P01", {Failure::kError, "missing object", kExtensionHint}},
    {"58", {Failure::kError, "resources", ""}},
    {"XX001",
     {Failure::kError, "bad data", "The server's own files are damaged."}},
    {"XX002",
     {Failure::kError, "bad data",
      "An index of the server is damaged; see REINDEX."}},
    {"", {Failure::kError, "other", ""}},
});

}  // namespace

const SqlStateInfo& LookUpSqlState(absl::string_view sqlstate) {
  for (const Line& line : kLines)
    if (sqlstate.substr(0, line.code.size()) == line.code) return line.info;
  return kLines.back().info;
}

absl::Status MakeServerError(absl::string_view sqlstate,
                             absl::string_view message) {
  const SqlStateInfo& info = LookUpSqlState(sqlstate);
  absl::Status status =
      WithSqlState(MakeError(info.failure, message), sqlstate);
  if (info.hint.empty()) return status;
  return WithHint(std::move(status), info.hint);
}

absl::Status WithPosition(absl::Status status, int position) {
  status.SetPayload(kPositionUrl, absl::Cord(absl::StrCat(position)));
  return status;
}

int PositionOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kPositionUrl);
  int position = 0;
  return payload.has_value() &&
                 absl::SimpleAtoi(std::string(*payload), &position)
             ? position
             : 0;
}

}  // namespace pgbale::pg

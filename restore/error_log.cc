#include "restore/error_log.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/pg/sqlstate.h"
#include "base/status.h"
#include "base/text.h"
#include "restore/label.h"
#include "spdlog/spdlog.h"

namespace pgbale {
namespace {

// Enough to tell a statement from others.
constexpr size_t kStatementChars = 120;

// The end of what may be shown: from the first literal on, a statement may
// hold a secret (a connection string, an option of a user mapping). A quote in
// a quoted name starts none.
size_t LiteralStart(absl::string_view statement) {
  bool in_name = false;
  for (size_t i = 0; i < statement.size(); ++i) {
    if (statement[i] == '"') in_name = !in_name;
    if (!in_name && (statement[i] == '\'' || statement[i] == '$')) return i;
  }
  return statement.size();
}

std::string FirstLine(absl::string_view statement) {
  const absl::string_view line =
      absl::StripTrailingAsciiWhitespace(statement.substr(
          0, std::min(statement.find('\n'), LiteralStart(statement))));
  if (line.size() == statement.size() && line.size() <= kStatementChars)
    return Printable(line);
  size_t end = std::min(line.size(), kStatementChars);
  // Not inside a character of several octets.
  while (end > 0 && end < line.size() &&
         (static_cast<unsigned char>(line[end]) & 0xc0) == 0x80)
    --end;
  return absl::StrCat(Printable(line.substr(0, end)), " …");
}

absl::Status WithStatement(const absl::Status& status,
                           absl::string_view statement) {
  return statement.empty() ? status : Annotate(status, FirstLine(statement));
}

// Rows of a data entry break a CHECK, or fit into no partition.
std::string HintOnPartitions(const TableData& data) {
  if (!data.via_root)
    return "if rows do not fit into their partition here, "
           "--load-via-partition-root lets them find another";
  return absl::StrCat("rows that find no partition here want all of ",
                      Quoted(data.schema, data.relation),
                      " to be restored, or their own table alone, by "
                      "--no-dependencies");
}

// The server's, or ours where it has none and the option to go without is not
// obvious.
std::string HintFor(const absl::Status& status, const Entry& entry) {
  std::string hint = HintOf(status);
  if (hint.empty() && entry.aspect == Aspect::kSecurityLabel) {
    hint =
        "load the label provider in the target (shared_preload_libraries), or "
        "use --no-security-labels";
  }
  if (hint.empty() && entry.data.has_value() &&
      SqlStateOf(status) == pg::kCheckViolation)
    hint = HintOnPartitions(*entry.data);
  return hint;
}

}  // namespace

absl::Status DescribeError(const absl::Status& status, const Entry& entry,
                           absl::string_view statement) {
  const absl::Status described =
      Annotate(WithStatement(status, statement), EntryLabel(entry));
  const std::string sqlstate = SqlStateOf(status);
  if (sqlstate.empty()) return described;
  const std::string message =
      absl::StrCat(described.message(), " (", sqlstate, ", ",
                   pg::LookUpSqlState(sqlstate).error_class, ")");
  absl::Status with_class = MakeError(FailureOf(status), message);
  with_class = WithSqlState(std::move(with_class), sqlstate);
  const std::string hint = HintFor(status, entry);
  return hint.empty() ? with_class : WithHint(std::move(with_class), hint);
}

absl::Status ErrorLog::Take(const absl::Status& status, const Entry& entry,
                            absl::string_view statement) {
  if (stop_) return DescribeError(status, entry, statement);
  Note(WithStatement(status, statement), entry);
  return absl::OkStatus();
}

void ErrorLog::Note(const absl::Status& status, const Entry& entry) {
  const RestoreError error = {EntryLabel(entry), SqlStateOf(status),
                              std::string(status.message()),
                              HintFor(status, entry)};
  // The caller shows them all at the end.
  spdlog::debug("{}: {}", error.entry, Printable(error.message));
  MutexLock lock(mu_);
  errors_.push_back(error);
}

std::vector<RestoreError> ErrorLog::errors() const {
  MutexLock lock(mu_);
  return errors_;
}

}  // namespace pgbale

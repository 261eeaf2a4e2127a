#include "engine/copy/side.h"

#include <string>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "base/pg/sqlstate.h"
#include "base/status.h"

namespace pgbale {
namespace {

constexpr char kSideUrl[] = "pgbale/side";

// Other commands advise on options that this one has not.
absl::Status AdviseOn(absl::Status status, absl::string_view name) {
  if (FailureOf(status) != Failure::kConnect || !HintOf(status).empty())
    return status;
  return WithHint(
      std::move(status),
      absl::StrCat("Check ", name, ", the variables PG*, and ~/.pgpass."));
}

absl::Status WithMessage(const absl::Status& status,
                         absl::string_view message) {
  absl::Status changed(status.code(), message);
  status.ForEachPayload(
      [&changed](absl::string_view url, const absl::Cord& payload) {
        changed.SetPayload(url, payload);
      });
  return changed;
}

}  // namespace

absl::Status OfSource(const absl::Status& status) {
  if (status.ok() || IsOfSource(status)) return status;
  std::string message = absl::StrCat("source: ", status.message());
  if (const std::string state = SqlStateOf(status); !state.empty())
    absl::StrAppend(&message, " (", state, ", ",
                    pg::LookUpSqlState(state).error_class, ")");
  absl::Status of_source = AdviseOn(WithMessage(status, message), "SRC");
  of_source.SetPayload(kSideUrl, absl::Cord("source"));
  return of_source;
}

bool IsOfSource(const absl::Status& status) {
  return status.GetPayload(kSideUrl).has_value();
}

absl::Status OfTarget(const absl::Status& status) {
  if (status.ok() || IsOfSource(status)) return status;
  const Failure failure = FailureOf(status);
  if (failure != Failure::kConnect && failure != Failure::kCancelled)
    return status;
  return AdviseOn(Annotate(status, "target"), "DST");
}

absl::Status WithLine(const absl::Status& status, absl::string_view line) {
  return WithMessage(status, absl::StrCat(status.message(), "\n", line));
}

}  // namespace pgbale

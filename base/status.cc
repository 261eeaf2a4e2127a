#include "base/status.h"

#include <optional>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace pgbale {
namespace {

constexpr char kFailureUrl[] = "pgbale/failure";
constexpr char kHintUrl[] = "pgbale/hint";
constexpr char kSqlStateUrl[] = "pgbale/sqlstate";

absl::StatusCode CodeOf(Failure failure) {
  switch (failure) {
    case Failure::kError:
    case Failure::kPartial:
      return absl::StatusCode::kUnknown;
    case Failure::kUsage:
      return absl::StatusCode::kInvalidArgument;
    case Failure::kNotFound:
      return absl::StatusCode::kNotFound;
    case Failure::kLocked:
      return absl::StatusCode::kFailedPrecondition;
    case Failure::kDamaged:
    case Failure::kIncomplete:
      return absl::StatusCode::kDataLoss;
    case Failure::kConnect:
    case Failure::kCancelled:
    case Failure::kRemoteStorage:
      return absl::StatusCode::kUnavailable;
    case Failure::kLocalStorage:
      return absl::StatusCode::kResourceExhausted;
    case Failure::kInterrupted:
    case Failure::kTerminated:
      return absl::StatusCode::kCancelled;
  }
  return absl::StatusCode::kUnknown;
}

std::string PayloadText(const absl::Status& status, const char* url) {
  const auto payload = status.GetPayload(url);
  return payload.has_value() ? std::string(*payload) : "";
}

}  // namespace

absl::Status MakeError(Failure failure, absl::string_view message) {
  absl::Status status(CodeOf(failure), message);
  status.SetPayload(kFailureUrl,
                    absl::Cord(absl::StrCat(static_cast<int>(failure))));
  return status;
}

Failure FailureOf(const absl::Status& status) {
  int value = 0;
  if (absl::SimpleAtoi(PayloadText(status, kFailureUrl), &value))
    return static_cast<Failure>(value);
  return Failure::kError;
}

int ExitCodeOf(const absl::Status& status) {
  return status.ok() ? 0 : static_cast<int>(FailureOf(status));
}

absl::Status Annotate(const absl::Status& status, absl::string_view place) {
  if (status.ok()) return status;
  absl::Status annotated(status.code(),
                         absl::StrCat(place, ": ", status.message()));
  status.ForEachPayload(
      [&annotated](absl::string_view url, const absl::Cord& payload) {
        annotated.SetPayload(url, payload);
      });
  return annotated;
}

absl::Status WithHint(absl::Status status, absl::string_view hint) {
  status.SetPayload(kHintUrl, absl::Cord(hint));
  return status;
}

std::string HintOf(const absl::Status& status) {
  return PayloadText(status, kHintUrl);
}

absl::Status WithSqlState(absl::Status status, absl::string_view sqlstate) {
  status.SetPayload(kSqlStateUrl, absl::Cord(sqlstate));
  return status;
}

std::string SqlStateOf(const absl::Status& status) {
  return PayloadText(status, kSqlStateUrl);
}

}  // namespace pgbale

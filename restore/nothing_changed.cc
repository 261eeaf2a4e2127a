#include "restore/nothing_changed.h"

#include "absl/strings/cord.h"

namespace pgbale {
namespace {

// A mark, which has no text.
constexpr char kMark[] = "pgbale/nothing-changed";

}  // namespace

absl::Status WithNothingChanged(absl::Status error) {
  error.SetPayload(kMark, absl::Cord());
  return error;
}

bool NothingChanged(const absl::Status& error) {
  return error.GetPayload(kMark).has_value();
}

}  // namespace pgbale

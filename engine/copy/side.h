// Which of the two servers of a copy an error comes from.
//
// Pure functions; any thread.

#ifndef PGBALE_ENGINE_COPY_SIDE_H_
#define PGBALE_ENGINE_COPY_SIDE_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace pgbale {

// `status`, an error of the source: says so, names the SQLSTATE, and is known
// by IsOfSource. OK stays OK.
absl::Status OfSource(const absl::Status& status);
bool IsOfSource(const absl::Status& status);

// `status`, an error of the target, if it is not of the source: says so of what
// a server does on its own (lost and refused connections, cancelled
// statements); other errors name an object.
absl::Status OfTarget(const absl::Status& status);

// `status` with a further line of its message.
absl::Status WithLine(const absl::Status& status, absl::string_view line);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_COPY_SIDE_H_

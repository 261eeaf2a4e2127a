// Options about what to dump or restore that exclude each other.

#ifndef PGBALE_ENGINE_CLI_CONTENTS_USAGE_H_
#define PGBALE_ENGINE_CLI_CONTENTS_USAGE_H_

#include "absl/status/status.h"
#include "engine/cli/arguments.h"

namespace pgbale {

// kUsage, naming two options, for what neither dump nor restore can do.
absl::Status CheckContentsUsage(const Arguments& arguments);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_CLI_CONTENTS_USAGE_H_

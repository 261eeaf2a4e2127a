#include "engine/inspect/input.h"

#include <unistd.h>

#include "base/status.h"

namespace pgbale {

absl::StatusOr<std::unique_ptr<ForwardSource>> OpenStandardInput(
    const CancelToken& cancel) {
  if (isatty(STDIN_FILENO))
    return WithHint(
        MakeError(Failure::kUsage, "standard input is a terminal"),
        "\"-\" reads an archive from a pipe: pgbale dump -f - | pgbale …");
  return MakeDescriptorSource(STDIN_FILENO, "standard input", cancel);
}

absl::Status CancellableSource::ReadAt(uint64_t position, MutableBytes out) {
  RETURN_IF_ERROR(cancel_.Check());
  return source_->ReadAt(position, out);
}

}  // namespace pgbale

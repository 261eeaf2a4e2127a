#include "engine/inspect/input.h"

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "base/text.h"

namespace pgbale {

absl::StatusOr<std::unique_ptr<Source>> OpenArchiveFile(
    const std::string& path) {
  absl::StatusOr<std::unique_ptr<Source>> source = OpenFileSource(path);
  if (source.ok() || access(absl::StrCat(path, "/toc.dat").c_str(), F_OK) != 0)
    return source;
  return WithHint(
      MakeError(Failure::kError,
                absl::StrCat(Quoted(path),
                             ": this is no bale but a pg_dump directory "
                             "archive")),
      "Restore it with pg_restore, or dump again with pgbale.");
}

absl::StatusOr<std::unique_ptr<ForwardSource>> OpenArchiveStream(
    const std::string& path, const CancelToken& cancel) {
  if (path != kStandardInput) return OpenForward(path, cancel);
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

// The archive that a command reads: a file, or standard input.

#ifndef PGBALE_ENGINE_INSPECT_INPUT_H_
#define PGBALE_ENGINE_INSPECT_INPUT_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/cancel.h"
#include "base/io/file.h"
#include "base/io/forward_source.h"
#include "base/io/source.h"

namespace pgbale {

// The argument that means standard input; a file of this name is "./-".
inline constexpr absl::string_view kStandardInput = "-";

// The archive `path`. Errors: as of OpenFileSource; pg_dump's directories are
// named.
absl::StatusOr<std::unique_ptr<Source>> OpenArchiveFile(
    const std::string& path);

// The archive `path` as a stream: standard input, a named pipe (whose writer it
// waits for) or a file. kUsage for a terminal; kError, kNotFound. `cancel` must
// remain live while the source is in use.
absl::StatusOr<std::unique_ptr<ForwardSource>> OpenArchiveStream(
    const std::string& path, const CancelToken& cancel);

// Lets a signal end a long read: reads fail from then on.
class CancellableSource : public Source {
 public:
  // `cancel` must remain live while this source is in use.
  CancellableSource(std::unique_ptr<Source> source, const CancelToken& cancel)
      : source_(std::move(source)), cancel_(cancel) {}

  absl::Status ReadAt(uint64_t position, MutableBytes out) override;
  uint64_t size() const override { return source_->size(); }
  absl::string_view name() const override { return source_->name(); }

 private:
  const std::unique_ptr<Source> source_;
  const CancelToken& cancel_;
};

}  // namespace pgbale

#endif  // PGBALE_ENGINE_INSPECT_INPUT_H_

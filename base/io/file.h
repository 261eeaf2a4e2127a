// Archives as local files.

#ifndef PGBALE_BASE_IO_FILE_H_
#define PGBALE_BASE_IO_FILE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/io/sink.h"
#include "base/io/source.h"

namespace pgbale {

struct FileSinkOptions {
  // Leave NAME.partial behind when the sink is destroyed unfinished.
  bool keep_partial = false;
  // Replace NAME if it exists; else an existing NAME is an error.
  bool overwrite = false;
  // fsync file and directory before Finish returns. Off: a crash of the
  // machine may lose the archive.
  bool sync = true;
};

// Writes to `path`.partial (0600, O_EXCL|O_NOFOLLOW, locked while it is
// written); Finish does fsync, rename, fsync of the directory. A FIFO or a
// character device under `path` is written to as it is.
// Errors, all before anything is written: kLocked if another run writes
// `path`.partial; kLocalStorage if a run that was killed left it, if `path`
// exists and may not be replaced, or is a symbolic link or no file.
absl::StatusOr<std::unique_ptr<Sink>> OpenFileSink(
    const std::string& path, const FileSinkOptions& options);

// Writes to a descriptor that stays the caller's (a pipe, standard output).
// A pipe whose reader went is an error only if the process ignores SIGPIPE.
std::unique_ptr<Sink> MakeDescriptorSink(int fd, absl::string_view name);

// Reads a regular file. Errors: kNotFound, kLocalStorage; a directory, FIFO
// or device is refused by what it is.
absl::StatusOr<std::unique_ptr<Source>> OpenFileSource(const std::string& path);

}  // namespace pgbale

#endif  // PGBALE_BASE_IO_FILE_H_

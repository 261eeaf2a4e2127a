// A small file of lines that one process at a time holds: made all at once,
// read as a whole, appended to so that a crash of the machine loses nothing.
//
// One thread at a time.

#ifndef PGBALE_BASE_IO_LOCKED_FILE_H_
#define PGBALE_BASE_IO_LOCKED_FILE_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/io/descriptor.h"

namespace pgbale {

class LockedFile {
 public:
  // Reads at most so many octets.
  static constexpr size_t kOctetsMax = 1 << 20;

  // Opens `path` and locks it. Errors: kNotFound; kLocked if another process
  // holds it; kLocalStorage, also for what is no regular file (a symbolic link
  // is none); kDamaged if it is larger than kOctetsMax.
  static absl::StatusOr<std::unique_ptr<LockedFile>> Open(
      const std::string& path);
  // Makes `path` with `text`, locked and durable, or replaces the one that is
  // there: whoever opens it sees the old text or the new one. Errors: kLocked,
  // kLocalStorage; then what was there still is.
  static absl::StatusOr<std::unique_ptr<LockedFile>> Create(
      const std::string& path, absl::string_view text);

  // False if the folder of `path` is none, or may not be written to.
  static bool MayCreate(const std::string& path);

  // What it held when it was opened or made.
  const std::string& text() const { return text_; }
  const std::string& path() const { return path_; }

  // Durable when it returns. After an error the end of the file may hold a part
  // of `line`, whose end is missing; the next Append, or the first one after
  // Open, takes that away.
  absl::Status Append(absl::string_view line);
  // Takes the file away, durably; after that, only destruction.
  absl::Status Remove();

 private:
  LockedFile(std::string path, Descriptor fd)
      : path_(std::move(path)), fd_(std::move(fd)) {}

  absl::Status Read();

  const std::string path_;
  Descriptor fd_;
  std::string text_;
  size_t end_ = 0;  // of the last whole line
};

}  // namespace pgbale

#endif  // PGBALE_BASE_IO_LOCKED_FILE_H_

#include "base/io/descriptor.h"

#include <poll.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "base/text.h"

namespace pgbale {
namespace {

// Large enough that a system call's cost vanishes, small beside a chunk.
constexpr size_t kPendingBytesMax = 512 << 10;

bool IsFull(int error) {
  return error == ENOSPC || error == EDQUOT || error == EFBIG;
}

// A descriptor that somebody made non-blocking: waits instead of failing.
void WaitWritable(int fd) {
  pollfd entry = {fd, POLLOUT, 0};
  poll(&entry, 1, -1);
}

}  // namespace

bool Descriptor::Close() {
  const int fd = std::exchange(fd_, -1);
  return fd < 0 || close(fd) == 0;
}

absl::Status StorageError(absl::string_view name, absl::string_view what,
                          int error) {
  return MakeError(Failure::kLocalStorage,
                   absl::StrCat(Quoted(name), ": ", what, ": ",
                                std::generic_category().message(error)));
}

absl::Status SyncDirectory(int fd, absl::string_view name) {
  // Some file systems cannot sync a directory and say EINVAL.
  if (fsync(fd) == 0 || errno == EINVAL) return absl::OkStatus();
  return StorageError(name, "cannot sync the directory", errno);
}

absl::Status BufferedWriter::Append(Bytes data) {
  if (pending_.size() + data.size() > kPendingBytesMax)
    if (absl::Status status = Flush(); !status.ok()) return status;
  if (data.size() >= kPendingBytesMax) {
    if (absl::Status status = WriteAll(data); !status.ok()) return status;
  } else {
    if (pending_.capacity() == 0) pending_.reserve(kPendingBytesMax);
    pgbale::Append(pending_, data);
  }
  position_ += data.size();
  return absl::OkStatus();
}

absl::Status BufferedWriter::Flush() {
  absl::Status status = WriteAll(pending_);
  pending_.clear();
  return status;
}

absl::Status BufferedWriter::WriteAll(Bytes data) {
  while (!data.empty()) {
    const ssize_t written = write(fd_, data.data(), data.size());
    if (written >= 0) {
      data.remove_prefix(static_cast<size_t>(written));
    } else if (errno == EAGAIN) {
      WaitWritable(fd_);
    } else if (errno != EINTR) {
      return WriteError(errno, data.size());
    }
  }
  return absl::OkStatus();
}

absl::Status BufferedWriter::WriteError(int error, size_t bytes_needed) const {
  absl::Status status = StorageError(name_, "cannot write", error);
  if (!IsFull(error)) return status;
  std::string message = absl::StrCat(
      status.message(), ": ", HumanBytes(bytes_needed), " or more needed");
  if (struct statvfs info{}; fstatvfs(fd_, &info) == 0)
    absl::StrAppend(&message, ", ", HumanBytes(info.f_bavail * info.f_frsize),
                    " free");
  absl::StrAppend(&message, ", ", HumanBytes(position_), " written");
  return WithHint(MakeError(Failure::kLocalStorage, message),
                  "Free space, or write to another file system.");
}

}  // namespace pgbale

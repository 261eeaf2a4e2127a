// What file and pipe sinks share: an owned descriptor, and writing all of
// something to one. For base/io only.

#ifndef PGBALE_BASE_IO_DESCRIPTOR_H_
#define PGBALE_BASE_IO_DESCRIPTOR_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/bytes.h"

namespace pgbale {

// Owns a descriptor; -1 is none.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor() { Close(); }
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    Close();
    fd_ = std::exchange(other.fd_, -1);
    return *this;
  }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  // Returns close()'s outcome: on some file systems it is the first to tell
  // of a failed write. True if there was nothing to close.
  bool Close();

 private:
  int fd_;
};

// "\"name\": what: <text of the system's error>", kLocalStorage.
absl::Status StorageError(absl::string_view name, absl::string_view what,
                          int error);

// Makes names that came into the directory `fd`, or went, durable, where the
// file system can do that.
absl::Status SyncDirectory(int fd, absl::string_view name);

// Collects what is appended and writes it in large pieces, so that a small
// block header does not cost a system call.
class BufferedWriter {
 public:
  // `fd` must stay open, and is not closed.
  BufferedWriter(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}

  absl::Status Append(Bytes data);
  // Hands everything to the system.
  absl::Status Flush();

  uint64_t position() const { return position_; }
  const std::string& name() const { return name_; }

 private:
  absl::Status WriteAll(Bytes data);
  absl::Status WriteError(int error, size_t bytes_needed) const;

  const int fd_;
  const std::string name_;
  Buffer pending_;
  uint64_t position_ = 0;
};

}  // namespace pgbale

#endif  // PGBALE_BASE_IO_DESCRIPTOR_H_

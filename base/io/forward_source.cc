#include "base/io/forward_source.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/io/descriptor.h"
#include "base/status.h"
#include "base/text.h"

namespace pgbale {
namespace {

class WholeSource : public ForwardSource {
 public:
  explicit WholeSource(std::unique_ptr<Source> source)
      : source_(std::move(source)) {}

  absl::StatusOr<size_t> ReadUpTo(uint64_t position,
                                  MutableBytes out) override {
    if (position >= source_->size()) return size_t{0};
    const size_t octets =
        std::min<uint64_t>(out.size(), source_->size() - position);
    RETURN_IF_ERROR(source_->ReadAt(position, out.first(octets)));
    return octets;
  }
  void Release(uint64_t) override {}
  absl::string_view name() const override { return source_->name(); }

 private:
  const std::unique_ptr<Source> source_;
};

// How long a cancelled command may go on waiting for a pipe.
constexpr int kPollMs = 100;
// What a read takes ahead, so that small headers do not cost a system call.
constexpr size_t kReadAheadOctets = 256 << 10;

class DescriptorSource : public ForwardSource {
 public:
  DescriptorSource(int fd, std::string name, const CancelToken& cancel)
      : fd_(fd), name_(std::move(name)), cancel_(cancel) {}
  // Closes `own` in the end.
  DescriptorSource(Descriptor own, std::string name, const CancelToken& cancel)
      : own_(std::move(own)),
        fd_(own_.get()),
        name_(std::move(name)),
        cancel_(cancel) {}

  absl::StatusOr<size_t> ReadUpTo(uint64_t position,
                                  MutableBytes out) override {
    const size_t offset = position - start_;
    RETURN_IF_ERROR(Fill(offset + out.size()));
    if (offset >= octets_) return size_t{0};
    const size_t octets = std::min(out.size(), octets_ - offset);
    if (octets != 0) std::memcpy(out.data(), kept_.data() + offset, octets);
    return octets;
  }

  void Release(uint64_t position) override {
    if (position <= start_) return;
    const size_t offset = std::min<uint64_t>(position - start_, octets_);
    // Moving what is left costs time in proportion to it.
    if (offset < octets_ / 2) return;
    std::memmove(kept_.data(), kept_.data() + offset, octets_ - offset);
    octets_ -= offset;
    start_ += offset;
  }

  absl::string_view name() const override { return name_; }

 private:
  // Reads until `octets` are kept, or to the end. Memory is taken as the
  // octets come, whatever is asked for.
  absl::Status Fill(size_t octets) {
    while (octets_ < octets && !ended_) {
      if (kept_.size() - octets_ < kReadAheadOctets)
        kept_.resize(std::max(kept_.size() * 2, octets_ + kReadAheadOctets));
      RETURN_IF_ERROR(Wait());
      const ssize_t got =
          read(fd_, kept_.data() + octets_, kept_.size() - octets_);
      if (got < 0) {
        if (errno == EINTR || errno == EAGAIN) continue;
        return StorageError(name_, "cannot read", errno);
      }
      octets_ += static_cast<size_t>(got);
      ended_ = got == 0;
    }
    return absl::OkStatus();
  }

  absl::Status Wait() {
    pollfd entry = {fd_, POLLIN, 0};
    do {
      RETURN_IF_ERROR(cancel_.Check());
    } while (poll(&entry, 1, kPollMs) == 0);
    return absl::OkStatus();
  }

  const Descriptor own_;
  const int fd_;
  const std::string name_;
  const CancelToken& cancel_;
  // The first `octets_` of `kept_` are those of the archive from start_ on.
  Buffer kept_;
  size_t octets_ = 0;
  uint64_t start_ = 0;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<ForwardSource> MakeForwardSource(
    std::unique_ptr<Source> source) {
  return std::make_unique<WholeSource>(std::move(source));
}

std::unique_ptr<ForwardSource> MakeDescriptorSource(int fd,
                                                    absl::string_view name,
                                                    const CancelToken& cancel) {
  return std::make_unique<DescriptorSource>(fd, std::string(name), cancel);
}

absl::StatusOr<std::unique_ptr<ForwardSource>> OpenForward(
    const std::string& path, const CancelToken& cancel) {
  // To open a pipe would wait for its writer, and could not be cancelled.
  Descriptor fd(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!fd.valid() && errno == ENOENT)
    return MakeError(Failure::kNotFound,
                     absl::StrCat(Quoted(path), ": no such file"));
  if (!fd.valid()) return StorageError(path, "cannot open", errno);
  return std::make_unique<DescriptorSource>(std::move(fd), path, cancel);
}

}  // namespace pgbale

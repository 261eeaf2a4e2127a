#include "base/io/file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/io/descriptor.h"
#include "base/status.h"
#include "base/text.h"

namespace pgbale {
namespace {

// A path cut into the folder, opened once so that nobody can exchange it
// below us, and the name in it.
struct Place {
  Descriptor directory;
  std::string path;
  std::string name;
  std::string partial() const { return absl::StrCat(name, ".partial"); }
};

absl::StatusOr<Place> OpenPlace(const std::string& path) {
  Place place;
  place.path = path;
  const size_t slash = path.rfind('/');
  const std::string directory =
      slash == std::string::npos ? "." : path.substr(0, slash + 1);
  place.name = slash == std::string::npos ? path : path.substr(slash + 1);
  if (place.name.empty())
    return MakeError(Failure::kLocalStorage,
                     absl::StrCat(Quoted(path), ": is no file's name"));
  place.directory =
      Descriptor(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!place.directory.valid())
    return StorageError(
        path, absl::StrCat("cannot open directory ", Quoted(directory)), errno);
  return place;
}

absl::string_view KindOf(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return "a regular file";
    case S_IFDIR:
      return "a directory";
    case S_IFIFO:
      return "a FIFO";
    case S_IFCHR:
      return "a character device";
    case S_IFBLK:
      return "a block device";
    case S_IFSOCK:
      return "a socket";
    case S_IFLNK:
      return "a symbolic link";
    default:
      return "no regular file";
  }
}

absl::Status AlreadyExists(absl::string_view path) {
  return WithHint(MakeError(Failure::kLocalStorage,
                            absl::StrCat(Quoted(path), ": file exists")),
                  "Choose another name, or replace the file with --overwrite.");
}

// What stands under the name before anything is written.
enum class Destination {
  kFile,    // nothing, or a file that may be replaced
  kStream,  // a FIFO or a device: nothing to rename
};

absl::StatusOr<Destination> CheckDestination(const Place& place,
                                             bool overwrite) {
  struct stat info {};
  const int fd = place.directory.get();
  if (fstatat(fd, place.name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return Destination::kFile;
    return StorageError(place.path, "cannot look it up", errno);
  }
  if (S_ISREG(info.st_mode)) {
    if (!overwrite) return AlreadyExists(place.path);
    return Destination::kFile;
  }
  // /dev/stdout is a symbolic link; one to a file is refused, because the
  // rename would replace the link and leave the file.
  const bool link = S_ISLNK(info.st_mode);
  struct stat target = info;
  if (link && fstatat(fd, place.name.c_str(), &target, 0) != 0) target = info;
  if (S_ISFIFO(target.st_mode) || S_ISCHR(target.st_mode))
    return Destination::kStream;
  absl::Status status = MakeError(
      Failure::kLocalStorage,
      absl::StrCat(Quoted(place.path), ": is ", KindOf(info.st_mode)));
  if (link)
    return WithHint(std::move(status), "Name the file that it points to.");
  return status;
}

// NAME.partial is there: does a process that lives hold it?
absl::Status PartialExists(const Place& place) {
  const std::string shown = Quoted(absl::StrCat(place.path, ".partial"));
  const Descriptor fd(openat(place.directory.get(), place.partial().c_str(),
                             O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (fd.valid() && flock(fd.get(), LOCK_EX | LOCK_NB) != 0 &&
      errno == EWOULDBLOCK)
    return MakeError(Failure::kLocked,
                     absl::StrCat(shown, ": is being written by another run"));
  return WithHint(
      MakeError(Failure::kLocalStorage,
                absl::StrCat(shown, ": is left over from an interrupted run")),
      "No run writes it any more: remove it, or choose another name.");
}

absl::StatusOr<Descriptor> CreatePartial(const Place& place) {
  Descriptor fd(openat(place.directory.get(), place.partial().c_str(),
                       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                       0600));
  if (!fd.valid()) {
    if (errno == EEXIST) return PartialExists(place);
    return StorageError(absl::StrCat(place.path, ".partial"), "cannot create",
                        errno);
  }
  // Tells a later run that this one lives; where locks are not supported that
  // run takes the file for left over, and refuses as well.
  flock(fd.get(), LOCK_EX | LOCK_NB);
  return fd;
}

constexpr uint64_t kWritebackOctets = 8 << 20;

class FileSink : public Sink {
 public:
  FileSink(Place place, Descriptor fd, const FileSinkOptions& options)
      : options_(options),
        place_(std::move(place)),
        fd_(std::move(fd)),
        writer_(fd_.get(), place_.path) {}

  ~FileSink() override {
    if (finished_) return;
    if (options_.keep_partial)
      writer_.Flush().IgnoreError();  // so that it holds all there is
    else
      unlinkat(place_.directory.get(), place_.partial().c_str(), 0);
  }

  absl::Status Append(Bytes data) override {
    RETURN_IF_ERROR(writer_.Append(data));
    if (options_.sync) StartWriteback();
    return absl::OkStatus();
  }

  absl::Status Finish() override {
    RETURN_IF_ERROR(writer_.Flush());
    if (options_.sync && fsync(fd_.get()) != 0)
      return StorageError(place_.path, "cannot sync", errno);
    RETURN_IF_ERROR(Rename());
    if (absl::Status status = CloseDurably(); !status.ok()) {
      RenameBack();
      return status;
    }
    finished_ = true;
    return absl::OkStatus();
  }

  uint64_t position() const override { return writer_.position(); }
  absl::string_view name() const override { return place_.path; }

 private:
  // Has the kernel write while there is more to come, or all of it would wait
  // for Finish; what fails is told by fsync. The last part may be in the
  // writer's buffer yet.
  void StartWriteback() {
    while (writer_.position() - written_back_ >= 2 * kWritebackOctets) {
      sync_file_range(fd_.get(), static_cast<off64_t>(written_back_),
                      kWritebackOctets, SYNC_FILE_RANGE_WRITE);
      written_back_ += kWritebackOctets;
    }
  }

  absl::Status Rename() {
    const int dir = place_.directory.get();
    const std::string from = place_.partial();
    const char* to = place_.name.c_str();
    if (!options_.overwrite) {
      if (renameat2(dir, from.c_str(), dir, to, RENAME_NOREPLACE) == 0)
        return absl::OkStatus();
      if (errno == EEXIST) return AlreadyExists(place_.path);
      if (errno != EINVAL && errno != ENOSYS)
        return StorageError(place_.path, "cannot rename", errno);
      // A file system without RENAME_NOREPLACE: look first, then rename.
      if (faccessat(dir, to, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
        return AlreadyExists(place_.path);
    }
    if (renameat(dir, from.c_str(), dir, to) != 0)
      return StorageError(place_.path, "cannot rename", errno);
    return absl::OkStatus();
  }

  absl::Status CloseDurably() {
    if (options_.sync)
      RETURN_IF_ERROR(SyncDirectory(place_.directory.get(), place_.path));
    if (!fd_.Close()) return StorageError(place_.path, "cannot close", errno);
    return absl::OkStatus();
  }

  // Nothing may stand under the final name after a failure.
  void RenameBack() {
    const int dir = place_.directory.get();
    renameat(dir, place_.name.c_str(), dir, place_.partial().c_str());
  }

  const FileSinkOptions options_;
  const Place place_;
  Descriptor fd_;
  BufferedWriter writer_;
  uint64_t written_back_ = 0;  // begun to be
  bool finished_ = false;
};

class DescriptorSink : public Sink {
 public:
  // `owned` may be no descriptor; else it is `fd`, closed at the end.
  DescriptorSink(int fd, Descriptor owned, std::string name)
      : fd_(fd), owned_(std::move(owned)), writer_(fd, std::move(name)) {}

  absl::Status Append(Bytes data) override { return writer_.Append(data); }

  absl::Status Finish() override {
    RETURN_IF_ERROR(writer_.Flush());
    // Standard output may well be a file; pipes and terminals say EINVAL.
    if (fsync(fd_) != 0 && errno != EINVAL && errno != EROFS &&
        errno != ENOTSUP)
      return StorageError(writer_.name(), "cannot sync", errno);
    if (!owned_.Close())
      return StorageError(writer_.name(), "cannot close", errno);
    return absl::OkStatus();
  }

  uint64_t position() const override { return writer_.position(); }
  absl::string_view name() const override { return writer_.name(); }

 private:
  const int fd_;
  Descriptor owned_;
  BufferedWriter writer_;
};

absl::StatusOr<std::unique_ptr<Sink>> OpenStream(const std::string& path) {
  Descriptor fd(open(path.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC));
  if (!fd.valid()) return StorageError(path, "cannot open", errno);
  const int raw = fd.get();
  return std::make_unique<DescriptorSink>(raw, std::move(fd), path);
}

class FileSource : public Source {
 public:
  FileSource(std::string path, Descriptor fd, uint64_t size)
      : path_(std::move(path)), fd_(std::move(fd)), size_(size) {}

  absl::Status ReadAt(uint64_t position, MutableBytes out) override {
    if (position > size_ || out.size() > size_ - position)
      return PastEnd(position, out.size());
    while (!out.empty()) {
      const ssize_t got = pread(fd_.get(), out.data(), out.size(),
                                static_cast<off_t>(position));
      // Shorter than when it was opened: somebody truncated it since.
      if (got == 0) return PastEnd(position, out.size());
      if (got < 0) {
        if (errno == EINTR) continue;
        return StorageError(path_, absl::StrCat("cannot read at ", position),
                            errno);
      }
      out.remove_prefix(static_cast<size_t>(got));
      position += static_cast<uint64_t>(got);
    }
    return absl::OkStatus();
  }

  uint64_t size() const override { return size_; }
  absl::string_view name() const override { return path_; }

 private:
  absl::Status PastEnd(uint64_t position, size_t bytes) const {
    return MakeError(Failure::kIncomplete,
                     absl::StrCat(Quoted(path_), ": ends too early: ", bytes,
                                  " octets expected at ", position));
  }

  const std::string path_;
  const Descriptor fd_;
  const uint64_t size_;
};

absl::Status NoFile(const std::string& path, mode_t mode) {
  absl::Status status = MakeError(
      Failure::kLocalStorage, absl::StrCat(Quoted(path), ": is ", KindOf(mode),
                                           ", not a regular file"));
  if (S_ISDIR(mode))
    return WithHint(std::move(status),
                    "Name the archive in it; \"pgbale restore "
                    "--all-databases\" takes a folder.");
  if (S_ISFIFO(mode) || S_ISCHR(mode))
    return WithHint(std::move(status),
                    "Verify and restore read a stream as \"-\": put < before "
                    "its name.");
  return status;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Sink>> OpenFileSink(
    const std::string& path, const FileSinkOptions& options) {
  ASSIGN_OR_RETURN(Place place, OpenPlace(path));
  ASSIGN_OR_RETURN(const Destination destination,
                   CheckDestination(place, options.overwrite));
  if (destination == Destination::kStream) return OpenStream(path);
  ASSIGN_OR_RETURN(Descriptor fd, CreatePartial(place));
  return std::make_unique<FileSink>(std::move(place), std::move(fd), options);
}

std::unique_ptr<Sink> MakeDescriptorSink(int fd, absl::string_view name) {
  return std::make_unique<DescriptorSink>(fd, Descriptor(), std::string(name));
}

absl::StatusOr<std::unique_ptr<Source>> OpenFileSource(
    const std::string& path) {
  // O_NONBLOCK: opening a FIFO must not wait for its writer.
  Descriptor fd(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  const int error = errno;
  struct stat info {};
  // A socket cannot be opened, and has a kind all the same.
  const int found =
      fd.valid() ? fstat(fd.get(), &info) : stat(path.c_str(), &info);
  if (found == 0 && !S_ISREG(info.st_mode)) return NoFile(path, info.st_mode);
  if (!fd.valid()) {
    if (error == ENOENT || error == ENOTDIR)
      return MakeError(Failure::kNotFound,
                       absl::StrCat(Quoted(path), ": no such file"));
    return StorageError(path, "cannot open", error);
  }
  if (found != 0) return StorageError(path, "cannot look it up", errno);
  return std::make_unique<FileSource>(path, std::move(fd),
                                      static_cast<uint64_t>(info.st_size));
}

}  // namespace pgbale

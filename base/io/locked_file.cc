#include "base/io/locked_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status.h"
#include "base/text.h"

namespace pgbale {
namespace {

constexpr int kOpenFlags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;

absl::Status Locked(const std::string& path) {
  return MakeError(Failure::kLocked,
                   absl::StrCat(Quoted(path), ": another process uses it"));
}

absl::Status WriteAll(int fd, const std::string& path, absl::string_view text) {
  BufferedWriter writer(fd, path);
  RETURN_IF_ERROR(writer.Append(AsBytes(text)));
  RETURN_IF_ERROR(writer.Flush());
  if (fsync(fd) != 0) return StorageError(path, "cannot sync", errno);
  return absl::OkStatus();
}

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

// So that a name that came or went stays so.
absl::Status SyncFolderOf(const std::string& path) {
  const std::string folder = FolderOf(path);
  const Descriptor fd(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return StorageError(folder, "cannot open", errno);
  return SyncDirectory(fd.get(), folder);
}

// False if another process has it. File systems without locks have no second
// process either, as far as anybody can tell.
bool TryLock(int fd) {
  return flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

// The file that will take the name, and is locked before it does. One that a
// process left when it was killed is nobody's.
absl::StatusOr<Descriptor> CreateNew(const std::string& path) {
  for (int tries = 0; tries < 2; ++tries) {
    Descriptor fd(
        open(path.c_str(), kOpenFlags | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR));
    if (fd.valid()) {
      if (!TryLock(fd.get())) return Locked(path);
      return fd;
    }
    if (errno != EEXIST) return StorageError(path, "cannot create", errno);
    const Descriptor left(open(path.c_str(), kOpenFlags));
    if (left.valid() && !TryLock(left.get())) return Locked(path);
    unlink(path.c_str());
  }
  return Locked(path);
}

}  // namespace

absl::StatusOr<std::unique_ptr<LockedFile>> LockedFile::Open(
    const std::string& path) {
  Descriptor fd(open(path.c_str(), kOpenFlags));
  if (!fd.valid() && errno == ENOENT)
    return MakeError(Failure::kNotFound,
                     absl::StrCat(Quoted(path), ": there is no such file"));
  if (!fd.valid()) return StorageError(path, "cannot open", errno);
  if (!TryLock(fd.get())) return Locked(path);
  struct stat info {};
  if (fstat(fd.get(), &info) != 0)
    return StorageError(path, "cannot look at it", errno);
  if (!S_ISREG(info.st_mode))
    return MakeError(Failure::kLocalStorage,
                     absl::StrCat(Quoted(path), ": is no regular file"));
  // Another process took it away before the lock was ours.
  if (info.st_nlink == 0) return Locked(path);
  std::unique_ptr<LockedFile> file(new LockedFile(path, std::move(fd)));
  RETURN_IF_ERROR(file->Read());
  file->end_ = file->text_.rfind('\n') + 1;
  return file;
}

absl::Status LockedFile::Read() {
  char buffer[4096];
  while (true) {
    const ssize_t got = read(fd_.get(), buffer, sizeof(buffer));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return StorageError(path_, "cannot read", errno);
    if (got == 0) return absl::OkStatus();
    text_.append(buffer, static_cast<size_t>(got));
    if (text_.size() > kOctetsMax)
      return MakeError(Failure::kDamaged,
                       absl::StrCat(Quoted(path_), ": is too large"));
  }
}

absl::StatusOr<std::unique_ptr<LockedFile>> LockedFile::Create(
    const std::string& path, absl::string_view text) {
  const std::string made = absl::StrCat(path, ".new");
  ASSIGN_OR_RETURN(Descriptor fd, CreateNew(made));
  // Held until the new one has its name.
  const absl::StatusOr<std::unique_ptr<LockedFile>> old = Open(path);
  absl::Status status;
  if (!old.ok() && FailureOf(old.status()) != Failure::kNotFound &&
      FailureOf(old.status()) != Failure::kDamaged)
    status = old.status();
  if (status.ok()) status = WriteAll(fd.get(), made, text);
  if (status.ok() && rename(made.c_str(), path.c_str()) != 0)
    status = StorageError(path, "cannot rename", errno);
  if (!status.ok()) {
    unlink(made.c_str());
    return status;
  }
  RETURN_IF_ERROR(SyncFolderOf(path));
  std::unique_ptr<LockedFile> file(new LockedFile(path, std::move(fd)));
  file->text_ = std::string(text);
  file->end_ = text.size();
  return file;
}

bool LockedFile::MayCreate(const std::string& path) {
  return access(FolderOf(path).c_str(), W_OK | X_OK) == 0;
}

absl::Status LockedFile::Append(absl::string_view line) {
  const auto end = static_cast<off_t>(end_);
  if (ftruncate(fd_.get(), end) != 0 || lseek(fd_.get(), end, SEEK_SET) < 0)
    return StorageError(path_, "cannot take away half a line", errno);
  RETURN_IF_ERROR(WriteAll(fd_.get(), path_, line));
  end_ += line.size();
  return absl::OkStatus();
}

absl::Status LockedFile::Remove() {
  if (unlink(path_.c_str()) != 0)
    return StorageError(path_, "cannot remove", errno);
  return SyncFolderOf(path_);
}

}  // namespace pgbale

#include "base/io/new_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "base/text.h"

namespace pgbale {
namespace {

std::string WithoutSlashes(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

std::string ParentOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

Descriptor OpenDirectory(const std::string& path) {
  return Descriptor(
      open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

absl::Status AlreadyExists(const std::string& path) {
  return WithHint(MakeError(Failure::kLocalStorage,
                            absl::StrCat(Quoted(path), ": it exists")),
                  "Choose the name of a folder that does not exist yet.");
}

// NAME.partial is there: does a process that lives hold it?
absl::Status PartialExists(const std::string& partial) {
  const Descriptor fd = OpenDirectory(partial);
  if (fd.valid() && flock(fd.get(), LOCK_EX | LOCK_NB) != 0 &&
      errno == EWOULDBLOCK)
    return MakeError(
        Failure::kLocked,
        absl::StrCat(Quoted(partial), ": is being written by another run"));
  return WithHint(
      MakeError(Failure::kLocalStorage,
                absl::StrCat(Quoted(partial),
                             ": is left over from an interrupted run")),
      "No run writes it any more: remove it, or choose another name.");
}

absl::Status Rename(const std::string& from, const std::string& to) {
  if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(),
                RENAME_NOREPLACE) == 0)
    return absl::OkStatus();
  // A file system without RENAME_NOREPLACE: look first, then rename.
  if ((errno == EINVAL || errno == ENOSYS) &&
      faccessat(AT_FDCWD, to.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) != 0 &&
      rename(from.c_str(), to.c_str()) == 0)
    return absl::OkStatus();
  if (errno == EEXIST || errno == ENOTEMPTY) return AlreadyExists(to);
  return StorageError(to, "cannot rename", errno);
}

}  // namespace

NewFolder::NewFolder(std::string path, const FileSinkOptions& options)
    : options_(options),
      path_(std::move(path)),
      partial_(absl::StrCat(path_, ".partial")) {}

absl::StatusOr<std::unique_ptr<NewFolder>> NewFolder::Open(
    const std::string& path, const FileSinkOptions& options) {
  std::unique_ptr<NewFolder> folder(
      new NewFolder(WithoutSlashes(path), options));
  struct stat info {};
  if (lstat(folder->path_.c_str(), &info) == 0)
    return AlreadyExists(folder->path_);
  const std::string& partial = folder->partial_;
  if (mkdir(partial.c_str(), 0700) != 0) {
    if (errno == EEXIST) return PartialExists(partial);
    return StorageError(partial, "cannot create the folder", errno);
  }
  folder->fd_ = OpenDirectory(partial);
  if (!folder->fd_.valid())
    return StorageError(partial, "cannot open the folder", errno);
  flock(folder->fd_.get(), LOCK_EX | LOCK_NB);
  return folder;
}

NewFolder::~NewFolder() {
  if (!fd_.valid() || options_.keep_partial) return;
  std::error_code ignored;
  std::filesystem::remove_all(partial_, ignored);
}

absl::Status NewFolder::Finish() {
  if (options_.sync) RETURN_IF_ERROR(SyncDirectory(fd_.get(), partial_));
  RETURN_IF_ERROR(Rename(partial_, path_));
  fd_.Close();
  if (!options_.sync) return absl::OkStatus();
  const std::string parent = ParentOf(path_);
  const Descriptor directory(
      open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.valid()) return StorageError(parent, "cannot open", errno);
  return SyncDirectory(directory.get(), parent);
}

}  // namespace pgbale

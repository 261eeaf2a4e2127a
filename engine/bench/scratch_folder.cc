#include "engine/bench/scratch_folder.h"

#include <sys/statvfs.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "base/io/descriptor.h"

namespace pgbale {

namespace fs = std::filesystem;

absl::StatusOr<std::unique_ptr<ScratchFolder>> ScratchFolder::Make(
    const std::string& parent, bool keep) {
  std::string path = absl::StrCat(parent, "/pgbale_bench_XXXXXX");
  if (mkdtemp(path.data()) == nullptr)
    return StorageError(parent, "cannot make a folder in it", errno);
  return std::unique_ptr<ScratchFolder>(
      new ScratchFolder(std::move(path), keep));
}

ScratchFolder::~ScratchFolder() {
  if (keep_) return;
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

absl::StatusOr<uint64_t> FreeBytes(const std::string& path) {
  struct statvfs info {};
  if (statvfs(path.c_str(), &info) != 0)
    return StorageError(path, "cannot tell how much room there is", errno);
  return uint64_t{info.f_bavail} * info.f_frsize;
}

uint64_t BytesOf(const std::string& path) {
  std::error_code error;
  if (fs::is_regular_file(path, error)) return fs::file_size(path, error);
  uint64_t sum = 0;
  for (const auto& item : fs::recursive_directory_iterator(path, error))
    if (item.is_regular_file(error)) sum += item.file_size(error);
  return sum;
}

}  // namespace pgbale

// A new folder for archives, removed with all that is in it.

#ifndef PGBALE_ENGINE_BENCH_SCRATCH_FOLDER_H_
#define PGBALE_ENGINE_BENCH_SCRATCH_FOLDER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"

namespace pgbale {

class ScratchFolder {
 public:
  // Makes `parent`/pgbale_bench_XXXXXX, 0700. `keep`: it stays. Error:
  // kLocalStorage.
  static absl::StatusOr<std::unique_ptr<ScratchFolder>> Make(
      const std::string& parent, bool keep);
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  ScratchFolder(std::string path, bool keep)
      : path_(std::move(path)), keep_(keep) {}

  const std::string path_;
  const bool keep_;
};

// Octets that one may still write in the file system of `path`. Error:
// kLocalStorage.
absl::StatusOr<uint64_t> FreeBytes(const std::string& path);

// Of a file, or of all files in a folder.
uint64_t BytesOf(const std::string& path);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_BENCH_SCRATCH_FOLDER_H_

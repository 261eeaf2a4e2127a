// A folder for one test, removed with all that is in it.

#ifndef PGBALE_TESTS_SUPPORT_TEMP_DIR_H_
#define PGBALE_TESTS_SUPPORT_TEMP_DIR_H_

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace pgbale {

class TempDir {
 public:
  TempDir() {
    path_ = absl::StrCat(std::filesystem::temp_directory_path().string(),
                         "/pgbale-test.XXXXXX");
    if (mkdtemp(path_.data()) == nullptr) {
      ADD_FAILURE() << "cannot create " << path_;
    }
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }
  // The path of `name` in it.
  std::string File(absl::string_view name) const {
    return absl::StrCat(path_, "/", name);
  }

  // The names in it, sorted.
  std::vector<std::string> List() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path_))
      names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }

  // Creates the file `name` and returns its path.
  std::string Write(absl::string_view name, absl::string_view text) const {
    const std::string path = File(name);
    std::ofstream(path, std::ios::binary)
        .write(text.data(), static_cast<std::streamsize>(text.size()));
    return path;
  }
  std::string Read(absl::string_view name) const {
    std::ifstream in(File(name), std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  }

 private:
  std::string path_;
};

}  // namespace pgbale

#endif  // PGBALE_TESTS_SUPPORT_TEMP_DIR_H_

// A folder of files that appears under its name only when it is whole.
//
// Order: Open; make files below path(); Finish. Without Finish the folder and
// all that is in it are removed.
//
// One thread at a time; path() by any.

#ifndef PGBALE_BASE_IO_NEW_FOLDER_H_
#define PGBALE_BASE_IO_NEW_FOLDER_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/io/descriptor.h"
#include "base/io/file.h"

namespace pgbale {

class NewFolder {
 public:
  // Makes `path`.partial (0700), locked while it is filled. Of the options
  // `keep_partial` and `sync` count; nothing is ever overwritten. Errors, all
  // before anything is made: kLocked if another run fills `path`.partial;
  // kLocalStorage if a run that was killed left it, or if `path` exists.
  static absl::StatusOr<std::unique_ptr<NewFolder>> Open(
      const std::string& path, const FileSinkOptions& options);
  ~NewFolder();
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;

  // Where the files go: `path`.partial.
  const std::string& path() const { return partial_; }

  // Syncs, gives the folder its name, and syncs the folder that holds it.
  // Called once, last. Errors: kLocalStorage, also if a folder of this name
  // was made meanwhile.
  absl::Status Finish();

 private:
  NewFolder(std::string path, const FileSinkOptions& options);

  const FileSinkOptions options_;
  const std::string path_;
  const std::string partial_;
  Descriptor fd_;  // holds the lock; not valid: nothing to remove
};

}  // namespace pgbale

#endif  // PGBALE_BASE_IO_NEW_FOLDER_H_

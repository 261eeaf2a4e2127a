// Pages of large objects as a source sends them, for who writes them into the
// target.
//
// One thread at a time.

#ifndef PGBALE_ENGINE_COPY_SOURCE_PAGES_H_
#define PGBALE_ENGINE_COPY_SOURCE_PAGES_H_

#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/cancel.h"
#include "base/pg/copy.h"
#include "base/sched/progress.h"
#include "base/sched/rate_limit.h"
#include "format/entry.h"
#include "format/wire/row_parser.h"
#include "restore/entry_rows.h"

namespace pgbale {

class SourcePages : public EntryRows {
 public:
  // `copy` reads pages as engine/dump/copy_statement.h has them, in the form of
  // `entry`. `limit` may be null. Everything must outlive the object.
  SourcePages(const Entry& entry, pg::CopyOut& copy, RateLimit* limit,
              CancelToken& cancel, Progress& progress);

  // What reading has failed with: that is not of who writes.
  const absl::Status& read_error() const { return read_error_; }

 private:
  absl::StatusOr<std::optional<Piece>> Read() override;
  absl::StatusOr<std::optional<Piece>> ReadNext();

  pg::CopyOut& copy_;
  RateLimit* const limit_;
  CancelToken& cancel_;
  const std::unique_ptr<RowParser> parser_;
  absl::Status read_error_;
  bool done_ = false;
};

}  // namespace pgbale

#endif  // PGBALE_ENGINE_COPY_SOURCE_PAGES_H_

#include "restore/large_object_copy.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/bytes.h"
#include "base/endian.h"
#include "base/status.h"
#include "format/row_batch.h"

namespace pgbale {
namespace {

// Octets of a full page (LOBLKSIZE with the usual block size).
constexpr uint64_t kPageBytes = 2048;
// Consecutive pages are written by one statement of so many octets, and so
// many octets of text go in one round trip.
constexpr size_t kRunBytes = 256 << 10;
constexpr size_t kBatchBytes = 2 << 20;

enum LargeObjectColumn { kObject, kPage, kData, kColumns };

class PageWriter {
 public:
  explicit PageWriter(pg::Connection& connection) : connection_(connection) {}

  absl::Status Write(uint32_t object, uint64_t page, Bytes data) {
    if (object != object_ || page != next_page_ || run_.size() >= kRunBytes)
      RETURN_IF_ERROR(EndRun());
    if (run_.empty()) {
      object_ = object;
      first_page_ = page;
    }
    Append(run_, data);
    // Behind a page that is not full there is a gap.
    next_page_ = data.size() == kPageBytes ? page + 1 : kNoPage;
    return absl::OkStatus();
  }

  absl::Status Finish() {
    RETURN_IF_ERROR(EndRun());
    return SendBatch();
  }

 private:
  static constexpr uint64_t kNoPage = ~uint64_t{0};

  absl::Status EndRun() {
    if (run_.empty()) return absl::OkStatus();
    statements_.push_back(absl::StrCat(
        "SELECT pg_catalog.lo_put('", object_, "', ", first_page_ * kPageBytes,
        ", '\\x", absl::BytesToHexString(AsText(run_)), "')"));
    batch_bytes_ += statements_.back().size();
    run_.clear();
    return batch_bytes_ < kBatchBytes ? absl::OkStatus() : SendBatch();
  }

  absl::Status SendBatch() {
    const std::vector<absl::string_view> views(statements_.begin(),
                                               statements_.end());
    RETURN_IF_ERROR(connection_.ExecutePipeline(views));
    statements_.clear();
    batch_bytes_ = 0;
    return absl::OkStatus();
  }

  pg::Connection& connection_;
  uint32_t object_ = 0;
  uint64_t first_page_ = 0;
  uint64_t next_page_ = kNoPage;
  Buffer run_;
  std::deque<std::string> statements_;
  size_t batch_bytes_ = 0;
};

absl::Status WriteBatch(const RowBatch& batch, PageWriter& writer) {
  RowCursor cursor(batch);
  while (cursor.Next()) {
    const Bytes object = cursor.value(kObject);
    const Bytes page = cursor.value(kPage);
    if (object.size() != 4 || page.size() != 4)
      return MakeError(Failure::kDamaged,
                       "a page does not say where it belongs");
    RETURN_IF_ERROR(writer.Write(LoadBig<uint32_t>(object.data()),
                                 LoadBig<uint32_t>(page.data()),
                                 cursor.value(kData)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CopyLargeObjects(pg::Connection& connection, EntryRows& rows) {
  const TableData& data = *rows.entry().data;
  if (data.columns.size() != kColumns || data.format != WireFormat::kBinary)
    return MakeError(Failure::kDamaged,
                     "its columns are not those of large objects");
  PageWriter writer(connection);
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<RowBatch> batch, rows.Next());
    if (!batch.has_value()) break;
    RETURN_IF_ERROR(WriteBatch(*batch, writer));
  }
  return writer.Finish();
}

}  // namespace pgbale

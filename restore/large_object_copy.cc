#include "restore/large_object_copy.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/bytes.h"
#include "base/endian.h"
#include "base/pg/result.h"
#include "base/status.h"
#include "format/row_batch.h"

namespace pgbale {
namespace {

// Octets of a full page in archives (LOBLKSIZE with the usual block size).
constexpr uint64_t kPageBytes = 2048;
// Consecutive pages are written by one call of lo_put, of so many octets.
constexpr size_t kRunBytes = 256 << 10;
// Shorter ones share a statement of so many octets: most objects have few
// pages, and a statement costs more than to write these.
constexpr size_t kLongRunBytes = 16 << 10;
constexpr size_t kStatementBytes = 256 << 10;
// So many octets of text go in one round trip.
constexpr size_t kBatchBytes = 2 << 20;

enum LargeObjectColumn { kObject, kPage, kData, kColumns };

// Short runs, for one statement: elements of three arrays.
class ShortRuns {
 public:
  void Add(uint32_t object, uint64_t octet, Bytes data) {
    const absl::string_view comma = objects_.empty() ? "" : ",";
    absl::StrAppend(&objects_, comma, object);
    absl::StrAppend(&octets_, comma, octet);
    absl::StrAppend(&data_, comma, "\"\\\\x",
                    absl::BytesToHexString(AsText(data)), "\"");
  }
  size_t size() const { return data_.size(); }
  bool empty() const { return objects_.empty(); }

  // The statement, of which it is empty then.
  std::string Take() {
    std::string statement = absl::StrCat(
        "SELECT pg_catalog.lo_put(r.object, r.octet, r.data) FROM ROWS FROM ("
        "pg_catalog.unnest('{",
        objects_, "}'::pg_catalog.oid[]), pg_catalog.unnest('{", octets_,
        "}'::pg_catalog.int8[]), pg_catalog.unnest('{", data_,
        "}'::pg_catalog.bytea[])) AS r(object, octet, data)");
    *this = ShortRuns();
    return statement;
  }

 private:
  std::string objects_, octets_, data_;
};

// An empty page says that its object reaches to where it begins: who cuts an
// object off there, or lets it grow, leaves one. Archives have no page behind
// it, which somebody might write just before this cuts it off; lo_put writes no
// such page.
std::string ExtendStatement(uint32_t object, uint64_t octets) {
  constexpr int kWrite = 0x20000;  // INV_WRITE
  constexpr int kFromEnd = 2;      // SEEK_END
  return absl::StrCat(
      "SELECT pg_catalog.lo_close(CASE WHEN pg_catalog.lo_lseek64(o.fd, 0, ",
      kFromEnd, ") <= ", octets, " THEN o.fd + pg_catalog.lo_truncate64(o.fd, ",
      octets, ") ELSE o.fd END) FROM (SELECT pg_catalog.lo_open('", object,
      "', ", kWrite, ") AS fd OFFSET 0) AS o");
}

class PageWriter {
 public:
  explicit PageWriter(pg::Connection& connection) : connection_(connection) {}

  absl::Status Write(uint32_t object, uint64_t page, Bytes data) {
    if (data.size() > kPageBytes)
      return MakeError(Failure::kDamaged,
                       absl::StrCat("a page of large object ", object, " has ",
                                    data.size(), " octets"));
    if (object != object_ || page != next_page_ || run_.size() >= kRunBytes)
      RETURN_IF_ERROR(EndRun());
    if (data.empty()) {
      Add(ExtendStatement(object, page * kPageBytes));
      return SendFull();
    }
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
    const uint64_t octet = first_page_ * kPageBytes;
    if (run_.size() < kLongRunBytes) {
      short_runs_.Add(object_, octet, run_);
      if (short_runs_.size() >= kStatementBytes) Add(short_runs_.Take());
    } else {
      Add(absl::StrCat("SELECT pg_catalog.lo_put('", object_, "', ", octet,
                       ", '\\x", absl::BytesToHexString(AsText(run_)), "')"));
    }
    run_.clear();
    return SendFull();
  }

  absl::Status SendFull() {
    return batch_bytes_ < kBatchBytes ? absl::OkStatus() : SendBatch();
  }

  void Add(std::string statement) {
    batch_bytes_ += statement.size();
    statements_.push_back(std::move(statement));
  }

  absl::Status SendBatch() {
    if (!short_runs_.empty()) Add(short_runs_.Take());
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
  ShortRuns short_runs_;
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

absl::StatusOr<bool> CanWriteSideBySide(pg::Connection& connection) {
  // LOBLKSIZE is a quarter of a block.
  ASSIGN_OR_RETURN(
      const pg::Result result,
      connection.Query(absl::StrCat("SELECT pg_catalog.current_setting("
                                    "'block_size')::pg_catalog.int8 <= ",
                                    4 * kPageBytes)));
  return result.row(0).boolean(0);
}

}  // namespace pgbale

#include "base/pg/copy.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <string>

#include "absl/strings/numbers.h"
#include "base/endian.h"
#include "base/pg/wire.h"
#include "base/status.h"

namespace pgbale::pg {
namespace {

// How long a server may take to give up a copy that nobody wants any more.
constexpr int64_t kAbandonMs = 5000;

// One message, and as much as may be unsent: libpq copies what it is given
// into a buffer that grows and never shrinks.
constexpr size_t kPieceBytes = 64 << 10;

// Rows are parsed faster many at once. So many octets are still in a
// processor's own cache when they are.
constexpr size_t kGatheredBytes = 32 << 10;

// A piece that is larger holds a giant row.
constexpr size_t kKeptBytes = 1 << 20;

// True if the next thing to read is an ErrorResponse. libpq leaves that unread
// until the copy has ended, and the server would take, and throw away, all
// that is still to come. A look at the socket does not tell under TLS: the
// error is noticed at the end then.
bool ErrorWaiting(PGconn* conn) {
  if (PQsslInUse(conn) != 0 || PQgssEncInUse(conn) != 0) return false;
  // 'E', the length, and the first field, which is always the severity.
  uint8_t head[6];
  const ssize_t got =
      recv(PQsocket(conn), head, sizeof(head), MSG_PEEK | MSG_DONTWAIT);
  return got == sizeof(head) && head[0] == 'E' &&
         LoadBig<uint32_t>(head + 1) < (1u << 20) && head[5] == 'S';
}

// What the tag of a COPY that has ended says.
uint64_t RowsOf(PGresult* result) {
  uint64_t rows = 0;
  return absl::SimpleAtoi(PQcmdTuples(result), &rows) ? rows : 0;
}

}  // namespace

CopyOut::~CopyOut() {
  if (!done_) Abandon();
}

absl::StatusOr<std::optional<Bytes>> CopyOut::Next() {
  used_ = 0;
  while (!done_ && Gather()) {
    if (used_ >= kGatheredBytes) break;
    RETURN_IF_ERROR(wire_.WaitForInput());
  }
  if (used_ != 0) return std::optional<Bytes>(Bytes(piece_.data(), used_));
  if (!done_) RETURN_IF_ERROR(TakeEnd());
  return std::optional<Bytes>();
}

// PQgetCopyData would allocate memory for each message, which is one row. A
// server sends no empty ones, which would look like none here.
bool CopyOut::Gather() {
  bool cut = false;
  while (cut || used_ < kGatheredBytes) {
    if (piece_.size() - used_ < kGatheredBytes)
      Extend(piece_, std::max(piece_.size(), 2 * kGatheredBytes));
    const size_t room = std::min(piece_.size() - used_, size_t{1} << 30);
    const int octets = PQgetlineAsync(
        wire_.conn(), reinterpret_cast<char*>(piece_.data() + used_),
        static_cast<int>(room));
    if (octets < 0) return false;
    if (octets == 0) break;
    used_ += static_cast<size_t>(octets);
    // Perhaps; then what comes now is the rest of the message.
    cut = static_cast<size_t>(octets) == room;
  }
  return true;
}

absl::Status CopyOut::TakeEnd() {
  done_ = true;
  ASSIGN_OR_RETURN(const Wire::ResultPtr result, wire_.NextResult());
  if (result == nullptr) return wire_.Lost();
  if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) {
    absl::Status status = wire_.ErrorOf(result.get());
    status.Update(wire_.Drain());
    return status;
  }
  rows_ = RowsOf(result.get());
  return wire_.Drain();
}

void CopyOut::FreePiece() {
  if (piece_.size() > kKeptBytes) piece_ = Buffer();
}

void CopyOut::Abandon() {
  if (!wire_.alive()) return;
  const auto request = wire_.RequestCancel();
  wire_.SetDeadline(kAbandonMs);
  absl::Status waited;
  used_ = 0;
  while (waited.ok() && Gather()) {
    if (used_ < kGatheredBytes) waited = wire_.WaitForInput();
    used_ = 0;
  }
  if (waited.ok()) wire_.Drain().IgnoreError();
  // A request that is still on its way would hit the next statement.
  if (!waited.ok() || !request->WaitDelivered(kAbandonMs)) wire_.Abandon();
  wire_.SetDeadline(0);
}

CopyIn::~CopyIn() { Abort("the copy was given up"); }

absl::Status CopyIn::Put(Bytes data) {
  if (done_) return MakeError(Failure::kError, "the copy has ended already");
  while (!data.empty()) {
    const Bytes piece = data.subspan(0, kPieceBytes);
    data.remove_prefix(piece.size());
    const absl::string_view text = AsText(piece);
    if (PQputCopyData(wire_.conn(), text.data(),
                      static_cast<int>(text.size())) != 1)
      return wire_.Lost();
    unsent_bytes_ += piece.size();
    if (unsent_bytes_ >= kPieceBytes) RETURN_IF_ERROR(SendAll());
  }
  return absl::OkStatus();
}

absl::Status CopyIn::SendAll() {
  unsent_bytes_ = 0;
  while (true) {
    RETURN_IF_ERROR(wire_.Ready());
    if (ErrorWaiting(wire_.conn())) return TakeError();
    const int unsent = PQflush(wire_.conn());
    if (unsent == 0) return absl::OkStatus();
    if (unsent < 0) return wire_.Lost();
    RETURN_IF_ERROR(wire_.Wait(POLLIN | POLLOUT));
  }
}

absl::Status CopyIn::TakeError() {
  done_ = true;
  PQputCopyEnd(wire_.conn(), nullptr);
  absl::Status status = wire_.Drain();
  if (!status.ok()) return status;
  // Not reached with a server that follows the protocol.
  return MakeError(Failure::kError, "the server ended the copy");
}

absl::StatusOr<uint64_t> CopyIn::Finish() {
  if (done_) return MakeError(Failure::kError, "the copy has ended already");
  RETURN_IF_ERROR(SendAll());
  done_ = true;
  if (PQputCopyEnd(wire_.conn(), nullptr) != 1) return wire_.Lost();
  ASSIGN_OR_RETURN(const Wire::ResultPtr result, wire_.NextResult());
  if (result == nullptr) return wire_.Lost();
  if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) {
    absl::Status status = wire_.ErrorOf(result.get());
    status.Update(wire_.Drain());
    return status;
  }
  const uint64_t rows = RowsOf(result.get());
  RETURN_IF_ERROR(wire_.Drain());
  return rows;
}

void CopyIn::Abort(absl::string_view reason) {
  if (done_) return;
  done_ = true;
  if (!wire_.alive()) return;
  wire_.SetDeadline(kAbandonMs);
  const std::string text(reason);
  if (PQputCopyEnd(wire_.conn(), text.c_str()) != 1) wire_.Abandon();
  wire_.Drain().IgnoreError();
  wire_.SetDeadline(0);
}

}  // namespace pgbale::pg

#include "base/pg/wire.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <exception>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/pg/sqlstate.h"
#include "base/status.h"
#include "base/text.h"
#include "spdlog/spdlog.h"

namespace pgbale::pg {
namespace {

// How often a wait looks at the cancel token.
constexpr int kSliceMs = 100;
// After a cancellation: a server that lives answers a cancel request within
// milliseconds, and nobody wants to wait for one that does not.
constexpr int64_t kCancelGraceMs = 1000;
// Details and contexts of a server may quote whole rows.
constexpr size_t kPieceBytesMax = 500;

absl::string_view Field(const PGresult* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text == nullptr ? absl::string_view() : absl::string_view(text);
}

std::string Piece(absl::string_view text) {
  if (text.size() <= kPieceBytesMax) return OneLine(text);
  return absl::StrCat(OneLine(text.substr(0, kPieceBytesMax)), "...");
}

// What PQresultErrorField does not tell apart, for results libpq made itself.
std::string FirstLine(absl::string_view text) {
  return OneLine(text.substr(0, text.find('\n')));
}

// Called from C: nothing may be thrown through libpq.
void LogNotice(void* /*unused*/, const char* message) {
  try {
    if (spdlog::should_log(spdlog::level::debug))
      spdlog::debug("server: {}", OneLine(message));
  } catch (const std::exception&) {
  }
}

}  // namespace

std::string OneLine(absl::string_view text) {
  std::string line;
  for (absl::string_view part : absl::StrSplit(text, absl::ByAnyChar("\r\n"))) {
    part = absl::StripAsciiWhitespace(part);
    if (part.empty()) continue;
    absl::StrAppend(&line, line.empty() ? "" : " ", Printable(part));
  }
  return line;
}

bool CancelRequest::WaitDelivered(int64_t timeout_ms) {
  MutexLock lock(mu_);
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  while (!delivered_ && std::chrono::steady_clock::now() < deadline)
    changed_.WaitFor(mu_, kSliceMs);
  return delivered_;
}

void CancelRequest::MarkDelivered() {
  MutexLock lock(mu_);
  delivered_ = true;
  changed_.SignalAll();
}

Wire::Wire(PGconn* conn, CancelToken* cancel)
    : conn_(conn),
      pg_cancel_(PQgetCancel(conn), PQfreeCancel),
      cancel_(cancel) {
  PQsetnonblocking(conn_, 1);
  PQsetNoticeProcessor(conn_, LogNotice, nullptr);
  if (cancel_ != nullptr)
    callback_ = cancel_->AddCallback([this] { RequestCancel(); });
}

Wire::~Wire() {
  if (cancel_ != nullptr) cancel_->RemoveCallback(callback_);
  PQfinish(conn_);
}

bool Wire::alive() const {
  return !abandoned_ && PQstatus(conn_) == CONNECTION_OK;
}

bool Wire::HungUp() const {
  if (!alive()) return true;
  pollfd entry = {PQsocket(conn_), POLLRDHUP, 0};
  return poll(&entry, 1, 0) > 0;
}

absl::Status Wire::Ready() const {
  if (cancel_ != nullptr) RETURN_IF_ERROR(cancel_->Check());
  return alive() ? absl::OkStatus() : Lost();
}

absl::Status Wire::Send(absl::string_view sql,
                        absl::Span<const Parameter> parameters) {
  if (sql.find('\0') != absl::string_view::npos)
    return MakeError(Failure::kError, "a statement holds a zero octet");
  std::vector<const char*> values;
  values.reserve(parameters.size());
  for (const Parameter& parameter : parameters)
    values.push_back(parameter.has_value() ? parameter->c_str() : nullptr);
  if (PQsendQueryParams(conn_, std::string(sql).c_str(),
                        static_cast<int>(values.size()), nullptr, values.data(),
                        nullptr, nullptr, 0) == 1)
    return absl::OkStatus();
  if (!alive()) return Lost();
  return MakeError(Failure::kError, OneLine(PQerrorMessage(conn_)));
}

absl::StatusOr<Wire::ResultPtr> Wire::NextResult() {
  while (PQisBusy(conn_) != 0) {
    const int unsent = PQflush(conn_);
    // A failed flush is told, better, by the result below.
    if (unsent < 0) break;
    RETURN_IF_ERROR(
        Wait(static_cast<short>(unsent > 0 ? POLLIN | POLLOUT : POLLIN)));
    if (PQconsumeInput(conn_) == 0) break;
  }
  return ResultPtr(PQgetResult(conn_));
}

absl::Status Wire::Drain() {
  absl::Status first;
  while (true) {
    ASSIGN_OR_RETURN(const ResultPtr result, NextResult());
    if (result == nullptr) return first;
    switch (PQresultStatus(result.get())) {
      case PGRES_COPY_IN:
      case PGRES_COPY_OUT:
      case PGRES_COPY_BOTH:
        return UnexpectedCopy();
      case PGRES_FATAL_ERROR:
      case PGRES_NONFATAL_ERROR:
      case PGRES_BAD_RESPONSE:
        first.Update(ErrorOf(result.get()));
        break;
      default:
        break;
    }
  }
}

absl::Status Wire::Wait(short events) {
  while (true) {
    const bool cancelled = cancel_ != nullptr && cancel_->cancelled();
    if (cancelled && !deadline_.has_value()) SetDeadline(kCancelGraceMs);
    pollfd entry = {PQsocket(conn_), events, 0};
    if (entry.fd < 0) return Lost();
    const int ready = poll(&entry, 1, kSliceMs);
    if (ready > 0) return absl::OkStatus();
    if (ready < 0 && errno != EINTR) return Lost();
    if (deadline_.has_value() && Clock::now() >= *deadline_) {
      Abandon();
      if (cancelled) return cancel_->Check();
      return MakeError(Failure::kCancelled, "the server does not answer");
    }
  }
}

absl::Status Wire::WaitForInput() {
  RETURN_IF_ERROR(Wait(POLLIN));
  return PQconsumeInput(conn_) == 1 ? absl::OkStatus() : Lost();
}

absl::Status Wire::ErrorOf(const PGresult* result) const {
  const absl::string_view sqlstate = Field(result, PG_DIAG_SQLSTATE);
  if (cancel_ != nullptr && cancel_->cancelled()) return cancel_->Check();
  if (sqlstate.empty()) {
    if (!alive()) return Lost();
    return MakeError(Failure::kError, OneLine(PQresultErrorMessage(result)));
  }
  std::string message = Piece(Field(result, PG_DIAG_MESSAGE_PRIMARY));
  const std::string detail = Piece(Field(result, PG_DIAG_MESSAGE_DETAIL));
  if (!detail.empty()) absl::StrAppend(&message, ": ", detail);
  // The innermost line says where; the rest is the way there.
  const absl::string_view context = Field(result, PG_DIAG_CONTEXT);
  const std::string where = Piece(context.substr(0, context.find('\n')));
  if (!where.empty()) absl::StrAppend(&message, " (", where, ")");
  absl::Status status = MakeServerError(sqlstate, message);
  int position = 0;
  if (absl::SimpleAtoi(Field(result, PG_DIAG_STATEMENT_POSITION), &position))
    status = WithPosition(std::move(status), position);
  const std::string hint = Piece(Field(result, PG_DIAG_MESSAGE_HINT));
  // Of a conflict with recovery the server says no more than to try again.
  if (hint.empty() || sqlstate == kSerializationFailure) return status;
  return WithHint(std::move(status), hint);
}

absl::Status Wire::Lost() const {
  std::string message = "connection to the server was lost";
  const std::string why = FirstLine(PQerrorMessage(conn_));
  if (!abandoned_ && !why.empty()) absl::StrAppend(&message, ": ", why);
  return MakeError(Failure::kCancelled, message);
}

absl::Status Wire::UnexpectedCopy() {
  Abandon();
  return MakeError(Failure::kError,
                   "the server started a COPY that was not asked for; the "
                   "connection was closed");
}

void Wire::SetDeadline(int64_t timeout_ms) {
  if (timeout_ms == 0)
    deadline_.reset();
  else
    deadline_ = Clock::now() + std::chrono::milliseconds(timeout_ms);
}

void Wire::Abandon() {
  if (abandoned_) return;
  abandoned_ = true;
  // The server must not wait for us; libpq closes the socket at the end.
  if (const int fd = PQsocket(conn_); fd >= 0) shutdown(fd, SHUT_RDWR);
}

std::shared_ptr<CancelRequest> Wire::RequestCancel() const {
  auto request = std::make_shared<CancelRequest>();
  std::thread([request, cancel = pg_cancel_] {
    char error[256] = "";
    if (cancel == nullptr || PQcancel(cancel.get(), error, sizeof(error)) == 0)
      spdlog::debug("cancel request failed: {}", OneLine(error));
    request->MarkDelivered();
  }).detach();
  return request;
}

}  // namespace pgbale::pg

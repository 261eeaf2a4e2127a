#include "base/pg/connection.h"

#include <libpq-fe.h>

#include "absl/strings/str_cat.h"
#include "base/pg/connect.h"
#include "base/pg/wire.h"
#include "base/status.h"

namespace pgbale::pg {
namespace {

// Reads the results of a pipeline up to its Sync, statement by statement.
class PipelineReader {
 public:
  explicit PipelineReader(Wire& wire) : wire_(wire) {}

  // Returns the first error of the server or of the connection.
  absl::Status ReadToSync() {
    while (true) {
      ASSIGN_OR_RETURN(const Wire::ResultPtr result, wire_.NextResult());
      if (!wire_.alive()) return first_.ok() ? wire_.Lost() : first_;
      if (result == nullptr) {
        ++index_;
        continue;
      }
      switch (PQresultStatus(result.get())) {
        case PGRES_PIPELINE_SYNC:
          return first_;
        case PGRES_FATAL_ERROR:
        case PGRES_BAD_RESPONSE:
          TakeError(result.get());
          break;
        case PGRES_COPY_IN:
        case PGRES_COPY_OUT:
        case PGRES_COPY_BOTH:
          return wire_.UnexpectedCopy();
        default:
          break;
      }
    }
  }

  // Where the first error was.
  size_t failed_index() const { return failed_index_; }

 private:
  void TakeError(const PGresult* result) {
    if (!first_.ok()) return;
    first_ = wire_.ErrorOf(result);
    failed_index_ = index_;
  }

  Wire& wire_;
  size_t index_ = 0;
  size_t failed_index_ = 0;
  absl::Status first_;
};

}  // namespace

Connection::Connection(std::unique_ptr<Wire> wire) : wire_(std::move(wire)) {}

Connection::~Connection() = default;

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(
    const ConnectOptions& options) {
  ASSIGN_OR_RETURN(std::unique_ptr<Wire> wire, Connect(options));
  std::unique_ptr<Connection> connection(new Connection(std::move(wire)));
  // The first statement of every session (CVE-2018-1058).
  const absl::Status status = connection->Execute(
      "SELECT pg_catalog.set_config('search_path', '', false)");
  if (status.ok()) return connection;
  if (options.cancel != nullptr) RETURN_IF_ERROR(options.cancel->Check());
  return MakeError(Failure::kConnect, status.message());
}

absl::StatusOr<Result> Connection::Query(
    absl::string_view sql, absl::Span<const Parameter> parameters) {
  RETURN_IF_ERROR(wire_->Ready());
  RETURN_IF_ERROR(wire_->Send(sql, parameters));
  ASSIGN_OR_RETURN(Wire::ResultPtr result, wire_->NextResult());
  if (result == nullptr) return wire_->Lost();
  switch (PQresultStatus(result.get())) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_EMPTY_QUERY:
      RETURN_IF_ERROR(wire_->Drain());
      return Result(result.release());
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT:
    case PGRES_COPY_BOTH:
      return wire_->UnexpectedCopy();
    default: {
      absl::Status status = wire_->ErrorOf(result.get());
      status.Update(wire_->Drain());
      return status;
    }
  }
}

absl::Status Connection::Execute(absl::string_view sql,
                                 absl::Span<const Parameter> parameters) {
  return Query(sql, parameters).status();
}

absl::Status Connection::ExecutePipeline(
    absl::Span<const absl::string_view> statements,
    const std::function<void(size_t index)>& on_error) {
  if (statements.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(wire_->Ready());
  if (PQenterPipelineMode(wire_->conn()) != 1) return wire_->Lost();
  if (absl::Status sent = SendPipeline(statements); !sent.ok()) {
    // What is queued must not be run without the rest.
    wire_->Abandon();
    return sent;
  }
  PipelineReader reader(*wire_);
  absl::Status status = reader.ReadToSync();
  if (wire_->alive() && PQexitPipelineMode(wire_->conn()) != 1)
    wire_->Abandon();
  if (!status.ok() && on_error && reader.failed_index() < statements.size())
    on_error(reader.failed_index());
  return status;
}

absl::Status Connection::SendPipeline(
    absl::Span<const absl::string_view> statements) {
  for (const absl::string_view sql : statements)
    RETURN_IF_ERROR(wire_->Send(sql, {}));
  return PQpipelineSync(wire_->conn()) == 1 ? absl::OkStatus() : wire_->Lost();
}

absl::StatusOr<std::unique_ptr<CopyOut>> Connection::BeginCopyOut(
    absl::string_view sql) {
  RETURN_IF_ERROR(BeginCopy(sql, PGRES_COPY_OUT));
  return std::make_unique<CopyOut>(*wire_);
}

absl::StatusOr<std::unique_ptr<CopyIn>> Connection::BeginCopyIn(
    absl::string_view sql) {
  RETURN_IF_ERROR(BeginCopy(sql, PGRES_COPY_IN));
  return std::make_unique<CopyIn>(*wire_);
}

absl::Status Connection::BeginCopy(absl::string_view sql, int expected) {
  RETURN_IF_ERROR(wire_->Ready());
  RETURN_IF_ERROR(wire_->Send(sql, {}));
  ASSIGN_OR_RETURN(const Wire::ResultPtr result, wire_->NextResult());
  if (result == nullptr) return wire_->Lost();
  const ExecStatusType status = PQresultStatus(result.get());
  if (status == static_cast<ExecStatusType>(expected)) return absl::OkStatus();
  switch (status) {
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT:
    case PGRES_COPY_BOTH:
      return wire_->UnexpectedCopy();
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_EMPTY_QUERY:
      RETURN_IF_ERROR(wire_->Drain());
      return MakeError(Failure::kError, "the statement is no COPY");
    default: {
      absl::Status error = wire_->ErrorOf(result.get());
      error.Update(wire_->Drain());
      return error;
    }
  }
}

void Connection::Cancel() { wire_->RequestCancel(); }

int Connection::server_version() const {
  return PQserverVersion(wire_->conn());
}

int Connection::backend_pid() const { return PQbackendPID(wire_->conn()); }

std::string Connection::ParameterStatus(const char* name) const {
  const char* value = PQparameterStatus(wire_->conn(), name);
  return value == nullptr ? "" : value;
}

bool Connection::IsLocal() const {
  // A path, or an abstract name of Linux. libpq takes no "@" for a host.
  const char* const host = PQhost(wire_->conn());
  return host != nullptr && (host[0] == '/' || host[0] == '@');
}

bool Connection::alive() const { return wire_->alive(); }

bool Connection::HungUp() const { return wire_->HungUp(); }

}  // namespace pgbale::pg

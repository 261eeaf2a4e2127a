// The two directions of COPY, as streams.
//
// Order: Connection::BeginCopyOut, Next until nullopt. Connection::BeginCopyIn,
// Put any number of times, then Finish or Abort. Destruction before the end
// abandons the copy and leaves the connection usable, or closed if the server
// does not answer; an open transaction is aborted by it.
//
// One thread at a time; the connection must outlive its copy.

#ifndef PGBALE_BASE_PG_COPY_H_
#define PGBALE_BASE_PG_COPY_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/bytes.h"

namespace pgbale::pg {

class Wire;

class CopyOut {
 public:
  // For Connection only.
  explicit CopyOut(Wire& wire) : wire_(wire) {}
  ~CopyOut();
  CopyOut(const CopyOut&) = delete;
  CopyOut& operator=(const CopyOut&) = delete;

  // The next messages, as many as make a piece that is worth while: in practice
  // whole rows, plus the header before the first in binary; do not rely on it.
  // The view is valid until the next call. nullopt: the copy ended well,
  // nothing is missing.
  absl::StatusOr<std::optional<Bytes>> Next();
  // Gives up what the last piece takes in memory, if that is much: for who has
  // work to do before the next call.
  void FreePiece();
  // How many rows the server says it has sent.
  // REQUIRES: Next has returned nullopt
  uint64_t rows() const { return rows_; }

 private:
  // Appends what has come to the piece, whole messages; false if the copy has
  // ended, well or not.
  bool Gather();
  absl::Status TakeEnd();
  void Abandon();

  Wire& wire_;
  // The first `used_` octets are the piece, the others room for more.
  Buffer piece_;
  size_t used_ = 0;
  uint64_t rows_ = 0;
  bool done_ = false;
};

class CopyIn {
 public:
  // For Connection only.
  explicit CopyIn(Wire& wire) : wire_(wire) {}
  ~CopyIn();
  CopyIn(const CopyIn&) = delete;
  CopyIn& operator=(const CopyIn&) = delete;

  // Sends `data`, any piece of the stream; waits when the network is slower.
  // If the server has failed already, its error; the copy has ended then.
  absl::Status Put(Bytes data);

  // Ends the copy and returns the rows that the server stored.
  absl::StatusOr<uint64_t> Finish();

  // Ends the copy with an error at the server: nothing of it is stored.
  void Abort(absl::string_view reason);

 private:
  absl::Status SendAll();
  // Ends a copy that the server has failed, and returns its error.
  absl::Status TakeError();

  Wire& wire_;
  size_t unsent_bytes_ = 0;
  bool done_ = false;
};

}  // namespace pgbale::pg

#endif  // PGBALE_BASE_PG_COPY_H_

// A stream: octets that are compressed, or not, on their own. A column of a
// chunk is a few of them, one behind the other.
//
// Thread-compatible.

#ifndef PGBALE_FORMAT_STREAM_H_
#define PGBALE_FORMAT_STREAM_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/bytes.h"
#include "format/constants.h"

namespace pgbale {

struct StreamInfo {
  Method method = Method::kStored;
  uint64_t raw_octets = 0;
  uint64_t stored_octets = 0;

  bool operator==(const StreamInfo&) const = default;
};

class StreamWriter {
 public:
  // `body` must remain live while this writer is in use.
  StreamWriter(int level, Buffer& body) : level_(level), body_(body) {}

  // Appends one more stream, compressed if that helps.
  void Append(Bytes raw);

  // What has been appended so far. `Insert` puts a stream, uncompressed, in
  // front of all that were appended since; `TakeBack` removes those.
  struct Mark {
    size_t streams;
    size_t octets;
  };
  Mark mark() const { return {streams_.size(), body_.size()}; }
  void Insert(const Mark& mark, Bytes raw);
  void TakeBack(const Mark& mark);

  int level() const { return level_; }

  const std::vector<StreamInfo>& streams() const { return streams_; }

 private:
  const int level_;
  Buffer& body_;
  std::vector<StreamInfo> streams_;
};

class StreamReader {
 public:
  // `body` begins with the octets of `streams`, and is at least as long; both
  // must remain live while this reader is in use.
  StreamReader(absl::Span<const StreamInfo> streams, Bytes body)
      : streams_(streams), body_(body) {}

  // The next stream, which must be of `raw_octets`. kDamaged if it is not, or
  // if there is none.
  // REQUIRES: `raw_octets` is within the limits
  absl::StatusOr<Buffer> Read(uint64_t raw_octets);
  // Likewise, of at most `raw_octets_max`.
  absl::StatusOr<Buffer> ReadUpTo(uint64_t raw_octets_max);
  // Likewise, into memory that is there.
  absl::Status ReadInto(MutableBytes raw);

  // kDamaged if a stream is left.
  absl::Status Finish() const;

 private:
  // The stored octets of the next stream, whose info goes to `info`.
  absl::StatusOr<Bytes> Take(uint64_t raw_octets, StreamInfo& info);

  absl::Span<const StreamInfo> streams_;
  Bytes body_;
};

}  // namespace pgbale

#endif  // PGBALE_FORMAT_STREAM_H_

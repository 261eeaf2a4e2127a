#include "format/stream.h"

#include "absl/strings/str_cat.h"
#include "format/compression.h"
#include "format/errors.h"

namespace pgbale {

void StreamWriter::Append(Bytes raw) {
  const size_t start = body_.size();
  const Method method = CompressTo(raw, level_, body_);
  streams_.push_back({.method = method,
                      .raw_octets = raw.size(),
                      .stored_octets = body_.size() - start});
}

void StreamWriter::Insert(const Mark& mark, Bytes raw) {
  body_.insert(body_.begin() + static_cast<ptrdiff_t>(mark.octets), raw.begin(),
               raw.end());
  streams_.insert(streams_.begin() + static_cast<ptrdiff_t>(mark.streams),
                  {.method = Method::kStored,
                   .raw_octets = raw.size(),
                   .stored_octets = raw.size()});
}

void StreamWriter::TakeBack(const Mark& mark) {
  streams_.resize(mark.streams);
  body_.resize(mark.octets);
}

absl::StatusOr<Bytes> StreamReader::Take(uint64_t raw_octets,
                                         StreamInfo& info) {
  if (streams_.empty()) return Damaged("a stream is missing");
  info = streams_.front();
  if (info.raw_octets != raw_octets) {
    return Damaged(absl::StrCat("a stream is of ", info.raw_octets,
                                " octets instead of ", raw_octets));
  }
  const Bytes stored = body_.first(info.stored_octets);
  streams_.remove_prefix(1);
  body_.remove_prefix(info.stored_octets);
  return stored;
}

absl::StatusOr<Buffer> StreamReader::Read(uint64_t raw_octets) {
  StreamInfo info;
  ASSIGN_OR_RETURN(const Bytes stored, Take(raw_octets, info));
  return Decompress(info.method, stored, raw_octets);
}

absl::StatusOr<Buffer> StreamReader::ReadUpTo(uint64_t raw_octets_max) {
  if (!streams_.empty() && streams_.front().raw_octets > raw_octets_max)
    return Damaged("a stream is longer than it may be");
  return Read(streams_.empty() ? 0 : streams_.front().raw_octets);
}

absl::Status StreamReader::ReadInto(MutableBytes raw) {
  StreamInfo info;
  ASSIGN_OR_RETURN(const Bytes stored, Take(raw.size(), info));
  return DecompressInto(info.method, stored, raw);
}

absl::Status StreamReader::Finish() const {
  if (!streams_.empty()) return Damaged("there is a stream too many");
  return absl::OkStatus();
}

}  // namespace pgbale

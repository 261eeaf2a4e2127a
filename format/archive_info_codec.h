// The payload of the HEADER block: the version of the format, then what the
// archive says about its database.
//
// Pure functions; any thread.

#ifndef PGBALE_FORMAT_ARCHIVE_INFO_CODEC_H_
#define PGBALE_FORMAT_ARCHIVE_INFO_CODEC_H_

#include "absl/status/statusor.h"
#include "base/bytes.h"
#include "format/archive_info.h"

namespace pgbale {

Buffer EncodeHeaderPayload(const ArchiveInfo& info);

// kError for a greater major version of the format.
absl::StatusOr<ArchiveInfo> DecodeHeaderPayload(Bytes payload);

}  // namespace pgbale

#endif  // PGBALE_FORMAT_ARCHIVE_INFO_CODEC_H_

// The payload of ENTRIES and DIRECTORY blocks: fields, compressed if that
// helps.
//
// Pure functions; any thread.

#ifndef PGBALE_FORMAT_PACK_H_
#define PGBALE_FORMAT_PACK_H_

#include "absl/status/statusor.h"
#include "base/bytes.h"

namespace pgbale {

// REQUIRES: raw.size() <= kPackedRawOctetsMax
Buffer Pack(Bytes raw);

// What Pack was given; kDamaged for what it never returns.
absl::StatusOr<Buffer> Unpack(Bytes payload);

}  // namespace pgbale

#endif  // PGBALE_FORMAT_PACK_H_

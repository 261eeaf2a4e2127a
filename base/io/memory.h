// Archives in memory, for tests and small pieces.

#ifndef PGBALE_BASE_IO_MEMORY_H_
#define PGBALE_BASE_IO_MEMORY_H_

#include <memory>

#include "base/bytes.h"
#include "base/io/sink.h"
#include "base/io/source.h"

namespace pgbale {

// Appends to `*out`, which must remain live while the sink is in use.
std::unique_ptr<Sink> MakeMemorySink(Buffer* out);

// Reads a copy of `data`.
std::unique_ptr<Source> MakeMemorySource(Bytes data);

}  // namespace pgbale

#endif  // PGBALE_BASE_IO_MEMORY_H_

// What --data-format asks for.

#ifndef PGBALE_ENGINE_DUMP_DATA_FORMAT_H_
#define PGBALE_ENGINE_DUMP_DATA_FORMAT_H_

namespace pgbale {

// The form of COPY in which rows are read (engine/dump/wire_choice.h). kBinary:
// of every table where it is possible.
enum class DataFormat { kAuto, kBinary, kText };

}  // namespace pgbale

#endif  // PGBALE_ENGINE_DUMP_DATA_FORMAT_H_

// What an archive holds, for people and for programs.
//
// Pure functions; any thread.

#ifndef PGBALE_ENGINE_INSPECT_LIST_H_
#define PGBALE_ENGINE_INSPECT_LIST_H_

#include <string>

#include "format/archive_reader.h"

namespace pgbale {

// Lines: what the archive says about its source, then each entry with its
// id, kind and name, and for a table its rows, octets raw and stored, and
// their ratio. Names are made printable.
std::string ListText(const ArchiveReader& archive);

// The same as one JSON object on one line.
std::string ListJson(const ArchiveReader& archive);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_INSPECT_LIST_H_

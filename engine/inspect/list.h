// What an archive holds, for people and for programs.
//
// Pure functions; any thread.

#ifndef PGBALE_ENGINE_INSPECT_LIST_H_
#define PGBALE_ENGINE_INSPECT_LIST_H_

#include <string>

#include "absl/status/statusor.h"
#include "format/archive_reader.h"

namespace pgbale {

// Lines: what the archive says about its source, then each entry with its
// id, kind and name, and for a table its rows, octets raw and stored, their
// ratio, and how many of its columns are in which encoding. Names are made
// printable. Errors: kDamaged, for the front of a chunk that is read for its
// encodings; the source's.
absl::StatusOr<std::string> ListText(const ArchiveReader& archive);

// The same as one JSON object on one line.
absl::StatusOr<std::string> ListJson(const ArchiveReader& archive);

// All entries as lines that can be edited (restore/entry_list.h).
std::string ListForEditing(const ArchiveReader& archive);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_INSPECT_LIST_H_

// The list of entries that people edit: printed by `list -l` and `restore -l`,
// taken by `restore -L`. A line is an entry's id, a semicolon, and for people
// what it is, in the form of pg_restore's list. What stands behind a semicolon
// is a comment; a line that begins with one leaves its entry out.
//
// Pure functions; any thread.

#ifndef PGBALE_RESTORE_ENTRY_LIST_H_
#define PGBALE_RESTORE_ENTRY_LIST_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "format/archive_info.h"
#include "format/entry.h"

namespace pgbale {

// Lines about the archive as comments, then one for each of `entries`. Names
// are made printable.
std::string EntryListText(const ArchiveInfo& info, size_t archive_entries,
                          absl::Span<const Entry* const> entries);

// The ids in `text`, in its order, each once. kError, naming `file` and the
// line, for what is no id of an archive with `archive_entries` entries, or if
// none is listed.
absl::StatusOr<std::vector<uint32_t>> ParseEntryList(absl::string_view text,
                                                     absl::string_view file,
                                                     size_t archive_entries);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_ENTRY_LIST_H_

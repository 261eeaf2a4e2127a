// Names with their schemas, as they stand in statements that a server deparsed
// under an empty search_path: "schema.name", quoted where that is needed; and
// as constants of regclass and the like. What stands in other constants and in
// the bodies of functions is text, and stays as it is.
//
// Pure functions; any thread.

#ifndef PGBALE_RESTORE_QUALIFIED_NAMES_H_
#define PGBALE_RESTORE_QUALIFIED_NAMES_H_

#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace pgbale {

// Schema and name, both raw.
using QualifiedName = std::pair<std::string, std::string>;
// To which schema each goes.
using SchemaMap = absl::flat_hash_map<QualifiedName, std::string>;

// `statement`, in which the names of `map` have their new schemas.
std::string WithSchemasMapped(absl::string_view statement,
                              const SchemaMap& map);

// True if `name`, as a word or quoted, stands in a constant or a body, where
// WithSchemasMapped does not change it.
bool MentionsInText(absl::string_view statement, absl::string_view name);

// "s.t", "\"S\".t", "t" (then without a schema), folded as PostgreSQL does.
// Error: kUsage.
absl::StatusOr<QualifiedName> ParseQualifiedName(absl::string_view text);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_QUALIFIED_NAMES_H_

// Names with their schemas, as they stand in statements that a server deparsed
// under an empty search_path: "schema.name", quoted where that is needed; and
// as constants of regclass and the like. What stands in other constants and in
// the bodies of functions is text, and stays as it is.
//
// Pure functions; any thread.

#ifndef PGBALE_RESTORE_QUALIFIED_NAMES_H_
#define PGBALE_RESTORE_QUALIFIED_NAMES_H_

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
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

// Names that are looked for, as words or quoted, in constants and bodies, where
// WithSchemasMapped does not change them. A statement is read once, however
// many they are.
class NamesInTexts {
 public:
  explicit NamesInTexts(const std::set<std::string>& names);

  std::set<std::string> MentionedBy(absl::string_view statement) const;

 private:
  absl::flat_hash_set<std::string> words_;
  std::vector<std::string> others_;  // that are no words
};

// "s.t", "\"S\".t", "t" (then without a schema), folded as PostgreSQL does.
// Error: kUsage.
absl::StatusOr<QualifiedName> ParseQualifiedName(absl::string_view text);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_QUALIFIED_NAMES_H_

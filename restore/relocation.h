// Objects that come back under another name or in another schema (--rename,
// --into), beside those that stand there.
//
// What a definition says of names cannot be rewritten by who does not
// understand it: a policy may select from its own table. So objects are made
// under their old names, in a schema of their own, which only qualifies names;
// and when all is done, the server renames and moves them, and with them all
// that refers to them, in one transaction: until then nothing is to be seen of
// them. Texts, such as bodies of functions, the server does not follow either:
// those that mention a name are listed.
//
// Rows alone go into tables that stand, under their new names.

#ifndef PGBALE_RESTORE_RELOCATION_H_
#define PGBALE_RESTORE_RELOCATION_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/pg/connection.h"
#include "format/entry.h"
#include "restore/findings.h"
#include "restore/orphan_rows.h"
#include "restore/qualified_names.h"
#include "restore/restore.h"
#include "restore/selection.h"

namespace pgbale {

class Relocation {
 public:
  // Gives the selected entries, of which `selection` points to those in
  // `entries`, their new names, as messages and checks show them, and the rows
  // their tables; their statements stay. Adds entries for schemas that are to
  // be made. Adds problems: names that are taken, or cannot be told apart.
  // Reads only. Errors: kUsage, kError for a name that is not among what is
  // selected; a query's.
  // REQUIRES: options.renamings or options.into
  static absl::StatusOr<Relocation> Prepare(pg::Connection& connection,
                                            const RestoreOptions& options,
                                            std::vector<Entry>& entries,
                                            Selection& selection,
                                            Findings& found);

  // Then, when all checks are done: lets statements make what moves where it
  // waits. Changes `entries` in place. Nothing to do if no definition is made.
  void Stage(std::vector<Entry>& entries, const Selection& selection) const;

  // What moves all of it to where it belongs, behind all else; nullopt if
  // nothing waits.
  const std::optional<Entry>& move() const { return move_; }
  // Keys of and to tables that wait, as they stand until that.
  const KeyNames& waiting_keys() const { return waiting_keys_; }

 private:
  friend class Relocator;

  // What the entry was called at the source, and what it will be called.
  struct Place {
    QualifiedName old_name, new_name;
    uint32_t leader = 0;  // with which it moves; 0: by itself
  };

  std::map<uint32_t, Place> places_;  // by entry
  // Where things wait, by their schema at the source.
  std::map<std::string, std::string> stages_;
  SchemaMap staged_;
  // By the new name of a table, where its rows go.
  std::map<QualifiedName, QualifiedName> rows_;
  std::optional<Entry> move_;
  KeyNames waiting_keys_;
};

}  // namespace pgbale

#endif  // PGBALE_RESTORE_RELOCATION_H_

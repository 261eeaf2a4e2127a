// Names for what belongs to a table that gets another name, where its own are
// taken.
//
// Thread-compatible.

#ifndef PGBALE_RESTORE_FREE_NAMES_H_
#define PGBALE_RESTORE_FREE_NAMES_H_

#include <set>
#include <string>
#include <utility>

namespace pgbale {

class TakenNames {
 public:
  void Add(const std::string& schema, const std::string& name) {
    taken_.emplace(schema, name);
  }
  // Takes and returns a name for what was called `name` and belongs to the
  // table `old_table`, which is `new_table` now: its own if that is free; else,
  // if it begins with the table's, with the new one in its place; and where
  // that is taken, with a number behind it, as PostgreSQL does.
  std::string Choose(const std::string& schema, const std::string& name,
                     const std::string& old_table,
                     const std::string& new_table);

 private:
  std::set<std::pair<std::string, std::string>> taken_;
};

}  // namespace pgbale

#endif  // PGBALE_RESTORE_FREE_NAMES_H_

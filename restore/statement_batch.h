// Entries as the statements that a session runs for them.
//
// Thread-compatible.

#ifndef PGBALE_RESTORE_STATEMENT_BATCH_H_
#define PGBALE_RESTORE_STATEMENT_BATCH_H_

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "format/entry.h"
#include "restore/session.h"

namespace pgbale {

struct StatementOptions {
  bool owner = true;
  bool tablespaces = true;
  bool if_exists = false;  // for drops
};

class StatementBatch {
 public:
  // `settings` are the session's; settings() is what they will be.
  StatementBatch(const StatementOptions& options, EntrySettings settings)
      : options_(options), settings_(std::move(settings)) {}
  StatementBatch(const StatementBatch&) = delete;
  StatementBatch& operator=(const StatementBatch&) = delete;

  // Adds a statement of no entry.
  void Add(absl::string_view sql);
  // Adds what creates `entry`: the settings that it asks for where the
  // session has others, its statements, its owner. The entry must remain live
  // while the batch is in use.
  void AddCreate(const Entry& entry);
  // What comes behind the first of its statements, which was run.
  void AddRest(const Entry& entry);
  // As AddCreate, for one of its steps; the last one gives it to its owner.
  void AddStep(const Entry& entry, size_t step);
  // Adds what takes back the steps before `step`, last first.
  // Gives up soon where others hold the tables.
  void AddUndo(const Entry& entry, size_t step);
  // Adds what makes the object that stands already equal to `entry`.
  void AddAlter(const Entry& entry);
  void AddDrop(const Entry& entry);

  absl::Span<const absl::string_view> statements() const { return views_; }
  // The entry of a statement, or null.
  const Entry* entry_of(size_t index) const { return entries_[index]; }
  const EntrySettings& settings() const { return settings_; }

 private:
  void AddDropOfSteps(const Entry& entry, size_t step);
  void AddView(absl::string_view sql, const Entry* entry);
  void AddMade(std::string sql, const Entry* entry);
  void AddSettings(const Entry& entry);
  void AddOwner(const Entry& entry);

  const StatementOptions options_;
  EntrySettings settings_;
  std::deque<std::string> made_;  // its strings stay where they are
  std::vector<absl::string_view> views_;
  std::vector<const Entry*> entries_;  // one for each view
};

}  // namespace pgbale

#endif  // PGBALE_RESTORE_STATEMENT_BATCH_H_

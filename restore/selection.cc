#include "restore/selection.h"

#include <cstddef>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/types/span.h"
#include "base/pattern.h"
#include "base/status.h"
#include "base/text.h"
#include "restore/label.h"

namespace pgbale {
namespace {

struct Patterns {
  std::vector<NamePattern> schemas, exclude_schemas, tables;
  std::vector<NamePattern> indexes, triggers;
  std::vector<std::string> functions;
  // Single objects are asked for.
  bool single() const {
    return !indexes.empty() || !triggers.empty() || !functions.empty();
  }
  bool partial() const {
    return !schemas.empty() || !tables.empty() || single();
  }
};

absl::StatusOr<std::vector<NamePattern>> ParseAll(
    const std::vector<std::string>& texts, int parts) {
  std::vector<NamePattern> patterns;
  for (const std::string& text : texts) {
    ASSIGN_OR_RETURN(NamePattern pattern, ParsePattern(text, parts));
    patterns.push_back(std::move(pattern));
  }
  return patterns;
}

absl::StatusOr<Patterns> ParsePatterns(const RestoreOptions& options) {
  Patterns patterns;
  ASSIGN_OR_RETURN(patterns.schemas, ParseAll(options.schemas, 1));
  ASSIGN_OR_RETURN(patterns.exclude_schemas,
                   ParseAll(options.exclude_schemas, 1));
  ASSIGN_OR_RETURN(patterns.tables, ParseAll(options.tables, 2));
  ASSIGN_OR_RETURN(patterns.indexes, ParseAll(options.indexes, 2));
  ASSIGN_OR_RETURN(patterns.triggers, ParseAll(options.triggers, 2));
  patterns.functions = options.functions;
  return patterns;
}

// Marks in `used` the patterns that hit, and returns whether any did.
bool MatchesAny(const std::vector<NamePattern>& patterns,
                const std::string& schema, const std::string& name,
                std::vector<bool>& used) {
  bool any = false;
  for (size_t i = 0; i < patterns.size(); ++i) {
    if (!MatchesPattern(patterns[i].schema, schema) ||
        !MatchesPattern(patterns[i].name, name))
      continue;
    used[i] = true;
    any = true;
  }
  return any;
}

absl::Status CheckUsed(absl::string_view what,
                       const std::vector<NamePattern>& patterns,
                       const std::vector<bool>& used) {
  for (size_t i = 0; i < patterns.size(); ++i)
    if (!used[i])
      return MakeError(
          Failure::kError,
          absl::StrCat("no matching ", what, " are in the archive for pattern ",
                       Quoted(patterns[i].text)));
  return absl::OkStatus();
}

bool IsRoutine(const Entry& entry) {
  return entry.kind == "FUNCTION" || entry.kind == "PROCEDURE" ||
         entry.kind == "AGGREGATE";
}

// Without blanks, which people put behind commas or not.
bool SameSignature(absl::string_view one, absl::string_view other) {
  return absl::StrReplaceAll(one, {{" ", ""}}) ==
         absl::StrReplaceAll(other, {{" ", ""}});
}

// What only says something about its parent.
bool IsRemark(const Entry& entry) {
  return entry.aspect == Aspect::kComment ||
         entry.aspect == Aspect::kPrivileges ||
         entry.aspect == Aspect::kSecurityLabel;
}

class Selector {
 public:
  Selector(const std::vector<Entry>& entries, const RestoreOptions& options)
      : entries_(entries),
        options_(options),
        states_(entries.size() + 1, State::kUnselected),
        children_(entries.size() + 1) {
    for (const Entry& entry : entries)
      if (Known(entry.parent)) children_[entry.parent].push_back(&entry);
  }

  void TakeAll() {
    for (const Entry& entry : entries_) states_[entry.id] = State::kWanted;
  }
  absl::Status TakeMatching(const Patterns& patterns);
  void Exclude(const Patterns& patterns);
  Selection Finish(bool partial);

 private:
  enum class State : uint8_t { kUnselected, kNeeded, kWanted, kExcluded };

  bool Known(uint32_t id) const { return id > 0 && id <= entries_.size(); }
  const Entry& At(uint32_t id) const { return entries_[id - 1]; }
  bool selected(uint32_t id) const {
    return states_[id] == State::kNeeded || states_[id] == State::kWanted;
  }

  // The database itself and the server's: no pattern is for them.
  void TakeOutermost();
  absl::Status TakeRoots(const Patterns& patterns,
                         std::vector<const Entry*>& roots);
  // Indexes, triggers, routines, with what is said of them.
  absl::Status TakeSingle(const Patterns& patterns);
  // Partitions of `roots`, and theirs.
  void TakePartitions(std::vector<const Entry*>& roots);
  // Rows, and what is said of `roots`.
  void TakeBare(const std::vector<const Entry*>& roots);
  bool Stands(const Entry& entry) const {
    return options_.standing.contains({entry.schema, entry.name});
  }
  // An excluded schema that nothing needs.
  void DropEmptySchemas(const Patterns& patterns);
  // Selects what `entry` depends on, as needed.
  void TakeNeeds(const Entry& entry);
  // Selects what belongs to `owners`, to that, ….
  void TakeChildren(std::vector<const Entry*> owners, bool relations_only);
  // False if it must be left out.
  bool TakeChild(const Entry& child);
  void TakeChildrenOfNeeded();
  // A relation that `entry` depends on and that is not selected, or null.
  const Entry* MissingRelation(const Entry& entry) const;
  bool AspectWanted(const Entry& entry) const;
  bool InSection(const Entry& entry) const;
  // The dependency for which `entry` must be left out, or null.
  const Entry* ExcludedNeed(const Entry& entry) const;
  void SpreadExclusion();

  const std::vector<Entry>& entries_;
  const RestoreOptions& options_;
  std::vector<State> states_;                        // by id
  std::vector<std::vector<const Entry*>> children_;  // by id
  std::vector<const Entry*> missing_;
  std::vector<std::string> warnings_;
};

absl::Status Selector::TakeRoots(const Patterns& patterns,
                                 std::vector<const Entry*>& roots) {
  std::vector<bool> schemas_used(patterns.schemas.size());
  std::vector<bool> tables_used(patterns.tables.size());
  for (const Entry& entry : entries_) {
    if (entry.schema.empty()) continue;
    if (!patterns.tables.empty() && !entry.is_relation) continue;
    if (patterns.tables.empty() && entry.parent != 0) continue;
    if (!patterns.schemas.empty() &&
        !MatchesAny(patterns.schemas, "", entry.schema, schemas_used))
      continue;
    if (!patterns.tables.empty() &&
        !MatchesAny(patterns.tables, entry.schema, entry.name, tables_used))
      continue;
    states_[entry.id] = State::kWanted;
    roots.push_back(&entry);
  }
  RETURN_IF_ERROR(CheckUsed("schemas", patterns.schemas, schemas_used));
  return CheckUsed("tables", patterns.tables, tables_used);
}

void Selector::TakeOutermost() {
  for (const Entry& entry : entries_) {
    if (IsOfDatabase(entry, entries_) || IsGlobal(entry, entries_))
      states_[entry.id] = State::kWanted;
  }
}

absl::Status Selector::TakeSingle(const Patterns& patterns) {
  std::vector<bool> indexes_used(patterns.indexes.size());
  std::vector<bool> triggers_used(patterns.triggers.size());
  std::vector<bool> functions_used(patterns.functions.size());
  std::vector<const Entry*> taken;
  for (const Entry& entry : entries_) {
    bool hit = false;
    if (entry.kind == "INDEX")
      hit =
          MatchesAny(patterns.indexes, entry.schema, entry.name, indexes_used);
    if (entry.kind == "TRIGGER")
      hit = MatchesAny(patterns.triggers, entry.schema, entry.name,
                       triggers_used);
    for (size_t i = 0; IsRoutine(entry) && i < patterns.functions.size(); ++i) {
      if (!SameSignature(patterns.functions[i], entry.name)) continue;
      functions_used[i] = true;
      hit = true;
    }
    if (!hit) continue;
    states_[entry.id] = State::kWanted;
    taken.push_back(&entry);
  }
  RETURN_IF_ERROR(CheckUsed("indexes", patterns.indexes, indexes_used));
  RETURN_IF_ERROR(CheckUsed("triggers", patterns.triggers, triggers_used));
  for (size_t i = 0; i < patterns.functions.size(); ++i)
    if (!functions_used[i])
      return WithHint(
          MakeError(Failure::kError,
                    absl::StrCat("function ", Quoted(patterns.functions[i]),
                                 " is not in the archive")),
          "Name it with the types of its arguments, as \"pgbale list\" prints "
          "it.");
  TakeBare(taken);
  return absl::OkStatus();
}

void Selector::TakeBare(const std::vector<const Entry*>& roots) {
  for (const Entry* root : roots)
    for (const Entry* child : children_[root->id])
      if (IsRemark(*child) || child->section == Section::kData)
        states_[child->id] = State::kWanted;
}

// What belongs to one relation and binds it to another before the data is a
// partition's attachment.
void Selector::TakePartitions(std::vector<const Entry*>& roots) {
  absl::flat_hash_map<uint32_t, std::vector<const Entry*>> partitions;
  for (const Entry& entry : entries_) {
    if (entry.section != Section::kPreData || !Known(entry.parent)) continue;
    const Entry& partition = At(entry.parent);
    if (!partition.is_relation) continue;
    for (const uint32_t table : entry.locks)
      if (table != partition.id) partitions[table].push_back(&partition);
  }
  for (size_t i = 0; i < roots.size(); ++i) {
    const auto found = partitions.find(roots[i]->id);
    if (found == partitions.end()) continue;
    for (const Entry* partition : found->second) {
      if (states_[partition->id] == State::kWanted) continue;
      states_[partition->id] = State::kWanted;
      roots.push_back(partition);
    }
  }
}

absl::Status Selector::TakeMatching(const Patterns& patterns) {
  std::vector<const Entry*> roots;
  if (patterns.single()) RETURN_IF_ERROR(TakeSingle(patterns));
  if (!patterns.schemas.empty() || !patterns.tables.empty() ||
      !patterns.single())
    RETURN_IF_ERROR(TakeRoots(patterns, roots));
  if (!options_.dependencies) {
    TakeBare(roots);
    TakeOutermost();
    return absl::OkStatus();
  }
  if (!patterns.tables.empty()) TakePartitions(roots);
  for (const Entry* root : roots) TakeNeeds(*root);
  // An owned sequence before the default that uses it.
  TakeChildren(roots, /*relations_only=*/true);
  TakeChildren(roots, /*relations_only=*/false);
  TakeChildrenOfNeeded();
  TakeOutermost();
  return absl::OkStatus();
}

void Selector::TakeNeeds(const Entry& entry) {
  std::vector<const Entry*> open = {&entry};
  while (!open.empty()) {
    const Entry& next = *open.back();
    open.pop_back();
    for (const uint32_t id : next.depends) {
      if (!Known(id) || selected(id)) continue;
      const Entry& need = At(id);
      // With its key, its columns, ….
      if (Stands(need) || (Known(need.parent) && Stands(At(need.parent))))
        continue;
      states_[id] = State::kNeeded;
      open.push_back(&need);
    }
  }
}

void Selector::TakeChildren(std::vector<const Entry*> owners,
                            bool relations_only) {
  absl::flat_hash_set<uint32_t> seen;
  while (!owners.empty()) {
    const Entry& owner = *owners.back();
    owners.pop_back();
    for (const Entry* child : children_[owner.id]) {
      if (relations_only && !child->is_relation) continue;
      if (!seen.insert(child->id).second || !TakeChild(*child)) continue;
      owners.push_back(child);
    }
  }
}

bool Selector::TakeChild(const Entry& child) {
  if (states_[child.id] == State::kWanted) return true;
  if (const Entry* missing = MissingRelation(child)) {
    if (InSection(child) && AspectWanted(child)) missing_.push_back(missing);
    if (InSection(child) && AspectWanted(child))
      warnings_.push_back(absl::StrCat("left out ", EntryLabel(child),
                                       ": it needs ", EntryLabel(*missing),
                                       ", which is not selected"));
    return false;
  }
  states_[child.id] = State::kWanted;
  TakeNeeds(child);
  return true;
}

// A sequence that is needed comes with its state, a type with its comment,
// but a table that is needed without rows and indexes.
void Selector::TakeChildrenOfNeeded() {
  for (const Entry& entry : entries_) {
    if (!Known(entry.parent) || states_[entry.id] != State::kUnselected ||
        states_[entry.parent] != State::kNeeded)
      continue;
    const bool light = entry.section == Section::kPreData ||
                       (entry.section == Section::kData && !entry.data);
    if (!light || MissingRelation(entry) != nullptr) continue;
    states_[entry.id] = State::kNeeded;
    TakeNeeds(entry);
  }
}

const Entry* Selector::MissingRelation(const Entry& entry) const {
  std::vector<const Entry*> open = {&entry};
  absl::flat_hash_set<uint32_t> seen;
  while (!open.empty()) {
    const Entry& next = *open.back();
    open.pop_back();
    for (const uint32_t id : next.depends) {
      if (!Known(id) || selected(id) || !seen.insert(id).second) continue;
      if (Stands(At(id))) continue;
      if (At(id).is_relation) return &At(id);
      open.push_back(&At(id));
    }
  }
  return nullptr;
}

bool Selector::AspectWanted(const Entry& entry) const {
  switch (entry.aspect) {
    case Aspect::kPrivileges:
      return options_.privileges;
    case Aspect::kComment:
      return options_.comments;
    case Aspect::kStatistics:
      return options_.statistics;
    case Aspect::kSecurityLabel:
      return options_.security_labels;
    case Aspect::kPublication:
      return options_.publications;
    case Aspect::kSubscription:
      return options_.subscriptions;
    case Aspect::kDatabase:
      return options_.create || options_.database_properties;
    case Aspect::kGlobal:
      return options_.globals;
    case Aspect::kTablespace:
      return options_.globals && options_.tablespaces;
    case Aspect::kData:
      // What a refresh reads is there if only post-data is restored.
      return entry.section == Section::kData || options_.data ||
             !options_.pre_data;
    default:
      return true;
  }
}

bool Selector::InSection(const Entry& entry) const {
  // What comes before all sections, whichever are restored.
  if (IsOfDatabase(entry, entries_) || IsGlobal(entry, entries_)) return true;
  if (options_.statistics_only && entry.aspect != Aspect::kStatistics)
    return false;
  switch (entry.section) {
    case Section::kPreData:
      return options_.pre_data;
    case Section::kData:
      return options_.data;
    case Section::kPostData:
      return options_.post_data;
  }
  return false;
}

void Selector::Exclude(const Patterns& patterns) {
  std::vector<bool> used(patterns.exclude_schemas.size());
  for (const Entry& entry : entries_) {
    if (!AspectWanted(entry) ||
        (!entry.schema.empty() &&
         MatchesAny(patterns.exclude_schemas, "", entry.schema, used)))
      states_[entry.id] = State::kExcluded;
  }
  SpreadExclusion();
  DropEmptySchemas(patterns);
}

void Selector::DropEmptySchemas(const Patterns& patterns) {
  absl::flat_hash_set<uint32_t> needed;
  for (const Entry& entry : entries_)
    if (selected(entry.id))
      for (const uint32_t id : entry.depends)
        if (id != entry.parent) needed.insert(id);
  std::vector<bool> used(patterns.exclude_schemas.size());
  for (const Entry& entry : entries_)
    if (entry.kind == "SCHEMA" && entry.schema.empty() &&
        !needed.contains(entry.id) &&
        MatchesAny(patterns.exclude_schemas, "", entry.name, used))
      states_[entry.id] = State::kExcluded;
  SpreadExclusion();
}

const Entry* Selector::ExcludedNeed(const Entry& entry) const {
  for (const uint32_t id : entry.depends)
    if (Known(id) && states_[id] == State::kExcluded) return &At(id);
  return nullptr;
}

// What belongs to an excluded object, and what needs one. Dependencies have
// lower ids, but a parent may have a higher one: hence the rounds.
void Selector::SpreadExclusion() {
  bool changed = true;
  while (changed) {
    changed = false;
    for (const Entry& entry : entries_) {
      if (!selected(entry.id)) continue;
      const bool orphan =
          Known(entry.parent) && states_[entry.parent] == State::kExcluded;
      const Entry* need = ExcludedNeed(entry);
      if (!orphan && need == nullptr) continue;
      states_[entry.id] = State::kExcluded;
      changed = true;
      if (!orphan)
        warnings_.push_back(absl::StrCat("left out ", EntryLabel(entry),
                                         ": it needs ", EntryLabel(*need),
                                         ", which is excluded"));
    }
  }
}

Selection Selector::Finish(bool partial) {
  Selection selection;
  selection.partial = partial;
  selection.missing = std::move(missing_);
  selection.warnings = std::move(warnings_);
  for (const Entry& entry : entries_) {
    if (!selected(entry.id) || !InSection(entry)) continue;
    selection.entries.push_back(&entry);
    if (states_[entry.id] == State::kNeeded) selection.needed.insert(entry.id);
  }
  return selection;
}

// Leaves what is listed, in the order of the list.
void KeepListed(const std::vector<uint32_t>& listed, Selection& selection) {
  absl::flat_hash_map<uint32_t, const Entry*> selected;
  for (const Entry* entry : selection.entries) selected[entry->id] = entry;
  selection.entries.clear();
  for (const uint32_t id : listed)
    if (const auto found = selected.find(id); found != selected.end())
      selection.entries.push_back(found->second);
  selection.partial = true;
}

}  // namespace

bool IsGlobal(const Entry& entry, const std::vector<Entry>& entries) {
  const auto global = [](const Entry& e) {
    return e.aspect == Aspect::kGlobal || e.aspect == Aspect::kTablespace;
  };
  if (global(entry)) return true;
  const bool has_parent = entry.parent > 0 && entry.parent <= entries.size();
  return has_parent && global(entries[entry.parent - 1]);
}

bool IsOfDatabase(const Entry& entry, const std::vector<Entry>& entries) {
  if (entry.aspect == Aspect::kDatabase) return true;
  return entry.parent > 0 && entry.parent <= entries.size() &&
         entries[entry.parent - 1].aspect == Aspect::kDatabase;
}

bool HasLargeObjects(const Selection& selection) {
  return absl::c_any_of(selection.entries, [](const Entry* entry) {
    return entry->data.has_value() &&
           entry->data->target == DataTarget::kLargeObjects;
  });
}

absl::StatusOr<Selection> SelectEntries(const std::vector<Entry>& entries,
                                        const RestoreOptions& options) {
  ASSIGN_OR_RETURN(const Patterns patterns, ParsePatterns(options));
  Selector selector(entries, options);
  if (patterns.partial())
    RETURN_IF_ERROR(selector.TakeMatching(patterns));
  else
    selector.TakeAll();
  selector.Exclude(patterns);
  Selection selection = selector.Finish(patterns.partial());
  if (options.listed.has_value()) KeepListed(*options.listed, selection);
  return selection;
}

}  // namespace pgbale

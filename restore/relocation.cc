#include "restore/relocation.h"

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/pg/quote.h"
#include "base/status.h"
#include "base/text.h"
#include "restore/free_names.h"
#include "restore/label.h"
#include "restore/name_array.h"

namespace pgbale {
namespace {

// Without the arguments of a routine.
std::string BareName(const Entry& entry) {
  return entry.is_relation ? entry.name
                           : entry.name.substr(0, entry.name.find('('));
}

bool IsIndex(const Entry& entry) {
  return entry.aspect == Aspect::kDefinition &&
         (entry.kind == "INDEX" || entry.kind == "CONSTRAINT");
}

// Its constructors and its multirange type stay in the schema in which they
// were made with it.
bool IsRangeType(const Entry& entry) {
  const std::string begin =
      absl::StrCat("CREATE TYPE ", pg::QualifiedName(entry.schema, entry.name),
                   " AS RANGE ");
  return absl::c_any_of(entry.create, [&](const std::string& sql) {
    return absl::StartsWith(sql, begin);
  });
}

// What has a name of its own in its schema, which statements may qualify.
bool HasQualifiedName(const Entry& entry) {
  return entry.aspect == Aspect::kDefinition && !entry.schema.empty() &&
         (entry.is_relation || IsIndex(entry) || !entry.owner_targets.empty());
}

}  // namespace

class Relocator {
 public:
  Relocator(pg::Connection& connection, const RestoreOptions& options,
            std::vector<Entry>& entries, Selection& selection, Findings& found)
      : connection_(connection),
        options_(options),
        entries_(entries),
        selection_(selection),
        found_(found) {
    for (const Entry* entry : selection.entries) selected_.insert(entry->id);
  }

  absl::StatusOr<Relocation> Run() {
    RETURN_IF_ERROR(FindRenamed());
    if (!options_.into.empty()) TakeAllAsked();
    Spread();
    CheckApart();
    WarnOfTexts();
    LeaveOut();
    RETURN_IF_ERROR(ReadTargets());
    if (makes_definitions()) {
      CheckTypes();
      ChooseNames();
      AddSchemas();
      NameKeys();
      PlanMove();
    } else {
      CheckRows();
    }
    GiveNames();
    return std::move(made_);
  }

 private:
  using Place = Relocation::Place;

  const Entry& At(uint32_t id) const { return entries_[id - 1]; }
  bool Moves(uint32_t id) const { return made_.places_.contains(id); }
  bool makes_definitions() const { return options_.pre_data; }

  // The tables that are named.
  absl::Status FindRenamed();
  // All that is asked for, and not only needed, goes to one schema.
  void TakeAllAsked();
  // What belongs to what moves moves too, and so do partitions.
  void Spread();
  bool SpreadOnce();
  // Two objects with one name, of which one moves.
  void CheckApart();
  void WarnOfTexts();
  // What cannot come under another name, and schemas that stay empty.
  void LeaveOut();
  // Why `entry` cannot come under its new name; "" if it can.
  absl::string_view WhyNot(const Entry& entry) const;
  // Types that cannot go to another schema, but others need.
  void CheckTypes();
  // Schemas that stand, and the names in those that something moves to.
  absl::Status ReadTargets();
  void ChooseNames();
  void ChooseName(uint32_t id);
  // Rows alone: that they do not go where the old table is.
  void CheckRows();
  void GiveNames();
  void GiveName(Entry& entry, const Place& place);
  // Where what moves waits, and the schemas that it goes to.
  void AddSchemas();
  // Adds a schema to what is made first.
  void AddSchema(const std::string& name, const std::string& owners);
  std::string Owners() const;
  // Keys of and to what moves, as they stand until then.
  void NameKeys();
  void PlanMove();
  static std::string KindToAlter(const Entry& entry);
  std::string Renaming(const Entry& entry, const Place& place,
                       const std::string& from, const std::string& to) const;
  // Of `entry`, which waits as `name`.
  void AddMoveOf(const Entry& entry, const Place& place,
                 const std::string& name,
                 std::vector<std::string>& statements) const;

  pg::Connection& connection_;
  const RestoreOptions& options_;
  std::vector<Entry>& entries_;
  Selection& selection_;
  Findings& found_;
  absl::flat_hash_set<uint32_t> selected_;
  std::set<std::string> schemas_;  // that stand
  TakenNames taken_;
  absl::flat_hash_set<uint32_t> chosen_;  // that have their names
  Relocation made_;
};

absl::Status Relocator::FindRenamed() {
  for (const auto& [old_text, new_text] : options_.renamings) {
    ASSIGN_OR_RETURN(const QualifiedName from, ParseQualifiedName(old_text));
    ASSIGN_OR_RETURN(QualifiedName to, ParseQualifiedName(new_text));
    const Entry* found = nullptr;
    for (const Entry* entry : selection_.entries) {
      const Entry* table = entry;
      // Of rows alone, the table is not selected.
      if (entry->data.has_value() && entry->parent != 0)
        table = &At(entry->parent);
      if (!table->is_relation || table->name != from.second ||
          (!from.first.empty() && table->schema != from.first) ||
          selection_.needed.contains(table->id) || table == found)
        continue;
      if (found != nullptr)
        return MakeError(Failure::kError,
                         absl::StrCat("option --rename: ", Printable(old_text),
                                      " is in more than one schema"));
      found = table;
    }
    if (found == nullptr)
      return WithHint(
          MakeError(Failure::kError,
                    absl::StrCat("option --rename: ", Printable(old_text),
                                 " is no table that is restored")),
          "A name is no pattern; what is only needed keeps its name, and rows "
          "of a partitioned table are those of its partitions.");
    if (to.first.empty())
      to.first = options_.into.empty() ? found->schema : options_.into;
    made_.places_[found->id] = {{found->schema, found->name}, std::move(to)};
  }
  return absl::OkStatus();
}

void Relocator::TakeAllAsked() {
  for (const Entry* entry : selection_.entries) {
    if (entry->data.has_value() && entry->parent != 0)
      entry = &At(entry->parent);
    if (entry->schema.empty() || entry->parent != 0 || Moves(entry->id) ||
        selection_.needed.contains(entry->id))
      continue;
    made_.places_[entry->id] = {{entry->schema, entry->name},
                                {options_.into, entry->name}};
  }
}

void Relocator::Spread() {
  // A parent may have a higher id, and partitions have partitions.
  while (SpreadOnce()) {
  }
}

bool Relocator::SpreadOnce() {
  bool changed = false;
  const auto follow = [&](const Entry& entry, uint32_t leader) {
    const Place& of = made_.places_.at(leader);
    const bool together = entry.schema == of.old_name.first;
    made_.places_[entry.id] = {
        {entry.schema, entry.name},
        {together ? of.new_name.first : entry.schema, entry.name},
        leader};
    changed = true;
  };
  for (const Entry& entry : entries_) {
    if (entry.parent == 0 || entry.schema.empty()) continue;
    if (Moves(entry.parent) && !Moves(entry.id)) follow(entry, entry.parent);
    // The attachment of a partition; see selection.cc.
    if (entry.section != Section::kPreData || !At(entry.parent).is_relation)
      continue;
    for (const uint32_t table : entry.locks)
      if (Moves(table) && !Moves(entry.parent)) follow(At(entry.parent), table);
  }
  return changed;
}

void Relocator::CheckApart() {
  std::map<QualifiedName, const Entry*> moving;
  for (const auto& [id, place] : made_.places_)
    if (HasQualifiedName(At(id)))
      moving[{place.old_name.first, BareName(At(id))}] = &At(id);
  for (const Entry& entry : entries_) {
    if (!HasQualifiedName(entry) || Moves(entry.id)) continue;
    const auto found = moving.find({entry.schema, BareName(entry)});
    if (found != moving.end())
      found_.Block(
          absl::StrCat(EntryLabel(*found->second), " and ", EntryLabel(entry),
                       " have one name, and only one of them would move"),
          "Restore into another database, and rename it there.");
  }
}

void Relocator::WarnOfTexts() {
  std::set<std::string> names;
  for (const auto& [id, place] : made_.places_)
    if (At(id).is_relation && At(id).parent == 0 &&
        place.old_name != place.new_name)
      names.insert(place.old_name.second);
  const NamesInTexts texts(names);
  for (const Entry* entry : selection_.entries) {
    if (entry->aspect == Aspect::kComment ||
        entry->aspect == Aspect::kSecurityLabel ||
        entry->section == Section::kData)
      continue;
    std::set<std::string> mentioned;
    for (const std::string& sql : entry->create)
      mentioned.merge(texts.MentionedBy(sql));
    for (const std::string& name : mentioned)
      selection_.warnings.push_back(
          absl::StrCat(EntryLabel(*entry), " mentions ", Quoted(name),
                       " in its text, which stays as it is"));
  }
}

void Relocator::LeaveOut() {
  std::set<std::string> used;
  for (const Entry* entry : selection_.entries)
    if (!Moves(entry->id)) used.insert(entry->schema);
  absl::flat_hash_set<uint32_t> gone;
  for (const Entry* entry : selection_.entries) {
    const absl::string_view why = WhyNot(*entry);
    const bool empty_schema =
        !options_.into.empty() && entry->kind == "SCHEMA" &&
        entry->schema.empty() && !used.contains(entry->name);
    if (!why.empty())
      selection_.warnings.push_back(
          absl::StrCat("left out ", EntryLabel(*entry), ": ", why));
    if (!why.empty() || empty_schema) gone.insert(entry->id);
  }
  std::erase_if(selection_.entries, [&gone](const Entry* entry) {
    return gone.contains(entry->id) || gone.contains(entry->parent);
  });
}

absl::string_view Relocator::WhyNot(const Entry& entry) const {
  if (!Moves(entry.id)) return "";
  // They name tables and sequences in ways of their own.
  if (entry.aspect == Aspect::kStatistics)
    return "its table gets another name; run ANALYZE";
  if (!makes_definitions() && entry.section == Section::kData &&
      !entry.data.has_value())
    return "under other names, rows come alone";
  // Default privileges are those of their schema.
  if (makes_definitions() && entry.parent == 0 && !HasQualifiedName(entry))
    return "it cannot go to another schema";
  return "";
}

void Relocator::CheckTypes() {
  for (const Entry* entry : selection_.entries)
    if (Moves(entry->id) && IsRangeType(*entry))
      found_.Block(
          absl::StrCat(EntryLabel(*entry),
                       " is a range type, which cannot go to another schema"),
          "Name tables with -t, which leaves the types that they need in their "
          "schema, or restore into another database.");
}

absl::Status Relocator::ReadTargets() {
  std::set<std::string> schemas;
  for (const auto& [id, place] : made_.places_)
    schemas.insert(place.new_name.first);
  // What this restore makes there itself.
  for (const Entry* entry : selection_.entries) {
    if (entry->schema.empty() && entry->kind == "SCHEMA")
      schemas_.insert(entry->name);
    if (!Moves(entry->id) && HasQualifiedName(*entry))
      taken_.Add(entry->schema, BareName(*entry));
  }
  // A new database has nothing else.
  schemas_.insert("public");
  if (options_.create) return absl::OkStatus();
  enum { kSchema, kName };
  ASSIGN_OR_RETURN(
      const pg::Result names,
      connection_.Query(
          "SELECT n.nspname, o.name FROM pg_catalog.pg_namespace n LEFT JOIN ("
          "SELECT relnamespace, relname FROM pg_catalog.pg_class "
          "UNION ALL SELECT typnamespace, typname FROM pg_catalog.pg_type "
          "UNION ALL SELECT stxnamespace, stxname"
          " FROM pg_catalog.pg_statistic_ext) AS o(schema, name)"
          " ON o.schema = n.oid AND n.nspname = ANY ($1::pg_catalog.text[])",
          {NameArray(schemas)}));
  schemas_.erase("public");
  for (const pg::Row row : names) {
    schemas_.insert(row.str(kSchema));
    if (!row.is_null(kName)) taken_.Add(row.str(kSchema), row.str(kName));
  }
  return absl::OkStatus();
}

// A table's name is what the user says; it is checked like all others. Indexes,
// sequences, partitions and the like keep theirs where they are free, or get
// what PostgreSQL would give them.
void Relocator::ChooseNames() {
  std::vector<uint32_t> followers;
  for (const auto& [id, place] : made_.places_) {
    if (!selected_.contains(id) || !HasQualifiedName(At(id))) continue;
    if (place.leader == 0)
      taken_.Add(place.new_name.first, place.new_name.second);
    else
      followers.push_back(id);
  }
  for (const uint32_t id : followers) ChooseName(id);
}

void Relocator::ChooseName(uint32_t id) {
  Place& place = made_.places_.at(id);
  if (place.leader == 0 || !HasQualifiedName(At(id)) ||
      !chosen_.insert(id).second)
    return;
  ChooseName(place.leader);
  const Place& of = made_.places_.at(place.leader);
  place.new_name.second =
      taken_.Choose(place.new_name.first, place.old_name.second,
                    of.old_name.second, of.new_name.second);
  if (place.new_name.second != place.old_name.second)
    selection_.warnings.push_back(absl::StrCat(EntryLabel(At(id)), " becomes ",
                                               Quoted(place.new_name.second)));
}

void Relocator::CheckRows() {
  std::set<QualifiedName> moving;
  for (const auto& [id, place] : made_.places_)
    if (At(id).is_relation) moving.insert(place.old_name);
  for (const Entry* entry : selection_.entries) {
    if (!entry->data.has_value() || entry->parent == 0 || !Moves(entry->parent))
      continue;
    const Place& place = made_.places_.at(entry->parent);
    if (place.leader == 0 &&
        moving.contains({entry->data->schema, entry->data->relation}))
      continue;
    found_.Block(
        absl::StrCat("rows of ", EntryLabel(At(entry->parent)),
                     " would go where they were"),
        "Rows alone: rename each partition, or the partitioned table where "
        "rows go through it, too.");
  }
}

void Relocator::GiveNames() {
  std::map<QualifiedName, QualifiedName> tables;
  for (const auto& [id, place] : made_.places_)
    if (At(id).is_relation) tables[place.old_name] = place.new_name;
  for (auto& [id, place] : made_.places_) GiveName(entries_[id - 1], place);
  for (Entry& entry : entries_) {
    if (!entry.data.has_value()) continue;
    const auto found = tables.find({entry.data->schema, entry.data->relation});
    if (found == tables.end() || entry.data->target != DataTarget::kRelation)
      continue;
    std::tie(entry.data->schema, entry.data->relation) = found->second;
  }
}

void Relocator::GiveName(Entry& entry, const Place& place) {
  entry.schema = place.new_name.first;
  if (HasQualifiedName(entry)) entry.name = place.new_name.second;
  if (place.leader == 0) return;
  // Rows, states and the like are called as what they belong to.
  const Place& of = made_.places_.at(place.leader);
  if (entry.relation == of.old_name.second) entry.relation = of.new_name.second;
  if (!HasQualifiedName(entry) && entry.name == of.old_name.second)
    entry.name = of.new_name.second;
}

void Relocator::AddSchemas() {
  std::set<std::string> old_schemas, new_schemas;
  for (const auto& [id, place] : made_.places_) {
    if (!selected_.contains(id)) continue;
    old_schemas.insert(place.old_name.first);
    new_schemas.insert(place.new_name.first);
  }
  std::vector<uint32_t> ids;
  for (const Entry* entry : selection_.entries) ids.push_back(entry->id);
  // What is selected is gone once a schema is added.
  const std::string owners = Owners();
  const size_t before = entries_.size();
  for (const std::string& schema : new_schemas)
    if (!schemas_.contains(schema)) AddSchema(schema, "");
  for (const std::string& schema : old_schemas) {
    const std::string stage =
        absl::StrCat("pgbale_restoring_", made_.stages_.size() + 1);
    made_.stages_[schema] = stage;
    if (schemas_.contains(stage))
      found_.Block(
          absl::StrCat("schema ", Quoted(stage),
                       " stands, perhaps of a restore that did not end"),
          absl::StrCat("Drop it: DROP SCHEMA ", stage, " CASCADE."));
    AddSchema(stage, owners);
  }
  // What is new comes first.
  selection_.entries.clear();
  for (size_t i = before; i < entries_.size(); ++i)
    selection_.entries.push_back(&entries_[i]);
  for (const uint32_t id : ids) selection_.entries.push_back(&entries_[id - 1]);
  for (const auto& [id, place] : made_.places_) {
    if (!selected_.contains(id) || !HasQualifiedName(At(id))) continue;
    const std::string& stage = made_.stages_.at(place.old_name.first);
    made_.staged_[{place.old_name.first, BareName(At(id))}] = stage;
    if (At(id).is_relation)
      made_.rows_[place.new_name] = {stage, place.old_name.second};
  }
}

// Foreign keys are checked by the owners of their tables.
std::string Relocator::Owners() const {
  std::set<std::string> owners;
  for (const Entry* entry : selection_.entries)
    if (options_.owner && !entry->owner.empty())
      owners.insert(pg::QuoteIdentifier(entry->owner));
  return absl::StrJoin(owners, ", ");
}

void Relocator::AddSchema(const std::string& name, const std::string& owners) {
  const std::string quoted = pg::QuoteIdentifier(name);
  Entry& entry = entries_.emplace_back();
  entry.id = static_cast<uint32_t>(entries_.size());
  entry.kind = "SCHEMA";
  entry.name = name;
  entry.create = {absl::StrCat("CREATE SCHEMA ", quoted)};
  if (!owners.empty())
    entry.create.push_back(
        absl::StrCat("GRANT USAGE, CREATE ON SCHEMA ", quoted, " TO ", owners));
}

void Relocator::NameKeys() {
  for (const Entry* entry : selection_.entries) {
    if (entry->steps.empty() ||
        absl::c_none_of(entry->locks,
                        [this](uint32_t id) { return Moves(id); }))
      continue;
    KeyName& key = made_.waiting_keys_[entry->id];
    key = {entry->schema, entry->relation, entry->name};
    if (Moves(entry->id)) key.schema = made_.stages_.at(entry->schema);
  }
}

// "TABLE", which takes every relation, or what else it is. One that failed was
// listed.
std::string Relocator::KindToAlter(const Entry& entry) {
  if (entry.is_relation || IsIndex(entry)) return "TABLE IF EXISTS";
  const std::string& target = entry.owner_targets.front();
  return target.substr(0, target.find(' '));
}

void Relocator::PlanMove() {
  Entry move;
  move.kind = "MOVE";
  std::vector<std::string> names, moves;
  // What refers to others, by arguments in its name, goes before them.
  for (auto it = made_.places_.rbegin(); it != made_.places_.rend(); ++it) {
    const auto& [id, place] = *it;
    if (!selected_.contains(id)) continue;
    const Entry& entry = At(id);
    std::string name = place.old_name.second;
    // Another one may wait under the name that this one will have.
    if (HasQualifiedName(entry) && name != place.new_name.second &&
        made_.staged_.contains({place.old_name.first, place.new_name.second})) {
      const std::string aside = absl::StrCat("pgbale_restoring_", id);
      move.create.push_back(Renaming(entry, place, name, aside));
      name = aside;
    }
    AddMoveOf(entry, place, name, moves);
    if (place.leader == 0 && entry.is_relation)
      names.push_back(
          absl::StrCat(place.new_name.first, ".", place.new_name.second));
  }
  std::reverse(names.begin(), names.end());
  move.name = absl::StrJoin(names, ", ");
  move.create.insert(move.create.end(), moves.begin(), moves.end());
  for (const auto& [schema, stage] : made_.stages_)
    move.create.push_back(absl::StrCat("DROP SCHEMA ", stage));
  made_.move_ = std::move(move);
}

std::string Relocator::Renaming(const Entry& entry, const Place& place,
                                const std::string& from,
                                const std::string& to) const {
  return absl::StrCat(
      "ALTER ", KindToAlter(entry), " ",
      pg::QualifiedName(made_.stages_.at(place.old_name.first), from),
      " RENAME TO ", pg::QuoteIdentifier(to));
}

void Relocator::AddMoveOf(const Entry& entry, const Place& place,
                          const std::string& name,
                          std::vector<std::string>& statements) const {
  if (!HasQualifiedName(entry)) return;
  const std::string& new_name = place.new_name.second;
  if (new_name != name)
    statements.push_back(Renaming(entry, place, name, new_name));
  const std::string to =
      absl::StrCat(" SET SCHEMA ", pg::QuoteIdentifier(place.new_name.first));
  const bool relation = entry.is_relation || IsIndex(entry);
  // Indexes and sequences of a table go with it.
  if (relation && (!entry.is_relation || entry.parent != 0)) return;
  if (relation || entry.parent != 0) {
    const std::string& stage = made_.stages_.at(place.old_name.first);
    statements.push_back(absl::StrCat("ALTER ", KindToAlter(entry), " ",
                                      pg::QualifiedName(stage, new_name), to));
    return;
  }
  for (const std::string& target : entry.owner_targets)
    statements.push_back(
        absl::StrCat("ALTER ", WithSchemasMapped(target, made_.staged_), to));
}

absl::StatusOr<Relocation> Relocation::Prepare(pg::Connection& connection,
                                               const RestoreOptions& options,
                                               std::vector<Entry>& entries,
                                               Selection& selection,
                                               Findings& found) {
  return Relocator(connection, options, entries, selection, found).Run();
}

void Relocation::Stage(std::vector<Entry>& entries,
                       const Selection& selection) const {
  if (!move_.has_value()) return;
  const auto stage = [this](std::vector<std::string>& statements) {
    for (std::string& sql : statements) sql = WithSchemasMapped(sql, staged_);
  };
  for (const Entry* selected : selection.entries) {
    Entry& entry = entries[selected->id - 1];
    stage(entry.create);
    stage(entry.owner_targets);
    stage(entry.alter);
    for (Step& step : entry.steps) {
      stage(step.create);
      stage(step.undo);
    }
    if (!entry.data.has_value()) continue;
    const auto rows = rows_.find({entry.data->schema, entry.data->relation});
    if (rows != rows_.end())
      std::tie(entry.data->schema, entry.data->relation) = rows->second;
  }
}

}  // namespace pgbale

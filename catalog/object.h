// An object of the dumped database, between the catalog and the archive.
//
// Plain data, owned by the Catalog. Thread-compatible.

#ifndef PGBALE_CATALOG_OBJECT_H_
#define PGBALE_CATALOG_OBJECT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "catalog/address.h"
#include "catalog/kind.h"
#include "format/entry.h"

namespace pgbale {

struct Object;

// Writes an object's SQL. Pure: all it needs was read before, so that it gives
// the same text each time.
class Body {
 public:
  virtual ~Body() = default;
  // Fills `create`, `drop`, `drop_if_exists`, and what else only the kind
  // knows (`data`, `tablespace`, …). Name, owner, dependencies, locks are
  // filled in by the caller from `object`.
  virtual void Emit(const Catalog& catalog, const Object& object,
                    Entry& entry) const = 0;
};

// How the sorter may break a dependency loop (or a dependency of a pre-data
// object on a post-data one) at this object; see catalog/loops.h.
enum class LoopBreak {
  kNone,
  // An inlined object becomes an entry of its own, in its `section`.
  kSeparate,
  // Likewise, and stands before all that needs its parent where it can: a
  // domain takes no constraint any more once arrays of it are in use.
  kSeparateEarly,
  // The object moves to post-data as it is (materialized view, function).
  kPostpone,
  // A view: a dummy with the same columns stays, the definition moves to
  // post-data, as an object of kind ViewDefinition that shares the body.
  kDummy,
  // What depends on this type depends on its shell type instead.
  kShell,
};

// What of an object goes into the archive.
struct Wanted {
  bool definition = false;
  bool data = false;
  bool statistics = false;
};

// As Step in format/entry.h, whose lists of entries these addresses become.
struct ObjectStep {
  std::vector<std::string> create = {}, undo = {};
  std::vector<Address> locks = {}, shared_locks = {};
  bool quick = false;
  bool apart = false;
};

struct Object {
  KindId kind{};
  Address address;
  // Further addresses that mean this object in pg_depend and pg_description:
  // a table's row type and its array type, a view's _RETURN rule, a composite
  // type's pg_class row.
  std::vector<Address> aliases;

  // The tag in lists if it differs from the kind's; else empty.
  std::string tag;
  std::string schema;    // raw; empty if the kind has none
  std::string name;      // raw; with arguments for routines
  std::string relation;  // raw; the table of an index, trigger, …
  std::string owner;     // raw role name; empty: has none of its own

  // The object as COMMENT ON, ALTER … OWNER TO, SECURITY LABEL ON name it,
  // quoted: "TABLE public.t", "CONSTRAINT c ON public.t",
  // "FUNCTION public.f(integer)". Empty: none of these is possible.
  std::string target;
  // As ALTER … OWNER TO names it, if not by `target`.
  std::string owner_target;
  // The object as GRANT … ON names it, and the letter of acldefault():
  // "TABLE public.t" and 'r'. Empty and 0: has no privileges.
  std::string grant_target;
  char acl_kind = 0;

  Section section = Section::kPreData;
  Pass pass = Pass::kMain;
  Aspect aspect = Aspect::kDefinition;

  // The object that this one is selected with (the table of an index). An
  // object without a parent is selected by its schema, or by its oid.
  Address parent;
  // Part of its parent's statement: no entry of its own, and its dependencies
  // count as its parent's.
  bool inlined = false;
  LoopBreak loop_break = LoopBreak::kNone;
  // A part that pg_depend does not tell from this object: it needs what this
  // object is said to need, but for `own_needs`. A domain's default.
  Address hidden_part;
  std::vector<Address> own_needs;
  // Was moved to post-data to break a loop; set by the sorter.
  bool postponed = false;
  // kDummy was applied; set by the sorter, read by the view's Body.
  bool dummy = false;
  // Goes when a type is dropped (DROP TYPE … CASCADE takes its functions);
  // set by the sorter.
  bool dropped_with_type = false;

  // Of a table's rows: DataSource::text_column.
  std::string text_column;

  // What it needs beside what pg_depend says.
  std::vector<Address> depends;
  // Relations that `create` locks: other entries that name them wait, shared
  // ones only for exclusive ones. Needed in post-data only.
  std::vector<Address> locks;
  std::vector<Address> shared_locks;
  // Entry::steps.
  std::vector<ObjectStep> steps;
  // Entry::bytes_estimate, Entry::sorts.
  uint64_t bytes_estimate = 0;
  bool sorts = false;
  // Of the target, to make it. Of an inlined object: to comment on it.
  ServerNeed need;
  // Orders objects of equal kind, schema and name.
  std::string sort_detail;

  // Shared between a view and its postponed definition.
  std::shared_ptr<const Body> body;

  // Filled in by the Catalog: its place in objects().
  uint32_t index = 0;
  // Filled in by the reader.
  Wanted wanted;
  bool extension_member = false;
  uint32_t entry_id = 0;
};

// The object is selected, as far as its aspect goes.
inline bool IsWanted(const Object& object) {
  if (object.aspect == Aspect::kData) return object.wanted.data;
  if (object.aspect == Aspect::kStatistics) return object.wanted.statistics;
  return object.wanted.definition;
}

// A body whose SQL is known when the object is collected.
class SqlBody : public Body {
 public:
  // `drop_type` and `drop_name` make "DROP <type> [IF EXISTS] <name>".
  SqlBody(std::vector<std::string> create, std::string drop_type,
          std::string drop_name)
      : create_(std::move(create)),
        drop_type_(std::move(drop_type)),
        drop_name_(std::move(drop_name)) {}
  void Emit(const Catalog& catalog, const Object& object,
            Entry& entry) const override;

 private:
  std::vector<std::string> create_;
  std::string drop_type_, drop_name_;
};

// Adds "DROP <type> [IF EXISTS] <name>" to both lists of `entry`.
void AddDrop(Entry& entry, const std::string& type, const std::string& name);

}  // namespace pgbale

#endif  // PGBALE_CATALOG_OBJECT_H_

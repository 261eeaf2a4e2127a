// One object of the dumped database: the SQL that makes it, and everything
// that a restorer must know about it. The restorer has no knowledge of kinds:
// it acts on these attributes only, so that it restores kinds that were
// invented after it.
//
// Plain data. Thread-compatible.

#ifndef PGBALE_FORMAT_ENTRY_H_
#define PGBALE_FORMAT_ENTRY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pgbale {

// The values of all enums here are frozen in the file format.

enum class Section : uint8_t { kPreData = 1, kData = 2, kPostData = 3 };

// Passes of a restore, one after another: privileges come when all objects
// stand, and what runs users' code (event triggers, refreshes) comes last.
enum class Pass : uint8_t { kMain = 0, kPrivileges = 1, kLast = 2 };

// What an entry says about its object: options like --no-comments leave out
// an aspect, whatever the kind.
enum class Aspect : uint8_t {
  kDefinition = 0,
  kData = 1,
  kPrivileges = 2,
  kComment = 3,
  kSecurityLabel = 4,
  kDatabase = 5,  // the database itself; used with --create only
  kPublication = 6,
  kSubscription = 7,
  kStatistics = 8,
  kPolicy = 9,
  // What belongs to the server and not to the database: roles, memberships,
  // …. Restored on request, before all else.
  kGlobal = 10,
  kTablespace = 11,  // likewise: a tablespace
};

// The form of COPY in which the source sent the values of a table.
enum class WireFormat : uint8_t { kText = 1, kBinary = 2 };

// Who takes the rows of a data entry.
enum class DataTarget : uint8_t { kRelation = 1, kLargeObjects = 2 };

struct DataColumn {
  std::string name;    // raw
  std::string type;    // as format_type prints it
  uint32_t width = 0;  // octets of each value; 0: values vary
  // Of the built-in type that its values are of, that of a domain in the end;
  // 0: of another, or not known.
  uint32_t type_oid = 0;

  bool operator==(const DataColumn&) const = default;
};

// What a statement asks of the server that older versions lack.
struct ServerNeed {
  uint32_t major = 0;   // the first major version that has it; 0: all have
  std::string feature;  // for people: "virtual generated columns"

  bool operator==(const ServerNeed&) const = default;

  // Of several needs, that of the newest version counts.
  void Add(const ServerNeed& other) {
    if (other.major > major) *this = other;
  }
};

// What the chunks of a data entry hold.
struct TableData {
  DataTarget target = DataTarget::kRelation;
  std::string schema;    // raw; the restorer quotes
  std::string relation;  // raw
  std::vector<DataColumn> columns;
  WireFormat format = WireFormat::kText;
  // Rows must go through the partitioned table `schema`.`relation` that is
  // the root, not through the partition they came from.
  bool via_root = false;
  // "" or "WHERE …", SQL of the source: the chunks hold the rows that fulfil
  // it, and no others.
  std::string condition = {};
  // The server's estimate, for progress and order.
  uint64_t bytes_estimate = 0;

  bool operator==(const TableData&) const = default;
};

// A part of what makes an object. Other work on the same tables may run
// between the steps of one, or beside them.
struct Step {
  // As Entry::create.
  std::vector<std::string> create = {};
  // Takes back what `create` made, if the object cannot be finished; tolerates
  // that there is nothing.
  std::vector<std::string> undo = {};
  // As those of the entry, of this step.
  std::vector<uint32_t> locks = {};
  std::vector<uint32_t> shared_locks = {};
  // Takes no longer for more rows.
  bool quick = false;
  // Does not run beside another step that says so too and names a relation
  // that this one names, in either list.
  bool apart = false;

  bool operator==(const Step&) const = default;
};

struct Entry {
  // 1, 2, 3 … in the order of a serial restore. A dependency is always lower.
  uint32_t id = 0;
  // PostgreSQL's word in pg_dump's spelling: "TABLE", "FK CONSTRAINT".
  std::string kind;
  std::string schema;  // raw, empty if the object is in none
  std::string name;    // raw; with arguments for routines: "f(integer)"
  // The table of an index, constraint, trigger, …: raw name, for lists.
  std::string relation;
  Section section = Section::kPreData;
  Pass pass = Pass::kMain;
  Aspect aspect = Aspect::kDefinition;

  // One statement each, without a semicolon; run in order.
  std::vector<std::string> create;
  // Likewise, to drop it; the second form tolerates that it is not there.
  std::vector<std::string> drop;
  std::vector<std::string> drop_if_exists;

  // The owner's raw name, and what ALTER … OWNER TO gives him: "TABLE
  // public.t", or several where an entry makes several objects. Both empty if
  // it has no owner of its own.
  std::string owner;
  std::vector<std::string> owner_targets;
  // Set before `create` runs: default_tablespace, default_table_access_method.
  std::string tablespace;
  std::string access_method;
  // Of the target, to run `create`.
  ServerNeed need;
  // False: `create` cannot run in a transaction block.
  bool transactional = true;

  // Entries that must stand before.
  std::vector<uint32_t> depends;
  // Entries of relations that `create` locks against others: two entries that
  // name the same one do not run at once. A shared one tolerates shared ones.
  std::vector<uint32_t> locks;
  std::vector<uint32_t> shared_locks;
  // The entry that this one belongs to (the table of an index, the object of
  // a comment): it is left out when that one is. 0: none.
  uint32_t parent = 0;
  // A table, view, sequence, …: what -t selects.
  bool is_relation = false;

  // The table whose rows the chunks of this entry hold.
  std::optional<TableData> data;

  // If the object stands in the target already: what makes it equal to this
  // one, in place of `create`. Empty: then it is an error.
  std::vector<std::string> alter;

  // In place of `create`, for a restore that does several things at a time:
  // what these make in this order, each in a transaction of its own, is the
  // same. Empty: there is only one step. Not without `transactional`.
  std::vector<Step> steps;
  // What it makes, or what is sorted to make it, takes about so many octets, as
  // far as the source's server knew, and more where values take long to
  // compare; for the order of work and the memory of sorts. 0: not known, or
  // next to nothing.
  uint64_t bytes_estimate = 0;
  // Of the memory that the server may use to make it, all goes into a sort, as
  // for a B-tree; more than the sort needs makes it slower.
  bool sorts = false;

  bool operator==(const Entry&) const = default;
};

}  // namespace pgbale

#endif  // PGBALE_FORMAT_ENTRY_H_

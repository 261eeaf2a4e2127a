#include "catalog/reader.h"

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "base/mutex.h"
#include "base/pg/sqlstate.h"
#include "base/sched/job_graph.h"
#include "base/status.h"
#include "base/text.h"
#include "catalog/access.h"
#include "catalog/annotations.h"
#include "catalog/catalog.h"
#include "catalog/census.h"
#include "catalog/collector.h"
#include "catalog/coverage.h"
#include "catalog/dangling.h"
#include "catalog/definition_state.h"
#include "catalog/dependencies.h"
#include "catalog/emit.h"
#include "catalog/graph.h"
#include "catalog/kind_id.h"
#include "catalog/locks.h"
#include "catalog/loops.h"
#include "catalog/order.h"
#include "catalog/relation_reader.h"
#include "catalog/selection.h"
#include "spdlog/spdlog.h"

namespace pgbale {
namespace {

bool IsAsked(Scope scope, const CatalogOptions& options) {
  switch (scope) {
    case Scope::kDatabase:
      return options.database;
    case Scope::kRoles:
      return options.roles;
    case Scope::kTablespaces:
      return options.tablespaces;
  }
  return false;
}

bool IsRead(const CatalogOptions& options, KindId kind) {
  return !options.without_kinds.contains(kind) &&
         IsAsked(KindOf(kind).scope, options);
}

// What the collecting jobs leave behind.
struct Collected {
  std::vector<std::vector<std::unique_ptr<Object>>> objects;  // by kind
  std::vector<std::vector<CollectorWarning>> warnings;        // by kind
  std::vector<std::vector<Address>> covered;                  // by kind
  std::vector<std::vector<Oid>> omitted;                      // by kind
  std::vector<Dependency> dependencies;
  Membership membership;
  Annotations annotations;
  Census census;
  std::vector<Follower> followers;
  std::vector<Dependency> lost_roles;
  std::vector<std::pair<std::string, std::string>> extensions;
};

absl::StatusOr<std::vector<std::string>> ReadSchemas(
    pg::Connection& connection) {
  ASSIGN_OR_RETURN(pg::Result result,
                   connection.Query(absl::StrCat(
                       "SELECT n.nspname FROM pg_catalog.pg_namespace n WHERE ",
                       kUserSchema)));
  std::vector<std::string> schemas;
  for (pg::Row row : result) schemas.push_back(row.str(0));
  return schemas;
}

absl::StatusOr<std::vector<std::pair<std::string, std::string>>>
ReadExtensionVersions(pg::Connection& connection) {
  ASSIGN_OR_RETURN(
      pg::Result result,
      connection.Query("SELECT extname, extversion "
                       "FROM pg_catalog.pg_extension ORDER BY extname"));
  std::vector<std::pair<std::string, std::string>> extensions;
  for (pg::Row row : result) extensions.emplace_back(row.str(0), row.str(1));
  return extensions;
}

// Tries the user's conditions before rows are read: a dump that fails should
// fail soon. `leader` has the locks.
absl::Status TakeConditions(pg::Connection& leader,
                            const ObjectSelection& selection,
                            RelationMap& relations) {
  for (const auto& [oid, condition] : selection.conditions()) {
    Relation& table = *relations.FindMutable(oid);
    table.where = condition;
    // The server has checked it before it looks for a first row.
    const absl::Status tried = leader.Execute(absl::StrCat(
        "SELECT FROM ONLY ", table.qualified, " ", condition, " LIMIT 0"));
    if (tried.ok()) continue;
    return MakeError(
        FailureOf(tried),
        absl::StrCat("option --where for table ",
                     Quoted(table.schema, table.name), ": ", tried.message()));
  }
  return absl::OkStatus();
}

void WarnOfUnlogged(const ObjectSelection& selection, Catalog& catalog) {
  if (catalog.options().unlogged_data != CatalogOptions::Unlogged::kNotThere)
    return;
  for (Oid oid : selection.unlogged()) {
    const Relation& relation = *catalog.relations().Find(oid);
    catalog.Warn(absl::StrCat(
        "without its contents: ", relation.kind == 'S' ? "sequence " : "table ",
        Quoted(relation.schema, relation.name),
        ": it is unlogged, and a standby has none of it"));
  }
}

// Relations, the selection, the locks, and only then the columns: a table that
// is locked cannot change any more.
absl::StatusOr<ObjectSelection> LockAndReadTables(
    const CatalogConnections& connections, Catalog& catalog) {
  pg::Connection& leader = *connections.snapshot.front();
  if (!catalog.options().database)
    return ObjectSelection::Make(catalog.options(), {}, {}, {});
  RETURN_IF_ERROR(ReadRelations(leader, catalog.relations()));
  ASSIGN_OR_RETURN(std::vector<std::string> schemas, ReadSchemas(leader));
  ASSIGN_OR_RETURN(
      ObjectSelection selection,
      ObjectSelection::Make(catalog.options(), schemas, connections.search_path,
                            catalog.relations()));
  ASSIGN_OR_RETURN(
      const absl::flat_hash_set<Oid> unlockable,
      CheckAccess(leader, catalog.relations(), selection, catalog.options()));
  RETURN_IF_ERROR(LockTables(leader, *connections.fresh, catalog.relations(),
                             selection, unlockable,
                             catalog.options().lock_wait_timeout_ms));
  RETURN_IF_ERROR(TakeConditions(leader, selection, catalog.relations()));
  WarnOfUnlogged(selection, catalog);
  RETURN_IF_ERROR(ReadColumns(leader, catalog.relations()));
  if (catalog.options().data)
    RETURN_IF_ERROR(ReadSizes(leader, catalog.relations()));
  return selection;
}

// Runs every collector, side by side, each on a connection of its own.
//
// To deparse a view or a rule, the server locks its tables until the
// transaction ends. The leader has them locked already. Another connection
// waits behind whoever waits for ACCESS EXCLUSIVE, who waits for the leader,
// which waits for this dump: no server sees that as a deadlock. So the others
// give up soon, go back to a savepoint, which releases what they have locked,
// and their collector runs on the leader. So it does if the server has no room
// for another connection's locks: the leader needs no more of them.
class CollectJobs {
 public:
  CollectJobs(const CatalogConnections& connections, const Catalog& catalog)
      : connections_(connections), catalog_(catalog) {
    collected_.objects.resize(AllKinds().size());
    collected_.warnings.resize(AllKinds().size());
    collected_.covered.resize(AllKinds().size());
    collected_.omitted.resize(AllKinds().size());
    early_.resize(AllKinds().size());
    connection_of_worker_.resize(connections_.snapshot.size());
  }

  // Runs `lock_tables`, which uses the leader's connection; beside it, on the
  // others, what needs neither locks nor what the leader reads; behind it, all
  // collectors.
  absl::StatusOr<Collected> Run(
      const std::function<absl::Status()>& lock_tables, CancelToken& cancel) {
    AddLocking(lock_tables);
    for (size_t i = 0; i < AllKinds().size(); ++i) {
      if (AllKinds()[i]->collect != nullptr &&
          IsRead(catalog_.options(), static_cast<KindId>(i))) {
        AddKind(i);
      }
    }
    AddRead("comments", 2, collected_.annotations.comments, ReadComments);
    AddRead("security labels", 1, collected_.annotations.labels,
            ReadSecurityLabels);
    AddRead("privileges", 2, collected_.annotations.privileges,
            CollectPrivileges);
    if (catalog_.options().database) AddDatabaseReads();
    RETURN_IF_ERROR(OnOthers({kLimitLockWaits, kBeginLocks}));
    RETURN_IF_ERROR(
        jobs_.Run(static_cast<int>(connections_.snapshot.size()), cancel));
    RETURN_IF_ERROR(connections_.snapshot.front()->Execute(kKeepLocks));
    RETURN_IF_ERROR(OnOthers({kKeepLocks, "SET lock_timeout = 0"}));
    return std::move(collected_);
  }

 private:
  // What says something of the database's own objects only.
  void AddDatabaseReads() {
    AddRead("dependencies", 5, collected_.dependencies, ReadDependencies);
    AddRead("members of extensions", 1, collected_.membership, ReadMembership);
    AddRead("extensions", 1, collected_.extensions, ReadExtensionVersions);
    AddRead("the number of objects", 2, collected_.census, TakeCensus);
    AddRead("what follows from objects", 1, collected_.followers,
            [this](pg::Connection& connection) {
              return ReadFollowers(connection, catalog_.options().statistics);
            });
    AddRead("references to roles", 1, collected_.lost_roles, ReadLostRoles);
  }

  // Long enough for locks that come and go, such as those of vacuum.
  static constexpr absl::string_view kLimitLockWaits =
      "SET lock_timeout = '1s'";
  // Until the savepoint is gone back to.
  static constexpr absl::string_view kHardlyWait =
      "SET LOCAL lock_timeout = '10ms'";
  static constexpr absl::string_view kBeginLocks = "SAVEPOINT collect";
  static constexpr absl::string_view kKeepLocks = "RELEASE SAVEPOINT collect";
  static constexpr absl::string_view kEndLocks =
      "ROLLBACK TO SAVEPOINT collect";
  static constexpr int kTriesWithoutRoom = 5;
  static constexpr uint64_t kBeforeAllOthers = 1000;  // as a job's weight

  struct EarlyQuery {
    std::string sql;
    std::optional<pg::Result> rows;
  };

  // Runs `statements` on all connections but the leader's.
  absl::Status OnOthers(const std::vector<absl::string_view>& statements) {
    for (size_t i = 1; i < connections_.snapshot.size(); ++i)
      RETURN_IF_ERROR(connections_.snapshot[i]->ExecutePipeline(statements));
    return absl::OkStatus();
  }

  // An error aborts the leader's transaction. Who comes after it is told the
  // same error, as the server would only say that there was one.
  absl::Status RunOnLeader(
      const std::function<absl::Status(pg::Connection&)>& read) {
    MutexLock lock(leader_mu_);
    if (leader_status_.ok()) leader_status_ = TryOnLeader(read);
    return leader_status_;
  }

  // What is short of room for locks is tried again: another connection, which
  // took the last of it, gives back what it has when it fails in its turn.
  absl::Status TryOnLeader(
      const std::function<absl::Status(pg::Connection&)>& read)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(leader_mu_) {
    pg::Connection& leader = *connections_.snapshot.front();
    absl::Status status = read(leader);
    for (int i = 0;
         i < kTriesWithoutRoom && SqlStateOf(status) == pg::kOutOfMemory; ++i) {
      RETURN_IF_ERROR(leader.ExecutePipeline(
          {kEndLocks, "SELECT pg_catalog.pg_sleep(0.05)"}));
      status = read(leader);
    }
    return status;
  }

  // The first job that is taken; who takes it has the leader's connection for
  // good.
  void AddLocking(const std::function<absl::Status()>& lock_tables) {
    Job job;
    job.name = "locks";
    job.weight = kBeforeAllOthers;
    job.run = [this, &lock_tables](int worker) {
      connection_of_worker_[static_cast<size_t>(worker)] = 0;
      MutexLock lock(leader_mu_);
      leader_status_ = lock_tables();
      if (leader_status_.ok())
        leader_status_ = connections_.snapshot.front()->Execute(kBeginLocks);
      return leader_status_;
    };
    locking_ = jobs_.Add(std::move(job));
  }

  // Each worker has one for itself, from its first job on.
  size_t ConnectionOf(int worker) {
    std::optional<size_t>& connection =
        connection_of_worker_[static_cast<size_t>(worker)];
    if (!connection.has_value()) connection = next_connection_++;
    return *connection;
  }

  // Runs `read`, which may run twice, on the worker's connection or, if that
  // does not get the locks it needs, on the leader's, which has them.
  absl::Status RunRead(
      int worker, const std::function<absl::Status(pg::Connection&)>& read) {
    const size_t number = ConnectionOf(worker);
    if (number == 0) return RunOnLeader(read);
    pg::Connection& connection = *connections_.snapshot[number];
    const absl::Status status = read(connection);
    const std::string state = SqlStateOf(status);
    if (state != pg::kLockNotAvailable && state != pg::kOutOfMemory)
      return status;
    RETURN_IF_ERROR(connection.Execute(kEndLocks));
    return RunOnLeader(read);
  }

  void AddKind(size_t kind) {
    Job job;
    job.name = std::string(AllKinds()[kind]->tag);
    job.weight = AllKinds()[kind]->collect_cost;
    job.run = [this, kind](int worker) {
      return RunRead(worker, [this, kind](pg::Connection& connection) {
        return CollectKind(kind, connection);
      });
    };
    const JobGraph::JobId collecting = jobs_.Add(std::move(job));
    jobs_.AddDependency(collecting, locking_);
    if (AllKinds()[kind]->early_queries == nullptr) return;
    for (std::string& sql : AllKinds()[kind]->early_queries(
             connections_.snapshot.front()->server_major())) {
      early_[kind].push_back({.sql = std::move(sql), .rows = {}});
    }
    for (EarlyQuery& query : early_[kind])
      jobs_.AddDependency(collecting, AddEarlyQuery(kind, query));
  }

  JobGraph::JobId AddEarlyQuery(size_t kind, EarlyQuery& query) {
    Job job;
    job.name = absl::StrCat("rows of ", AllKinds()[kind]->tag);
    job.weight = AllKinds()[kind]->collect_cost;
    job.run = [this, kind, &query](int worker) {
      return RunRead(worker, [this, kind, &query](pg::Connection& connection) {
        return QueryEarly(kind, query, connection);
      });
    };
    return jobs_.Add(std::move(job));
  }

  // While the leader still takes its locks, another connection must keep none:
  // who waits for one of them would make the leader wait behind it. So an early
  // query goes back to the savepoint when it has its rows. It hardly waits for
  // a lock either: who holds that may wait for one of its own, and of two that
  // wait for each other the server may choose the other one to fail.
  absl::Status QueryEarly(size_t kind, EarlyQuery& query,
                          pg::Connection& connection) {
    const bool is_leader = &connection == connections_.snapshot.front();
    if (!is_leader) RETURN_IF_ERROR(connection.Execute(kHardlyWait));
    Collector collector(static_cast<KindId>(kind), connection,
                        catalog_.options(), catalog_.relations());
    ASSIGN_OR_RETURN(query.rows, collector.Query(query.sql));
    return is_leader ? absl::OkStatus() : connection.Execute(kEndLocks);
  }

  absl::Status CollectKind(size_t kind, pg::Connection& connection) {
    Collector collector(static_cast<KindId>(kind), connection,
                        catalog_.options(), catalog_.relations());
    for (EarlyQuery& query : std::exchange(early_[kind], {}))
      collector.AddEarly(std::move(query.sql), *std::move(query.rows));
    RETURN_IF_ERROR(AllKinds()[kind]->collect(collector));
    collected_.objects[kind] = collector.TakeObjects();
    collected_.warnings[kind] = collector.TakeWarnings();
    collected_.covered[kind] = collector.TakeCovered();
    collected_.omitted[kind] = collector.TakeOmitted();
    return absl::OkStatus();
  }

  template <typename T, typename Read>
  void AddRead(absl::string_view name, uint64_t cost, T& result, Read read) {
    Job job;
    job.name = std::string(name);
    job.weight = cost;  // as Kind::collect_cost
    job.run = [this, job_name = job.name, &result, read](int worker) {
      return RunRead(worker, [&](pg::Connection& connection) -> absl::Status {
        auto value = read(connection);
        if (!value.ok())
          return Annotate(value.status(), absl::StrCat("reading ", job_name));
        result = *std::move(value);
        return absl::OkStatus();
      });
    };
    jobs_.Add(std::move(job));
  }

  const CatalogConnections& connections_;
  const Catalog& catalog_;
  Collected collected_;
  // By kind; full when the jobs of its early queries have run.
  std::vector<std::vector<EarlyQuery>> early_;
  JobGraph jobs_;
  JobGraph::JobId locking_ = 0;
  std::vector<std::optional<size_t>> connection_of_worker_;
  std::atomic<size_t> next_connection_ = 1;  // 0 is the leader's
  Mutex leader_mu_;  // held by who uses the leader's connection
  absl::Status leader_status_ ABSL_GUARDED_BY(leader_mu_);
};

void AddObjects(Collected& collected, Catalog& catalog) {
  for (std::vector<std::unique_ptr<Object>>& objects : collected.objects) {
    for (std::unique_ptr<Object>& object : objects) {
      if (!IsRead(catalog.options(), object->kind)) continue;
      object->extension_member = collected.membership.contains(object->address);
      catalog.Add(std::move(object));
    }
  }
  for (std::vector<Address>& covered : collected.covered)
    catalog.Cover(std::move(covered));
  for (const std::vector<Oid>& omitted : collected.omitted) {
    for (Oid omitted_catalog : omitted) catalog.Omit(omitted_catalog);
  }
}

// Only now it is known what is dumped.
void AddWarnings(Collected& collected, Catalog& catalog) {
  for (std::vector<CollectorWarning>& warnings : collected.warnings) {
    for (CollectorWarning& warning : warnings) {
      const Object* about = catalog.Find(warning.about);
      if (!warning.about.valid() ||
          (about != nullptr &&
           (about->wanted.definition || about->wanted.data))) {
        catalog.Warn(std::move(warning.text));
      }
    }
  }
}

absl::Status Derive(const ObjectSelection& selection, Catalog& catalog) {
  selection.Mark(catalog);
  for (size_t i = 0; i < AllKinds().size(); ++i) {
    const Kind& kind = *AllKinds()[i];
    if (kind.derive != nullptr &&
        IsRead(catalog.options(), static_cast<KindId>(i))) {
      RETURN_IF_ERROR(kind.derive(catalog));
    }
  }
  // Derived objects are selected like any other.
  selection.Mark(catalog);
  return absl::OkStatus();
}

// Loops may have been broken with objects of kinds that a test leaves out.
void LeaveOutUnread(Catalog& catalog) {
  for (KindId kind : catalog.options().without_kinds) {
    for (Object* object : catalog.OfKind(kind)) object->wanted = {};
  }
}

// `table` is `root`, or a partition somewhere below it.
bool IsWithin(const RelationMap& relations, Oid table, Oid root) {
  while (table != root) {
    const Relation* relation = relations.Find(table);
    if (relation == nullptr || relation->parents.empty()) return false;
    table = relation->parents.front();
  }
  return true;
}

// A dump of data only has no foreign keys that come later: referenced tables
// are filled first. A foreign key locks both its tables with all partitions.
void OrderDataByForeignKeys(const Catalog& catalog, ObjectGraph& graph) {
  auto data_of = [&](const Address& table) {
    return catalog.Find({catalog_oid::kPseudoTableData, table.oid});
  };
  for (const Object* key : catalog.OfKind(KindId::kForeignKey)) {
    std::vector<Address> referencing = {key->parent}, referenced;
    for (const Address& table : key->locks) {
      (IsWithin(catalog.relations(), table.oid, key->parent.oid) ? referencing
                                                                 : referenced)
          .push_back(table);
    }
    for (const Address& from : referencing) {
      for (const Address& to : referenced)
        graph.AddEdge(data_of(from), data_of(to));
    }
  }
}

// Rows that --where leaves out may be referred to.
void WarnOfForeignKeys(const Catalog& catalog) {
  for (const Object* key : catalog.OfKind(KindId::kForeignKey)) {
    const Relation* referencing = catalog.relations().Find(key->parent.oid);
    // It locks both tables with their partitions, or the only one.
    const bool to_itself = key->locks.size() == 1;
    for (const Address& table : key->locks) {
      const Relation* referenced = catalog.relations().Find(table.oid);
      if (!to_itself &&
          IsWithin(catalog.relations(), table.oid, key->parent.oid))
        continue;
      if (!key->wanted.definition || referenced == nullptr ||
          referencing == nullptr || referenced->where.empty()) {
        continue;
      }
      spdlog::warn(
          "foreign key {} of table {} may not hold: not all rows of table {} "
          "are dumped",
          Quoted(key->name), Quoted(referencing->schema, referencing->name),
          Quoted(referenced->schema, referenced->name));
    }
  }
}

// The entries of what was collected, in their order. `leader` sees the
// snapshot.
absl::StatusOr<CatalogDump> MakeDump(const ObjectSelection& selection,
                                     Collected& collected,
                                     pg::Connection& leader, Catalog& catalog) {
  AddObjects(collected, catalog);
  if (!catalog.options().roles) catalog.Omit(catalog_oid::kAuthId);
  if (!catalog.options().tablespaces) catalog.Omit(catalog_oid::kTablespace);
  RETURN_IF_ERROR(Derive(selection, catalog));
  AddWarnings(collected, catalog);
  if (!selection.conditions().empty()) WarnOfForeignKeys(catalog);
  RETURN_IF_ERROR(WarnOfDangling(leader, collected.census,
                                 collected.dependencies, collected.lost_roles,
                                 collected.membership, catalog));

  ObjectGraph graph(catalog, collected.dependencies, collected.membership);
  if (!catalog.options().schema) OrderDataByForeignKeys(catalog, graph);
  BreakLoops(catalog, graph);
  LeaveOutUnread(catalog);
  ASSIGN_OR_RETURN(std::vector<Object*> order, OrderObjects(catalog, graph));
  CatalogDump dump;
  EmitEntries(catalog, graph, order, collected.annotations,
              collected.membership, dump);
  return dump;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ReadSearchPath(
    pg::Connection& connection) {
  RETURN_IF_ERROR(connection.Execute("RESET search_path"));
  ASSIGN_OR_RETURN(pg::Result result,
                   connection.Query("SELECT pg_catalog.unnest("
                                    "pg_catalog.current_schemas(false))"));
  RETURN_IF_ERROR(connection.Execute(
      "SELECT pg_catalog.set_config('search_path', '', false)"));
  std::vector<std::string> schemas;
  for (pg::Row row : result) schemas.push_back(row.str(0));
  return schemas;
}

absl::StatusOr<CatalogDump> ReadCatalog(const CatalogConnections& connections,
                                        const CatalogOptions& options,
                                        CancelToken& cancel) {
  Catalog catalog;
  catalog.set_options(options);
  catalog.set_server_version(connections.snapshot.front()->server_version());
  std::optional<ObjectSelection> selection;
  const auto lock_tables = [&]() -> absl::Status {
    ASSIGN_OR_RETURN(selection, LockAndReadTables(connections, catalog));
    return absl::OkStatus();
  };
  ASSIGN_OR_RETURN(Collected collected,
                   CollectJobs(connections, catalog).Run(lock_tables, cancel));

  // A server with a connection to spare looks whether all stands while the
  // client makes of it what it can.
  pg::Connection& leader = *connections.snapshot.front();
  std::future<absl::Status> unchanged = std::async(
      connections.snapshot.size() > 1 ? std::launch::async
                                      : std::launch::deferred,
      [&]() -> absl::Status {
        if (!options.database) return absl::OkStatus();
        return CheckUnchanged(*connections.snapshot.back(), *connections.fresh);
      });
  absl::StatusOr<CatalogDump> dump =
      MakeDump(*selection, collected, leader, catalog);
  RETURN_IF_ERROR(unchanged.get());
  RETURN_IF_ERROR(dump.status());
  if (options.database) {
    ASSIGN_OR_RETURN(dump->missing,
                     FindMissing({catalog, *selection, collected.census,
                                  collected.followers, collected.dependencies,
                                  collected.membership, collected.annotations},
                                 leader, *connections.fresh));
  }
  dump->warnings = catalog.warnings();
  for (std::string& warning : MissingWarnings(dump->missing))
    dump->warnings.push_back(std::move(warning));
  dump->extensions = std::move(collected.extensions);
  return dump;
}

}  // namespace pgbale

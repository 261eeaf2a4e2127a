#include "catalog/coverage.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "base/text.h"
#include "catalog/dangling.h"
#include "catalog/origins.h"

namespace pgbale {
namespace {

// Names in one warning: a database with thousands should not fill a terminal.
constexpr size_t kNamesMax = 10;

// An object, or what is said about one, that no object of ours stands for.
struct Candidate {
  CensusObject object;
  std::string about;  // "comment on "; empty: the object itself
};

class CoverageCheck {
 public:
  CoverageCheck(const Coverage& coverage, pg::Connection& snapshot,
                pg::Connection& fresh)
      : coverage_(coverage),
        catalog_(coverage.catalog),
        snapshot_(snapshot),
        fresh_(fresh),
        covered_(catalog_.covered().begin(), catalog_.covered().end()) {}

  absl::StatusOr<std::vector<Missing>> Run() {
    if (catalog_.options().schema) {
      RETURN_IF_ERROR(FindLost());
      FindUnsaid();
      RETURN_IF_ERROR(ForgetWhatIsSaidOfNothing());
      RETURN_IF_ERROR(KeepWhatMatters());
      NameCandidates();
      AddUnread();
    }
    FindMissingFollowers();
    std::sort(missing_.begin(), missing_.end(),
              [](const Missing& a, const Missing& b) {
                return std::tie(a.type, a.name) < std::tie(b.type, b.name);
              });
    return std::move(missing_);
  }

 private:
  // The object is in the archive as it should be, or rightly not.
  bool Accounted(const Object& object) const {
    if (catalog_.options().without_kinds.contains(object.kind)) return false;
    const Object* carrier = &object;
    for (const Object* top = &object;
         top->parent.valid() && top->parent != top->address;) {
      const Object* parent = catalog_.Find(top->parent);
      if (parent == nullptr) return false;
      if (carrier == top && top->inlined) carrier = parent;
      top = parent;
    }
    return !IsWanted(object) || carrier->entry_id != 0;
  }

  // The object at `address` if it is accounted for.
  const Object* FindAccounted(const Address& address) const {
    const Object* object = catalog_.Find(address);
    return object != nullptr && Accounted(*object) ? object : nullptr;
  }

  bool IsExplained(const Address& address) const {
    return coverage_.membership.contains(address) ||
           covered_.contains(address) || catalog_.IsOmitted(address.catalog) ||
           FindAccounted(address) != nullptr;
  }

  // ---- objects that the server counts and no kind has read ----

  absl::flat_hash_map<Oid, Tally> TallyCollected() const {
    absl::flat_hash_map<Oid, Tally> tallies;
    const auto add = [&](const Address& address) {
      if (address.oid >= kFirstUserOid ||
          address.catalog == catalog_oid::kLargeObject) {
        tallies[address.catalog].Add(address.oid);
      }
    };
    for (const auto& [address, object] : catalog_.by_address())
      if (Accounted(*object)) add(address);
    const auto add_unknown = [&](const Address& address) {
      if (catalog_.Find(address) == nullptr) add(address);
    };
    for (const Address& address : catalog_.covered()) add_unknown(address);
    for (const auto& [address, _] : coverage_.membership) add_unknown(address);
    return tallies;
  }

  absl::Status FindLost() {
    absl::flat_hash_map<Oid, Tally> collected = TallyCollected();
    std::vector<const CensusCatalog*> differing;
    for (const CensusCatalog& catalog : coverage_.census.catalogs) {
      if (!catalog_.IsOmitted(catalog.catalog) &&
          collected[catalog.catalog] != catalog.tally) {
        differing.push_back(&catalog);
      }
    }
    if (differing.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(std::vector<CensusObject> objects,
                     ListObjects(snapshot_, differing));
    for (CensusObject& object : objects) {
      if (!IsExplained(object.address))
        candidates_.push_back({std::move(object), ""});
    }
    return absl::OkStatus();
  }

  // ---- what is said about objects that have none of ours ----

  // What is said about roles and tablespaces is not the database's to tell.
  void AddUnsaid(const Address& address, absl::string_view about) {
    if (address.catalog == catalog_oid::kAuthId ||
        address.catalog == catalog_oid::kTablespace) {
      return;
    }
    if (catalog_.Find(address) != nullptr || address.oid < kFirstUserOid ||
        coverage_.membership.contains(address) ||
        catalog_.IsOmitted(address.catalog)) {
      return;
    }
    CensusObject object;
    object.address = address;
    candidates_.push_back({std::move(object), std::string(about)});
  }

  void FindUnsaid() {
    if (catalog_.options().comments) {
      for (const CommentRecord& record : coverage_.annotations.comments)
        AddUnsaid(record.place.address, "comment on ");
    }
    if (catalog_.options().security_labels) {
      for (const SecurityLabelRecord& record : coverage_.annotations.labels)
        AddUnsaid(record.place.address, "security label on ");
    }
    if (catalog_.options().privileges) {
      for (const PrivilegeRecord& record : coverage_.annotations.privileges)
        AddUnsaid(record.address, "privileges of ");
    }
  }

  // Servers leave the comment of a subscription that was dropped.
  absl::Status ForgetWhatIsSaidOfNothing() {
    std::map<Oid, std::set<Oid>> said;
    for (const Candidate& candidate : candidates_) {
      const Address& address = candidate.object.address;
      if (!candidate.about.empty()) said[address.catalog].insert(address.oid);
    }
    absl::flat_hash_set<Address> absent;
    for (const auto& [catalog, oids] : said) {
      ASSIGN_OR_RETURN(const std::vector<Oid> found,
                       FindAbsent(snapshot_, coverage_.census, catalog, oids));
      for (Oid oid : found) absent.insert({catalog, oid});
    }
    std::erase_if(candidates_, [&](const Candidate& candidate) {
      return absent.contains(candidate.object.address);
    });
    return absl::OkStatus();
  }

  void AddUnread() {
    if (!coverage_.selection.everything()) return;
    for (const std::string& catalog : coverage_.census.unreadable)
      missing_.push_back({{}, "whatever stands in catalog", catalog});
  }

  // ---- which of them the user would miss ----

  absl::Status KeepWhatMatters() {
    if (candidates_.empty()) return absl::OkStatus();
    std::vector<Address> addresses;
    absl::flat_hash_set<Address> lost;
    for (const Candidate& candidate : candidates_) {
      addresses.push_back(candidate.object.address);
      if (candidate.about.empty()) lost.insert(candidate.object.address);
    }
    ASSIGN_OR_RETURN(const std::vector<Origin> origins,
                     ReadOrigins(snapshot_, addresses));
    std::vector<Candidate> kept;
    for (size_t i = 0; i < candidates_.size(); ++i) {
      if (Matters(candidates_[i], origins[i], lost))
        kept.push_back(std::move(candidates_[i]));
    }
    candidates_ = std::move(kept);
    return absl::OkStatus();
  }

  bool Matters(const Candidate& candidate, const Origin& origin,
               const absl::flat_hash_set<Address>& lost) const {
    const Address& address = candidate.object.address;
    if (origin.of_extension || origin.temporary) return false;
    if (candidate.about.empty() && origin.part) return false;
    // What is said about a lost object goes with it.
    if (!candidate.about.empty() && lost.contains(address)) return false;
    // So does what belongs to one, as the constraints of a table.
    for (const Address& owner : origin.owners) {
      if (owner.catalog != address.catalog && lost.contains(owner))
        return false;
    }
    return IsSelected(candidate.object, origin);
  }

  bool IsSelected(const CensusObject& object, const Origin& origin) const {
    const ObjectSelection& selection = coverage_.selection;
    if (IsRelation(object.address))
      return selection.HasRelation(object.address.oid);
    if (object.address.catalog == catalog_oid::kNamespace)
      return SelectsSchema(object.name);
    bool by_relation = false;
    for (const Address& owner : origin.direct_owners) {
      if (owner.catalog == catalog_oid::kPublication &&
          !selection.everything()) {
        return false;
      }
      if (!IsRelation(owner)) continue;
      by_relation = true;
      if (!selection.HasRelation(owner.oid)) return false;
    }
    if (by_relation) return true;
    const std::string& schema =
        object.schema.empty() ? origin.schema : object.schema;
    return schema.empty() ? selection.everything() : SelectsSchema(schema);
  }

  bool IsRelation(const Address& address) const {
    return address.catalog == catalog_oid::kClass &&
           catalog_.relations().Find(address.oid) != nullptr;
  }

  // What users made in a schema of the system is outside of all patterns.
  bool SelectsSchema(const std::string& schema) const {
    return coverage_.selection.HasSchema(schema) ||
           ((schema.substr(0, 3) == "pg_" || schema == "information_schema") &&
            coverage_.selection.everything());
  }

  // ---- names ----

  void NameCandidates() {
    std::map<Oid, std::vector<const Candidate*>> by_catalog;
    for (const Candidate& candidate : candidates_)
      by_catalog[candidate.object.address.catalog].push_back(&candidate);
    for (const auto& [catalog, candidates] : by_catalog) NameAll(candidates);
  }

  // Catalogs are asked one by one: one that the server's own function does
  // not know, or that is damaged, must not hide the others' names.
  void NameAll(const std::vector<const Candidate*>& candidates) {
    absl::flat_hash_map<Oid, ObjectName> names;
    std::vector<Address> addresses;
    for (const Candidate* candidate : candidates) {
      if (!candidate->object.schema_missing)
        addresses.push_back(candidate->object.address);
    }
    if (absl::StatusOr<absl::flat_hash_map<Oid, ObjectName>> found =
            IdentifyObjects(fresh_, addresses);
        found.ok()) {
      names = *std::move(found);
    }
    for (const Candidate* candidate : candidates) {
      const auto it = names.find(candidate->object.address.oid);
      const ObjectName name =
          it != names.end() ? it->second : PlainName(candidate->object);
      missing_.push_back({candidate->object.address,
                          absl::StrCat(candidate->about, name.type),
                          name.identity});
    }
  }

  static ObjectName PlainName(const CensusObject& object) {
    ObjectName name;
    name.type = object.catalog == nullptr
                    ? absl::StrCat("object of catalog ", object.address.catalog)
                    : absl::StrCat("object of ", object.catalog->name);
    name.identity = absl::StrCat(
        object.name.empty() ? ""
        : object.schema.empty()
            ? absl::StrCat(Quoted(object.name), " ")
            : absl::StrCat(Quoted(object.schema, object.name), " "),
        "(oid ", object.address.oid,
        object.schema_missing ? ", its schema does not exist)" : ")");
    return name;
  }

  // ---- objects that follow from others ----

  void Need(Oid pseudo_catalog, const Object& of) {
    Need(Address{pseudo_catalog, of.address.oid}, of);
  }

  void Need(const Address& address, const Object& of) {
    if (IsExplained(address)) return;
    missing_.push_back(
        {address, absl::StrCat(WordFor(address.catalog), " ", TypeWord(of)),
         Quoted(of.schema, of.name)});
  }

  static absl::string_view WordFor(Oid pseudo_catalog) {
    switch (pseudo_catalog) {
      case catalog_oid::kPseudoTableData:
        return "rows of";
      case catalog_oid::kPseudoSequenceSet:
        return "value of";
      case catalog_oid::kPseudoTableAttach:
      case catalog_oid::kPseudoIndexAttach:
        return "attachment of";
      case catalog_oid::kPseudoSequenceOwnedBy:
        return "owning column of";
      case catalog_oid::kPseudoRowSecurity:
        return "row security of";
      case catalog_oid::kPseudoRefresh:
        return "contents of";
      case catalog_oid::kPseudoShellType:
        return "shell type of";
      case catalog_oid::kPseudoViewDefinition:
        return "definition of";
      case catalog_oid::kPseudoDatabaseProperties:
        return "settings of";
      case catalog_oid::kPseudoStatistics:
        return "statistics of";
      default:
        return "part of";
    }
  }

  static std::string TypeWord(const Object& object) {
    return absl::AsciiStrToLower(object.tag.empty() ? KindOf(object.kind).tag
                                                    : object.tag);
  }

  void FindMissingFollowers() {
    // By index: objects are found by oid, in the order in which they were made.
    for (Oid oid : catalog_.relations().oids())
      NeedFollowersOf(*catalog_.relations().Find(oid));
    for (const auto& object : catalog_.objects()) {
      if (!object->wanted.definition || !Accounted(*object)) continue;
      if (object->loop_break == LoopBreak::kShell)
        Need(catalog_oid::kPseudoShellType, *object);
      if (object->dummy) Need(catalog_oid::kPseudoViewDefinition, *object);
    }
    for (const Follower& follower : coverage_.followers) NeedFollower(follower);
  }

  void NeedFollowersOf(const Relation& relation) {
    const Object* object = FindAccounted(relation.address());
    if (object == nullptr) return;
    if (object->wanted.data) {
      if (relation.kind == 'r') Need(catalog_oid::kPseudoTableData, *object);
      if (relation.kind == 'S') Need(catalog_oid::kPseudoSequenceSet, *object);
      if (relation.kind == 'm' && relation.populated)
        Need(catalog_oid::kPseudoRefresh, *object);
    }
    if (object->wanted.statistics && absl::StrContains("rpmf", relation.kind))
      Need(catalog_oid::kPseudoStatistics, *object);
    if (!object->wanted.definition) return;
    if (relation.is_partition && !relation.parents.empty())
      Need(catalog_oid::kPseudoTableAttach, *object);
    if (relation.row_security) Need(catalog_oid::kPseudoRowSecurity, *object);
    // One of an identity column goes with its table, and has no owner.
    if (relation.kind == 'S' && object->parent.valid() &&
        !object->owner.empty()) {
      Need(catalog_oid::kPseudoSequenceOwnedBy, *object);
    }
  }

  void NeedFollower(const Follower& follower) {
    if (follower.of == follower.address) {
      NeedStandard(follower.address);
      return;
    }
    const Object* of = FindAccounted(follower.of);
    if (of != nullptr && IsWanted(*of)) Need(follower.address, *of);
  }

  // What stands in every database, and still has properties of its own.
  void NeedStandard(const Address& address) {
    if (IsExplained(address)) return;
    switch (address.catalog) {
      case catalog_oid::kDatabase:
        missing_.push_back({address, "properties of", "the database"});
        break;
      case catalog_oid::kNamespace:
        if (coverage_.selection.HasSchema("public"))
          missing_.push_back({address, "properties of schema", "public"});
        break;
      default:
        missing_.push_back({address, "contents of", "large objects"});
    }
  }

  const Coverage& coverage_;
  const Catalog& catalog_;
  pg::Connection& snapshot_;
  pg::Connection& fresh_;
  const absl::flat_hash_set<Address> covered_;
  std::vector<Candidate> candidates_;
  std::vector<Missing> missing_;
};

// Followers in the catalog `catalog` of objects in `of`. `from` is SQL: what
// gives x.oid, the oid of both.
std::string FollowersFrom(Oid catalog, Oid of, absl::string_view from) {
  return absl::StrCat("SELECT ", catalog, "::pg_catalog.oid, x.oid, ", of,
                      "::pg_catalog.oid FROM ", from);
}

std::string FollowersSql(bool statistics) {
  constexpr absl::string_view kThisDatabase =
      "pg_catalog.pg_database x "
      "WHERE x.datname = pg_catalog.current_database()";
  using namespace catalog_oid;
  std::vector<std::string> parts = {
      FollowersFrom(kPseudoIndexAttach, kClass,
                    "(SELECT h.inhrelid AS oid FROM pg_catalog.pg_inherits h "
                    "JOIN pg_catalog.pg_index i "
                    "ON i.indexrelid = h.inhrelid) x"),
      FollowersFrom(kNamespace, kNamespace,
                    "pg_catalog.pg_namespace x WHERE x.nspname = 'public'"),
      FollowersFrom(kDatabase, kDatabase, kThisDatabase),
      FollowersFrom(
          kPseudoDatabaseProperties, kDatabase,
          absl::StrCat(kThisDatabase,
                       " AND (x.datistemplate OR x.datconnlimit <> -1 "
                       "OR EXISTS (SELECT FROM "
                       "pg_catalog.pg_db_role_setting s "
                       "WHERE s.setdatabase = x.oid))")),
      FollowersFrom(kPseudoLargeObjectData, kPseudoLargeObjectData,
                    "(SELECT 0 AS oid WHERE EXISTS "
                    "(SELECT FROM pg_catalog.pg_largeobject_metadata)) x")};
  if (statistics) {
    parts.push_back(
        FollowersFrom(kPseudoStatistics, kClass,
                      "pg_catalog.pg_class x WHERE x.relkind IN ('i', 'I')"));
  }
  return absl::StrJoin(parts, " UNION ALL ");
}

}  // namespace

absl::StatusOr<std::vector<Follower>> ReadFollowers(pg::Connection& connection,
                                                    bool statistics) {
  enum { kCatalog, kOid, kOfCatalog };
  ASSIGN_OR_RETURN(pg::Result rows, connection.Query(FollowersSql(statistics)));
  std::vector<Follower> followers;
  for (pg::Row row : rows) {
    followers.push_back({{row.oid(kCatalog), row.oid(kOid)},
                         {row.oid(kOfCatalog), row.oid(kOid)}});
  }
  return followers;
}

absl::StatusOr<std::vector<Missing>> FindMissing(const Coverage& coverage,
                                                 pg::Connection& snapshot,
                                                 pg::Connection& fresh) {
  return CoverageCheck(coverage, snapshot, fresh).Run();
}

std::vector<std::string> MissingWarnings(const std::vector<Missing>& missing) {
  std::vector<std::string> warnings;
  for (size_t begin = 0; begin < missing.size();) {
    const std::string& type = missing[begin].type;
    size_t end = begin;
    std::vector<absl::string_view> names;
    for (; end < missing.size() && missing[end].type == type; ++end)
      if (names.size() < kNamesMax) names.push_back(missing[end].name);
    const size_t more = end - begin - names.size();
    warnings.push_back(Printable(absl::StrCat(
        "not in the archive: ", type, " ", absl::StrJoin(names, ", "),
        more == 0 ? "" : absl::StrCat(" and ", HumanCount(more), " more"))));
    begin = end;
  }
  return warnings;
}

}  // namespace pgbale

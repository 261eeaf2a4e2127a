#include "catalog/emit.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "catalog/adjacency.h"

namespace pgbale {
namespace {

// What -t can name: indexes and composite types are in pg_class, too.
bool IsRelation(const Object& object) {
  return object.address.catalog == catalog_oid::kClass &&
         (object.section == Section::kPreData || object.postponed);
}

std::string TagOf(const Object& object) {
  return object.tag.empty() ? std::string(KindOf(object.kind).tag) : object.tag;
}

// Which nodes each needs.
Adjacency NeedsOf(const Catalog& catalog, const ObjectGraph& graph) {
  std::vector<Adjacency::Edge> edges;
  edges.reserve(graph.edges().size());
  for (const Edge& edge : graph.edges()) {
    const Object* from = graph.NodeOf(edge.from);
    const Object* to = graph.NodeOf(edge.to);
    if (from != to) edges.emplace_back(from->index, to->index);
  }
  return Adjacency(catalog.objects().size(), edges);
}

class Emitter {
 public:
  Emitter(Catalog& catalog, const ObjectGraph& graph,
          const Membership& membership, CatalogDump& dump)
      : catalog_(catalog),
        graph_(graph),
        membership_(membership),
        dump_(dump),
        needs_(NeedsOf(catalog, graph)) {
    dump_.entries.reserve(catalog.objects().size());
  }

  void Attach(const Annotations& annotations) {
    if (catalog_.options().comments) {
      for (const CommentRecord& record : annotations.comments) {
        if (Object* object = catalog_.Find(record.place.address))
          comments_[graph_.NodeOf(object)].push_back({object, &record});
      }
    }
    if (catalog_.options().security_labels) {
      for (const SecurityLabelRecord& record : annotations.labels) {
        if (Object* object = catalog_.Find(record.place.address)) {
          (object->extension_member ? member_labels_
                                    : labels_[graph_.NodeOf(object)])
              .push_back({object, &record});
        }
      }
    }
    if (catalog_.options().privileges) AttachPrivileges(annotations.privileges);
  }

  void AttachPrivileges(const std::vector<PrivilegeRecord>& privileges) {
    for (const PrivilegeRecord& record : privileges) {
      Object* object = catalog_.Find(record.address);
      if (object != nullptr && !object->extension_member) {
        privileges_[object].push_back(&record);
      } else if (BelongsToSystem(record.address)) {
        system_privileges_.push_back(&record);
      }
    }
  }

  void EmitAll(const std::vector<Object*>& order) {
    for (Object* object : order) {
      if (IsWanted(*object)) EmitObject(*object);
    }
    const CatalogOptions& options = catalog_.options();
    if (options.database && options.everything() && options.schema) {
      for (const ObjectLabel& label : member_labels_) EmitMemberLabel(label);
      for (const PrivilegeRecord* record : system_privileges_)
        EmitSystemPrivileges(*record);
    }
    for (const auto& [id, parent] : children_)
      dump_.entries[id - 1].parent = EntryOf(parent);
  }

 private:
  struct ObjectComment {
    const Object* object;  // the node itself or what is inlined in it
    const CommentRecord* record;
  };
  struct ObjectLabel {
    const Object* object;
    const SecurityLabelRecord* record;
  };

  // Objects that stand in every database, or come with an extension. Users
  // choose the oids of large objects; tablespaces are the server's.
  bool BelongsToSystem(const Address& address) const {
    return (address.oid < kFirstUserOid &&
            address.catalog != catalog_oid::kLargeObject &&
            address.catalog != catalog_oid::kTablespace) ||
           membership_.contains(address);
  }

  Entry& NewEntry() {
    Entry& entry = dump_.entries.emplace_back();
    entry.id = static_cast<uint32_t>(dump_.entries.size());
    return entry;
  }

  void EmitObject(Object& object) {
    Entry& entry = NewEntry();
    object.entry_id = entry.id;
    entry.kind = TagOf(object);
    entry.schema = object.schema;
    entry.name = object.name;
    entry.relation = object.relation;
    entry.section = object.section;
    entry.pass = object.pass;
    entry.aspect = object.aspect;
    entry.is_relation = IsRelation(object);
    if (!object.owner.empty()) {
      entry.owner = object.owner;
      const std::string& target =
          object.owner_target.empty() ? object.target : object.owner_target;
      if (!target.empty()) entry.owner_targets = {target};
    }
    if (object.body != nullptr) object.body->Emit(catalog_, object, entry);
    entry.need.Add(object.need);
    if (object.dropped_with_type) entry.drop.clear();
    entry.depends = DependenciesOf(object);
    entry.locks = EntriesOf(object.locks);
    entry.shared_locks = EntriesOf(object.shared_locks);
    entry.bytes_estimate = object.bytes_estimate;
    entry.sorts = object.sorts;
    for (const ObjectStep& step : object.steps) {
      entry.steps.push_back({.create = step.create,
                             .undo = step.undo,
                             .locks = EntriesOf(step.locks),
                             .shared_locks = EntriesOf(step.shared_locks),
                             .quick = step.quick,
                             .apart = step.apart});
    }
    // A parent may come later: a sequence stands before the table that owns it.
    if (object.parent.valid()) children_.emplace_back(entry.id, object.parent);
    if (entry.data.has_value()) AddSource(object, entry);
    EmitComments(object);
    EmitLabels(object);
    EmitPrivileges(object);
  }

  void AddSource(const Object& object, const Entry& entry) {
    DataSource source;
    source.entry_id = entry.id;
    source.text_column = object.text_column;
    if (entry.data->target == DataTarget::kRelation) {
      source.relation = object.address.oid;
      const Relation* relation = catalog_.relations().Find(source.relation);
      source.condition = entry.data->condition;
      source.foreign = relation != nullptr && relation->is_foreign();
    }
    dump_.sources.push_back(std::move(source));
  }

  uint32_t EntryOf(const Address& address) const {
    Object* object = address.valid() ? catalog_.Find(address) : nullptr;
    return object == nullptr ? 0 : graph_.NodeOf(object)->entry_id;
  }

  std::vector<uint32_t> EntriesOf(const std::vector<Address>& addresses) const {
    std::vector<uint32_t> ids;
    for (const Address& address : addresses) {
      const uint32_t id = EntryOf(address);
      if (id != 0) ids.push_back(id);
    }
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    return ids;
  }

  // The entries that `object` needs; through objects that are not in the
  // archive to those that they need.
  std::vector<uint32_t> DependenciesOf(Object& object) const {
    std::vector<uint32_t> ids;
    std::vector<const Object*> open = {&object};
    absl::flat_hash_set<const Object*> passed;
    while (!open.empty()) {
      const Object* const from = open.back();
      open.pop_back();
      for (uint32_t index : needs_.SuccessorsOf(from->index)) {
        const Object* need = catalog_.objects()[index].get();
        if (need->entry_id != 0) {
          if (need != &object) ids.push_back(need->entry_id);
        } else if (passed.insert(need).second) {
          open.push_back(need);
        }
      }
    }
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    return ids;
  }

  // An entry about `object`, behind it.
  Entry& NewCompanion(const Object& object, absl::string_view kind,
                      Aspect aspect) {
    Entry& entry = NewEntry();
    entry.kind = std::string(kind);
    entry.schema = object.schema;
    entry.name = absl::StrCat(TagOf(object), " ", object.name);
    entry.relation = object.relation;
    entry.section = object.section;
    entry.pass = object.pass;
    entry.aspect = aspect;
    entry.parent = graph_.NodeOf(const_cast<Object*>(&object))->entry_id;
    entry.depends = {entry.parent};
    return entry;
  }

  void EmitComments(const Object& node) {
    auto it = comments_.find(&node);
    if (it == comments_.end()) return;
    for (const ObjectComment& comment : it->second) {
      std::string statement = CommentStatement(*comment.record, *comment.object,
                                               catalog_.relations());
      if (statement.empty()) continue;
      Entry& entry = NewCompanion(*comment.object, "COMMENT", Aspect::kComment);
      entry.create.push_back(std::move(statement));
      entry.need = comment.object->need;
    }
  }

  void EmitLabels(const Object& node) {
    auto it = labels_.find(&node);
    if (it == labels_.end()) return;
    for (const ObjectLabel& label : it->second) {
      const std::string target =
          TargetAt(label.record->place, *label.object, catalog_.relations());
      if (target.empty()) continue;
      Entry& entry =
          NewCompanion(*label.object, "SECURITY LABEL", Aspect::kSecurityLabel);
      entry.create = {SecurityLabelStatement(*label.record, target)};
      entry.need = label.object->need;
    }
  }

  // Who made the label cannot be known: the extension or a user.
  void EmitMemberLabel(const ObjectLabel& label) {
    const std::string target =
        TargetAt(label.record->place, *label.object, catalog_.relations());
    if (target.empty()) return;
    Entry& entry = NewEntry();
    entry.kind = "SECURITY LABEL";
    entry.schema = label.object->schema;
    entry.name = absl::StrCat(TagOf(*label.object), " ", label.object->name);
    entry.aspect = Aspect::kSecurityLabel;
    entry.create = {SecurityLabelStatement(*label.record, target)};
    DependOnExtension(label.object->address, entry);
  }

  void DependOnExtension(const Address& address, Entry& entry) const {
    auto member = membership_.find(address);
    if (member == membership_.end()) return;
    const uint32_t extension =
        EntryOf({catalog_oid::kExtension, member->second});
    if (extension != 0) entry.depends = {extension};
  }

  void EmitPrivileges(const Object& object) {
    auto it = privileges_.find(&object);
    if (it == privileges_.end()) return;
    uint32_t previous = 0;
    for (const PrivilegeRecord* record : it->second) {
      std::vector<std::string> statements =
          StatementsFor(*record, object, catalog_.server_version());
      if (statements.empty()) continue;
      Entry& entry = NewCompanion(object, "ACL", Aspect::kPrivileges);
      if (record->column != 0)
        absl::StrAppend(&entry.name, ".", record->column_name);
      entry.pass = Pass::kPrivileges;
      entry.owner = object.owner;
      entry.need = NeedOf(statements);
      entry.create = std::move(statements);
      // A table's own come before its columns': REVOKE on a table takes the
      // columns' grants with it.
      if (previous != 0) entry.depends.push_back(previous);
      previous = entry.id;
    }
  }

  void EmitSystemPrivileges(const PrivilegeRecord& record) {
    std::vector<std::string> statements =
        StatementsFor(record, catalog_.server_version());
    if (statements.empty()) return;
    Entry& entry = NewEntry();
    entry.kind = "ACL";
    entry.schema = record.schema;
    entry.name = record.name;
    entry.section = Section::kPreData;
    entry.pass = Pass::kPrivileges;
    entry.aspect = Aspect::kPrivileges;
    entry.need = NeedOf(statements);
    entry.create = std::move(statements);
    DependOnExtension(record.address, entry);
  }

  Catalog& catalog_;
  const ObjectGraph& graph_;
  const Membership& membership_;
  CatalogDump& dump_;
  const Adjacency needs_;                               // by Object::index
  std::vector<std::pair<uint32_t, Address>> children_;  // entry, its parent
  absl::flat_hash_map<const Object*, std::vector<ObjectComment>> comments_;
  absl::flat_hash_map<const Object*, std::vector<ObjectLabel>> labels_;
  std::vector<ObjectLabel> member_labels_;
  absl::flat_hash_map<const Object*, std::vector<const PrivilegeRecord*>>
      privileges_;
  std::vector<const PrivilegeRecord*> system_privileges_;
};

}  // namespace

void EmitEntries(Catalog& catalog, const ObjectGraph& graph,
                 const std::vector<Object*>& order,
                 const Annotations& annotations, const Membership& membership,
                 CatalogDump& dump) {
  Emitter emitter(catalog, graph, membership, dump);
  emitter.Attach(annotations);
  emitter.EmitAll(order);
}

}  // namespace pgbale

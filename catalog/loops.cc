#include "catalog/loops.h"

#include <algorithm>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "catalog/components.h"
#include "catalog/kind_id.h"

namespace pgbale {
namespace {

std::string Label(const Object& object) {
  const absl::string_view tag =
      object.tag.empty() ? KindOf(object.kind).tag : object.tag;
  return absl::StrCat(tag, " ", Quoted(object.schema, object.name));
}

class LoopBreaker {
 public:
  LoopBreaker(Catalog& catalog, ObjectGraph& graph)
      : catalog_(catalog), graph_(graph) {}

  void Run() {
    UseShellTypes();
    do {
      PostponeAcrossSections();
    } while (BreakCycles());
  }

 private:
  // An input function takes its type's shell: it cannot wait for the type,
  // which needs the function.
  void UseShellTypes() {
    absl::flat_hash_map<const Object*, std::vector<const Object*>> needs;
    for (const Edge& edge : graph_.edges()) {
      if (edge.from->loop_break == LoopBreak::kShell)
        needs[edge.from].push_back(edge.to);
    }
    for (Edge& edge : graph_.edges()) {
      auto it = needs.find(edge.to);
      if (it == needs.end()) continue;
      if (std::find(it->second.begin(), it->second.end(), edge.from) ==
          it->second.end()) {
        continue;
      }
      Object* shell =
          catalog_.Find({catalog_oid::kPseudoShellType, edge.to->address.oid});
      if (shell == nullptr) continue;
      edge.to = shell;
      edge.from->dropped_with_type = true;
    }
  }

  // Until no object needs one of a later section.
  void PostponeAcrossSections() {
    bool changed = true;
    while (changed) {
      changed = false;
      // By index: giving way may add edges.
      for (size_t i = 0; i < graph_.edges().size(); ++i) {
        const Edge edge = graph_.edges()[i];
        const Object* from = graph_.NodeOf(edge.from);
        const Object* to = graph_.NodeOf(edge.to);
        if (from == to || from->section >= to->section) continue;
        if (!GiveWay(edge, to->section)) Cut(i--);
        changed = true;
      }
    }
  }

  // Changes `edge.from` so that it no longer stands before `section`.
  bool GiveWay(const Edge& edge, Section section) {
    Object* from = edge.from;
    if (from->inlined) {
      if (from->loop_break != LoopBreak::kSeparate) return false;
      from->inlined = false;
    }
    if (from->section >= section) return true;
    switch (from->loop_break) {
      case LoopBreak::kNone:
      case LoopBreak::kShell:
        return false;
      case LoopBreak::kDummy:
        if (from->dummy) return false;
        MakeDummy(from);
        return true;
      case LoopBreak::kSeparate:
      case LoopBreak::kPostpone:
        from->section = Section::kPostData;
        from->postponed = true;
        return true;
    }
    return false;
  }

  // `view` keeps its columns; its definition becomes an object behind the
  // data, with the needs that the definition had.
  void MakeDummy(Object* view) {
    view->dummy = true;
    auto definition = std::make_unique<Object>();
    definition->kind = KindId::kViewDefinition;
    definition->address = {catalog_oid::kPseudoViewDefinition,
                           view->address.oid};
    definition->schema = view->schema;
    definition->name = view->name;
    definition->section = Section::kPostData;
    definition->parent = view->address;
    definition->locks = {view->address};
    definition->wanted = view->wanted;
    definition->body = view->body;
    Object* added = &catalog_.Add(std::move(definition));
    for (Edge& edge : graph_.edges()) {
      if (edge.from == view && edge.definition) edge.from = added;
    }
    graph_.AddEdge(added, view);
  }

  void Cut(size_t index) {
    const Edge& edge = graph_.edges()[index];
    catalog_.Warn(absl::StrCat("could not order ", Label(*edge.from),
                               " behind ", Label(*edge.to),
                               ", which it depends on"));
    graph_.edges().erase(graph_.edges().begin() +
                         static_cast<std::ptrdiff_t>(index));
  }

  // Breaks each loop at one place; false if there was none.
  bool BreakCycles() {
    const std::vector<std::vector<size_t>> cycles = EdgesInCycles();
    // Highest edge first: cutting one must not move the others.
    std::vector<size_t> cuts;
    for (const std::vector<size_t>& cycle : cycles) {
      if (Separate(cycle) || UseDummy(cycle) || Postpone(cycle)) continue;
      cuts.push_back(cycle.front());
    }
    std::sort(cuts.rbegin(), cuts.rend());
    for (size_t index : cuts) Cut(index);
    return !cycles.empty();
  }

  // For each component of several nodes the indexes of its edges.
  std::vector<std::vector<size_t>> EdgesInCycles() {
    absl::flat_hash_map<const Object*, size_t> numbers;
    std::vector<std::vector<size_t>> successors;
    auto number = [&](Object* object) {
      auto [it, added] =
          numbers.emplace(graph_.NodeOf(object), successors.size());
      if (added) successors.emplace_back();
      return it->second;
    };
    for (const Edge& edge : graph_.edges()) {
      const size_t from = number(edge.from);
      const size_t to = number(edge.to);
      if (from != to) successors[from].push_back(to);
    }
    const std::vector<size_t> component =
        StronglyConnectedComponents(successors);
    absl::flat_hash_map<size_t, std::vector<size_t>> by_component;
    for (size_t i = 0; i < graph_.edges().size(); ++i) {
      const Edge& edge = graph_.edges()[i];
      const size_t from = number(edge.from);
      const size_t to = number(edge.to);
      if (from != to && component[from] == component[to])
        by_component[component[from]].push_back(i);
    }
    std::vector<std::vector<size_t>> cycles;
    for (auto& [_, edges] : by_component) cycles.push_back(std::move(edges));
    std::sort(cycles.begin(), cycles.end());
    return cycles;
  }

  // The first object, by name, of those that `cycle` starts from and that
  // `can` give way; nullptr if none can.
  template <typename Predicate>
  Object* First(const std::vector<size_t>& cycle, Predicate can) {
    Object* first = nullptr;
    for (size_t index : cycle) {
      const Edge& edge = graph_.edges()[index];
      if (can(edge) && (first == nullptr || ByName(edge.from, first)))
        first = edge.from;
    }
    return first;
  }

  static bool ByName(const Object* a, const Object* b) {
    auto key = [](const Object* o) {
      return std::tie(o->kind, o->schema, o->relation, o->name, o->address);
    };
    return key(a) < key(b);
  }

  // Takes one default or constraint out of its parent: as few as it needs,
  // for not all can be added to a domain or a table that is in use.
  bool Separate(const std::vector<size_t>& cycle) {
    Object* part = First(cycle, [](const Edge& edge) {
      return edge.from->inlined &&
             edge.from->loop_break == LoopBreak::kSeparate;
    });
    if (part == nullptr) return false;
    part->inlined = false;
    return true;
  }

  bool UseDummy(const std::vector<size_t>& cycle) {
    Object* view = First(cycle, [](const Edge& edge) {
      return edge.definition && !edge.from->dummy &&
             edge.from->loop_break == LoopBreak::kDummy;
    });
    if (view == nullptr) return false;
    MakeDummy(view);
    return true;
  }

  bool Postpone(const std::vector<size_t>& cycle) {
    Object* object = First(cycle, [](const Edge& edge) {
      return edge.from->loop_break == LoopBreak::kPostpone &&
             edge.from->section < Section::kPostData;
    });
    if (object == nullptr) return false;
    object->section = Section::kPostData;
    object->postponed = true;
    return true;
  }

  Catalog& catalog_;
  ObjectGraph& graph_;
};

}  // namespace

void BreakLoops(Catalog& catalog, ObjectGraph& graph) {
  LoopBreaker(catalog, graph).Run();
}

}  // namespace pgbale

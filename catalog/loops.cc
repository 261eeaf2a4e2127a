#include "catalog/loops.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "catalog/adjacency.h"
#include "catalog/components.h"
#include "catalog/kind_id.h"

namespace pgbale {
namespace {

std::string Label(const Object& object) {
  const absl::string_view tag =
      object.tag.empty() ? KindOf(object.kind).tag : object.tag;
  return absl::StrCat(tag, " ", Quoted(object.schema, object.name));
}

bool IsSeparable(const Object& part) {
  return part.loop_break == LoopBreak::kSeparate ||
         part.loop_break == LoopBreak::kSeparateEarly;
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
    for (const auto& object : catalog_.objects()) {
      if (object->loop_break == LoopBreak::kSeparateEarly && !object->inlined &&
          object->section == Section::kPreData) {
        PlaceEarly(*object);
      }
    }
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
    if (needs.empty()) return;
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
      if (!IsSeparable(*from)) return false;
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
      case LoopBreak::kSeparateEarly:
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

  // Breaks all loops that are there now; false if there were none.
  bool BreakCycles() {
    std::vector<size_t> all(graph_.edges().size());
    std::iota(all.begin(), all.end(), size_t{0});
    std::vector<std::vector<size_t>> open = CyclesAmong(all);
    if (open.empty()) return false;
    std::vector<size_t> cuts;
    while (!open.empty()) {
      std::vector<size_t> cycle = std::move(open.back());
      open.pop_back();
      if (!Separate(cycle) && !UseDummy(cycle)) {
        // Whether that opened the loop shows when what needs the postponed
        // object has given way.
        if (Postpone(cycle)) continue;
        cuts.push_back(cycle.front());
        cycle.erase(cycle.begin());
      }
      // One place may be enough, or not: only the edges of this loop matter.
      for (std::vector<size_t>& rest : CyclesAmong(cycle))
        open.push_back(std::move(rest));
    }
    // Highest edge first: cutting one must not move the others.
    std::sort(cuts.rbegin(), cuts.rend());
    for (size_t index : cuts) Cut(index);
    return true;
  }

  // Of the edges at `indexes` (sorted) those in cycles, a list for each
  // component of several nodes.
  std::vector<std::vector<size_t>> CyclesAmong(
      const std::vector<size_t>& indexes) {
    numbers_.resize(catalog_.objects().size());
    std::vector<const Object*> nodes;
    const auto number = [&](Object* object) {
      const Object* node = graph_.NodeOf(object);
      uint32_t& known = numbers_[node->index];
      if (known == 0) {
        nodes.push_back(node);
        known = static_cast<uint32_t>(nodes.size());
      }
      return known - 1;
    };
    std::vector<Adjacency::Edge> ends;
    ends.reserve(indexes.size());
    for (size_t index : indexes) {
      const Edge& edge = graph_.edges()[index];
      ends.emplace_back(number(edge.from), number(edge.to));
    }
    for (const Object* node : nodes) numbers_[node->index] = 0;
    const std::vector<size_t> component =
        StronglyConnectedComponents(Adjacency(nodes.size(), ends));
    absl::flat_hash_map<size_t, std::vector<size_t>> by_component;
    for (size_t i = 0; i < indexes.size(); ++i) {
      const auto& [from, to] = ends[i];
      if (from != to && component[from] == component[to])
        by_component[component[from]].push_back(indexes[i]);
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
      return edge.from->inlined && IsSeparable(*edge.from);
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

  using Nodes = absl::flat_hash_set<const Object*>;

  // `start` and all that it needs; `backward`: all that needs it, of those
  // `within`.
  Nodes Reach(const Object* start, bool backward, const Nodes& within) {
    absl::flat_hash_map<const Object*, std::vector<const Object*>> next;
    for (const Edge& edge : graph_.edges()) {
      const Object* from = graph_.NodeOf(edge.from);
      const Object* to = graph_.NodeOf(edge.to);
      if (!backward) {
        next[from].push_back(to);
      } else if (within.contains(from)) {
        next[to].push_back(from);
      }
    }
    Nodes reached = {start};
    std::vector<const Object*> open = {start};
    while (!open.empty()) {
      const Object* node = open.back();
      open.pop_back();
      for (const Object* other : next[node])
        if (reached.insert(other).second) open.push_back(other);
    }
    return reached;
  }

  // Puts `part` before all that needs its parent, but for what it needs
  // itself. If that is a relation, its rows may count: then behind the data.
  void PlaceEarly(Object& part) {
    const Nodes needed = Reach(&part, false, {});
    for (const Object* node : needed) {
      if (node->address.catalog != catalog_oid::kClass) continue;
      part.section = Section::kPostData;
      part.postponed = true;
      return;
    }
    const Nodes between = Reach(catalog_.Find(part.parent), true, needed);
    std::vector<Object*> later;
    for (const Edge& edge : graph_.edges()) {
      Object* from = graph_.NodeOf(edge.from);
      if (between.contains(graph_.NodeOf(edge.to)) && !needed.contains(from))
        later.push_back(from);
    }
    for (Object* object : later) graph_.AddEdge(object, &part);
  }

  Catalog& catalog_;
  ObjectGraph& graph_;
  // CyclesAmong's, by Object::index; all 0 between two calls.
  std::vector<uint32_t> numbers_;
};

}  // namespace

void BreakLoops(Catalog& catalog, ObjectGraph& graph) {
  LoopBreaker(catalog, graph).Run();
}

}  // namespace pgbale

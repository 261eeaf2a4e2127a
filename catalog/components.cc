#include "catalog/components.h"

#include <algorithm>
#include <limits>

namespace pgbale {
namespace {

constexpr size_t kUnseen = std::numeric_limits<size_t>::max();

class Tarjan {
 public:
  explicit Tarjan(const Adjacency& graph)
      : graph_(graph),
        index_(graph.nodes(), kUnseen),
        low_(graph.nodes(), 0),
        on_stack_(graph.nodes(), false),
        component_(graph.nodes(), 0) {}

  std::vector<size_t> Run() {
    for (size_t node = 0; node < graph_.nodes(); ++node) {
      if (index_[node] == kUnseen) Visit(node);
    }
    return component_;
  }

 private:
  struct Frame {
    size_t node;
    size_t next;  // the successor to look at next
  };

  void Enter(size_t node) {
    index_[node] = low_[node] = next_index_++;
    stack_.push_back(node);
    on_stack_[node] = true;
    frames_.push_back({node, 0});
  }

  void Visit(size_t root) {
    Enter(root);
    while (!frames_.empty()) {
      Frame& frame = frames_.back();
      const size_t node = frame.node;
      const absl::Span<const uint32_t> successors = graph_.SuccessorsOf(node);
      if (frame.next == successors.size()) {
        Leave(node);
        continue;
      }
      const size_t successor = successors[frame.next++];
      if (index_[successor] == kUnseen) {
        Enter(successor);
      } else if (on_stack_[successor]) {
        low_[node] = std::min(low_[node], index_[successor]);
      }
    }
  }

  void Leave(size_t node) {
    frames_.pop_back();
    if (!frames_.empty()) {
      const size_t caller = frames_.back().node;
      low_[caller] = std::min(low_[caller], low_[node]);
    }
    if (low_[node] != index_[node]) return;
    size_t member;
    do {
      member = stack_.back();
      stack_.pop_back();
      on_stack_[member] = false;
      component_[member] = components_;
    } while (member != node);
    ++components_;
  }

  const Adjacency& graph_;
  std::vector<size_t> index_, low_;
  std::vector<bool> on_stack_;
  std::vector<size_t> component_;
  std::vector<size_t> stack_;
  std::vector<Frame> frames_;
  size_t next_index_ = 0;
  size_t components_ = 0;
};

}  // namespace

std::vector<size_t> StronglyConnectedComponents(const Adjacency& graph) {
  return Tarjan(graph).Run();
}

}  // namespace pgbale

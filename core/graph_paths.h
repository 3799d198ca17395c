/// Which values depend on which.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "core/network.h"

namespace cameo {

inline std::size_t index_of(ValueId id) { return static_cast<std::size_t>(id); }

/// By ValueId: is the value in `wrt`, or does it depend on one that is?
std::vector<char> values_on_path(const Network& network, std::span<const ValueId> wrt);

/// Per input of one node: is its gradient wanted? (std::vector<bool> has no storage to span.)
class Needs {
 public:
  Needs(const Node& node, const std::vector<char>& on_path)
      : flags_(std::make_unique<bool[]>(node.inputs.size())), count_(node.inputs.size()) {
    for (std::size_t k = 0; k < count_; ++k) {
      flags_[k] = on_path[index_of(node.inputs[k])] != 0;
      any_ = any_ || flags_[k];
    }
  }
  bool any() const { return any_; }
  bool operator[](std::size_t k) const { return flags_[k]; }
  std::span<const bool> view() const { return {flags_.get(), count_}; }

 private:
  std::unique_ptr<bool[]> flags_;
  std::size_t count_;
  bool any_ = false;
};

}  // namespace cameo

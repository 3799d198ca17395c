/// What a run does, planned from the graph before anything is computed.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "core/fused_conv.h"
#include "core/memory_plan.h"
#include "core/network.h"

namespace cameo {

/// All that a plan depends on, of what is given and of a Request.
struct RunKey {
  std::map<ValueId, Shape> given{};
  std::vector<ValueId> keep{};
  std::vector<ValueId> wrt{};
  bool training = false;
  bool keep_all = false;

  bool operator==(const RunKey&) const = default;
};

/// Where in the output of a Concat one of its parts lies.
struct Place {
  ValueId concat = -1;
  std::int64_t offset = 0;
};

/// The BatchNormalization that runs with a Relu, and what is added in between; -1 where there is
/// none.
struct NormalizedSum {
  ValueId normalization = -1;
  ValueId addend = -1;
};

/// By ValueId, but for `convs`.
struct RunPlan {
  static constexpr std::int64_t kForever = INT64_MAX;
  static constexpr std::int64_t kInside = -1;  ///< of a kernel that ends with a later node
  static constexpr std::int64_t kAlone = -2;

  std::vector<Shape> shapes{};  ///< empty where what is given does not tell
  std::vector<char> on_path{};  ///< depends on a value in wrt, or is one
  /// The last node that reads the value, kForever when it stays, -1 when nobody wants it at all.
  std::vector<std::int64_t> last_use{};
  std::vector<FusedConv> convs{};
  /// The index in `convs` of the kernel that ends with the node, or kInside, or kAlone.
  std::vector<std::int64_t> kernel{};
  std::vector<Place> places{};
  /// Of a Relu in training, or of one that no gradient passes.
  std::vector<NormalizedSum> normalized{};
  /// Of the values that one stretch of memory may hold, in floats and by ValueId; -1 for all
  /// others. Everybody who reads them is done with their memory afterwards.
  MemoryPlan arena{};
  /// The same for runs on several threads: values of different shapes never lie over each other,
  /// unless that takes several times the memory.
  MemoryPlan threads_arena{};
};

/// Throws ShapeError naming the layer that does not fit.
RunPlan plan_run(const Network& network, const RunKey& key);

/// The plans of a network's latest runs. Safe to use from many threads.
class RunPlans {
 public:
  static constexpr std::size_t kMost = 8;

  std::shared_ptr<const RunPlan> get(const Network& network, const RunKey& key);

 private:
  struct Entry {
    RunKey key;
    std::shared_ptr<const RunPlan> plan;
  };

  std::mutex mutex_;
  std::vector<Entry> latest_;  ///< the last used first
};

}  // namespace cameo

#include "core/run_plan.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "core/graph_paths.h"
#include "core/ops/concat.h"

namespace cameo {

namespace {

/// Of a cache line.
constexpr std::int64_t kAlignedFloats = 16;
/// No sum of these can overflow.
constexpr std::int64_t kMostSharedFloats = std::int64_t{1} << 40;

class Planner {
 public:
  Planner(const Network& network, const RunKey& key) : network_(network), key_(key) {}

  RunPlan plan() && {
    for (std::optional<Shape>& shape : network_.infer_shapes_from(key_.given)) {
      plan_.shapes.push_back(std::move(shape).value_or(Shape{}));
    }
    plan_.on_path = values_on_path(network_, key_.wrt);
    plan_lifetimes();
    plan_kernels();
    plan_places();
    plan_arena();
    return std::move(plan_);
  }

 private:
  bool is_given(std::size_t i) const { return key_.given.contains(static_cast<ValueId>(i)); }

  /// Whether the run computes the value.
  bool computes(std::size_t i) const {
    return plan_.last_use[i] >= 0 && network_.nodes()[i].op && !is_given(i);
  }

  void extend(ValueId id, std::int64_t until) {
    std::int64_t& last = plan_.last_use[index_of(id)];
    last = std::max(last, until);
  }

  void plan_lifetimes() {
    const auto nodes = network_.nodes();
    std::vector<std::int64_t>& last_use = plan_.last_use;
    last_use.assign(nodes.size(), -1);
    if (key_.keep.empty()) last_use[index_of(network_.output())] = RunPlan::kForever;
    for (const ValueId id : key_.keep) last_use[index_of(id)] = RunPlan::kForever;
    for (std::size_t i = nodes.size(); i-- > 0;) {
      const Node& node = nodes[i];
      if (node.is_parameter()) last_use[i] = RunPlan::kForever;
      if (!computes(i)) continue;
      for (const ValueId source : node.inputs) extend(source, static_cast<std::int64_t>(i));
      if (key_.keep_all) last_use[i] = RunPlan::kForever;
      const Needs needs(node, plan_.on_path);
      if (!needs.any()) continue;
      const Reads reads = node.op->reads(needs.view());
      for (const std::size_t k : reads.inputs) extend(node.inputs.at(k), RunPlan::kForever);
      if (reads.output) last_use[i] = RunPlan::kForever;
    }
    if (!key_.keep_all) return;
    for (const auto& entry : key_.given) last_use[index_of(entry.first)] = RunPlan::kForever;
  }

  void plan_kernels() {
    const std::size_t count = network_.nodes().size();
    std::vector<std::int64_t> readers(count, 0);
    std::vector<char> fusable(count, 0);
    for (std::size_t i = 0; i < count; ++i) {
      if (!computes(i)) continue;
      const Node& node = network_.nodes()[i];
      const bool normalizes = key_.training && node.op->type() == "BatchNormalization";
      const bool remembers =
          node.op->type() == "MaxPool" && plan_.on_path[index_of(node.inputs[0])];
      fusable[i] = normalizes || remembers ? 0 : 1;
      for (const ValueId source : node.inputs) ++readers[index_of(source)];
    }
    std::vector<ValueId> sole_reader(count, -1);
    for (std::size_t i = 0; i < count; ++i) {
      if (readers[i] == 1 && plan_.last_use[i] != RunPlan::kForever &&
          !is_wrt(static_cast<ValueId>(i))) {
        sole_reader[i] = static_cast<ValueId>(plan_.last_use[i]);
      }
    }
    plan_.convs = find_fused_convs(
        network_, {.sole_reader = sole_reader, .fusable = fusable, .shapes = plan_.shapes});
    plan_.kernel.assign(count, RunPlan::kAlone);
    for (std::size_t k = 0; k < plan_.convs.size(); ++k) {
      const FusedConv& conv = plan_.convs[k];
      const std::vector<ValueId> nodes = conv.all_nodes();
      for (const ValueId id : nodes) plan_.kernel[index_of(id)] = RunPlan::kInside;
      plan_.kernel[index_of(conv.last())] = static_cast<std::int64_t>(k);
      for (const ValueId id : nodes) {
        for (const ValueId source : network_.node(id).inputs) extend(source, conv.last());
      }
    }
    plan_rectifiers(sole_reader);
  }

  /// Batch normalisation that no convolution takes along, an addition perhaps and the Relu behind
  /// it: one pass over the values.
  void plan_rectifiers(const std::vector<ValueId>& sole_reader) {
    plan_.normalized.assign(network_.nodes().size(), {});
    for (std::size_t i = 0; i < sole_reader.size(); ++i) {
      // The vjp with running statistics does not know of the Relu.
      if (!key_.training && plan_.on_path[i]) continue;
      if (!runs_alone(i, "Relu")) continue;
      const auto relu = static_cast<ValueId>(i);
      const ValueId source = network_.node(relu).inputs[0];
      if (sole_reader[index_of(source)] != relu) continue;
      const NormalizedSum sum = normalized_sum(source, sole_reader);
      if (sum.normalization < 0) continue;
      plan_.normalized[i] = sum;
      for (const ValueId id : {sum.normalization, source}) {
        plan_.kernel[index_of(id)] = RunPlan::kInside;
        for (const ValueId input : network_.node(id).inputs) extend(input, relu);
      }
    }
  }

  bool runs_alone(std::size_t i, std::string_view type) const {
    return computes(i) && plan_.kernel[i] == RunPlan::kAlone &&
           network_.nodes()[i].op->type() == type;
  }

  /// What a Relu reads, as a normalisation or as the sum of one with something else.
  NormalizedSum normalized_sum(ValueId source, const std::vector<ValueId>& sole_reader) const {
    if (runs_alone(index_of(source), "BatchNormalization")) return {.normalization = source};
    if (!runs_alone(index_of(source), "Add")) return {};
    const std::vector<ValueId>& terms = network_.node(source).inputs;
    if (plan_.shapes[index_of(terms[0])] != plan_.shapes[index_of(terms[1])]) return {};
    for (std::size_t k = 0; k < 2; ++k) {
      if (runs_alone(index_of(terms[k]), "BatchNormalization") &&
          sole_reader[index_of(terms[k])] == source) {
        return {.normalization = terms[k], .addend = terms[1 - k]};
      }
    }
    return {};
  }

  bool is_wrt(ValueId id) const {
    return std::find(key_.wrt.begin(), key_.wrt.end(), id) != key_.wrt.end();
  }

  /// A convolution whose output is joined with others writes it where it will lie. That takes one
  /// stretch of memory: channels of a single picture.
  void plan_places() {
    plan_.places.assign(network_.nodes().size(), {});
    for (std::size_t i = 0; i < plan_.places.size(); ++i) {
      if (!computes(i)) continue;
      const auto* concat = dynamic_cast<const ops::Concat*>(network_.nodes()[i].op.get());
      const Shape& shape = plan_.shapes[i];
      if (concat == nullptr || concat->options().axis != 1 || shape.size() < 2 || shape[0] != 1) {
        continue;
      }
      std::int64_t offset = 0;
      for (const ValueId part : network_.nodes()[i].inputs) {
        Place& place = plan_.places[index_of(part)];
        if (plan_.kernel[index_of(part)] >= 0 && place.concat < 0) {
          place = {.concat = static_cast<ValueId>(i), .offset = offset};
        }
        offset += element_count(plan_.shapes[index_of(part)]);
      }
    }
  }

  /// Outputs of convolutions and what they are joined to.
  void plan_arena() {
    const std::size_t count = network_.nodes().size();
    const std::vector<char> shareable = values_to_share();
    std::vector<Lifetime> lifetimes(count);
    for (std::size_t i = 0; i < count; ++i) {
      if (plan_.kernel[i] < 0) continue;
      const ValueId concat = plan_.places[i].concat;
      const std::size_t whole = concat < 0 ? i : index_of(concat);
      if (!shareable[whole]) continue;
      Lifetime& lifetime = lifetimes[whole];
      if (lifetime.size == 0) lifetime.first = static_cast<std::int64_t>(i);
      lifetime.last = std::max({lifetime.last, plan_.last_use[i], plan_.last_use[whole]});
      lifetime.size = element_count(plan_.shapes[whole]);
    }
    plan_.arena = arena_of(lifetimes);
    std::map<Shape, std::int64_t> kinds;
    for (std::size_t i = 0; i < count; ++i) {
      const auto next = static_cast<std::int64_t>(kinds.size());
      lifetimes[i].kind = kinds.try_emplace(plan_.shapes[i], next).first->second;
    }
    plan_.threads_arena = arena_of(lifetimes);
    if (plan_.threads_arena.size > kMostRoom * plan_.arena.size) plan_.threads_arena = plan_.arena;
  }
  /// Where every value has a shape of its own, as in dense blocks, keeping them apart takes more
  /// memory than it is worth.
  static constexpr std::int64_t kMostRoom = 4;
  static MemoryPlan arena_of(const std::vector<Lifetime>& lifetimes) {
    MemoryPlan arena = plan_memory(lifetimes, kAlignedFloats);
    for (std::size_t i = 0; i < lifetimes.size(); ++i) {
      if (lifetimes[i].size == 0) arena.offsets[i] = -1;
    }
    return arena;
  }

  /// By ValueId: is the value computed, and nobody holds it, a part of it or their memory after the
  /// last reader?
  std::vector<char> values_to_share() const {
    const std::size_t count = network_.nodes().size();
    std::vector<char> result(count, 0);
    for (std::size_t i = 0; i < count; ++i) {
      if (!computes(i)) continue;
      const bool ends = plan_.last_use[i] != RunPlan::kForever &&
                        element_count(plan_.shapes[i]) <= kMostSharedFloats;
      result[i] = ends ? 1 : 0;
      if (releases_inputs(*network_.nodes()[i].op)) continue;
      for (const ValueId source : network_.nodes()[i].inputs) result[index_of(source)] = 0;
    }
    for (std::size_t i = 0; i < count; ++i) {
      const ValueId concat = plan_.places[i].concat;
      if (concat >= 0 && !result[i]) result[index_of(concat)] = 0;
    }
    return result;
  }

  /// Whether neither the result nor the residuals of an op lie in its inputs' memory.
  bool releases_inputs(const Op& op) const {
    constexpr std::array<std::string_view, 8> kTypes{
        "Add", "AveragePool", "Clip", "Concat", "Conv", "GlobalAveragePool", "MaxPool", "Relu"};
    if (op.type() == "BatchNormalization") return !key_.training;
    return std::find(kTypes.begin(), kTypes.end(), op.type()) != kTypes.end();
  }

  const Network& network_;
  const RunKey& key_;
  RunPlan plan_;
};

}  // namespace

RunPlan plan_run(const Network& network, const RunKey& key) { return Planner(network, key).plan(); }

std::shared_ptr<const RunPlan> RunPlans::get(const Network& network, const RunKey& key) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = std::find_if(latest_.begin(), latest_.end(),
                                    [&](const Entry& entry) { return entry.key == key; });
    if (found != latest_.end()) {
      std::rotate(latest_.begin(), found, found + 1);
      return latest_.front().plan;
    }
  }
  auto plan = std::make_shared<const RunPlan>(plan_run(network, key));
  const std::lock_guard<std::mutex> lock(mutex_);
  if (latest_.size() == kMost) latest_.pop_back();
  latest_.insert(latest_.begin(), {.key = key, .plan = plan});
  return plan;
}

}  // namespace cameo

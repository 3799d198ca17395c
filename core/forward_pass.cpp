#include <algorithm>
#include <memory>

#include "core/between_runs.h"
#include "core/error.h"
#include "core/fused_conv.h"
#include "core/graph_paths.h"
#include "core/parallel.h"
#include "core/tape.h"

namespace cameo {

namespace {

void check_ids(const Network& network, const std::vector<ValueId>& ids) {
  for (const ValueId id : ids) static_cast<void>(network.node(id));
}

/// A tensor whose values are still to be written, perhaps by several nodes.
struct Unwritten {
  std::shared_ptr<const Tensor> whole;
  float* values;

  Tensor part(std::int64_t offset, const Shape& shape) const {
    return Tensor::view_of(shape, std::shared_ptr<const float>(whole, values + offset));
  }
};

Unwritten unwritten(Tensor tensor) {
  float* const values = tensor.mutable_data().data();
  return {.whole = std::make_shared<const Tensor>(std::move(tensor)), .values = values};
}

}  // namespace

/// Fills a Tape: runs the nodes in order, as they are planned.
class ForwardPass {
 public:
  ForwardPass(const Network& network, const Request& request)
      : network_(network), request_(request), tape_(network) {
    check_ids(network, request.keep);
    check_ids(network, request.wrt);
  }

  Tape run(const std::map<ValueId, Tensor>& given) && {
    plan_ = network_.between_runs().plans.get(network_, key_for(given));
    tape_.plan_ = plan_;
    tape_.wrt_ = request_.wrt;
    tape_.training_ = request_.training;
    const std::size_t count = network_.nodes().size();
    tape_.values_.resize(count);
    tape_.residuals_.resize(count);
    tape_.ran_.assign(count, 0);
    for (std::size_t i = 0; i < count; ++i) {
      if (plan_->last_use[i] < 0) continue;
      tape_.ran_[i] = 1;
      const auto value = given.find(static_cast<ValueId>(i));
      if (value != given.end()) {
        tape_.values_[i] = value->second;
      } else {
        compute(i);
      }
    }
    return std::move(tape_);
  }

 private:
  RunKey key_for(const std::map<ValueId, Tensor>& given) const {
    RunKey key{.keep = request_.keep,
               .wrt = request_.wrt,
               .training = request_.training,
               .keep_all = request_.keep_all};
    for (const auto& [id, value] : given) {
      static_cast<void>(network_.node(id));
      key.given[id] = value.shape();
    }
    return key;
  }

  /// A value that was not given.
  void compute(std::size_t i) {
    const Node& node = network_.nodes()[i];
    if (node.is_parameter()) {
      tape_.values_[i] = node.parameter;
    } else if (!node.op) {
      throw ArgumentError("tape: \"" + node.name +
                          "\" is neither given nor follows from what is given");
    } else if (plan_->kernel[i] >= 0) {
      run_conv(plan_->convs[static_cast<std::size_t>(plan_->kernel[i])]);
    } else if (plan_->kernel[i] == RunPlan::kAlone) {
      plan_->normalized[i].normalization < 0 ? run_node(i) : run_rectified(i);
    }
  }

  void run_conv(const FusedConv& conv) {
    const std::size_t i = index_of(conv.last());
    PreparedWeights* kept = request_.training ? nullptr : &network_.between_runs().weights;
    const Shape& shape = plan_->shapes[i];
    const auto [concat, offset] = plan_->places[i];
    const Unwritten memory = concat < 0 ? memory_for(i) : joined_for(concat);
    float* const first = memory.values + offset;
    run_fused_conv(network_, conv, tape_.values_, kept,
                   {first, static_cast<std::size_t>(element_count(shape))});
    tape_.values_[i] = concat < 0 ? *memory.whole : memory.part(offset, shape);
    finish(conv.all_nodes());
  }

  const Unwritten& joined_for(ValueId concat) {
    Unwritten& joined = joined_[concat];
    if (!joined.whole) joined = memory_for(index_of(concat));
    return joined;
  }

  /// Values that follow each other in one stretch of memory stay in the cache of the processor that
  /// wrote the last. Several processors share out values of one shape alike, others not.
  Unwritten memory_for(std::size_t i) {
    const Shape& shape = plan_->shapes[i];
    const MemoryPlan& plan = max_threads() == 1 ? plan_->arena : plan_->threads_arena;
    const std::int64_t offset = plan.offsets[i];
    if (offset < 0) return unwritten(Tensor::uninitialized(shape));
    if (!arena_.whole) arena_ = unwritten(Tensor::uninitialized({plan.size}));
    return {.whole = std::make_shared<const Tensor>(arena_.part(offset, shape)),
            .values = arena_.values + offset};
  }

  void run_node(std::size_t i) {
    const auto id = static_cast<ValueId>(i);
    const auto joined = joined_.find(id);
    if (joined != joined_.end()) {
      join_rest(id, joined->second);
      tape_.values_[i] = *joined->second.whole;
      joined_.erase(joined);
    } else {
      tape_.values_[i] = run_op(i);
    }
    finish({&id, 1});
  }

  void run_rectified(std::size_t rectifier) {
    const auto [normalization, addend] = plan_->normalized[rectifier];
    const Tensor* added = addend < 0 ? nullptr : &tape_.values_[index_of(addend)];
    tape_.values_[rectifier] = run_op(index_of(normalization), true, added);
    std::vector<ValueId> computed{normalization};
    if (addend >= 0) computed.push_back(network_.nodes()[rectifier].inputs[0]);
    computed.push_back(static_cast<ValueId>(rectifier));
    finish(computed);
  }

  /// Copies the parts of a Concat that are not in their place yet.
  void join_rest(ValueId concat, const Unwritten& joined) {
    float* to = joined.values;
    for (const ValueId part : network_.node(concat).inputs) {
      const std::span<const float> from = tape_.values_[index_of(part)].data();
      if (from.data() != to) std::copy(from.begin(), from.end(), to);
      to += from.size();
    }
  }

  Tensor run_op(std::size_t i, bool rectify = false, const Tensor* addend = nullptr) {
    const Node& node = network_.nodes()[i];
    std::vector<Tensor> inputs;
    inputs.reserve(node.inputs.size());
    for (const ValueId source : node.inputs) inputs.push_back(tape_.values_[index_of(source)]);
    drop_inputs(node, static_cast<std::int64_t>(i));
    std::map<std::size_t, Tensor> updates;
    const RunContext context{
        .training = request_.training,
        .seed = request_.seed * 0x9E3779B97F4A7C15ULL + i,
        .residuals = Needs(node, plan_->on_path).any() ? &tape_.residuals_[i] : nullptr,
        .updates = request_.training ? &updates : nullptr,
        .rectify = rectify,
        .addend = addend,
        .spent = inputs,
    };
    Tensor output = node.op->forward(inputs, context);
    for (auto& [k, value] : updates) tape_.updates_[node.inputs.at(k)] = std::move(value);
    return output;
  }

  /// Lets go of the values that the node reads and that nobody reads after `last`.
  void drop_inputs(const Node& node, std::int64_t last) {
    for (const ValueId source : node.inputs) {
      if (plan_->last_use[index_of(source)] == last) tape_.values_[index_of(source)] = Tensor();
    }
  }

  /// Frees what nobody reads after these nodes, which end with the current one.
  void finish(std::span<const ValueId> computed) {
    for (const ValueId id : computed) drop_inputs(network_.node(id), computed.back());
    if (request_.on_step) request_.on_step(computed);
  }

  const Network& network_;
  const Request& request_;
  Tape tape_;
  std::shared_ptr<const RunPlan> plan_;
  std::map<ValueId, Unwritten> joined_;  ///< outputs of Concats while their parts are computed
  Unwritten arena_{};
};

Tape forward(const Network& network, const Tensor& input, const Request& request) {
  return forward_from(network, {{network.input(), input}}, request);
}

Tape forward_from(const Network& network, const std::map<ValueId, Tensor>& given,
                  const Request& request) {
  return ForwardPass(network, request).run(given);
}

}  // namespace cameo

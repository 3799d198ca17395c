#include <algorithm>
#include <memory>
#include <optional>

#include "core/error.h"
#include "core/fused_conv.h"
#include "core/graph_paths.h"
#include "core/ops/concat.h"
#include "core/tape.h"

namespace cameo {

namespace {

void check_ids(const Network& network, const std::vector<ValueId>& ids) {
  for (const ValueId id : ids) static_cast<void>(network.node(id));
}

/// The output of a Concat while its parts are still being computed.
struct Joined {
  std::shared_ptr<const Tensor> whole;
  float* values;
};

/// Where in the output of a Concat one of its parts lies.
struct Place {
  ValueId concat = -1;
  std::int64_t offset = 0;
};

}  // namespace

/// Fills a Tape: plans which values are kept and which nodes run as one kernel, then runs them in
/// order.
class ForwardPass {
 public:
  ForwardPass(const Network& network, const Request& request)
      : network_(network), request_(request), tape_(network) {
    check_ids(network, request.keep);
    check_ids(network, request.wrt);
  }

  Tape run(const std::map<ValueId, Tensor>& given) && {
    infer_shapes(given);
    tape_.wrt_ = request_.wrt;
    tape_.training_ = request_.training;
    on_path_ = values_on_path(network_, request_.wrt);
    plan_lifetimes(given);
    plan_kernels(given);
    plan_places(given);
    const std::size_t count = network_.nodes().size();
    tape_.values_.resize(count);
    tape_.residuals_.resize(count);
    tape_.ran_.assign(count, 0);
    for (std::size_t i = 0; i < count; ++i) {
      if (last_use_[i] < 0) continue;
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
  static constexpr std::int64_t kForever = INT64_MAX;
  static constexpr std::int64_t kInside = -1;  ///< of a kernel that ends with a later node
  static constexpr std::int64_t kAlone = -2;

  void infer_shapes(const std::map<ValueId, Tensor>& given) {
    std::map<ValueId, Shape> shapes;
    for (const auto& [id, value] : given) {
      static_cast<void>(network_.node(id));
      shapes[id] = value.shape();
    }
    for (std::optional<Shape>& shape : network_.infer_shapes_from(shapes)) {
      tape_.shapes_.push_back(std::move(shape).value_or(Shape{}));
    }
  }

  /// last_use_[v]: the last node that reads v, kForever when it stays, -1 when nobody wants it at
  /// all.
  void plan_lifetimes(const std::map<ValueId, Tensor>& given) {
    const auto nodes = network_.nodes();
    last_use_.assign(nodes.size(), -1);
    if (request_.keep.empty()) last_use_[index_of(network_.output())] = kForever;
    for (const ValueId id : request_.keep) last_use_[index_of(id)] = kForever;
    for (std::size_t i = nodes.size(); i-- > 0;) {
      const Node& node = nodes[i];
      if (node.is_parameter()) last_use_[i] = kForever;
      if (last_use_[i] < 0 || !node.op || given.count(static_cast<ValueId>(i)) > 0) continue;
      for (const ValueId source : node.inputs) extend(source, static_cast<std::int64_t>(i));
      if (request_.keep_all) last_use_[i] = kForever;
      const Needs needs(node, on_path_);
      if (!needs.any()) continue;
      const Reads reads = node.op->reads(needs.view());
      for (const std::size_t k : reads.inputs) extend(node.inputs.at(k), kForever);
      if (reads.output) last_use_[i] = kForever;
    }
    if (!request_.keep_all) return;
    for (const auto& entry : given) last_use_[index_of(entry.first)] = kForever;
  }

  void extend(ValueId id, std::int64_t until) {
    last_use_[index_of(id)] = std::max(last_use_[index_of(id)], until);
  }

  /// Whether the run computes the value.
  bool computes(std::size_t i, const std::map<ValueId, Tensor>& given) const {
    return last_use_[i] >= 0 && network_.nodes()[i].op && !given.contains(static_cast<ValueId>(i));
  }

  /// kernel_[v]: the index in convs_ of the kernel that ends with node v, or kInside, or kAlone.
  void plan_kernels(const std::map<ValueId, Tensor>& given) {
    const std::size_t count = network_.nodes().size();
    std::vector<std::int64_t> readers(count, 0);
    std::vector<char> fusable(count, 0);
    for (std::size_t i = 0; i < count; ++i) {
      if (!computes(i, given)) continue;
      const bool normalizes = network_.nodes()[i].op->type() == "BatchNormalization";
      fusable[i] = request_.training && normalizes ? 0 : 1;
      for (const ValueId source : network_.nodes()[i].inputs) ++readers[index_of(source)];
    }
    std::vector<ValueId> sole_reader(count, -1);
    for (std::size_t i = 0; i < count; ++i) {
      if (readers[i] == 1 && last_use_[i] != kForever && !is_wrt(static_cast<ValueId>(i))) {
        sole_reader[i] = static_cast<ValueId>(last_use_[i]);
      }
    }
    convs_ = find_fused_convs(
        network_, {.sole_reader = sole_reader, .fusable = fusable, .shapes = tape_.shapes_});
    kernel_.assign(count, kAlone);
    for (std::size_t k = 0; k < convs_.size(); ++k) {
      for (const ValueId id : convs_[k].nodes) kernel_[index_of(id)] = kInside;
      kernel_[index_of(convs_[k].last())] = static_cast<std::int64_t>(k);
      for (const ValueId id : convs_[k].nodes) {
        for (const ValueId source : network_.node(id).inputs) extend(source, convs_[k].last());
      }
    }
  }

  bool is_wrt(ValueId id) const {
    return std::find(request_.wrt.begin(), request_.wrt.end(), id) != request_.wrt.end();
  }

  /// A convolution whose output is joined with others writes it where it will lie. That takes one
  /// stretch of memory: channels of a single picture.
  void plan_places(const std::map<ValueId, Tensor>& given) {
    places_.assign(network_.nodes().size(), {});
    for (std::size_t i = 0; i < places_.size(); ++i) {
      if (!computes(i, given)) continue;
      const auto* concat = dynamic_cast<const ops::Concat*>(network_.nodes()[i].op.get());
      const Shape& shape = tape_.shapes_[i];
      if (concat == nullptr || concat->options().axis != 1 || shape.size() < 2 || shape[0] != 1) {
        continue;
      }
      std::int64_t offset = 0;
      for (const ValueId part : network_.nodes()[i].inputs) {
        Place& place = places_[index_of(part)];
        if (kernel_[index_of(part)] >= 0 && place.concat < 0) {
          place = {.concat = static_cast<ValueId>(i), .offset = offset};
        }
        offset += element_count(tape_.shapes_[index_of(part)]);
      }
    }
  }

  /// A value that was not given.
  void compute(std::size_t i) {
    const Node& node = network_.nodes()[i];
    if (node.is_parameter()) {
      tape_.values_[i] = node.parameter;
    } else if (!node.op) {
      throw ArgumentError("tape: \"" + node.name +
                          "\" is neither given nor follows from what is given");
    } else if (kernel_[i] >= 0) {
      run_conv(convs_[static_cast<std::size_t>(kernel_[i])]);
    } else if (kernel_[i] == kAlone) {
      run_node(i);
    }
  }

  void run_conv(const FusedConv& conv) {
    const std::size_t i = index_of(conv.last());
    PreparedWeights* kept = request_.training ? nullptr : &network_.prepared_weights();
    if (places_[i].concat < 0) {
      Tensor y = Tensor::uninitialized(tape_.shapes_[i]);
      run_fused_conv(network_, conv, tape_.values_, kept, y.mutable_data());
      tape_.values_[i] = std::move(y);
    } else {
      const Joined& joined = joined_for(places_[i].concat);
      float* const first = joined.values + places_[i].offset;
      const auto size = static_cast<std::size_t>(element_count(tape_.shapes_[i]));
      run_fused_conv(network_, conv, tape_.values_, kept, {first, size});
      tape_.values_[i] =
          Tensor::view_of(tape_.shapes_[i], std::shared_ptr<const float>(joined.whole, first));
    }
    finish(conv.nodes);
  }

  Joined& joined_for(ValueId concat) {
    Joined& joined = joined_[concat];
    if (!joined.whole) {
      auto whole = std::make_shared<Tensor>(Tensor::uninitialized(tape_.shapes_[index_of(concat)]));
      joined.values = whole->mutable_data().data();
      joined.whole = std::move(whole);
    }
    return joined;
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

  /// Copies the parts of a Concat that are not in their place yet.
  void join_rest(ValueId concat, const Joined& joined) {
    float* to = joined.values;
    for (const ValueId part : network_.node(concat).inputs) {
      const std::span<const float> from = tape_.values_[index_of(part)].data();
      if (from.data() != to) std::copy(from.begin(), from.end(), to);
      to += from.size();
    }
  }

  Tensor run_op(std::size_t i) {
    const Node& node = network_.nodes()[i];
    std::vector<Tensor> inputs;
    inputs.reserve(node.inputs.size());
    for (const ValueId source : node.inputs) inputs.push_back(tape_.values_[index_of(source)]);
    std::map<std::size_t, Tensor> updates;
    const RunContext context{
        .training = request_.training,
        .seed = request_.seed * 0x9E3779B97F4A7C15ULL + i,
        .residuals = Needs(node, on_path_).any() ? &tape_.residuals_[i] : nullptr,
        .updates = request_.training ? &updates : nullptr,
    };
    Tensor output = node.op->forward(inputs, context);
    for (auto& [k, value] : updates) tape_.updates_[node.inputs.at(k)] = std::move(value);
    return output;
  }

  /// Frees what nobody reads after these nodes, which end with the current one.
  void finish(std::span<const ValueId> computed) {
    for (const ValueId id : computed) {
      for (const ValueId source : network_.node(id).inputs) {
        if (last_use_[index_of(source)] == computed.back()) {
          tape_.values_[index_of(source)] = Tensor();
        }
      }
    }
    if (request_.on_step) request_.on_step(computed);
  }

  const Network& network_;
  const Request& request_;
  Tape tape_;
  std::vector<char> on_path_;
  std::vector<std::int64_t> last_use_;
  std::vector<FusedConv> convs_;
  std::vector<std::int64_t> kernel_;
  std::vector<Place> places_;
  std::map<ValueId, Joined> joined_;
};

Tape forward(const Network& network, const Tensor& input, const Request& request) {
  return forward_from(network, {{network.input(), input}}, request);
}

Tape forward_from(const Network& network, const std::map<ValueId, Tensor>& given,
                  const Request& request) {
  return ForwardPass(network, request).run(given);
}

}  // namespace cameo

/// One forward pass and the gradients that can be had from it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/network.h"
#include "core/op.h"

namespace cameo {

/// What the caller will ask of a run; empty means plain inference.
struct Request {
  /// Values to retain; the network's output alone when empty. Nothing that none of them depends on
  /// runs.
  std::vector<ValueId> keep{};
  std::vector<ValueId> wrt{};  ///< differentiate by: parameters, the picture, any layer
  bool training = false;
  bool keep_all = false;  ///< for override rules that read more than Op::reads() declares, e.g. LRP
  std::uint64_t seed = 0;  ///< of this run's Dropout masks
  /// Told, in the thread that runs, after each step which values it computed: one, or several that
  /// were one kernel.
  std::function<void(std::span<const ValueId> computed)> on_step{};
};

struct NodeWeights;
struct RunPlan;

/// dL/d(value) for every value in Request::wrt.
using Gradients = std::map<ValueId, Tensor>;

/// The record of one forward pass: the values that were asked for or that a vjp will read. Const
/// after forward(), so many targets and rules share one tape, from many threads. Must not outlive
/// its Network.
class Tape {
 public:
  /// Throws ArgumentError when the request did not keep it.
  const Tensor& value(ValueId id) const;
  /// The network's output; throws like value().
  const Tensor& output() const;

  /// Pulls `seed`, shaped like value `of`, back to the values in `wrt`, a part of Request::wrt (all
  /// of it when empty). A value that `of` does not depend on gets zeros. Ops whose type is in
  /// `overrides` use that rule in place of their own vjp. Throws ArgumentError when `of` did not
  /// run or wrt is not part of the request, ShapeError for a misshapen seed.
  Gradients backward(ValueId of, const Tensor& seed, const VjpOverrides& overrides = {},
                     std::span<const ValueId> wrt = {}) const;
  /// The nodes whose vjp backward(of) calls, in that order.
  std::vector<ValueId> backward_order(ValueId of, std::span<const ValueId> wrt = {}) const;

  /// Proposed new parameter values (running statistics), from a training run.
  const std::map<ValueId, Tensor>& updates() const { return updates_; }
  /// The values held after forward, parameters not counted.
  std::vector<ValueId> alive() const;
  const Network& network() const { return *network_; }

 private:
  friend class ForwardPass;
  explicit Tape(const Network& network) : network_(&network) {}
  void check_backward(ValueId of, const Tensor& seed, std::span<const ValueId> wrt) const;
  void own_vjp(ValueId id, const VjpContext& context) const;
  /// Of a convolution. Nothing where the run trains, or went by another value than the network has
  /// now.
  std::optional<NodeWeights> node_weights(ValueId id) const;
  /// One node's input gradients, empty handles where none is wanted; `rectified` as in VjpContext.
  /// A `grad` that was moved in and that nobody else holds may lend one of them its memory.
  std::vector<Tensor> node_vjp(ValueId id, Tensor grad, bool rectified,
                               const std::vector<char>& on_path,
                               const VjpOverrides& overrides) const;
  /// The BatchNormalization that ran with this Relu and whose vjp is to do the Relu's as well; -1
  /// where there is none.
  ValueId rectified_normalization(ValueId id, const VjpOverrides& overrides) const;

  const Network* network_;
  std::vector<Tensor> values_;  ///< by ValueId; empty handles where freed
  std::shared_ptr<const RunPlan> plan_;
  std::vector<char> ran_;  ///< by ValueId
  std::vector<Residuals> residuals_;
  std::vector<ValueId> wrt_;
  bool training_ = false;
  std::map<ValueId, Tensor> updates_;
};

/// Runs the network on `input` `[N,C,H,W]`. Safe to call from many threads on one network. Throws
/// ShapeError naming the layer when the input does not fit.
Tape forward(const Network& network, const Tensor& input, const Request& request = {});
Tape forward(Network&&, const Tensor&, const Request& = {}) = delete;

/// The part of the network that follows from given values: what makes them does not run, so a
/// changed layer costs the layers after it alone. What the request asks for may depend on the given
/// values and on parameters (ArgumentError otherwise); forward() gives the input. For a layer and
/// what values_beside() names the bits are those of a whole run that keeps the same values.
Tape forward_from(const Network& network, const std::map<ValueId, Tensor>& given,
                  const Request& request = {});
Tape forward_from(Network&&, const std::map<ValueId, Tensor>&, const Request& = {}) = delete;

/// What forward_from() needs to come from `layer` to `of`, the layer not counted: the values of
/// branches that pass it by, such as the input of a residual block. `layer` alone is enough where
/// this is empty.
std::vector<ValueId> values_beside(const Network& network, ValueId layer, ValueId of);

}  // namespace cameo

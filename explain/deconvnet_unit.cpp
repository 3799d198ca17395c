#include "explain/deconvnet_unit.h"

#include <array>

#include "core/error.h"
#include "explain/layers.h"
#include "explain/relu_rules.h"
#include "explain/warnings.h"

namespace cameo::explain {

namespace {

struct Span {
  std::int64_t begin, end;
};

/// One index where it is named, all of them otherwise.
Span choice(const char* what, std::optional<std::int64_t> named, std::int64_t extent) {
  if (!named) return {0, extent};
  if (*named >= 0 && *named < extent) return {*named, *named + 1};
  throw ArgumentError("deconvnet-unit: there is no " + std::string(what) + " " +
                      std::to_string(*named) + "; the layer has " + std::to_string(extent) +
                      ", counted from 0");
}

std::size_t index_of(const Unit& unit, const Shape& shape) {
  return static_cast<std::size_t>((unit.channel * shape[2] + unit.row) * shape[3] + unit.column);
}

std::string describe(const Unit& unit) {
  return "channel " + std::to_string(unit.channel) + ", row " + std::to_string(unit.row) +
         ", column " + std::to_string(unit.column);
}

}  // namespace

Unit find_unit(const Tensor& features, const DeconvnetUnitOptions& options) {
  const Shape& shape = features.shape();
  const Span channels = choice("channel", options.channel, shape[1]);
  const Span rows = choice("row", options.row, shape[2]);
  const Span columns = choice("column", options.column, shape[3]);
  Unit best{channels.begin, rows.begin, columns.begin};
  for (std::int64_t c = channels.begin; c < channels.end; ++c) {
    for (std::int64_t y = rows.begin; y < rows.end; ++y) {
      for (std::int64_t x = columns.begin; x < columns.end; ++x) {
        const Unit unit{c, y, x};
        if (features.data()[index_of(unit, shape)] > features.data()[index_of(best, shape)]) {
          best = unit;
        }
      }
    }
  }
  return best;
}

const MethodInfo& DeconvnetUnit::info() const {
  static const MethodInfo info{
      .name = "deconvnet-unit",
      .summary = "what of the picture one activation of a layer answers to",
      .paper =
          "Zeiler & Fergus 2014, Visualizing and Understanding Convolutional Networks, "
          "section 2.1",
      .kind = MapKind::kPixel,
      .options = {{"layer", "auto", "the layer of the activation"},
                  {"channel", "strongest", "its channel"},
                  {"row", "strongest", "its row in the channel"},
                  {"column", "strongest", "its column in the channel"},
                  {"start", "activation", "what goes down: the activation or one"}},
  };
  return info;
}

void DeconvnetUnit::prepare(const Network& network, const Shape& picture, ValueId of,
                            Request& request) const {
  request.keep.push_back(resolve_layer(network, picture, of, options_.layer));
  request.wrt.push_back(network.input());
}

Explanation DeconvnetUnit::explain(const Tape& tape, const Target& target) const {
  const Network& network = tape.network();
  const Shape& picture = picture_shape(tape);
  const ValueId layer = resolve_layer(tape, target.of, options_.layer);
  const Tensor& features = tape.value(layer);
  const Unit unit = find_unit(features, options_);
  const float activation = features.data()[index_of(unit, features.shape())];
  Tensor start(features.shape());
  start.mutable_data()[index_of(unit, features.shape())] = options_.unit_start ? 1.0F : activation;

  const std::array<ValueId, 1> wrt{network.input()};
  const Gradients down = tape.backward(layer, start, deconvnet(), wrt);
  Explanation result;
  result.method = info().name;
  result.kind = MapKind::kPixel;
  result.map = down.at(network.input()).reshaped({picture[1], picture[2], picture[3]});
  result.signed_map = result.map;
  result.layer = layer;
  result.target = target;
  result.logit = score_of(tape, target);
  result.warnings = ops_without_rule(network, tape.backward_order(layer, wrt));
  if (!(activation > 0.0F)) {
    result.warnings.push_back("the unit at " + describe(unit) + " is not active");
  }
  warn_about_map(result);
  return result;
}

}  // namespace cameo::explain

#include "core/conv/conv.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "core/conv/algorithm.h"
#include "core/conv/epilogue.h"
#include "core/conv/extents.h"
#include "core/conv/window.h"
#include "core/elementwise.h"
#include "core/error.h"
#include "core/names.h"
#include "core/parallel.h"
#include "core/reduce.h"
#include "core/tensor.h"

namespace cameo {

namespace {

std::int64_t x_size(const ConvParams& p) { return p.batch * p.channels * p.in_size(); }
std::int64_t y_size(const ConvParams& p) { return p.batch * p.filters * p.out_size(); }
std::int64_t pooled_size(const ConvParams& p) {
  return p.batch * p.filters * (p.out_height / 2) * (p.out_width / 2);
}
std::int64_t weight_size(const ConvParams& p) { return p.filters * p.depth(); }

/// Memory that grows to the largest size asked for.
class Workspace {
 public:
  std::span<float> hold(std::int64_t floats) {
    if (floats > held_) {
      memory_.reset();
      held_ = 0;
      const auto bytes = static_cast<std::size_t>(floats) * sizeof(float);
      memory_.reset(static_cast<float*>(operator new(bytes, kAlignment)));
      held_ = floats;
    }
    return {memory_.get(), static_cast<std::size_t>(floats)};
  }

 private:
  static constexpr std::align_val_t kAlignment{64};  // a cache line
  struct Free {
    void operator()(float* memory) const { operator delete(memory, kAlignment); }
  };
  std::unique_ptr<float, Free> memory_;
  std::int64_t held_ = 0;
};

}  // namespace

void check_size(const char* what, std::size_t got, std::int64_t expected) {
  if (static_cast<std::int64_t>(got) == expected) return;
  throw ArgumentError(std::string("Conv: expected ") + std::to_string(expected) + " values of " +
                      what + ", got " + std::to_string(got));
}

void check_stage(const ConvParams& p, std::span<const float> weight, const ConvEpilogue& epilogue) {
  check_size("weight", weight.size(), weight_size(p));
  if (!epilogue.scale.empty()) check_size("scale", epilogue.scale.size(), p.filters);
  if (!epilogue.bias.empty()) check_size("bias", epilogue.bias.size(), p.filters);
  if (!epilogue.residual.empty()) check_size("residual", epilogue.residual.size(), y_size(p));
}

ConvParams complete(ConvParams p) {
  if (p.groups < 1 || p.channels < 1 || p.filters < 1 || p.channels % p.groups != 0 ||
      p.filters % p.groups != 0) {
    throw ShapeError("Conv: expected channels and filters that the groups divide, got " +
                     std::to_string(p.channels) + " channels, " + std::to_string(p.filters) +
                     " filters and " + std::to_string(p.groups) + " groups");
  }
  if (p.batch < 0) throw ShapeError("Conv: expected a batch of 0 or more");
  p.out_height = window_count({.op = "Conv",
                               .name = "height",
                               .extent = p.height,
                               .kernel = p.kernel[0],
                               .stride = p.strides[0],
                               .dilation = p.dilations[0],
                               .pad_begin = p.pads[0],
                               .pad_end = p.pads[2]});
  p.out_width = window_count({.op = "Conv",
                              .name = "width",
                              .extent = p.width,
                              .kernel = p.kernel[1],
                              .stride = p.strides[1],
                              .dilation = p.dilations[1],
                              .pad_begin = p.pads[1],
                              .pad_end = p.pads[3]});
  try {
    const std::int64_t images = std::max<std::int64_t>(p.batch, 1);
    static_cast<void>(element_count({images, p.channels, p.height, p.width}));
    static_cast<void>(element_count({images, p.filters, p.out_height, p.out_width}));
    static_cast<void>(element_count({p.filters, p.group_channels(), p.kernel[0], p.kernel[1]}));
  } catch (const ShapeError& error) {
    throw ShapeError(std::string("Conv: ") + error.what());
  }
  return p;
}

std::span<const ConvAlgorithm> conv_algorithms() {
  static const std::array algorithms{depthwise_conv(), winograd_conv(), packed_conv(),
                                     phased_conv(),    im2col_conv(),   reference_conv()};
  return algorithms;
}

const ConvAlgorithm& select_conv_algorithm(const ConvParams& params, ConvPass pass, bool prepared) {
  const std::span<const ConvAlgorithm> all = conv_algorithms();
  const char* forced = std::getenv("CAMEO_CONV_ALGORITHM");
  if (forced == nullptr || *forced == '\0') {
    return *std::find_if(all.begin(), all.end(), [&](const ConvAlgorithm& a) {
      return a.supports(params, pass) && a.prefers(params, pass, prepared);
    });
  }
  const auto named = std::find_if(all.begin(), all.end(),
                                  [&](const ConvAlgorithm& a) { return a.name == forced; });
  if (named == all.end()) {
    std::vector<std::string> names;
    for (const ConvAlgorithm& algorithm : all) names.emplace_back(algorithm.name);
    throw LookupError("CAMEO_CONV_ALGORITHM: " +
                      unknown_name_message("convolution algorithm", forced, names));
  }
  return named->supports(params, pass) ? *named : all.back();
}

std::span<float> thread_workspace(std::int64_t floats) {
  thread_local Workspace workspace;
  return workspace.hold(floats);
}

std::span<float> shared_workspace(std::int64_t floats) {
  thread_local Workspace workspace;
  return workspace.hold(floats);
}

std::span<float> sums_workspace(std::int64_t floats) {
  thread_local Workspace workspace;
  return workspace.hold(floats);
}

void sum_partials(std::span<const float> partial, std::int64_t chunks, std::int64_t size,
                  float* result) {
  parallel_for(size, kElementwiseGrain, [&](std::int64_t begin, std::int64_t end) {
    std::copy(partial.data() + begin, partial.data() + end, result + begin);
    for (std::int64_t chunk = 1; chunk < chunks; ++chunk) {
      const float* addend = partial.data() + chunk * size;
      for (std::int64_t i = begin; i < end; ++i) result[i] += addend[i];
    }
  });
}

void apply_epilogue(const ConvParams& p, const ConvEpilogue& epilogue, float* y) {
  const ConvEpilogue none;
  if (epilogue.scale.empty() && epilogue.bias.empty() && epilogue.residual.empty() &&
      epilogue.low == none.low && epilogue.high == none.high) {
    return;
  }
  const std::int64_t size = p.out_size();
  parallel_for(p.batch * p.filters, ceil_div(kElementwiseGrain, size),
               [&](std::int64_t begin, std::int64_t end) {
                 for (std::int64_t i = begin; i < end; ++i) {
                   const float* residual =
                       epilogue.residual.empty() ? nullptr : epilogue.residual.data() + i * size;
                   float* plane = y + i * size;
                   finish_row(PlaneEpilogue::of(epilogue, i % p.filters), plane, residual, size,
                              plane);
                 }
               });
}

PreparedConv::PreparedConv(const ConvAlgorithm& algorithm, const ConvParams& params, ConvPass pass,
                           const float* weight)
    : algorithm_(algorithm),
      params_(params),
      pass_(pass),
      values_(static_cast<std::size_t>(algorithm.prepared_size(params, pass))) {
  algorithm.prepare(params, pass, weight, values_.data());
}

void PreparedConv::check(const ConvParams& p, ConvPass pass) const {
  if (pass == pass_ && p.channels == params_.channels && p.filters == params_.filters &&
      p.groups == params_.groups && p.kernel == params_.kernel && p.strides == params_.strides &&
      p.pads == params_.pads && p.dilations == params_.dilations) {
    return;
  }
  throw ArgumentError("Conv: the prepared weights were made for other parameters");
}

std::int64_t prepared_bytes(const PreparedConv& prepared) {
  return static_cast<std::int64_t>(prepared.values().size() * sizeof(float));
}

std::shared_ptr<const PreparedConv> prepare_conv(const ConvParams& p, ConvPass pass,
                                                 std::span<const float> weight) {
  check_size("weight", weight.size(), weight_size(p));
  const ConvAlgorithm& algorithm = select_conv_algorithm(p, pass, true);
  if (pass == ConvPass::kBackwardWeights || algorithm.prepared_size(p, pass) == 0) return nullptr;
  return std::make_shared<const PreparedConv>(algorithm, p, pass, weight.data());
}

namespace {

/// The algorithm of the prepared weights, else the fastest without.
const ConvAlgorithm& algorithm_for(const ConvParams& p, ConvPass pass,
                                   const PreparedConv* prepared) {
  if (prepared == nullptr) return select_conv_algorithm(p, pass);
  prepared->check(p, pass);
  return prepared->algorithm();
}

ConvWeights weights_of(std::span<const float> weight, const PreparedConv* prepared) {
  return {.stored = weight.data(),
          .prepared = prepared == nullptr ? nullptr : prepared->values().data()};
}

/// NaN wins, and the first of equals.
float larger(float a, float b) {
  const float most = a < b ? b : a;
  return b == b ? most : b;
}

/// The largest of each 2x2 of whole planes.
void pool(const ConvParams& p, std::span<const float> whole, std::span<float> y) {
  const std::int64_t width = p.out_width / 2;
  const std::int64_t size = p.out_height / 2 * width;
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(y.size()); ++i) {
    const std::int64_t row = i % size / width;
    const float* at =
        whole.data() + (i / size * p.out_height + 2 * row) * p.out_width + 2 * (i % width);
    y[static_cast<std::size_t>(i)] =
        larger(larger(at[0], at[1]), larger(at[p.out_width], at[p.out_width + 1]));
  }
}

}  // namespace

bool pools_outputs(const ConvParams& p) {
  return p.out_height > 1 && p.out_width > 1 && select_conv_algorithm(p, ConvPass::kForward).pools;
}

void conv2d_forward(const ConvParams& p, std::span<const float> x, std::span<const float> weight,
                    const PreparedConv* prepared, const ConvEpilogue& epilogue,
                    std::span<float> y) {
  check_size("x", x.size(), x_size(p));
  check_stage(p, weight, epilogue);
  check_size("y", y.size(), epilogue.pooled ? pooled_size(p) : y_size(p));
  if (p.batch == 0 || y.empty()) return;
  const ConvAlgorithm& algorithm = algorithm_for(p, ConvPass::kForward, prepared);
  const ConvWeights weights = weights_of(weight, prepared);
  if (!epilogue.pooled || algorithm.pools) {
    return algorithm.forward(p, x.data(), weights, epilogue, y.data());
  }
  std::vector<float> whole(static_cast<std::size_t>(y_size(p)));
  algorithm.forward(p, x.data(), weights, epilogue, whole.data());
  pool(p, whole, y);
}

void conv2d_forward(const ConvParams& p, std::span<const float> x, std::span<const float> weight,
                    std::span<const float> bias, std::span<float> y) {
  conv2d_forward(p, x, weight, nullptr, {.bias = bias}, y);
}

void conv2d_backward_data(const ConvParams& p, std::span<const float> weight,
                          std::span<const float> dy, std::span<float> dx,
                          const PreparedConv* prepared) {
  check_size("weight", weight.size(), weight_size(p));
  check_size("dy", dy.size(), y_size(p));
  check_size("dx", dx.size(), x_size(p));
  if (p.batch == 0) return;
  algorithm_for(p, ConvPass::kBackwardData, prepared)
      .backward_data(p, weights_of(weight, prepared), dy.data(), dx.data());
}

void conv2d_backward_weights(const ConvParams& p, std::span<const float> x,
                             std::span<const float> dy, std::span<float> dweight) {
  check_size("x", x.size(), x_size(p));
  check_size("dy", dy.size(), y_size(p));
  check_size("dweight", dweight.size(), weight_size(p));
  if (p.batch == 0) {
    std::fill(dweight.begin(), dweight.end(), 0.0F);
    return;
  }
  select_conv_algorithm(p, ConvPass::kBackwardWeights)
      .backward_weights(p, x.data(), dy.data(), dweight.data());
}

void conv2d_backward_bias(const ConvParams& p, std::span<const float> dy, std::span<float> dbias) {
  check_size("dy", dy.size(), y_size(p));
  check_size("dbias", dbias.size(), p.filters);
  parallel_for(p.filters, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t m = begin; m < end; ++m) {
      double total = 0.0;
      for (std::int64_t n = 0; n < p.batch; ++n) {
        const float* plane = dy.data() + (n * p.filters + m) * p.out_size();
        total += sum_of(p.out_size(), [&](std::int64_t i) { return plane[i]; });
      }
      dbias[static_cast<std::size_t>(m)] = static_cast<float>(total);
    }
  });
}

}  // namespace cameo

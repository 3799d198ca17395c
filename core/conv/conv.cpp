#include "core/conv/conv.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "core/conv/algorithm.h"
#include "core/conv/window.h"
#include "core/elementwise.h"
#include "core/error.h"
#include "core/names.h"
#include "core/parallel.h"
#include "core/reduce.h"
#include "core/tensor.h"

namespace cameo {

namespace {

void check_size(const char* what, std::size_t got, std::int64_t expected) {
  if (static_cast<std::int64_t>(got) == expected) return;
  throw ArgumentError(std::string("Conv: expected ") + std::to_string(expected) + " values of " +
                      what + ", got " + std::to_string(got));
}

std::int64_t x_size(const ConvParams& p) { return p.batch * p.channels * p.in_size(); }
std::int64_t y_size(const ConvParams& p) { return p.batch * p.filters * p.out_size(); }
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
  static const std::array<ConvAlgorithm, 4> algorithms{pointwise_conv(), winograd_conv(),
                                                       im2col_conv(), reference_conv()};
  return algorithms;
}

const ConvAlgorithm& select_conv_algorithm(const ConvParams& params) {
  const std::span<const ConvAlgorithm> all = conv_algorithms();
  const char* forced = std::getenv("CAMEO_CONV_ALGORITHM");
  if (forced == nullptr || *forced == '\0') {
    return *std::find_if(all.begin(), all.end(), [&](const ConvAlgorithm& a) {
      return a.supports(params) && a.prefers(params);
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
  return named->supports(params) ? *named : all.back();
}

std::span<float> thread_workspace(std::int64_t floats) {
  thread_local Workspace workspace;
  return workspace.hold(floats);
}

std::span<float> shared_workspace(std::int64_t floats) {
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

void conv2d_forward(const ConvParams& p, std::span<const float> x, std::span<const float> weight,
                    std::span<const float> bias, std::span<float> y) {
  check_size("x", x.size(), x_size(p));
  check_size("weight", weight.size(), weight_size(p));
  check_size("y", y.size(), y_size(p));
  if (!bias.empty()) check_size("bias", bias.size(), p.filters);
  if (p.batch == 0) return;
  select_conv_algorithm(p).forward(p, x.data(), weight.data(), bias.empty() ? nullptr : bias.data(),
                                   y.data());
}

void conv2d_backward_data(const ConvParams& p, std::span<const float> weight,
                          std::span<const float> dy, std::span<float> dx) {
  check_size("weight", weight.size(), weight_size(p));
  check_size("dy", dy.size(), y_size(p));
  check_size("dx", dx.size(), x_size(p));
  if (p.batch == 0) return;
  select_conv_algorithm(p).backward_data(p, weight.data(), dy.data(), dx.data());
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
  select_conv_algorithm(p).backward_weights(p, x.data(), dy.data(), dweight.data());
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

/// What a convolution algorithm is to core/conv/conv.cpp and to the tests.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/conv/conv.h"

namespace cameo {

/// Weights as they are stored and, unless null, as ConvAlgorithm::prepare() made them.
struct ConvWeights {
  const float* stored;
  const float* prepared;
};

/// One way to convolve. The functions take completed parameters and a batch of 1 or more;
/// outputs are overwritten. Bits must not depend on the thread count.
struct ConvAlgorithm {
  std::string_view name;
  /// Independent of batch, height and width but for kBackwardWeights; passes never supported may be
  /// null below.
  bool (*supports)(const ConvParams& params, ConvPass pass);
  /// Whether it is the faster choice, where supported, than those behind it in the list;
  /// `prepared` says that preparing the weights costs nothing.
  bool (*prefers)(const ConvParams& params, ConvPass pass, bool prepared);
  /// Floats that prepare() writes, which depend on neither batch, height nor width; 0 when weights
  /// are used as they are stored.
  std::int64_t (*prepared_size)(const ConvParams& params, ConvPass pass);
  void (*prepare)(const ConvParams& params, ConvPass pass, const float* weight, float* prepared);
  void (*forward)(const ConvParams& params, const float* x, ConvWeights weights,
                  const ConvEpilogue& epilogue, float* y);
  void (*backward_data)(const ConvParams& params, ConvWeights weights, const float* dy, float* dx);
  void (*backward_weights)(const ConvParams& params, const float* x, const float* dy,
                           float* dweight);
  /// Largest |error| to expect, as a share of the sum of the absolute values of an output's terms.
  double (*tolerance)(const ConvParams& params);
  /// Whether forward() does what ConvEpilogue::pooled asks for; the others leave it out.
  bool pools = false;
};

/// In the order they are tried; the last is the reference and supports everything.
std::span<const ConvAlgorithm> conv_algorithms();
/// The one that CAMEO_CONV_ALGORITHM asks for, else the first that supports and prefers a pass.
/// Throws LookupError when the variable names none.
const ConvAlgorithm& select_conv_algorithm(const ConvParams& params, ConvPass pass,
                                           bool prepared = false);

class PreparedConv {
 public:
  PreparedConv(const ConvAlgorithm& algorithm, const ConvParams& params, ConvPass pass,
               const float* weight);
  const ConvAlgorithm& algorithm() const { return algorithm_; }
  const std::vector<float>& values() const { return values_; }
  /// Throws ArgumentError unless made for this pass and parameters that differ in no more than
  /// batch, height and width.
  void check(const ConvParams& params, ConvPass pass) const;

 private:
  const ConvAlgorithm& algorithm_;
  ConvParams params_;
  ConvPass pass_;
  std::vector<float> values_;
};

/// Throws ArgumentError unless what a forward pass reads beside its input has the right sizes.
void check_stage(const ConvParams& params, std::span<const float> weight,
                 const ConvEpilogue& epilogue);
/// Throws ArgumentError unless `got`, a number of values, is `expected`.
void check_size(const char* what, std::size_t got, std::int64_t expected);

/// The epilogue as a pass of its own, for algorithms that have none.
void apply_epilogue(const ConvParams& params, const ConvEpilogue& epilogue, float* y);
/// `prepared_size` of algorithms that use weights as they are stored.
inline std::int64_t nothing_prepared(const ConvParams&, ConvPass) { return 0; }

ConvAlgorithm depthwise_conv();
ConvAlgorithm packed_conv();
ConvAlgorithm phased_conv();
ConvAlgorithm winograd_conv();
ConvAlgorithm im2col_conv();
ConvAlgorithm reference_conv();

/// Scratch memory of the calling thread, indeterminate and valid until its next call here. It is
/// kept for the thread's life: fresh pages cost more than the copying they serve.
std::span<float> thread_workspace(std::int64_t floats);
/// The same for what the calling thread makes and the threads it starts read; distinct memory.
std::span<float> shared_workspace(std::int64_t floats);
/// And for sums that they write and read; distinct from both.
std::span<float> sums_workspace(std::int64_t floats);

/// result[i] = the sum over chunks, in order, of partial[chunk · size + i].
void sum_partials(std::span<const float> partial, std::int64_t chunks, std::int64_t size,
                  float* result);

}  // namespace cameo

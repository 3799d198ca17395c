/// Checks an op's forward and gradients against a double reference.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/op.h"
#include "tests/core/ops/double_reference.h"

namespace cameo::test {

/// Uniform in [low, high), the same for the same seed.
Tensor random_tensor(Shape shape, std::uint64_t seed, float low = -1.0F, float high = 1.0F);

struct OpCase {
  const Op& op;
  DoubleFunction reference;
  std::vector<Tensor> inputs;
  bool training = false;
  std::uint64_t seed = 7;  ///< of RunContext
};

/// What is wrong with the op in this case, one line each; empty when nothing is. Checked are: the
/// inferred shape; the forward, to 1e-5; the gradient of every input against central differences
/// (h = 1e-3) of the reference, to 1 %; that a vjp given only the inputs that reads() declares for
/// one wanted gradient gives the same bits and writes no other; and that forward without residuals
/// gives the same bits. Entries whose one-sided differences disagree lie at a kink and are left
/// out, but not more than 5 % of them.
std::string problems(const OpCase& test);

/// Bits of the output and of every input gradient, for comparing runs.
std::vector<Tensor> run_all(const OpCase& test);
bool same_bits(const Tensor& a, const Tensor& b);

}  // namespace cameo::test

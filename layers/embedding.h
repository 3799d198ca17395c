/// Vectors for words.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "layers/module.h"

namespace cameo::layers {

struct EmbeddingOptions {
  std::int64_t words = 0;  ///< size of the vocabulary
  std::int64_t features = 0;
  Initializer weight_initializer = normal(1.0F);  ///< PyTorch's default
};

/// x, indices 0 … words-1 as whole numbers in float, of any shape `[…]`, to `[…,features]`.
/// Parameter NAME.weight `[words,features]`.
class Embedding final : public Module {
 public:
  explicit Embedding(EmbeddingOptions options) : options_(std::move(options)) {}
  /// Throws ArgumentError unless both extents are at least 1.
  ValueId build(Builder& builder, std::string_view name, ValueId x) const override;

 private:
  EmbeddingOptions options_;
};

}  // namespace cameo::layers

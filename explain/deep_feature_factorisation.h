/// Deep feature factorisation.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "explain/explainer.h"

namespace cameo::explain {

struct FactorOptions {
  std::int64_t components = 5;
  std::int64_t iterations = 200;
  std::uint64_t seed = 0;
};

/// Features less each channel's least value, as a sum of parts: places·channels. The strongest
/// part comes first; rows of `channels` have the length 1, or 0 where a part is empty.
struct Factors {
  Tensor places;    ///< `[K,H,W]`, not negative: where each part lies
  Tensor channels;  ///< `[K,C]`, not negative: what it is made of
  Tensor least;     ///< `[C]`: what was taken off every channel
};

/// Non-negative matrix factorisation of features `[1,C,H,W]` by multiplicative updates, which never
/// raise the squared error (Lee & Seung 2001, Algorithms for Non-negative Matrix Factorization,
/// theorem 1), from the channels of seeded random places. Throws ShapeError for another shape,
/// ArgumentError for less than one component or iteration and for features that are not finite.
Factors factorise(const Tensor& features, const FactorOptions& options = {});

struct DeepFeatureFactorisationOptions {
  std::string layer = "auto";  ///< a value's name; "auto": see default_layer()
  FactorOptions factors{};
  /// 0 is the strongest; left out: the one that gives the target the highest score when it is
  /// alone in the layer.
  std::optional<std::int64_t> component{};
};

/// Where one part of a layer's activations lies, `[H,W]`, not negative (Collins, Achanta &
/// Süsstrunk 2018, Deep Feature Factorization for Concept Discovery).
class DeepFeatureFactorisation final : public Explainer {
 public:
  /// Throws ArgumentError for a component that there is none of.
  explicit DeepFeatureFactorisation(DeepFeatureFactorisationOptions options = {});
  const MethodInfo& info() const override;
  void prepare(const Network& network, const Shape& picture, ValueId of,
               Request& request) const override;
  Explanation explain(const Tape& tape, const Target& target) const override;

 private:
  DeepFeatureFactorisationOptions options_;
};

}  // namespace cameo::explain

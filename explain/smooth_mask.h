/// Masks that cannot have fine detail.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/tensor.h"

namespace cameo::explain {

/// A square grid of parameters, a margin around it included so that no cell lacks neighbours, made
/// smooth by a soft maximum over shifted copies: cell v has
/// smax over u of k(v - u)·m_u, where k is 1 within one cell and falls off as a Gaussian beyond,
/// and smax of values f is the mean of f weighted by exp(f/T), T = 1/20 (Fong, Patrick & Vedaldi
/// 2019, Understanding Deep Networks via Extremal Perturbations and Smooth Masks, section 3.2).
/// Const after construction: one object serves every thread.
class SmoothMask {
 public:
  /// `cells` each way, `sigma` in cells. Throws ArgumentError unless both are positive.
  SmoothMask(std::int64_t cells, double sigma);

  /// How many parameters there are: those of the cells and of the margin, row by row.
  std::size_t parameters() const;

  /// The mask `[cells,cells]` of parameters in 0…1; it is in 0…1 too.
  Tensor mask(std::span<const double> parameters) const;

  /// The gradient by the parameters from `gradient` `[cells,cells]` by their `mask`.
  std::vector<double> transposed(std::span<const double> parameters, const Tensor& mask,
                                 const Tensor& gradient) const;

 private:
  std::int64_t side() const { return cells_ + 2 * reach_; }
  double kernel(std::int64_t down, std::int64_t right) const;
  /// `visit(u, k)` for every parameter u that a cell depends on, with its kernel.
  template <typename F>
  void for_each_parameter(std::int64_t cell, F visit) const;
  /// `visit(v, k)` for every cell v that depends on a parameter, with its kernel.
  template <typename F>
  void for_each_cell(std::int64_t parameter, F visit) const;

  std::int64_t cells_;
  std::int64_t reach_;          ///< of the kernel, and the margin's width
  std::vector<double> kernel_;  ///< by row and column offset, both from 0 to reach_
};

}  // namespace cameo::explain

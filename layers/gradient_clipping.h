/// Norms of gradients and their clipping.
#pragma once

#include "core/tape.h"

namespace cameo {

/// Sum of squares in double, in an order that does not depend on the thread count. Finite exactly
/// when every value is.
double sum_of_squares(const Tensor& x);

/// The Euclidean norm of all gradients taken together.
double global_norm(const Gradients& gradients);

/// Scales all gradients by max_norm / (norm + 1e-6) where their global norm, `norm`, exceeds
/// `max_norm` (Pascanu, Mikolov & Bengio 2013, algorithm 1; the small term is PyTorch's).
void clip_by_global_norm(Gradients& gradients, double norm, double max_norm);

}  // namespace cameo

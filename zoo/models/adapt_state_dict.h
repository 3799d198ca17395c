/// From the names other programs give parameters to the zoo's.
#pragma once

#include <string_view>

#include "zoo/checkpoints/state_dict.h"

namespace cameo::zoo {

/// The weights of `architecture` as load_state_dict() wants them, where PyTorch's public files
/// differ:
/// - "module." in front of every name (DataParallel) goes, as do all "num_batches_tracked";
/// - DenseNet's "denselayer1.norm.1.weight" of torchvision before 0.3 becomes
///   "denselayer1.norm1.weight";
/// - the auxiliary classifiers of GoogLeNet and Inception v3, used in training alone, go, and the
///   constants of "transform_input", which their files do not hold, come in.
/// Every other tensor is left as it is, also for an architecture that the zoo does not know.
StateDict adapt_state_dict(std::string_view architecture, StateDict state);

}  // namespace cameo::zoo

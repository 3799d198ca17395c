/// Every module.
#pragma once

#include "layers/activations.h"
#include "layers/batch_norm2d.h"
#include "layers/branches.h"
#include "layers/conv2d.h"
#include "layers/dropout.h"
#include "layers/embedding.h"
#include "layers/flatten.h"
#include "layers/linear.h"
#include "layers/lstm.h"
#include "layers/pooling.h"
#include "layers/residual.h"
#include "layers/sequential.h"

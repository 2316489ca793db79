#pragma once

#include "tuneval/layers/linear.h"

#include <initializer_list>
#include <vector>

namespace tuneval {

/// Whether `adapted_products` computes these layers for x: their weights learn nothing, their
/// adapters are of x's dtype and drop nothing, and x is not of the few rows that decoding's own
/// kernels take.
bool fits_adapted_products(const at::Tensor& x, std::initializer_list<Linear*> linears);

/// Several layers' products of one input as one node of the graph. It keeps the input once, by its
/// parts where it has any, and x Aᵀ of every adapter. On the way back the input's gradient is
/// summed in one tensor, and not formed where nobody asks for it.
std::vector<at::Tensor> adapted_products(const LayerInput& x,
                                         std::initializer_list<Linear*> linears);

}  // namespace tuneval

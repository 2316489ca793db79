#pragma once

#include "tuneval/abi.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>

namespace tuneval {

/// While one is open on this thread, `recompute` keeps nothing but the input of what it runs. The
/// host opens it around a training step when memory matters more than time.
class TUNEVAL_API RecomputeScope {
 public:
  /// For every block, or for none.
  explicit RecomputeScope(bool on);
  /// For the first `blocks` that are run; those behind them are kept.
  explicit RecomputeScope(int64_t blocks);
  ~RecomputeScope();
  RecomputeScope(const RecomputeScope&) = delete;
  RecomputeScope& operator=(const RecomputeScope&) = delete;

 private:
  int64_t before_;
};

/// block(x). Inside a RecomputeScope that is on, the graph of `block` is thrown away and made again
/// on the way back (Chen et al. 2016, "Training deep nets with sublinear memory cost"): the same
/// values and gradients, dropout's masks included, for one more forward pass. A model calls it
/// around each of its layers. Whatever `block` reads must outlive the backward pass.
TUNEVAL_API at::Tensor recompute(std::function<at::Tensor(const at::Tensor&)> block,
                                 const at::Tensor& x);

}  // namespace tuneval

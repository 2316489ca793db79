#pragma once

#include "tuneval/abi.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace tuneval {

/// What a model keeps of past tokens, by slot: keys and values of attention, inputs of a
/// convolution. A forest's shared tokens are stored once. Which slot holds which token is the
/// host's business.
class TUNEVAL_API Cache {
 public:
  Cache() = default;
  Cache(const Cache&) = delete;
  Cache& operator=(const Cache&) = delete;

  /// Room for at least `slots` slots in every part, kept parts included; grows, never shrinks.
  void reserve(int64_t slots);

  /// Stores `values` [tokens, …] at `slots` (int64 [tokens]) of part `part` of layer `layer`;
  /// returns the part's whole storage [capacity, …]. Capacity must have been reserved.
  at::Tensor write(int64_t layer, int64_t part, const at::Tensor& slots, const at::Tensor& values);

  /// Bytes held.
  int64_t bytes() const;

 private:
  int64_t capacity_ = 0;
  std::vector<std::vector<at::Tensor>> parts_;  // [layer][part]
};

}  // namespace tuneval

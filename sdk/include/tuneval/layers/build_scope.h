#pragma once

#include "tuneval/abi.h"

#include <ATen/core/Tensor.h>
#include <c10/core/TensorOptions.h>

namespace tuneval {

/// Where and in what dtype modules make their parameters: the host opens a scope around
/// ModelFamily::build. Scopes nest; each thread has its own.
class TUNEVAL_API BuildScope {
 public:
  BuildScope(at::Device device, at::ScalarType dtype);
  ~BuildScope();
  BuildScope(const BuildScope&) = delete;
  BuildScope& operator=(const BuildScope&) = delete;

 private:
  at::TensorOptions before_;
};

/// Options of the innermost scope; float32 on the CPU outside of any.
TUNEVAL_API at::TensorOptions build_options();

/// An uninitialised parameter of the scope's dtype and device. The pages of a large one are not
/// touched until a checkpoint's tensor takes its place.
TUNEVAL_API at::Tensor new_parameter(at::IntArrayRef shape);

}  // namespace tuneval

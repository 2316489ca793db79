#include "tuneval/layers/build_scope.h"

#include <ATen/ops/empty.h>

namespace tuneval {

namespace {
thread_local at::TensorOptions current_options =
    at::TensorOptions().dtype(at::kFloat).device(at::kCPU);
}

BuildScope::BuildScope(at::Device device, at::ScalarType dtype) : before_(current_options) {
  current_options = at::TensorOptions().dtype(dtype).device(device);
}
BuildScope::~BuildScope() { current_options = before_; }

at::TensorOptions build_options() { return current_options; }

at::Tensor new_parameter(at::IntArrayRef shape) { return at::empty(shape, current_options); }

}  // namespace tuneval

#include "framework/tune/step_values.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/stack.h>
#include <c10/core/impl/VirtualGuardImpl.h>

namespace tuneval {

StepValues::StepValues(const at::Tensor& loss, const at::Tensor& norm) {
  const at::Tensor both = at::stack({loss.to(at::kDouble), norm.to(at::kDouble)});
  coming_ = at::empty({2}, at::TensorOptions(at::kDouble).pinned_memory(true));
  coming_.copy_(both, /*non_blocking=*/true);
  const c10::impl::VirtualGuardImpl device(both.device().type());
  copy_.emplace(both.device().type());
  copy_->record(device.getStream(both.device()));
}

void StepValues::wait() {
  if (!copy_) return;
  copy_->synchronize();
  const double* const both = coming_.const_data_ptr<double>();
  loss_ = both[0];
  norm_ = both[1];
  copy_.reset();
}

}  // namespace tuneval

#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Event.h>

#include <optional>

namespace tuneval {

/// Loss and gradient norm of one optimizer step. From a GPU they come by themselves, while the host
/// prepares what is next.
class StepValues {
 public:
  StepValues(double loss, double norm) : loss_(loss), norm_(norm) {}
  /// Both [], on a GPU; a copy to the host is begun.
  StepValues(const at::Tensor& loss, const at::Tensor& norm);

  /// Waits until they are there.
  void wait();
  double loss() const { return loss_; }
  double norm() const { return norm_; }

 private:
  double loss_ = 0.0, norm_ = 0.0;
  at::Tensor coming_;               // float64 [2] in pinned memory
  std::optional<c10::Event> copy_;  // done with it
};

}  // namespace tuneval

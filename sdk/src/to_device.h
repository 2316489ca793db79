#pragma once

#include <ATen/core/Tensor.h>

namespace tuneval {

/// `host`, a tensor of the CPU, on `device`. To a GPU it goes through pinned memory, and nobody
/// waits: a plain copy would end all that the device has been given to do before the host goes on.
inline at::Tensor to_device(const at::Tensor& host, at::Device device) {
  if (!device.is_cuda()) return host.to(device);
  return host.pin_memory().to(at::TensorOptions(device), /*non_blocking=*/true);
}

}  // namespace tuneval

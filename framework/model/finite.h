#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <string>

namespace tuneval {

/// Place, in the order of a contiguous copy, of the first element that is NaN or infinite; none for
/// a tensor of integers. The tensor lies in the CPU's memory. It is read once, as fast as memory
/// gives it: about what copying it costs.
std::optional<int64_t> first_not_finite(const at::Tensor& tensor);

/// "NaN" or "infinity", and where: `NaN at element 17`; empty where all are finite.
std::string not_finite(const at::Tensor& tensor);

}  // namespace tuneval

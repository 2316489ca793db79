#include "framework/model/finite.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

namespace tuneval {

namespace {

/// A number is NaN or infinite where all bits of its exponent are set.
template <typename Bits>
std::optional<int64_t> first_with_full_exponent(const at::Tensor& tensor, Bits exponent) {
  const std::span all(static_cast<const Bits*>(tensor.const_data_ptr()), size_t(tensor.numel()));
  constexpr size_t kBlock = 4096;  // a loop without a way out is one that the compiler vectorises
  for (size_t begin = 0; begin < all.size(); begin += kBlock) {
    const auto block = all.subspan(begin, std::min(kBlock, all.size() - begin));
    unsigned found = 0;
    for (const Bits bits : block) found |= unsigned((bits & exponent) == exponent);
    if (!found) continue;
    const auto is_full = [&](Bits bits) { return (bits & exponent) == exponent; };
    return int64_t(begin) + (std::ranges::find_if(block, is_full) - block.begin());
  }
  return std::nullopt;
}

}  // namespace

std::optional<int64_t> first_not_finite(const at::Tensor& tensor) {
  if (tensor.numel() == 0) return std::nullopt;
  const at::Tensor whole = tensor.contiguous();
  switch (tensor.scalar_type()) {
    case at::kFloat: return first_with_full_exponent<uint32_t>(whole, 0x7F80'0000U);
    case at::kBFloat16: return first_with_full_exponent<uint16_t>(whole, 0x7F80U);
    case at::kHalf: return first_with_full_exponent<uint16_t>(whole, 0x7C00U);
    case at::kDouble: return first_with_full_exponent<uint64_t>(whole, 0x7FF0'0000'0000'0000ULL);
    default: return std::nullopt;
  }
}

std::string not_finite(const at::Tensor& tensor) {
  const auto place = first_not_finite(tensor);
  if (!place) return {};
  const double value = tensor.contiguous().view({-1})[*place].item<double>();
  return fmt::format("{} at element {}", std::isnan(value) ? "NaN" : "infinity", *place);
}

}  // namespace tuneval

#include "tuneval/model/cache.h"

#include "tuneval/error.h"

#include <ATen/ops/empty.h>
#include <fmt/format.h>

namespace tuneval {

void Cache::reserve(int64_t slots) {
  if (slots <= capacity_) return;
  for (auto& layer : parts_) {
    for (at::Tensor& part : layer) {
      if (!part.defined()) continue;
      std::vector<int64_t> shape = part.sizes().vec();
      shape[0] = slots;
      at::Tensor larger = at::empty(shape, part.options());
      larger.narrow(0, 0, part.size(0)).copy_(part);
      part = larger;
    }
  }
  capacity_ = slots;
}

at::Tensor Cache::write(int64_t layer, int64_t part, const at::Tensor& slots,
                        const at::Tensor& values) {
  if (parts_.size() <= size_t(layer)) parts_.resize(size_t(layer) + 1);
  auto& parts = parts_[size_t(layer)];
  if (parts.size() <= size_t(part)) parts.resize(size_t(part) + 1);
  at::Tensor& storage = parts[size_t(part)];
  if (!storage.defined()) {
    if (capacity_ == 0) throw Error("Cache::write: nothing was reserved");
    std::vector<int64_t> shape = values.sizes().vec();
    shape[0] = capacity_;
    storage = at::empty(shape, values.options());
  }
  storage.index_copy_(0, slots, values);
  return storage;
}

int64_t Cache::bytes() const {
  int64_t total = 0;
  for (const auto& layer : parts_) {
    for (const at::Tensor& part : layer) {
      if (part.defined()) total += int64_t(part.nbytes());
    }
  }
  return total;
}

}  // namespace tuneval

#include "framework/teacher/spending.h"

namespace tuneval {

bool Spending::reserve(double cost) {
  std::unique_lock lock(mutex_);
  if (limit_) {
    settled_.wait(lock, [&] { return fits(cost) || under_way_ == 0; });
    if (!fits(cost)) return false;
  }
  reserved_ += cost;
  ++under_way_;
  return true;
}

void Spending::settle(double reserved, double cost) {
  {
    const std::lock_guard lock(mutex_);
    --under_way_;
    // Sums of fractions leave a rest, which must not add up.
    reserved_ = under_way_ == 0 ? 0.0 : reserved_ - reserved;
    spent_ += cost;
  }
  settled_.notify_all();
}

double Spending::spent() const {
  const std::lock_guard lock(mutex_);
  return spent_;
}

}  // namespace tuneval

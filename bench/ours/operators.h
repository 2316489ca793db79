#pragma once

#include <ATen/record_function.h>

namespace tuneval::bench {

/// While it lives, adds up the time each of LibTorch's operators takes itself, without those it
/// calls. Timing costs about a microsecond an operator.
class OperatorTimes {
 public:
  OperatorTimes();
  ~OperatorTimes();
  OperatorTimes(const OperatorTimes&) = delete;
  OperatorTimes& operator=(const OperatorTimes&) = delete;

  /// Prints {"operator", "calls", "seconds"} for each, the slowest first.
  void print() const;

 private:
  at::CallbackHandle handle_;
};

}  // namespace tuneval::bench

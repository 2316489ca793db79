#pragma once

#include "tuneval/task/example.h"

#include <functional>
#include <memory>
#include <span>
#include <string>

namespace tuneval {

/// One example's value under one metric, or the reason why it has none.
struct SampleScore {
  double value = 0.0;
  bool scored = true;
  std::string reason;  ///< why not scored; empty when scored

  static SampleScore of(double value) { return {value, true, {}}; }
  static SampleScore unscored(std::string reason) { return {0.0, false, std::move(reason)}; }
};

/// What `aggregate` sees of one scored example. The pointers outlive the call.
struct Scored {
  const Example* example = nullptr;
  const Prediction* prediction = nullptr;
  double value = 0.0;
};

/// Code for one metric: a sample part and an aggregate part.
class TUNEVAL_API Metric {
 public:
  Metric() = default;
  Metric(const Metric&) = delete;
  Metric& operator=(const Metric&) = delete;
  virtual ~Metric();

  /// One example's value, in [lowest(), highest()].
  virtual SampleScore score(const Example& example, const Prediction& prediction) const = 0;
  /// The metric's value over the scored examples, in any order. Default: the mean of their values;
  /// 0 for none. The host resamples it for intervals.
  virtual double aggregate(std::span<const Scored> scored) const;
  virtual bool higher_is_better() const { return true; }
  virtual double lowest() const { return 0.0; }
  virtual double highest() const { return 1.0; }
};

using MetricFactory = std::function<std::shared_ptr<const Metric>()>;

}  // namespace tuneval

#pragma once

#include "tuneval/config.h"
#include "tuneval/task/example.h"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

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

/// A figure behind a metric's value, e.g. {"refund: recall", 0.75}.
struct MetricDetail {
  std::string name;
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
  /// Figures behind the value, kept in the record and shown in the report, in this order; none by
  /// default. E.g. precision, recall and support of each class.
  virtual std::vector<MetricDetail> details(std::span<const Scored> scored) const;
  virtual bool higher_is_better() const { return true; }
  virtual double lowest() const { return 0.0; }
  virtual double highest() const { return 1.0; }
};

/// Constructs a metric from its table [metric_options.NAME] of pack.toml, empty where there is
/// none; a bad option throws DataError through the table's own `fail`.
using MetricFactory = std::function<std::shared_ptr<const Metric>(const Config& options)>;

}  // namespace tuneval

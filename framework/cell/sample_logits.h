#pragma once

#include "framework/data/task_data.h"
#include "framework/model/loaded_model.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

namespace tuneval {

/// How two sets of logits differ at most, and where.
struct LogitDifference {
  double largest = 0.0;  ///< divided by the largest logit expected
  int64_t at = 0;        ///< index of the position
  int64_t token = 0;     ///< index in the vocabulary
  double expected = 0.0, found = 0.0;
};

/// A few rows of a task's test split with their answers, and logits at their last positions.
class SampleLogits {
 public:
  SampleLogits(const LoadedModel& model, const TaskData& task);

  int64_t rows() const { return rows_; }
  int64_t positions() const { return int64_t(places_.size()); }
  /// float32 [positions, vocabulary], on the model's device.
  at::Tensor compute() const;
  /// "test.jsonl:3, position 41 (token 17)" of an index into the positions.
  const std::string& place(int64_t index) const { return places_.at(size_t(index)); }

  /// `largest` is NaN where either holds a NaN.
  static LogitDifference compare(const at::Tensor& expected, const at::Tensor& found);

 private:
  const LoadedModel& model_;
  int64_t rows_ = 0;
  Batch batch_;
  at::Tensor asked_;  // int64 [positions]: indices in the batch
  std::vector<std::string> places_;
};

}  // namespace tuneval

#include "framework/cell/sample_logits.h"

#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace tuneval {

namespace {

// The cost of a certificate: one forward pass a check over this many rows, each cut off at this
// length; logits are held for so many of a row's last positions.
constexpr size_t kRows = 4;
constexpr int64_t kLongest = 512;
constexpr int64_t kPositions = 16;

/// Evenly spread over the split.
std::vector<const Example*> chosen(const std::vector<Example>& examples) {
  const size_t count = std::min(kRows, examples.size());
  std::vector<const Example*> some;
  for (size_t i = 0; i < count; ++i) some.push_back(&examples[i * examples.size() / count]);
  return some;
}

}  // namespace

SampleLogits::SampleLogits(const LoadedModel& model, const TaskData& task) : model_(model) {
  const auto examples = chosen(task.test);
  const int64_t longest = model.context > 0 ? std::min(kLongest, model.context) : kLongest;
  std::vector<std::vector<int64_t>> rows;
  for (const Example* example : examples) {
    rows.push_back(tokenize(*model.text, *example).ids);
    if (int64_t(rows.back().size()) > longest) rows.back().resize(size_t(longest));
  }
  rows_ = int64_t(rows.size());
  const Forest forest = make_forest(rows);
  std::vector<int64_t> asked;
  for (size_t r = 0; r < rows.size(); ++r) {
    const std::vector<int64_t> path = forest.path(r);
    for (size_t i = path.size() - std::min(path.size(), size_t(kPositions)); i < path.size(); ++i) {
      asked.push_back(path[i]);
      places_.push_back(
          fmt::format("{}, position {} (token {})", examples[r]->where, i, rows[r][i]));
    }
  }
  if (asked.empty()) return;
  batch_ = make_batch(forest, model.device);
  asked_ = at::tensor(asked, at::kLong).to(model.device);
}

at::Tensor SampleLogits::compute() const {
  const at::NoGradGuard no_grad;
  const at::Tensor hidden = model_.lm->hidden(batch_, nullptr).index_select(0, asked_);
  return model_.lm->logits(hidden).to(at::kFloat);
}

LogitDifference SampleLogits::compare(const at::Tensor& expected, const at::Tensor& found) {
  const at::Tensor apart = (found - expected).abs();
  const int64_t worst = apart.argmax().item<int64_t>();  // a NaN counts as the largest
  LogitDifference difference;
  difference.at = worst / expected.size(1);
  difference.token = worst % expected.size(1);
  difference.expected = expected[difference.at][difference.token].item<double>();
  difference.found = found[difference.at][difference.token].item<double>();
  const double scale =
      std::max(expected.abs().max().item<double>(), double(std::numeric_limits<float>::min()));
  difference.largest = apart.max().item<double>() / scale;
  return difference;
}

}  // namespace tuneval

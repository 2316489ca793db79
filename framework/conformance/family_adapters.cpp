#include "framework/conformance/family_checks.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/isfinite.h>
#include <torch/csrc/autograd/autograd.h>

namespace tuneval {

namespace {

/// A loss with a gradient of its own for every logit of every row: Σ logits · fixed random numbers.
at::Tensor loss_of(const std::vector<at::Tensor>& logits) {
  at::Tensor loss;
  for (size_t row = 0; row < logits.size(); ++row) {
    auto generator = at::detail::createCPUGenerator(row + 1);
    const at::Tensor weights = at::empty(logits[row].sizes(), at::kFloat)
                                   .normal_(0, 1, generator)
                                   .to(logits[row].device());
    const at::Tensor part = (logits[row].to(at::kFloat) * weights).sum();
    loss = loss.defined() ? loss + part : part;
  }
  return loss;
}

std::vector<at::Tensor> gradients_of(const ToyModel& toy, const std::vector<at::Tensor>& logits) {
  std::vector<at::Tensor> weights;
  for (const auto& [name, weight] : toy.adapter_weights()) weights.push_back(weight);
  return torch::autograd::grad({loss_of(logits)}, weights, {}, std::nullopt, false,
                               /*allow_unused=*/true);
}

/// Puts the targets' weights back when it ends.
class KeptWeights {
 public:
  explicit KeptWeights(const ToyModel& toy) : toy_(toy) {
    for (const auto& [name, linear] : toy.targets) weights_.push_back(linear->weight.clone());
  }
  ~KeptWeights() {
    const at::NoGradGuard no_grad;
    for (size_t i = 0; i < weights_.size(); ++i) toy_.targets[i].second->weight.copy_(weights_[i]);
  }
  KeptWeights(const KeptWeights&) = delete;
  KeptWeights& operator=(const KeptWeights&) = delete;

 private:
  const ToyModel& toy_;
  std::vector<at::Tensor> weights_;
};

}  // namespace

std::string check_forest(const ToyModel& toy) {
  const TokenRows rows = branching_rows(toy);
  const AttachedAdapters adapters(toy, AttachedAdapters::Kind::trained);
  const std::vector<at::Tensor> together = toy.logits_of(rows);
  std::vector<at::Tensor> alone;
  for (const auto& row : rows) alone.push_back(toy.logits_of(row));
  double logits = 0, gradients = 0;
  for (size_t row = 0; row < rows.size(); ++row) {
    logits = require_close(logits, fmt::format("row {}", row + 1), together[row], alone[row]);
  }
  const auto weights = toy.adapter_weights();
  const std::vector<at::Tensor> found = gradients_of(toy, together);
  const std::vector<at::Tensor> expected = gradients_of(toy, alone);
  for (size_t i = 0; i < weights.size(); ++i) {
    if (!found[i].defined() || !expected[i].defined())
      continue;  // every-lora-target-learns says so
    gradients = require_close(gradients, "gradient of " + weights[i].first, found[i], expected[i]);
  }
  return fmt::format("{} rows: relative difference {:.2g} of logits, {:.2g} of gradients",
                     rows.size(), logits, gradients);
}

std::string check_fresh_adapter(const ToyModel& toy) {
  const at::NoGradGuard no_grad;
  const std::vector<int64_t> row = toy.random_row(20, 1);
  const at::Tensor before = toy.logits_of(row);
  const AttachedAdapters adapters(toy, AttachedAdapters::Kind::fresh);
  const at::Tensor after = toy.logits_of(row);
  const double largest = difference_of(after, before).largest;
  if (largest != 0) fail_check("the logits change by {:.3g}", largest);
  return fmt::format("{} adapters", toy.targets.size());
}

std::string check_learning(const ToyModel& toy) {
  const AttachedAdapters adapters(toy, AttachedAdapters::Kind::trained);
  const auto weights = toy.adapter_weights();
  if (weights.empty()) fail_check("there is no target");
  const std::vector<at::Tensor> gradients =
      gradients_of(toy, {toy.logits_of(toy.random_row(20, 1))});
  for (size_t i = 0; i < weights.size(); ++i) {
    const at::Tensor& gradient = gradients[i];
    if (!gradient.defined() || gradient.abs().max().item<double>() == 0) {
      fail_check("{} has no gradient", weights[i].first);
    }
    if (!at::isfinite(gradient).all().item<bool>()) {
      fail_check("{} has a gradient that is not finite", weights[i].first);
    }
  }
  return fmt::format("{} gradients", weights.size());
}

std::string check_merging(const ToyModel& toy) {
  const at::NoGradGuard no_grad;
  const std::vector<int64_t> row = toy.random_row(20, 1);
  const at::Tensor base = toy.logits_of(row);
  const KeptWeights kept(toy);
  const AttachedAdapters adapters(toy, AttachedAdapters::Kind::trained);
  const at::Tensor attached = toy.logits_of(row);
  merge_adapters(*toy.lm);
  const at::Tensor merged = toy.logits_of(row);
  const double change = difference_of(attached, base).largest;
  if (change == 0) fail_check("attached adapters do not change the logits");
  const double relative = require_close(0, "the logits", merged, attached);
  return fmt::format(
      "the adapters change the logits by {:.2g}; merged, the relative difference is "
      "{:.2g}",
      change, relative);
}

}  // namespace tuneval

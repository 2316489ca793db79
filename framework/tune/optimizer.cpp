#include "framework/tune/optimizer.h"

#include "tuneval/error.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace tuneval {

Optimizer::Optimizer(std::vector<std::pair<std::string, at::Tensor>> parameters,
                     const Recipe& recipe)
    : recipe_(recipe), parameters_(std::move(parameters)) {
  for (const auto& [name, parameter] : parameters_) {
    first_.push_back(at::zeros_like(parameter));
    second_.push_back(at::zeros_like(parameter));
    steps_.push_back(at::zeros({}, parameter.options().dtype(at::kFloat)));
  }
}

namespace {

at::Tensor norm_of(const std::vector<at::Tensor>& gradients) {
  return at::linalg_vector_norm(at::stack(at::_foreach_norm(gradients, 2)));
}

// Of the norm, as PyTorch's clipping has it.
constexpr double kNormEpsilon = 1e-6;

}  // namespace

double Optimizer::step(double learning_rate) {
  const at::NoGradGuard no_grad;
  const std::vector<at::Tensor> grads = gradients();
  const double norm = norm_of(grads).item<double>();
  if (!std::isfinite(norm)) return norm;
  if (recipe_.max_grad_norm > 0) {
    const double factor = recipe_.max_grad_norm / (norm + kNormEpsilon);
    if (factor < 1.0) at::_foreach_mul_(grads, factor);
  }
  update(grads, learning_rate, std::nullopt, std::nullopt);
  return norm;
}

at::Tensor Optimizer::step_there(double learning_rate, const at::Tensor& loss) {
  const at::NoGradGuard no_grad;
  const std::vector<at::Tensor> grads = gradients();
  const at::Tensor norm = norm_of(grads).to(at::kFloat);
  const at::Tensor stay = at::isfinite(norm + loss).logical_not().to(at::kFloat);
  std::optional<at::Tensor> divisor;
  if (recipe_.max_grad_norm > 0) {
    divisor = ((norm + kNormEpsilon) / recipe_.max_grad_norm).clamp_min(1.0);
  }
  update(grads, learning_rate, divisor, stay);
  return norm;
}

std::vector<at::Tensor> Optimizer::gradients() const {
  std::vector<at::Tensor> grads;
  for (const auto& [name, parameter] : parameters_) {
    grads.push_back(parameter.grad().defined() ? parameter.grad() : at::zeros_like(parameter));
  }
  return grads;
}

/// The kernel itself divides the gradients by `divisor`, and does nothing where `stay` is 1.
void Optimizer::update(const std::vector<at::Tensor>& gradients, double learning_rate,
                       const std::optional<at::Tensor>& divisor,
                       const std::optional<at::Tensor>& stay) {
  std::vector<at::Tensor> weights;
  for (const auto& [name, parameter] : parameters_) weights.push_back(parameter.detach());
  at::_foreach_add_(steps_, 1);
  at::_fused_adamw_(weights, gradients, first_, second_, {}, steps_, learning_rate, recipe_.beta1,
                    recipe_.beta2, recipe_.weight_decay, recipe_.epsilon, /*amsgrad=*/false,
                    /*maximize=*/false, divisor, stay);
  for (auto& [name, parameter] : parameters_) parameter.mutable_grad().reset();
}

std::vector<std::pair<std::string, at::Tensor>> Optimizer::state() const {
  std::vector<std::pair<std::string, at::Tensor>> state;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    state.emplace_back(parameters_[i].first + ".first", first_[i]);
    state.emplace_back(parameters_[i].first + ".second", second_[i]);
    state.emplace_back(parameters_[i].first + ".steps", steps_[i]);
  }
  return state;
}

void Optimizer::restore(const std::vector<std::pair<std::string, at::Tensor>>& state) {
  std::map<std::string, at::Tensor> by_name(state.begin(), state.end());
  const auto take = [&](const std::string& name, at::Tensor& into) {
    auto found = by_name.find(name);
    if (found == by_name.end() || found->second.sizes() != into.sizes()) {
      throw RecordError(
          fmt::format("checkpoint: optimizer state \"{}\" is missing or of another shape", name));
    }
    into.copy_(found->second);
  };
  for (size_t i = 0; i < parameters_.size(); ++i) {
    take(parameters_[i].first + ".first", first_[i]);
    take(parameters_[i].first + ".second", second_[i]);
    take(parameters_[i].first + ".steps", steps_[i]);
  }
}

}  // namespace tuneval

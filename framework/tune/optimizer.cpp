#include "framework/tune/optimizer.h"

#include "tuneval/error.h"

#include <ATen/Functions.h>
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

double Optimizer::step(double learning_rate) {
  const at::NoGradGuard no_grad;
  std::vector<at::Tensor> weights, grads;
  for (auto& [name, parameter] : parameters_) {
    weights.push_back(parameter.detach());
    // A parameter that no token reached counts as having no gradient to speak of.
    grads.push_back(parameter.grad().defined() ? parameter.grad() : at::zeros_like(parameter));
  }
  const double norm = at::linalg_vector_norm(at::stack(at::_foreach_norm(grads, 2))).item<double>();
  if (!std::isfinite(norm)) return norm;
  if (recipe_.max_grad_norm > 0) {
    const double factor = recipe_.max_grad_norm / (norm + 1e-6);
    if (factor < 1.0) at::_foreach_mul_(grads, factor);
  }
  at::_foreach_add_(steps_, 1);
  at::_fused_adamw_(weights, grads, first_, second_, {}, steps_, learning_rate, recipe_.beta1,
                    recipe_.beta2, recipe_.weight_decay, recipe_.epsilon, /*amsgrad=*/false,
                    /*maximize=*/false);
  for (auto& [name, parameter] : parameters_) parameter.mutable_grad().reset();
  return norm;
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

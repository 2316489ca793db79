#include "framework/tune/trained.h"

#include "framework/model/adapter.h"
#include "tuneval/error.h"

#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <map>

namespace tuneval {

NamedTensors start_training(LoadedModel& model, const Recipe& recipe) {
  NamedTensors trained;
  if (recipe.adapter == "lora") {
    const auto targets = find_targets(model, recipe.targets);
    attach_fresh_adapter(targets, {recipe.rank, recipe.alpha, recipe.dropout}, recipe.seed);
    for (const auto& [name, linear] : targets) {
      trained.emplace_back(name + ".lora_A", linear->adapter()->a);
      trained.emplace_back(name + ".lora_B", linear->adapter()->b);
    }
  } else {
    for (auto& item : model.lm->named_parameters()) {
      at::Tensor& parameter = item.value();
      // A weight that is stored narrower than it is computed with cannot learn.
      if (parameter.scalar_type() != model.dtype) parameter.set_data(parameter.to(model.dtype));
      trained.emplace_back(item.key(), parameter.requires_grad_());
    }
  }
  return trained;
}

void copy_into(const NamedTensors& parameters, const NamedTensors& values) {
  const at::NoGradGuard no_grad;
  std::map<std::string, at::Tensor> by_name(values.begin(), values.end());
  for (const auto& [name, parameter] : parameters) {
    auto found = by_name.find(name);
    if (found == by_name.end() || found->second.sizes() != parameter.sizes()) {
      throw RecordError(
          fmt::format("checkpoint: weight \"{}\" is missing or of another shape", name));
    }
    parameter.detach().copy_(found->second);
  }
}

NamedTensors copy_of(const NamedTensors& parameters) {
  NamedTensors copies;
  for (const auto& [name, parameter] : parameters) {
    copies.emplace_back(name, parameter.detach().clone());
  }
  return copies;
}

}  // namespace tuneval

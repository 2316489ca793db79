#include "framework/conformance/toy_model.h"

#include "framework/conformance/checker.h"
#include "tuneval/layers/build_scope.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace tuneval {

namespace {

constexpr uint64_t kSeed = 20240229;

/// Norm weights around one, biases around zero, matrices so that a layer keeps its input's scale.
void fill(const std::string& name, at::Tensor& parameter, at::Generator& generator) {
  at::Tensor values = at::empty(parameter.sizes(), at::kFloat).normal_(0, 1, generator);
  if (parameter.dim() < 2) {
    const bool norm = name.ends_with("weight");
    values.mul_(0.1).add_(norm ? 1.0 : 0.0);
  } else {
    values.mul_(1.0 / std::sqrt(double(parameter.numel()) / double(parameter.size(0))));
  }
  parameter.copy_(values);
}

at::Tensor index_of(const std::vector<int64_t>& slots, at::Device device) {
  return at::tensor(slots, at::kLong).to(device);
}

std::vector<NamedLinear> find_lora_linears(const ModelFamily& family, CausalLm& lm) {
  const std::vector<std::string> names = family.lora_targets();
  std::vector<NamedLinear> found;
  for (const auto& item : lm.named_modules()) {
    const std::string part = item.key().substr(item.key().rfind('.') + 1);
    auto linear = std::dynamic_pointer_cast<Linear>(item.value());
    if (linear && std::ranges::find(names, part) != names.end()) {
      found.emplace_back(item.key(), std::move(linear));
    }
  }
  return found;
}

}  // namespace

at::Tensor ToyModel::logits_of(const std::vector<int64_t>& row) const {
  return logits_of(TokenRows{row}).front();
}

std::vector<at::Tensor> ToyModel::logits_of(const TokenRows& rows) const {
  const Forest forest = make_forest(rows);
  const at::Tensor hidden = lm->hidden(make_batch(forest, device), nullptr);
  std::vector<at::Tensor> logits;
  for (size_t row = 0; row < rows.size(); ++row) {
    logits.push_back(lm->logits(hidden.index_select(0, index_of(forest.path(row), device))));
  }
  return logits;
}

std::vector<std::pair<std::string, at::Tensor>> ToyModel::adapter_weights() const {
  std::vector<std::pair<std::string, at::Tensor>> weights;
  for (const auto& [name, linear] : targets) {
    if (!linear->adapter()) continue;
    weights.emplace_back(name + ".lora_A", linear->adapter()->a);
    weights.emplace_back(name + ".lora_B", linear->adapter()->b);
  }
  return weights;
}

AttachedAdapters::AttachedAdapters(const ToyModel& toy, Kind kind) : toy_(toy) {
  attach_fresh_adapter(toy.targets, {.rank = 4, .alpha = 8.0, .dropout = 0.0}, kSeed);
  if (kind == Kind::fresh) return;
  const at::NoGradGuard no_grad;
  auto generator = at::detail::createCPUGenerator(kSeed + 1);
  for (const auto& [name, linear] : toy.targets) {
    at::Tensor b = linear->adapter()->b;
    b.copy_(at::empty(b.sizes(), at::kFloat).normal_(0, 0.1, generator));
  }
}

AttachedAdapters::~AttachedAdapters() { detach_adapters(*toy_.lm); }

std::vector<int64_t> ToyModel::random_row(size_t length, uint64_t seed) const {
  std::mt19937_64 generator(seed);
  std::vector<int64_t> ids(length);
  for (int64_t& id : ids) id = int64_t(generator() % uint64_t(vocabulary));
  return ids;
}

ToyModel make_toy_model(const ModelFamily& family, const std::string& device,
                        const std::string& dtype) {
  ToyModel toy;
  toy.device = parse_device(device);
  toy.dtype = parse_dtype(dtype, toy.device);
  const Config config = Config::parse(family.tiny_config(), "tiny_config()");
  {
    const BuildScope scope(toy.device, toy.dtype);
    toy.lm = family.build(config);
  }
  if (!toy.lm) fail_check("build() makes nothing");
  const at::NoGradGuard no_grad;
  auto generator = at::detail::createCPUGenerator(kSeed);
  for (auto& item : toy.lm->named_parameters()) fill(item.key(), item.value(), generator);
  toy.lm->eval();
  toy.targets = find_lora_linears(family, *toy.lm);
  toy.vocabulary = config.has("vocab_size") ? config.integer("vocab_size")
                                            : toy.logits_of(std::vector<int64_t>{0}).size(1);
  return toy;
}

Difference difference_of(const at::Tensor& found, const at::Tensor& expected) {
  const at::NoGradGuard no_grad;
  const at::Tensor a = found.to(at::kCPU, at::kDouble), b = expected.to(at::kCPU, at::kDouble);
  return {(a - b).abs().max().item<double>(), b.abs().max().item<double>()};
}

double tolerance_of(at::ScalarType dtype) { return dtype == at::kFloat ? 1e-4 : 4e-2; }

double require_close(double worst, const std::string& what, const at::Tensor& found,
                     const at::Tensor& expected) {
  if (found.sizes() != expected.sizes()) fail_check("{}: shapes differ", what);
  const Difference difference = difference_of(found, expected);
  // A gradient that is zero everywhere has no scale of its own.
  const double relative = difference.largest / std::max(difference.scale, 1e-6);
  if (!(relative <= tolerance_of(expected.scalar_type()))) {
    fail_check("{}: differs by {:.3g} at values up to {:.3g}", what, difference.largest,
               difference.scale);
  }
  return std::max(worst, relative);
}

}  // namespace tuneval

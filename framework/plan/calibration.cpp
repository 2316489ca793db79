#include "framework/plan/calibration.h"

#include "framework/model/loaded_model.h"
#include "tuneval/layers/linear.h"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/ones.h>
#include <torch/cuda.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <set>
#include <utility>

namespace tuneval {

namespace {

using Clock = std::chrono::steady_clock;

// Useful work through the fastest float32 product, attention's own products counted as nothing:
// means of "share without attention's products" over the three LoRA workloads of step_flops on
// SmolLM2-135M's shape, bench/results/2026-11-26-6.json: 0.272, 0.265, 0.284 with recompute =
// "auto"; 0.313, 0.396, 0.368 with "never". Where every layer is computed twice, six products stand
// in the place of four.
constexpr double kShareAuto = 0.274, kShareNever = 0.359, kShareAlways = kShareNever * 4 / 6;

// A product of at most so much work, of so many tokens, is tried for each shape, so often.
constexpr int64_t kWork = 500'000'000, kTokens = 256;
constexpr int kTries = 3;
// All shapes together.
constexpr std::chrono::milliseconds kMostTime{400};
// Weights to be read: more than a cache holds that cores share.
constexpr int64_t kWeightRows = 32768, kWeightWidth = 1024;

double seconds_of(const at::Device& device, const std::function<void()>& work) {
  const auto begin = Clock::now();
  work();
  if (device.is_cuda()) torch::cuda::synchronize(device.index());
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// The best of several, the first of which only warms up; of one where that takes long.
double best_seconds(const at::Device& device, const std::function<void()>& work) {
  constexpr double kLong = 0.1, kLeast = 1e-9;
  double best = seconds_of(device, work);
  for (int i = 0; i < kTries && best < kLong; ++i) best = std::min(best, seconds_of(device, work));
  return std::max(best, kLeast);
}

/// Widths of hidden states, and of what most of a layer's work makes of them, cut to kWork.
std::set<std::pair<int64_t, int64_t>> shapes_of(const Plan& plan) {
  std::set<std::pair<int64_t, int64_t>> shapes;
  for (const PlannedModel& model : plan.models) {
    const int64_t width = std::clamp<int64_t>(model.costs.width, 1, 4096);
    const int64_t inner = text_config(model.config).integer_or("intermediate_size", 4 * width);
    const int64_t most = std::max<int64_t>(1, kWork / (2 * kTokens * width));
    shapes.emplace(width, std::clamp<int64_t>(inner, 1, most));
  }
  return shapes;
}

double fastest_product(const Plan& plan, const at::TensorOptions& options) {
  const auto begin = Clock::now();
  double fastest = 0.0;
  for (const auto& [width, inner] : shapes_of(plan)) {
    if (fastest > 0 && Clock::now() - begin > kMostTime) break;
    const at::Tensor x = at::ones({kTokens, width}, options);
    const at::Tensor weight = at::ones({inner, width}, options);
    const double seconds = best_seconds(options.device(), [&] { at::linear(x, weight); });
    fastest = std::max(fastest, 2.0 * double(kTokens * width * inner) / seconds);
  }
  return fastest;
}

/// Bytes of weights a second, as decoding reads them.
double reading_speed(const at::TensorOptions& computed, at::ScalarType stored) {
  const at::Tensor weight = at::ones({kWeightRows, kWeightWidth}, computed.dtype(stored));
  const at::Tensor x = at::ones({1, kWeightWidth}, computed);
  return double(weight.nbytes()) / best_seconds(computed.device(), [&] { product(x, weight); });
}

}  // namespace

Calibration calibrate(const Plan& plan) {
  if (plan.models.empty()) return {};
  const at::NoGradGuard no_grad;
  if (plan.manifest.threads > 0) at::set_num_threads(int(plan.manifest.threads));
  const at::Device device = parse_device(plan.manifest.device);
  const at::ScalarType dtype = parse_dtype(plan.manifest.dtype, device);
  const auto options = at::TensorOptions().device(device).dtype(dtype);
  // What a CPU computes in float32 is mostly stored in bfloat16.
  const at::ScalarType stored = dtype == at::kFloat ? at::kBFloat16 : dtype;
  return {fastest_product(plan, options), reading_speed(options, device.is_cpu() ? stored : dtype)};
}

double estimate_seconds(const CellEstimate& work, const ModelCosts& model, const Recipe& recipe,
                        const Calibration& machine) {
  if (machine.flops_per_second <= 0 || machine.bytes_per_second <= 0) return 0.0;
  const double tune_share = recipe.recompute == "auto"    ? kShareAuto
                            : recipe.recompute == "never" ? kShareNever
                                                          : kShareAlways;
  const double forward = kShareNever * machine.flops_per_second;
  const double reading = double(model.weight_bytes) / machine.bytes_per_second;
  const double products = 2.0 * double(model.parameters) * double(work.decode_tokens) / forward;
  return work.tune_flops / (tune_share * machine.flops_per_second) + work.forward_flops / forward +
         std::max(double(work.decode_passes) * reading, products);
}

void fill_times(Plan& plan, const Calibration& machine) {
  for (Cell& cell : plan.cells) {
    if (!cell.has_model()) continue;
    cell.estimate.seconds = estimate_seconds(cell.estimate, plan.models[cell.model].costs,
                                             plan.manifest.tuning, machine);
  }
}

}  // namespace tuneval

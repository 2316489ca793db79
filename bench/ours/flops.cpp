#include "bench/ours/flops.h"

#include "framework/model/adapter.h"

#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <chrono>
#include <map>

namespace tuneval::bench {

using Json = nlohmann::ordered_json;

namespace {

// Each shape is measured for so long, and at least so often.
constexpr double kSecondsAShape = 0.3;
constexpr int kLeastRuns = 5;

using Clock = std::chrono::steady_clock;

/// The first layer's projections read the embeddings, which are frozen: nobody asks for the
/// gradient of what goes in.
bool reads_embeddings(const std::string& name) {
  for (const char* end : {".q_proj", ".k_proj", ".v_proj", ".in_proj"}) {
    if (name.find("layers.0.") != std::string::npos && name.ends_with(end)) return true;
  }
  return false;
}

/// Whose input is what attention gives: heads · head_dim wide.
bool follows_attention(const std::string& name) {
  return name.ends_with("self_attn.o_proj") || name.ends_with("self_attn.out_proj");
}

struct Times {
  double fastest = 0.0, median = 0.0;  // seconds
};

Times measure_product(const at::Tensor& a, const at::Tensor& b) {
  at::Tensor out = at::mm(a, b);
  std::vector<double> seconds;
  const auto begin = Clock::now();
  do {
    const auto before = Clock::now();
    at::mm_out(out, a, b);
    seconds.push_back(std::chrono::duration<double>(Clock::now() - before).count());
  } while (int(seconds.size()) < kLeastRuns ||
           std::chrono::duration<double>(Clock::now() - begin).count() < kSecondsAShape);
  std::sort(seconds.begin(), seconds.end());
  return {seconds.front(), seconds[seconds.size() / 2]};
}

/// How often a step multiplies [tokens, in] with [in, out]: forward, and backward with the two
/// exchanged.
std::map<std::pair<int64_t, int64_t>, int64_t> shapes_of(const LoadedModel& model) {
  std::map<std::pair<int64_t, int64_t>, int64_t> counts;
  for (const auto& [name, linear] : find_targets(model, {"all-linear"})) {
    ++counts[{linear->in_features(), linear->out_features()}];
    if (!reads_embeddings(name)) ++counts[{linear->out_features(), linear->in_features()}];
  }
  return counts;
}

}  // namespace

StepFlops& StepFlops::operator+=(const StepFlops& other) {
  linear += other.linear;
  adapters += other.adapters;
  vocabulary += other.vocabulary;
  attention += other.attention;
  again += other.again;
  return *this;
}

Json StepFlops::json() const {
  return {{"linear", linear},
          {"adapters", adapters},
          {"vocabulary", vocabulary},
          {"attention", attention},
          {"again", again}};
}

StepFlops count_flops(const LoadedModel& model, const LossBatch& batch, double recomputed) {
  const int64_t tokens = batch.batch.tokens();
  // A token attends to its ancestors and to itself.
  const int64_t pairs = batch.batch.positions.sum().item<int64_t>() + tokens;
  StepFlops flops;
  int64_t forward = 0;
  for (const auto& [name, linear] : find_targets(model, {"all-linear"})) {
    const int64_t in = linear->in_features(), out = linear->out_features();
    const int64_t rank = linear->adapter() ? linear->adapter()->a.size(0) : 0;
    const int64_t ways = reads_embeddings(name) ? 1 : 2;
    flops.linear += 2 * ways * tokens * in * out;
    // Forward x·Aᵀ and ·Bᵀ; backward the gradients of B, of x·Aᵀ and of A, then that of x.
    flops.adapters += 2 * tokens * rank * ((1 + ways) * in + 3 * out);
    forward += 2 * tokens * (in * out + rank * (in + out));
    if (follows_attention(name)) {
      flops.attention += 12 * pairs * in;  // scores and values: 2 forward, 4 backward
      forward += 4 * pairs * in;
    }
  }
  flops.vocabulary = 4 * batch.positions.size(0) * model.config.integer("vocab_size") *
                     model.config.integer("hidden_size");
  flops.again = recomputed * forward;
  return flops;
}

Json measure_gemm(const LoadedModel& model, int64_t tokens) {
  const at::NoGradGuard no_grad;
  double peak = 0.0, seconds = 0.0, flops = 0.0;
  Json each = Json::object();
  for (const auto& [shape, count] : shapes_of(model)) {
    const auto [in, out] = shape;
    const Times times = measure_product(at::randn({tokens, in}), at::randn({out, in}).t());
    const double work = 2.0 * double(tokens) * double(in) * double(out);
    peak = std::max(peak, work / times.fastest);
    seconds += double(count) * times.median;
    flops += double(count) * work;
    each[std::to_string(tokens) + "x" + std::to_string(in) + "x" + std::to_string(out)] =
        work / times.median;
  }
  return {{"gemm_peak", peak}, {"gemm_of_shapes", flops / seconds}, {"gemm_shapes", each}};
}

}  // namespace tuneval::bench

#include "bench/ours/bench.h"
#include "bench/ours/flops.h"
#include "bench/ours/operators.h"
#include "bench/ours/watch.h"
#include "framework/model/adapter.h"
#include "framework/tune/loss.h"
#include "framework/tune/optimizer.h"
#include "framework/tune/recompute_rule.h"
#include "tuneval/error.h"
#include "tuneval/layers/recompute.h"

#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <span>

namespace tuneval::bench {

namespace {

using Json = nlohmann::ordered_json;
using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

NamedTensors trained_parameters(const LoadedModel& model) {
  NamedTensors trained;
  for (const auto& [name, linear] : find_targets(model, {"all-linear"})) {
    if (!linear->adapter()) {
      throw CheckpointError(fmt::format("the adapter has nothing for \"{}\"", name));
    }
    trained.emplace_back(name + ".lora_A", linear->adapter()->a);
    trained.emplace_back(name + ".lora_B", linear->adapter()->b);
  }
  return trained;
}

Recipe make_recipe(const StepArguments& arguments) {
  Recipe recipe;
  recipe.learning_rate = arguments.learning_rate;
  recipe.batch_size = arguments.batch;
  recipe.recompute = arguments.recompute;
  if (arguments.token_budget > 0) recipe.token_budget = arguments.token_budget;
  return recipe;
}

/// One optimizer step, as tuning does it.
Json step(const LoadedModel& model, Optimizer& optimizer, std::span<const TokenizedExample> rows,
          const Recipe& recipe) {
  const RecomputeRule rule(model, recipe);
  std::vector<const TokenizedExample*> pointers;
  for (const TokenizedExample& row : rows) pointers.push_back(&row);
  const int64_t targets = count_targets(pointers, LossOn::completion);
  const double scale = 1.0 / double(std::max<int64_t>(1, targets));
  double loss = 0.0;
  int64_t tokens = 0, computed = 0, batches = 0, recomputed = 0;
  StepFlops flops;
  for (const auto& part : pack_rows(std::move(pointers), recipe.token_budget)) {
    const LossBatch batch = make_loss_batch(part, LossOn::completion, model.device);
    const int64_t twice = rule.layers(batch.batch.tokens());
    const RecomputeScope scope(twice);
    loss += compute_loss(*model.lm, batch, scale, /*backward=*/true);
    const double share = double(twice) / double(rule.all_layers());
    recomputed += int64_t(share * double(batch.batch.tokens()));
    flops += count_flops(model, batch, share);
    tokens += batch.row_tokens;
    computed += batch.batch.tokens();
    ++batches;
  }
  const double norm = optimizer.step(recipe.learning_rate);
  if (!std::isfinite(loss) || !std::isfinite(norm)) {
    throw TuneError(fmt::format("loss is {}, gradient norm {}: expected finite", loss, norm));
  }
  return {{"loss", loss},
          {"gradient_norm", norm},
          {"rows", rows.size()},
          {"target_count", targets},
          {"token_count", tokens},
          {"computed_token_count", computed},
          {"recomputed_token_count", recomputed},
          {"batches", batches},
          {"flops", flops.json()}};
}

/// The faster of two measurements of the products' rate.
Json faster(Json first, Json second) {
  return second["gemm_peak"] > first["gemm_peak"] ? std::move(second) : std::move(first);
}

/// Tokens of the first step's largest batch.
int64_t largest_batch(std::span<const TokenizedExample> rows, const Recipe& recipe) {
  std::vector<const TokenizedExample*> pointers;
  for (const TokenizedExample& row : rows) pointers.push_back(&row);
  int64_t most = 1;
  for (const auto& part : pack_rows(std::move(pointers), recipe.token_budget)) {
    most = std::max(most, make_loss_batch(part, LossOn::completion, at::kCPU).batch.tokens());
  }
  return most;
}

/// What a process does once (reading pages in, making the kernels) is no part of a step.
void warm_up(const LoadedModel& model, std::span<const TokenizedExample> rows,
             const NamedTensors& trained, const std::string& mode) {
  for (const TokenizedExample& row : rows) {
    const TokenizedExample* pointer = &row;
    const LossBatch batch = make_loss_batch({&pointer, 1}, LossOn::completion, model.device);
    // As the steps do it: a warm-up that keeps its layers would set the process's peak memory.
    const RecomputeScope scope(mode != "never");
    compute_loss(*model.lm, batch, 1.0, /*backward=*/true);
  }
  for (const auto& [name, parameter] : trained) parameter.mutable_grad().reset();
}

}  // namespace

void run_steps(const StepArguments& arguments) {
  const std::vector<TokenizedExample> rows = read_rows(arguments.rows);
  const int64_t steps =
      arguments.steps > 0 ? arguments.steps : int64_t(rows.size()) / arguments.batch;
  if (steps < 1 || steps * arguments.batch > int64_t(rows.size())) {
    throw DataError(fmt::format("{}: {} rows: expected at least {} x {}", arguments.rows,
                                rows.size(), std::max<int64_t>(steps, 1), arguments.batch));
  }
  LoadedModel model = open_model(arguments.model);
  const AdapterShape shape = load_adapter(model, arguments.adapter);
  const Recipe recipe = make_recipe(arguments);
  Optimizer optimizer(trained_parameters(model), recipe);
  model.lm->train();
  const size_t rows_before = std::min(rows.size(), size_t(arguments.warm_up_rows));
  warm_up(model, std::span(rows).first(rows_before), optimizer.parameters(), recipe.recompute);
  const int64_t shape_tokens =
      largest_batch(std::span(rows).first(size_t(arguments.batch)), recipe);
  Json gemm;
  if (arguments.gemm_peak) gemm = measure_gemm(model, shape_tokens);
  for (int64_t i = 0; i < steps; ++i) {
    std::optional<OperatorTimes> operators;
    if (arguments.operators && i + 1 == steps) operators.emplace();
    const Stopwatch watch;
    Json record = {{"step", i}};
    record.update(step(
        model, optimizer,
        std::span(rows).subspan(size_t(i * arguments.batch), size_t(arguments.batch)), recipe));
    record.update({{"seconds", watch.seconds()}, {"cpu_seconds", watch.cpu_seconds()}});
    record.update(surroundings());
    record["peak_rss_bytes"] = peak_rss_bytes();
    print_line(record);
    if (operators) operators->print();
  }
  if (arguments.gemm_peak) {
    Json record = faster(std::move(gemm), measure_gemm(model, shape_tokens));
    record["peak_rss_bytes"] = peak_rss_bytes();
    print_line(record);
  }
  if (!arguments.final_adapter.empty()) save_adapter(model, shape, arguments.final_adapter);
}

}  // namespace tuneval::bench

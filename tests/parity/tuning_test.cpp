// Ten optimizer steps against peft and transformers: LoRA, and all weights.
#include "framework/model/adapter.h"
#include "framework/model/mapped_file.h"
#include "framework/tune/optimizer.h"
#include "framework/tune/schedule.h"
#include "losses.h"
#include "tests/support/folder.h"

#include <ATen/core/grad_mode.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

namespace tuneval::test {
namespace {

using Json = nlohmann::json;
using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

/// Of the largest value; what was reached is below 5e-7. Adam divides by the gradient's own size,
/// so where a gradient is close to nothing its rounding may show whole in the weight.
constexpr double kWeightTolerance = 2e-5;

struct TenSteps {
  explicit TenSteps(const std::string& name)
      : folder(fixture(name)), json(Json::parse(read_text(folder / "steps.json"))) {
    const Json& given = json.at("recipe");
    model = open_toy(given.at("model"));
    recipe.learning_rate = given.at("learning_rate");
    recipe.schedule = given.at("schedule");
    recipe.weight_decay = given.at("weight_decay");
    recipe.max_grad_norm = given.at("max_grad_norm");
    warmup = given.at("warmup_steps");
  }

  /// The steps as `tune` takes them, over the fixture's batches.
  void train(const NamedTensors& parameters) {
    Optimizer optimizer(parameters, recipe);
    const MappedSafetensors batches(folder / "batches.safetensors");
    const at::Tensor ids = batches.tensor("input_ids"), prompt = batches.tensor("prompt_length");
    ASSERT_EQ(ids.size(0), int64_t(json.at("steps").size()));
    model.lm->train();
    for (int64_t step = 0; step < ids.size(0); ++step) {
      const Json& expected = json.at("steps").at(size_t(step));
      const double scale = 1.0 / expected.at("target_count").get<double>();
      int64_t targets = 0;
      double loss = 0.0;
      for (int64_t micro = 0; micro < ids.size(1); ++micro) {
        const auto examples = examples_of(ids[step][micro], prompt[step][micro]);
        const auto rows = pointers_to(examples);
        const LossBatch batch = make_loss_batch(rows, LossOn::completion, at::kCPU);
        loss += compute_loss(*model.lm, batch, scale, true);
        targets += batch.target_count;
      }
      const double rate =
          recipe.learning_rate * schedule_factor(recipe.schedule, step, warmup, ids.size(0));
      const double norm = optimizer.step(rate);
      EXPECT_EQ(targets, expected.at("target_count")) << "step " << step;
      EXPECT_NEAR(rate, expected.at("learning_rate"), 1e-12) << "step " << step;
      note("loss", loss, expected.at("loss"));
      note("norm", norm, expected.at("grad_norm"));
    }
    model.lm->eval();
    EXPECT_LT(worst["loss"], 2e-6);
    EXPECT_LT(worst["norm"], 5e-6);
  }

  void note(const std::string& what, double found, double expected) {
    worst[what] = std::max(worst[what], std::abs(found - expected) / expected);
  }
  void compare(const std::string& what, const at::Tensor& found, const at::Tensor& expected,
               double tolerance) {
    ASSERT_EQ(found.sizes(), expected.sizes()) << what;
    const double difference = relative_difference(found, expected);
    EXPECT_LT(difference, tolerance) << what;
    worst["weight"] = std::max(worst["weight"], difference);
  }

  /// The tuned model's logits over the first micro-batch.
  double logits_difference() {
    const MappedSafetensors file(folder / "logits.safetensors");
    const auto rows = rows_of(file.tensor("input_ids"));
    const auto found = logits_of(*model.lm, rows);
    const at::Tensor all = file.tensor("logits");
    double largest = 0.0;
    for (size_t row = 0; row < rows.size(); ++row) {
      const at::Tensor expected = all[int64_t(row)].narrow(0, 0, int64_t(rows[row].size()));
      largest = std::max(largest, relative_difference(found[row], expected));
    }
    return largest;
  }

  void report() {
    for (const auto& [what, value] : worst) {
      testing::Test::RecordProperty("worst_" + what, fmt::format("{:.2e}", value));
    }
  }

  std::filesystem::path folder;
  Json json;
  LoadedModel model;
  Recipe recipe;
  int64_t warmup = 0;
  std::map<std::string, double> worst;
};

std::map<std::string, at::Tensor> adapter_tensors(const std::filesystem::path& folder) {
  const auto tensors = tensors_of(folder / "adapter_model.safetensors");
  return {tensors.begin(), tensors.end()};
}

/// A and B of every adapter, by the names of tuning.
NamedTensors adapter_parameters(const LoadedModel& model) {
  NamedTensors parameters;
  for (const auto& [name, linear] : find_targets(model, {"all-linear"})) {
    if (!linear->adapter()) continue;
    parameters.emplace_back(name + ".lora_A", linear->adapter()->a);
    parameters.emplace_back(name + ".lora_B", linear->adapter()->b);
  }
  return parameters;
}

class LoraParity : public testing::TestWithParam<std::string> {};

TEST_P(LoraParity, TenStepsEqualPeft) {
  TenSteps run(GetParam() + ".lora");
  const AdapterShape shape = load_adapter(run.model, run.folder / "initial");
  EXPECT_EQ(shape.rank, run.json.at("recipe").at("rank"));
  const NamedTensors parameters = adapter_parameters(run.model);
  run.train(parameters);

  const TempFolder saved;
  save_adapter(run.model, shape, saved.path());
  const auto found = adapter_tensors(saved.path());
  const auto expected = adapter_tensors(run.folder / "final");
  const auto initial = adapter_tensors(run.folder / "initial");
  ASSERT_EQ(found.size(), parameters.size());
  ASSERT_EQ(found.size(), expected.size());
  for (const auto& [name, tensor] : expected) {
    ASSERT_TRUE(found.contains(name)) << name;
    run.compare(name, found.at(name), tensor, kWeightTolerance);
    // The steps moved it by far more than that.
    EXPECT_GT(relative_difference(initial.at(name), tensor), 100 * kWeightTolerance) << name;
  }
  run.worst["logits"] = run.logits_difference();
  EXPECT_LT(run.worst["logits"], 1e-5);
  run.report();
}

TEST_P(LoraParity, FinalAdapterGivesPeftsLogitsBesideTheWeightsAndMerged) {
  TenSteps run(GetParam() + ".lora");
  const double base = run.logits_difference();
  load_adapter(run.model, run.folder / "final");
  EXPECT_LT(run.worst["beside"] = run.logits_difference(), 1e-5);
  merge_adapters(*run.model.lm);
  EXPECT_TRUE(adapter_parameters(run.model).empty());
  EXPECT_LT(run.worst["merged"] = run.logits_difference(), 1e-5);
  EXPECT_GT(base, 0.01);  // the adapter does change them
  run.report();
}

TEST_P(LoraParity, SavedAndReadAgainItIsTheSame) {
  TenSteps run(GetParam() + ".lora");
  const AdapterShape shape = load_adapter(run.model, run.folder / "final");
  const TempFolder saved;
  save_adapter(run.model, shape, saved.path());
  const auto found = adapter_tensors(saved.path());
  const auto expected = adapter_tensors(run.folder / "final");
  ASSERT_EQ(found.size(), expected.size());
  for (const auto& [name, tensor] : expected) EXPECT_TRUE(at::equal(found.at(name), tensor));

  LoadedModel again = open_toy(run.json.at("recipe").at("model"));
  const AdapterShape read = load_adapter(again, saved.path());
  EXPECT_EQ(read.rank, shape.rank);
  EXPECT_EQ(read.alpha, shape.alpha);
  const TokenRows rows = {random_ids(12, 3)};
  EXPECT_TRUE(at::equal(logits_of(*again.lm, rows)[0], logits_of(*run.model.lm, rows)[0]));
}

INSTANTIATE_TEST_SUITE_P(Cases, LoraParity,
                         testing::Values("qwen3_tied", "qwen3_tied_accumulated", "qwen3_untied",
                                         "llama_smol", "llama_bias", "gemma3_window",
                                         "gemma3_untied", "gemma3_vision", "lfm2_indices",
                                         "lfm2_types"),
                         [](const auto& one) { return one.param; });

class FullParity : public testing::TestWithParam<std::string> {};

TEST_P(FullParity, TenStepsOfAllWeightsEqualTransformers) {
  TenSteps run(GetParam() + ".full");
  NamedTensors parameters;
  for (auto& item : run.model.lm->named_parameters()) {
    parameters.emplace_back(item.key(), item.value().requires_grad_());
  }
  run.train(parameters);
  const std::map<std::string, at::Tensor> by_name(parameters.begin(), parameters.end());
  const auto final_weights = tensors_of(run.folder / "final.safetensors");
  EXPECT_EQ(final_weights.size(), 3u);
  for (const auto& [name, expected] : final_weights) {
    run.compare(name, by_name.at(name), expected, kWeightTolerance);
  }
  run.worst["logits"] = run.logits_difference();
  EXPECT_LT(run.worst["logits"], 1e-5);
  run.report();
}

INSTANTIATE_TEST_SUITE_P(Models, FullParity,
                         testing::Values("llama_smol", "qwen3_bias", "gemma3_pattern",
                                         "lfm2_types"),
                         [](const auto& one) { return one.param; });

TEST(ScheduleParity, EqualsTransformers) {
  const Json json = Json::parse(read_text(fixture("schedules.json")));
  size_t compared = 0;
  for (const Json& one : json.at("schedules")) {
    const std::string schedule = one.at("schedule");
    const int64_t steps = one.at("steps"), warmup = one.at("warmup_steps");
    const Json& multipliers = one.at("multipliers");
    ASSERT_EQ(int64_t(multipliers.size()), steps);
    for (int64_t step = 0; step < steps; ++step, ++compared) {
      EXPECT_NEAR(schedule_factor(schedule, step, warmup, steps),
                  multipliers[size_t(step)].get<double>(), 1e-12)
          << schedule << ", " << warmup << " of " << steps << ", step " << step;
    }
  }
  EXPECT_GT(compared, 50u);
  for (const Json& one : json.at("warmup_steps")) {
    EXPECT_EQ(warmup_steps(one.at("share"), one.at("steps")), one.at("warmup_steps").get<int64_t>())
        << one;
  }
}

}  // namespace
}  // namespace tuneval::test

#pragma once

#include "framework/model/adapter.h"
#include "framework/model/mapped_file.h"
#include "framework/tune/checkpoint.h"
#include "framework/tune/optimizer.h"
#include "framework/tune/schedule.h"
#include "losses.h"
#include "tests/support/folder.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <string>

namespace tuneval::test {

/// The ten optimizer steps of a fixture, which the oracle took too.
struct TenSteps {
  explicit TenSteps(const std::string& name, const std::string& dtype = "float32",
                    const std::string& device = "cpu")
      : folder(fixture(name)), json(nlohmann::json::parse(read_text(folder / "steps.json"))) {
    const nlohmann::json& given = json.at("recipe");
    model = open_toy(given.at("model"), dtype, device);
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
      const nlohmann::json& expected = json.at("steps").at(size_t(step));
      const double scale = 1.0 / expected.at("target_count").get<double>();
      int64_t targets = 0;
      double loss = 0.0;
      for (int64_t micro = 0; micro < ids.size(1); ++micro) {
        const auto examples = examples_of(ids[step][micro], prompt[step][micro]);
        const auto rows = pointers_to(examples);
        const LossBatch batch = make_loss_batch(rows, LossOn::completion, model.device);
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
  nlohmann::json json;
  LoadedModel model;
  Recipe recipe;
  int64_t warmup = 0;
  std::map<std::string, double> worst;
};

inline std::map<std::string, at::Tensor> adapter_tensors(const std::filesystem::path& folder) {
  const auto tensors = tensors_of(folder / "adapter_model.safetensors");
  return {tensors.begin(), tensors.end()};
}

/// A and B of every adapter, by the names of tuning.
inline NamedTensors adapter_parameters(const LoadedModel& model) {
  NamedTensors parameters;
  for (const auto& [name, linear] : find_targets(model, {"all-linear"})) {
    if (!linear->adapter()) continue;
    parameters.emplace_back(name + ".lora_A", linear->adapter()->a);
    parameters.emplace_back(name + ".lora_B", linear->adapter()->b);
  }
  return parameters;
}

}  // namespace tuneval::test

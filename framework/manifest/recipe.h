#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

/// How a model is tuned: the manifest's [tuning]. The defaults are the benchmark's; where it states
/// none, the comment says so. docs/manifest.md explains every key.
struct Recipe {
  std::string adapter = "lora";  ///< "lora", or "none": every weight is trained
  int64_t epochs = 4;
  double learning_rate = 5e-5;
  std::string schedule = "linear";  ///< "linear", "cosine" or "constant", after the warm-up
  double warmup_ratio = 0.05;       ///< share of all steps, from 0 up to learning_rate
  int64_t rank = 64;
  double alpha = 64.0;
  double dropout = 0.0;  ///< on the adapter's input; not stated by the benchmark
  /// Last name part of the Linears that get an adapter, or "all-linear" alone; not stated by the
  /// benchmark.
  std::vector<std::string> targets = {"all-linear"};
  double weight_decay = 0.0;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double max_grad_norm = 1.0;       ///< 0: gradients are not clipped
  int64_t batch_size = 1;           ///< examples a micro-batch
  int64_t accumulation = 1;         ///< micro-batches a step
  std::string loss = "completion";  ///< "completion", or "all": the prompt's tokens count too
  double validation_ratio = 0.2;  ///< share of the train rows held out; the best checkpoint is kept
  int64_t validate_every = 0;     ///< steps between validations; 0: at the end of each epoch
  int64_t checkpoint_steps = 0;   ///< steps between checkpoints; 0: by time and at each epoch's end
  int64_t token_budget = 4096;    ///< distinct tokens computed at once
  /// Whether layers are computed a second time on the way back rather than kept: "always", "never",
  /// or "auto": as few of them as let the others fit activation_mib.
  std::string recompute = "auto";
  int64_t activation_mib = 128;  ///< of layers kept for the way back, MiB
  int64_t max_length = 0;        ///< longest example in tokens; 0: the model's context
  uint64_t seed = 123;

  bool operator==(const Recipe&) const = default;
};

/// One complaint: the key and what is wrong with its value, e.g. {"rank", "is 0: expected at least
/// 1"}.
struct RecipeFault {
  std::string key;
  std::string message;
};

/// Every value out of its range, and every pair of values that contradict each other.
std::vector<RecipeFault> check_recipe(const Recipe& recipe);

/// All keys in a fixed order.
nlohmann::ordered_json to_json(const Recipe& recipe);

/// Only what decides a cell's result, for its id: without checkpoint_steps, and without LoRA's keys
/// where there is no adapter.
nlohmann::ordered_json recipe_identity(const Recipe& recipe);

/// Reads what `to_json` wrote. Absent keys keep their defaults; an unknown key, a wrong type or a
/// value out of range throws RecordError, which starts with `where`.
Recipe recipe_from_json(const nlohmann::ordered_json& json, std::string_view where);

/// The keys of [tuning], in the order of `to_json`.
const std::vector<std::string>& recipe_keys();

}  // namespace tuneval

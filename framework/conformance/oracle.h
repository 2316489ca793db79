#pragma once

#include "tuneval/plugin.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace tuneval {

/// How a model's logits compare with those that a reference program wrote down.
struct OracleResult {
  int64_t rows = 0, tokens = 0, vocabulary = 0;  ///< what was compared
  double scale = 0.0;                            ///< largest absolute logit of the oracle
  double largest_absolute = 0.0;                 ///< difference
  double largest_relative = 0.0;                 ///< the same, divided by `scale`
  int64_t row = 0, time = 0, token = 0;          ///< where the difference is largest
  double found = 0.0, expected = 0.0;            ///< the two logits there
  int64_t same_choice = 0;  ///< tokens behind which both have the same most likely token
};

/// Runs the model folder's weights over the oracle's rows, all in one forest, without its
/// tokenizer.
///
/// The oracle's file holds `input_ids` int64 [rows, time], a row ended by −1, and `logits` float32
/// [rows, time, vocabulary]. Throws ConfigError, CheckpointError (also for an oracle of another
/// form) or PluginError. `device` and `dtype` as in ModelOptions.
OracleResult compare_with_oracle(const std::filesystem::path& model,
                                 const std::filesystem::path& oracle, const Registry& registry,
                                 const std::string& device = "cpu",
                                 const std::string& dtype = "float32");

}  // namespace tuneval

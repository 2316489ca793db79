#pragma once

#include "framework/model/loaded_model.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace tuneval {

/// Why a completion ended.
enum class StopReason { end_token, stop_string, length };
const char* to_string(StopReason reason);  ///< "end", "stop" or "length"

struct Completion {
  std::vector<int64_t> ids;  ///< without the end token
  std::string text;          ///< without the stop string
  StopReason stop = StopReason::length;
};

struct GenerateOptions {
  Decoding decoding;
  int64_t token_budget = 8192;  ///< distinct prompt tokens computed at once
  int64_t batch_size = 64;      ///< rows decoding at once
  /// Told after each batch how many rows are done and how many tokens were computed for them.
  std::function<void(int64_t rows, int64_t tokens)> progress;
};

struct Generated {
  std::vector<Completion> completions;  ///< in the prompts' order
  int64_t prompt_tokens = 0;            ///< as if each row were computed alone
  int64_t computed_tokens = 0;          ///< prompt tokens computed in fact
  int64_t new_tokens = 0;
};

/// Greedy decoding of every prompt. What prompts share is computed once: the prefix common to all
/// of them for all batches, the rest within a batch. Rows leave as they finish. Throws DataError
/// for an empty prompt, and for one that leaves no room in the model's context.
Generated generate(const LoadedModel& model, std::span<const std::vector<int64_t>> prompts,
                   const GenerateOptions& options);

}  // namespace tuneval

#pragma once

#include "framework/model/loaded_model.h"
#include "framework/text/token_constraint.h"

#include <cstdint>
#include <functional>
#include <memory>
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

/// A completion's text as Completion::text has it, for its ids and the strings that may stop it.
std::string completed_text(const LoadedModel& model, const Completion& completion,
                           std::span<const std::string> stops);

struct GenerateOptions {
  Decoding decoding;
  int64_t token_budget = 8192;   ///< distinct prompt tokens computed at once; on a CPU 512 at most
  int64_t batch_size = 64;       ///< rows decoding at once
  int64_t cache_tokens = 32768;  ///< no row is added while the cache holds as many
  bool lookup = true;  ///< guess what is copied from the row itself; completions stay the same
  /// What the answer to a prompt may be; null, or no function: anything. Rows of one grammar should
  /// share the object. Stop strings do not end an answer that is held to a grammar.
  std::function<std::shared_ptr<const Grammar>(size_t index)> grammar;
  /// What an error calls a prompt; "prompt 3" if empty.
  std::function<std::string(size_t index)> name;
  /// Told, as rows finish, how many have and how many tokens were computed for them.
  std::function<void(int64_t rows, int64_t tokens)> progress;
  /// Called before each pass over the model; what it throws ends everything.
  std::function<void()> pulse;
};

struct Generated {
  std::vector<Completion> completions;  ///< in the prompts' order
  int64_t prompt_tokens = 0;            ///< as if each row were computed alone
  int64_t computed_tokens = 0;          ///< prompt tokens computed in fact
  int64_t new_tokens = 0;               ///< of all completions, end tokens included
  int64_t steps = 0;                    ///< passes over the model for them, without the first ones
  int64_t drafted = 0, accepted = 0;    ///< tokens guessed by lookup; those that were right
  int64_t arbitrated = 0;               ///< near ties decided by the row alone
  int64_t forced = 0;                   ///< tokens that a grammar left no choice of
};

/// Whether completions of this model depend on the prompt alone, so that batch size, order and
/// company change nothing. Where two logits all but tie, what is computed together can turn their
/// rounding; in float32 on a CPU the row is then computed by itself and that decides. On other
/// devices and in shorter formats rounding decides.
bool order_independent(const LoadedModel& model);

/// Greedy decoding of every prompt. What prompts share is computed once, equal prompts are
/// completed once, rows leave as they finish and others take their places. Throws DataError for an
/// empty prompt, for one that leaves no room in the model's context, and where a grammar leaves no
/// token; CheckpointError for logits that are not finite.
Generated generate(const LoadedModel& model, std::span<const std::vector<int64_t>> prompts,
                   const GenerateOptions& options);

}  // namespace tuneval

#pragma once

#include "framework/model/loaded_model.h"
#include "framework/text/answer_trie.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace tuneval {

/// How likely a model is to write each of a closed set of answers behind one prompt.
struct AnswerScores {
  /// By answer: natural logarithm of the probability of its tokens and then any end token.
  std::vector<double> log_probability;
  size_t best = 0;  ///< the likeliest; the first of equals
};

struct RankOptions {
  int64_t token_budget = 8192;  ///< distinct tokens computed at once; on a CPU 512 at most
  /// What an error calls a prompt; "prompt 3" if empty.
  std::function<std::string(size_t index)> name;
  /// Told, after each pass, how many prompts are done and how many tokens were computed for them.
  std::function<void(int64_t prompts, int64_t tokens)> progress;
};

struct RankedAnswers {
  std::vector<AnswerScores> prompts;  ///< in the prompts' order
  int64_t prompt_tokens = 0;          ///< as if each prompt were computed alone, once
  int64_t computed_tokens = 0;        ///< tokens computed in fact, answers' too
  int64_t arbitrated = 0;             ///< near ties decided by the prompt alone
};

/// Scores every answer behind every prompt. What prompts share is computed once; a prompt's answers
/// are a forest behind its cache, so that what they share is computed once too: one pass for all of
/// them. Which is `best` depends on the prompt alone wherever `order_independent` holds; the last
/// digits of the logarithms may not. Throws DataError for an empty prompt, and for one that leaves
/// no room for the longest answer; CheckpointError for logits that are not finite.
RankedAnswers rank_answers(const LoadedModel& model, std::span<const std::vector<int64_t>> prompts,
                           const AnswerTrie& answers, const RankOptions& options);

}  // namespace tuneval

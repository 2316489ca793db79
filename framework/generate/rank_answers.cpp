#include "framework/generate/rank_answers.h"

#include "framework/generate/ranker.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>

namespace tuneval {

namespace {

using Ids = std::vector<int64_t>;

void check_lengths(const LoadedModel& model, std::span<const Ids> prompts,
                   const AnswerTrie& answers, const RankOptions& options) {
  size_t longest = 0;
  for (const Ids& row : answers.rows()) longest = std::max(longest, row.size());
  for (size_t i = 0; i < prompts.size(); ++i) {
    const std::string name = options.name ? options.name(i) : fmt::format("prompt {}", i);
    if (prompts[i].empty()) throw DataError(fmt::format("{}: the prompt is empty", name));
    const auto needed = int64_t(prompts[i].size() + longest);
    if (model.context > 0 && needed > model.context) {
      throw DataError(
          fmt::format("{}: the prompt and the longest answer have {} tokens: {} takes {}", name,
                      needed, model.folder.string(), model.context));
    }
  }
}

size_t best_of(const std::vector<double>& values) {
  return size_t(std::max_element(values.begin(), values.end()) - values.begin());
}

/// How far the best lies before the second one that is other tokens.
double lead_of(const std::vector<double>& values, const std::vector<Ids>& rows) {
  const size_t best = best_of(values);
  double second = -std::numeric_limits<double>::infinity();
  for (size_t i = 0; i < values.size(); ++i) {
    if (rows[i] != rows[best]) second = std::max(second, values[i]);
  }
  return values[best] - second;
}

}  // namespace

RankedAnswers rank_answers(const LoadedModel& model, std::span<const Ids> prompts,
                           const AnswerTrie& answers, const RankOptions& options) {
  check_lengths(model, prompts, answers, options);
  std::vector<size_t> sorted(prompts.size());
  std::iota(sorted.begin(), sorted.end(), size_t(0));
  std::stable_sort(sorted.begin(), sorted.end(),
                   [&](size_t a, size_t b) { return prompts[a] < prompts[b]; });
  std::vector<size_t> order, first(prompts.size());
  for (const size_t index : sorted) {
    if (order.empty() || prompts[order.back()] != prompts[index]) order.push_back(index);
    first[index] = order.back();
  }
  RankedAnswers ranked{.prompts = std::vector<AnswerScores>(prompts.size())};
  Ranker ranker(model, answers, options);
  int64_t done = 0;
  ranker.run(prompts, order, [&](size_t index, Ranker::Scores scores) {
    const bool tie = order_independent(model) &&
                     lead_of(scores.log_probability, answers.rows()) <= scores.rounding;
    if (tie) {
      scores = ranker.alone(prompts[index], index);
      ++ranked.arbitrated;
    }
    ranked.prompts[index] = {scores.log_probability, best_of(scores.log_probability)};
    done += std::count(first.begin(), first.end(), index);
    if (options.progress) options.progress(done, ranker.computed());
  });
  for (size_t i = 0; i < prompts.size(); ++i) {
    if (first[i] != i) ranked.prompts[i] = ranked.prompts[first[i]];
    ranked.prompt_tokens += int64_t(prompts[i].size());
  }
  ranked.computed_tokens = ranker.computed();
  return ranked;
}

}  // namespace tuneval

#include "framework/plan/estimate.h"

#include "framework/text/answer_trie.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace tuneval {

namespace {

using Rows = std::vector<std::vector<int64_t>>;

int64_t total_tokens(const Rows& rows) {
  int64_t total = 0;
  for (const auto& row : rows) total += int64_t(row.size());
  return total;
}

/// Distinct tokens of rows [begin, end), once sorted.
int64_t distinct_tokens(Rows::iterator begin, Rows::iterator end) {
  std::sort(begin, end);
  int64_t total = 0;
  for (auto row = begin; row != end; ++row) {
    int64_t shared = 0;
    if (row != begin) {
      const auto& before = *(row - 1);
      const auto most = int64_t(std::min(before.size(), row->size()));
      shared =
          std::mismatch(before.begin(), before.begin() + most, row->begin()).first - before.begin();
    }
    total += int64_t(row->size()) - shared;
  }
  return total;
}

void check_length(const PlannedModel& model, const Example& example, size_t length, size_t most,
                  const char* what) {
  if (most == 0 || length <= most) return;
  throw DataError(fmt::format("{}: {} has {} tokens in the words of model \"{}\": at most {}",
                              example.where, what, length, model.entry.name, most));
}

Rows train_rows(const PlannedModel& model, const TaskData& task, const Recipe& recipe) {
  int64_t most = model.context;
  if (recipe.max_length > 0) {
    most = most > 0 ? std::min(most, recipe.max_length) : recipe.max_length;
  }
  Rows rows;
  for (const Example& example : task.train) {
    rows.push_back(tokenize(*model.text, example).ids);
    check_length(model, example, rows.back().size(), size_t(most), "the example");
  }
  return rows;
}

/// The tokens of the task's answers where each prompt has all of them ranked behind it; else none.
Rows ranked_answers(const PlannedModel& model, const TaskData& task) {
  if (task.type->decoding().constraint != Constraint::ranked_answers) return {};
  const std::vector<std::string> answers = task.type->answers();
  return AnswerTrie(*model.text, answers).rows();
}

/// Tokens that a prompt has to leave room for.
size_t room_for(const Rows& answers) {
  size_t room = 1;
  for (const auto& answer : answers) room = std::max(room, answer.size());
  return room;
}

Rows test_rows(const PlannedModel& model, const TaskData& task, const Shots& shots, size_t room) {
  Rows rows;
  for (const Example& example : task.test) {
    rows.push_back(prompt_ids(*model.text, with_shots(example, shots)));
    check_length(model, example, rows.back().size() + room, size_t(model.context),
                 shots.count > 0 ? "the prompt with its shots and room for an answer"
                                 : "the prompt with room for an answer");
  }
  return rows;
}

/// What scoring computes of these prompts, with the answers that are ranked behind each of them.
int64_t scored_tokens(Rows prompts, Rows answers) {
  const int64_t tokens = distinct_tokens(prompts.begin(), prompts.end());
  const int64_t different = std::unique(prompts.begin(), prompts.end()) - prompts.begin();
  return tokens + different * distinct_tokens(answers.begin(), answers.end());
}

}  // namespace

CellEstimate estimate_cell(const PlannedModel& model, const TaskData& task,
                           const Manifest& manifest) {
  const Recipe& recipe = manifest.tuning;
  CellEstimate estimate;
  Rows rows = train_rows(model, task, recipe);
  const auto held_out = int64_t(std::ceil(recipe.validation_ratio * double(rows.size())));
  rows.resize(size_t(std::max<int64_t>(int64_t(rows.size()) - held_out, 0)));
  estimate.tune_tokens = total_tokens(rows) * recipe.epochs;
  // In the file's order: the epochs' own orders differ, the share of shared tokens hardly does.
  const int64_t step = recipe.batch_size * recipe.accumulation;
  for (int64_t begin = 0; begin < int64_t(rows.size()); begin += step) {
    const int64_t end = std::min(begin + step, int64_t(rows.size()));
    estimate.tune_computed += distinct_tokens(rows.begin() + begin, rows.begin() + end);
  }
  estimate.tune_computed *= recipe.epochs;
  const Rows answers = ranked_answers(model, task);
  const size_t room = room_for(answers);
  Rows prompts = test_rows(model, task, {}, room);
  estimate.score_tokens = total_tokens(prompts);
  estimate.score_computed = scored_tokens(std::move(prompts), answers);
  int64_t scored = estimate.score_computed;
  if (manifest.scoring.base) {
    scored += task.shots.count == 0
                  ? estimate.score_computed
                  : scored_tokens(test_rows(model, task, task.shots, room), answers);
  }
  const double per_token = 2.0 * double(model.parameters);
  estimate.flops =
      per_token *
      (double(estimate.tune_computed) * (recipe.adapter == "lora" ? 2.0 : 3.0) + double(scored));
  return estimate;
}

}  // namespace tuneval

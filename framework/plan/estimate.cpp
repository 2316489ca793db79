#include "framework/plan/estimate.h"

#include "framework/plan/resources.h"
#include "framework/text/answer_trie.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <utility>

namespace tuneval {

namespace {

using Rows = std::vector<std::vector<int64_t>>;

int64_t total_tokens(const Rows& rows) {
  int64_t total = 0;
  for (const auto& row : rows) total += int64_t(row.size());
  return total;
}

int64_t longest(const Rows& rows) {
  size_t most = 0;
  for (const auto& row : rows) most = std::max(most, row.size());
  return int64_t(most);
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

/// Tokens to compute, and those of them behind which the vocabulary is computed.
struct Work {
  int64_t tokens = 0, positions = 0;

  Work times(int64_t count) const { return {tokens * count, positions * count}; }
};

double vocabulary_flops(const ModelCosts& model, const Work& work) {
  return 2.0 * double(work.positions) * double(model.vocabulary) * double(model.width);
}

double forward_flops(const ModelCosts& model, const Work& work) {
  return 2.0 * double(work.tokens) * double(model.body + model.adapter) +
         vocabulary_flops(model, work);
}

/// Frozen weights give their inputs' gradients, those that learn their own too.
double tuning_flops(const ModelCosts& model, const Work& work, bool lora) {
  const double tokens = 2.0 * double(work.tokens);
  if (!lora) return 3.0 * (tokens * double(model.body) + vocabulary_flops(model, work));
  return tokens * (2.0 * double(model.body) + 3.0 * double(model.adapter)) +
         2.0 * vocabulary_flops(model, work);
}

void check_length(const PlannedModel& model, const Example& example, size_t length, size_t most,
                  const char* what) {
  if (most == 0 || length <= most) return;
  throw DataError(fmt::format("{}: {} has {} tokens in the words of model \"{}\": at most {}",
                              example.where, what, length, model.entry.name, most));
}

/// The training rows' tokens, and how many of each are learnt and of its answer.
struct TrainRows {
  Rows rows;
  std::vector<int64_t> learnt;
  int64_t answers = 0;
};

TrainRows train_rows(const PlannedModel& model, const TaskData& task, const Recipe& recipe) {
  int64_t most = model.context;
  if (recipe.max_length > 0) {
    most = most > 0 ? std::min(most, recipe.max_length) : recipe.max_length;
  }
  TrainRows train;
  for (const Example& example : task.train) {
    TokenizedExample row = tokenize(*model.text, example);
    check_length(model, example, row.ids.size(), size_t(most), "the example");
    const auto length = int64_t(row.ids.size());
    train.learnt.push_back(length - (recipe.loss == "all" ? 1 : row.prompt_length));
    train.answers += length - row.prompt_length;
    train.rows.push_back(std::move(row.ids));
  }
  return train;
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

struct TestRows {
  Rows rows;
  int64_t bytes = 0;  // of the prompts as text
};

TestRows test_rows(const PlannedModel& model, const TaskData& task, const Shots& shots,
                   size_t room) {
  TestRows test;
  for (const Example& example : task.test) {
    const std::string prompt = prompt_text(*model.text, with_shots(example, shots));
    test.bytes += int64_t(prompt.size());
    test.rows.push_back(prompt_ids(*model.text, prompt));
    check_length(model, example, test.rows.back().size() + room, size_t(model.context),
                 shots.count > 0 ? "the prompt with its shots and room for an answer"
                                 : "the prompt with room for an answer");
  }
  return test;
}

/// Estimates one cell, part by part.
class Estimator {
 public:
  Estimator(const PlannedModel& model, const TaskData& task, const Manifest& manifest)
      : model_(model), task_(task), manifest_(manifest), recipe_(manifest.tuning) {}

  CellEstimate run() {
    const Decoding decoding = task_.type->decoding();
    if (decoding.constraint != Constraint::ranked_answers) {
      sizes_.answer = manifest_.scoring.max_new_tokens.value_or(decoding.max_new_tokens);
    }
    add_tuning();
    add_scoring();
    estimate_.flops = estimate_.tune_flops + estimate_.forward_flops;
    estimate_.peak_memory_bytes = peak_memory(model_.costs, manifest_, sizes_);
    estimate_.disk_bytes = disk_use(model_.costs, recipe_, sizes_);
    return estimate_;
  }

 private:
  void add_tuning();
  void add_validation(Rows held_out, int64_t learnt);
  void add_scoring();
  Work scored(Rows prompts, const Rows& answers);
  void add_decoding(int64_t rows);

  const PlannedModel& model_;
  const TaskData& task_;
  const Manifest& manifest_;
  const Recipe& recipe_;
  CellEstimate estimate_;
  RowSizes sizes_;
  double answer_ = 0.0;  // mean tokens of a training row's answer
};

void Estimator::add_tuning() {
  auto [rows, learnt, answers] = train_rows(model_, task_, recipe_);
  const auto count = int64_t(rows.size());
  const auto held_out = int64_t(std::ceil(recipe_.validation_ratio * double(count)));
  const int64_t kept = std::max<int64_t>(count - held_out, 0);
  const int64_t all_learnt = std::accumulate(learnt.begin(), learnt.end(), int64_t(0));
  const int64_t kept_learnt = std::accumulate(learnt.begin(), learnt.begin() + kept, int64_t(0));
  if (count > 0) answer_ = double(answers) / double(count);
  Rows validation(std::make_move_iterator(rows.begin() + kept),
                  std::make_move_iterator(rows.end()));
  rows.resize(size_t(kept));
  estimate_.tune_tokens = total_tokens(rows) * recipe_.epochs;
  const int64_t budget = std::max(recipe_.token_budget, longest(rows));
  // In the file's order: the epochs' own orders differ, the share of shared tokens hardly does.
  const int64_t step = recipe_.batch_size * recipe_.accumulation;
  for (int64_t begin = 0; begin < kept; begin += step) {
    const int64_t end = std::min(begin + step, kept);
    const int64_t distinct = distinct_tokens(rows.begin() + begin, rows.begin() + end);
    sizes_.tune_batch = std::max(sizes_.tune_batch, std::min(distinct, budget));
    estimate_.tune_computed += distinct;
  }
  estimate_.tune_computed *= recipe_.epochs;
  const Work work{estimate_.tune_computed, kept_learnt * recipe_.epochs};
  estimate_.tune_flops = tuning_flops(model_.costs, work, recipe_.adapter == "lora");
  add_validation(std::move(validation), all_learnt - kept_learnt);
}

/// The loss of the rows held out, each time that it is asked for; with a learning curve they are
/// answered too, once an epoch.
void Estimator::add_validation(Rows held_out, int64_t learnt) {
  if (held_out.empty()) return;
  const int64_t batch = recipe_.batch_size * recipe_.accumulation;
  const auto trained = int64_t(task_.train.size() - held_out.size());
  const int64_t steps = recipe_.epochs * ((trained + batch - 1) / batch);
  const int64_t every = recipe_.validate_every;
  const int64_t times = every > 0 ? (steps + every - 1) / every : recipe_.epochs;
  const auto rows = int64_t(held_out.size());
  const Work once{distinct_tokens(held_out.begin(), held_out.end()), learnt};
  estimate_.forward_flops += forward_flops(model_.costs, once.times(times));
  if (!manifest_.scoring.curve) return;
  estimate_.forward_flops +=
      forward_flops(model_.costs, Work{once.tokens, rows}.times(recipe_.epochs));
  for (int64_t epoch = 0; epoch < recipe_.epochs; ++epoch) add_decoding(rows);
}

/// One pass over prompts, with the answers that are ranked behind each of them.
Work Estimator::scored(Rows prompts, const Rows& answers) {
  sizes_.prompt = std::max(sizes_.prompt, longest(prompts));
  const int64_t tokens = distinct_tokens(prompts.begin(), prompts.end());
  const int64_t different = std::unique(prompts.begin(), prompts.end()) - prompts.begin();
  sizes_.prompts = std::max(sizes_.prompts, different);
  sizes_.distinct = std::max(sizes_.distinct, tokens);
  Rows sorted = answers;
  const int64_t ranked = different * distinct_tokens(sorted.begin(), sorted.end());
  if (answers.empty()) add_decoding(different);
  return {tokens + ranked, different + ranked};
}

/// What is generated for so many rows.
void Estimator::add_decoding(int64_t rows) {
  const int64_t most = sizes_.answer;
  const auto each =
      int64_t(std::ceil(std::min(answer_ > 0 ? answer_ : double(most), double(most))));
  const int64_t batch = std::max<int64_t>(1, manifest_.scoring.batch_size);
  estimate_.decode_tokens += rows * each;
  estimate_.decode_passes += (rows + batch - 1) / batch * each;
}

void Estimator::add_scoring() {
  const Rows answers = ranked_answers(model_, task_);
  const size_t room = room_for(answers);
  auto [prompts, bytes] = test_rows(model_, task_, {}, room);
  sizes_.prompt_bytes = bytes;
  estimate_.score_tokens = total_tokens(prompts);
  const Work tuned = scored(prompts, answers);
  estimate_.score_computed = tuned.tokens;
  estimate_.forward_flops += forward_flops(model_.costs, tuned);
  if (manifest_.scoring.base) {
    ++sizes_.stages;
    if (task_.shots.count > 0) prompts = test_rows(model_, task_, task_.shots, room).rows;
    const Work base = scored(std::move(prompts), answers);
    estimate_.forward_flops += forward_flops(model_.costs, base);
  }
  sizes_.test_rows = int64_t(task_.test.size());
  for (const Example& example : task_.test) {
    sizes_.answer_bytes += int64_t(example.target.size());
  }
}

}  // namespace

CellEstimate estimate_cell(const PlannedModel& model, const TaskData& task,
                           const Manifest& manifest) {
  return Estimator(model, task, manifest).run();
}

}  // namespace tuneval

#include "framework/score/score.h"

#include "framework/generate/generate.h"
#include "framework/generate/rank_answers.h"
#include "framework/score/metrics.h"
#include "framework/score/read_answer.h"
#include "framework/text/task_grammars.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <chrono>

namespace tuneval {

namespace {

std::vector<std::vector<int64_t>> make_prompts(const LoadedModel& model,
                                               const std::vector<Example>& examples) {
  std::vector<std::vector<int64_t>> prompts;
  for (const Example& example : examples) {
    prompts.push_back(prompt_ids(*model.text, example));
    const auto length = int64_t(prompts.back().size());
    if (model.context > 0 && length >= model.context) {
      throw DataError(fmt::format("{}: the prompt has {} tokens: {} takes {}, the answer included",
                                  example.where, length, model.folder.string(), model.context));
    }
  }
  return prompts;
}

/// The likeliest of the task's answers behind each prompt, as if the model had written it.
Generated rank_all(const LoadedModel& model, const TaskData& task,
                   const std::vector<Example>& examples, const ScoreOptions& options) {
  const std::vector<std::string> texts = task.type->answers();
  const AnswerTrie answers(*model.text, texts);
  RankOptions rank_options;
  rank_options.token_budget = options.token_budget;
  rank_options.progress = options.progress;
  rank_options.name = [&](size_t index) { return examples[index].where; };
  const RankedAnswers ranked =
      rank_answers(model, make_prompts(model, examples), answers, rank_options);
  Generated result;
  for (const AnswerScores& scores : ranked.prompts) {
    result.completions.push_back(
        {answers.rows()[scores.best], texts[scores.best], StopReason::end_token});
  }
  result.prompt_tokens = ranked.prompt_tokens;
  result.computed_tokens = ranked.computed_tokens;
  return result;
}

/// What the model writes, calls with their marks, which reading them again needs.
Generated generate_all(const LoadedModel& model, const TaskData& task,
                       const std::vector<Example>& examples, const ScoreOptions& options) {
  GenerateOptions generate_options;
  generate_options.decoding = task.type->decoding();
  if (options.max_new_tokens) {
    generate_options.decoding.max_new_tokens = *options.max_new_tokens;
  }
  generate_options.token_budget = options.token_budget;
  generate_options.batch_size = options.batch_size;
  generate_options.progress = options.progress;
  generate_options.pulse = options.pulse;
  generate_options.name = [&](size_t index) { return examples[index].where; };
  const std::vector<std::string> answers = task.type->answers();
  generate_options.grammar =
      task_grammars(*model.text, generate_options.decoding, answers, examples);
  Generated generated = generate(model, make_prompts(model, examples), generate_options);
  for (size_t i = 0; i < examples.size(); ++i) {
    Completion& completion = generated.completions[i];
    if (!examples[i].calls || completion.stop == StopReason::stop_string) continue;
    completion.text = completion_text(*model.text, examples[i], completion.ids);
  }
  return generated;
}

std::vector<Prediction> parse_all(const LoadedModel& model, const TaskData& task,
                                  const Generated& generated) {
  std::vector<Prediction> predictions;
  for (size_t i = 0; i < task.test.size(); ++i) {
    predictions.push_back(read_answer(*task.type, model.text->wire_form, task.test[i],
                                      generated.completions[i].text));
  }
  return predictions;
}

}  // namespace

ScoreSet score(const LoadedModel& model, const TaskData& task, const Registry& registry,
               const ScoreOptions& options) {
  const auto begin = std::chrono::steady_clock::now();
  model.lm->eval();
  std::vector<Example> examples = task.test;
  if (options.shots) {
    for (Example& example : examples) example = with_shots(example, task.shots);
  }
  const Constraint constraint = task.type->decoding().constraint;
  const bool ranked = constraint == Constraint::ranked_answers;
  const Generated generated = ranked ? rank_all(model, task, examples, options)
                                     : generate_all(model, task, examples, options);
  const std::vector<Prediction> predictions = parse_all(model, task, generated);
  ScoreSet set;
  for (size_t i = 0; i < task.test.size(); ++i) {
    const Completion& completion = generated.completions[i];
    set.rows.push_back(prediction_row(i, examples[i], prompt_text(*model.text, examples[i]),
                                      completion.text, to_string(completion.stop), predictions[i]));
    set.summary.parsed += predictions[i].parsed;
  }
  set.summary.metrics =
      score_predictions(task, registry, task.metrics, predictions, set.rows, options.judge);
  set.summary.examples = int64_t(task.test.size());
  set.summary.prompt_tokens = generated.prompt_tokens;
  set.summary.computed_tokens = generated.computed_tokens;
  set.summary.new_tokens = generated.new_tokens;
  set.summary.constrained = constraint != Constraint::none;
  set.summary.ranked = ranked;
  set.summary.shots = options.shots ? task.shots.count : 0;
  set.summary.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return set;
}

}  // namespace tuneval

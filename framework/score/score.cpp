#include "framework/score/score.h"

#include "framework/generate/generate.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <chrono>

namespace tuneval {

namespace {

std::vector<std::vector<int64_t>> make_prompts(const LoadedModel& model, const TaskData& task) {
  std::vector<std::vector<int64_t>> prompts;
  for (const Example& example : task.test) {
    prompts.push_back(prompt_ids(*model.text, example));
    const auto length = int64_t(prompts.back().size());
    if (model.context > 0 && length >= model.context) {
      throw DataError(fmt::format("{}: the prompt has {} tokens: {} takes {}, the answer included",
                                  example.where, length, model.folder.string(), model.context));
    }
  }
  return prompts;
}

Generated generate_all(const LoadedModel& model, const TaskData& task,
                       const ScoreOptions& options) {
  GenerateOptions generate_options;
  generate_options.decoding = task.type->decoding();
  if (options.max_new_tokens) {
    generate_options.decoding.max_new_tokens = *options.max_new_tokens;
  }
  generate_options.token_budget = options.token_budget;
  generate_options.batch_size = options.batch_size;
  generate_options.progress = options.progress;
  generate_options.name = [&](size_t index) { return task.test[index].where; };
  return generate(model, make_prompts(model, task), generate_options);
}

std::vector<Prediction> parse_all(const TaskData& task, const Generated& generated) {
  std::vector<Prediction> predictions;
  for (size_t i = 0; i < task.test.size(); ++i) {
    predictions.push_back(task.type->parse(task.test[i], generated.completions[i].text));
  }
  return predictions;
}

/// Scores every prediction under one metric: fills in the rows, returns the aggregate.
MetricValue apply_metric(const std::string& name, const Metric& metric, const TaskData& task,
                         const std::vector<Prediction>& predictions,
                         std::vector<PredictionRow>& rows) {
  MetricValue value{.name = name,
                    .higher_is_better = metric.higher_is_better(),
                    .lowest = metric.lowest(),
                    .highest = metric.highest()};
  std::vector<Scored> scored;
  for (size_t i = 0; i < predictions.size(); ++i) {
    SampleScore sample = metric.score(task.test[i], predictions[i]);
    if (sample.scored) {
      scored.push_back({&task.test[i], &predictions[i], sample.value});
    } else {
      ++value.unscored;
    }
    rows[i].scores.emplace_back(name, std::move(sample));
  }
  value.scored = int64_t(scored.size());
  if (!scored.empty()) value.value = metric.aggregate(scored);
  return value;
}

PredictionRow make_row(const LoadedModel& model, const Example& example, size_t index,
                       const Completion& completion, const Prediction& prediction) {
  PredictionRow row;
  row.index = int64_t(index);
  row.where = example.where;
  row.prompt = prompt_text(*model.text, example);
  row.references = example.references;
  row.completion = completion.text;
  row.prediction = prediction.text;
  row.parsed = prediction.parsed;
  row.stop = to_string(completion.stop);
  return row;
}

}  // namespace

ScoreSet score(const LoadedModel& model, const TaskData& task, const Registry& registry,
               const ScoreOptions& options) {
  const auto begin = std::chrono::steady_clock::now();
  model.lm->eval();
  const Generated generated = generate_all(model, task, options);
  const std::vector<Prediction> predictions = parse_all(task, generated);
  ScoreSet set;
  for (size_t i = 0; i < task.test.size(); ++i) {
    set.rows.push_back(make_row(model, task.test[i], i, generated.completions[i], predictions[i]));
    set.summary.parsed += predictions[i].parsed;
  }
  for (const std::string& name : task.metrics) {
    set.summary.metrics.push_back(
        apply_metric(name, *registry.make_metric(name), task, predictions, set.rows));
  }
  set.summary.examples = int64_t(task.test.size());
  set.summary.prompt_tokens = generated.prompt_tokens;
  set.summary.computed_tokens = generated.computed_tokens;
  set.summary.new_tokens = generated.new_tokens;
  set.summary.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return set;
}

}  // namespace tuneval

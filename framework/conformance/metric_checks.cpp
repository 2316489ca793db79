#include "framework/conformance/checker.h"
#include "framework/conformance/scoring.h"
#include "framework/conformance/subject_checks.h"

#include <algorithm>
#include <cmath>

namespace tuneval {

namespace {

/// Where no loaded task type names the metric: three answers in words.
std::vector<Example> plain_examples() {
  std::vector<Example> examples;
  for (const char* answer : {"refund", "delivery", "account", "refund"}) {
    Example example;
    example.messages = {{.role = "user", .content = "What is it about?", .tool_calls = {}}};
    example.target = answer;
    example.references = {answer};
    example.where = fmt::format("sample:{}", examples.size() + 1);
    examples.push_back(std::move(example));
  }
  return examples;
}

/// Sample examples of the task types that name this metric, or of all.
std::vector<Example> examples_in(const Registry& registry, const std::string& metric, bool naming) {
  std::vector<Example> examples;
  for (const Registry::Entry& entry : registry.entries()) {
    if (entry.kind != "task type") continue;
    const TaskSample& sample = registry.task_sample(entry.name);
    if (sample.rows.empty()) continue;
    const auto type = registry.make_task_type(entry.name, sample_options(sample));
    const std::vector<std::string> metrics = type->metrics();
    const bool named = std::ranges::find(metrics, metric) != metrics.end();
    if (named != naming) continue;
    for (const Row& row : sample_rows(sample)) examples.push_back(type->read(row));
    if (naming) break;  // answers of one kind
  }
  return examples;
}

std::vector<Prediction> perfect_predictions(const std::vector<Example>& examples) {
  std::vector<Prediction> predictions;
  for (const Example& example : examples) {
    const std::string& right = example.references.at(0);
    predictions.push_back({.parsed = true, .text = right, .completion = right});
  }
  return predictions;
}

/// Those of the examples that the metric scores at all.
std::vector<Example> scorable(const Metric& metric, std::vector<Example> examples) {
  std::erase_if(examples, [&](const Example& example) {
    if (example.references.empty()) return true;
    return !metric.score(example, {true, example.references.front()}).scored;
  });
  return examples;
}

/// What to try a metric on: samples of a task type that names it, else three answers in words, else
/// whatever it scores of all the samples there are.
std::vector<Example> examples_for(const Metric& metric, const std::string& name,
                                  const Registry& own, const Registry* others) {
  for (const Registry* registry : {&own, others}) {
    if (!registry) continue;
    std::vector<Example> examples = examples_in(*registry, name, /*naming=*/true);
    if (!examples.empty()) return examples;
  }
  std::vector<Example> examples = scorable(metric, plain_examples());
  for (const Registry* registry : {&own, others}) {
    if (!examples.empty()) return examples;
    if (registry) examples = scorable(metric, examples_in(*registry, name, /*naming=*/false));
  }
  return examples;
}

std::string check_unparsed(const Metric& metric, const std::vector<Example>& examples) {
  const std::vector<Prediction> unparsed(examples.size());
  const ScoredSet set = score_all(metric, examples, unparsed);
  if (!set.unscored.empty()) {
    fail_check(
        "it leaves an unparsed prediction out ({}), which would reward a model that writes "
        "nothing that can be parsed",
        set.unscored.front());
  }
  const double value = metric.aggregate(set.scored), best = best_value(metric);
  const bool worse = metric.higher_is_better() ? value < best : value > best;
  if (!worse) fail_check("unparsed predictions get {}, the best value being {}", value, best);
  return fmt::format("unparsed predictions get {}", value);
}

std::string check_order(const Metric& metric, const std::vector<Example>& examples) {
  std::vector<Prediction> predictions = perfect_predictions(examples);
  for (size_t i = 0; i < predictions.size(); i += 2) predictions[i] = {};
  ScoredSet set = score_all(metric, examples, predictions);
  const double value = metric.aggregate(set.scored);
  for (size_t turn = 1; turn < set.scored.size(); ++turn) {
    std::ranges::rotate(set.scored, set.scored.begin() + 1);
    if (turn % 2) std::ranges::reverse(set.scored);
    const double other = metric.aggregate(set.scored);
    if (!(std::abs(other - value) <= 1e-12 * std::max(1.0, std::abs(value)))) {
      fail_check("{} in one order, {} in another", value, other);
    }
  }
  return fmt::format("{} in {} orders", value, set.scored.size());
}

std::string check_nothing(const Metric& metric, const std::vector<Example>& examples) {
  const double nothing = metric.aggregate({});
  if (!std::isfinite(nothing)) fail_check("over no example it is {}", nothing);
  const std::vector<Prediction> predictions = perfect_predictions(examples);
  const ScoredSet set = score_all(metric, examples, predictions);
  // As a resample may be: one example again and again.
  const std::vector<Scored> same(100, set.scored.at(0));
  const double repeated = metric.aggregate(same);
  if (!std::isfinite(repeated)) fail_check("over one example 100 times it is {}", repeated);
  return fmt::format("{} over nothing, {} over one example 100 times", nothing, repeated);
}

}  // namespace

void check_metric(const Registry& registry, const std::string& name, const CheckOptions& options,
                  std::vector<CheckResult>& results) {
  Checker checker("metric", name, results);
  std::shared_ptr<const Metric> metric;
  std::vector<Example> examples;
  const bool perfect = checker.run("perfect-is-best", [&] {
    metric = registry.make_metric(name);
    if (!metric) fail_check("its factory makes nothing");
    examples = examples_for(*metric, name, registry, options.others);
    if (examples.empty()) {
      throw CheckSkipped("it scores none of the sample examples of the task types loaded");
    }
    return require_best(*metric, examples, perfect_predictions(examples));
  });
  if (!perfect && examples.empty()) return checker.skip_rest("there is nothing to try it on");
  checker.run("unparsed-is-not-best", [&] { return check_unparsed(*metric, examples); });
  checker.run("order-does-not-matter", [&] { return check_order(*metric, examples); });
  checker.run("finite-on-nothing", [&] { return check_nothing(*metric, examples); });
}

}  // namespace tuneval

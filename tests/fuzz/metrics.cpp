// Every metric, asked for the score of any prediction, and for the value of a few.
#include "tests/fuzz/targets.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <array>
#include <span>
#include <vector>

namespace tuneval::fuzz {

namespace {

void check_range(const Metric& metric, const std::string& name, double value) {
  constexpr double kRounding = 1e-9;
  if (value >= metric.lowest() - kRounding && value <= metric.highest() + kRounding) return;
  broken(fmt::format("{} is {}, in [{}, {}]", name, value, metric.lowest(), metric.highest()));
}

void feed(const Metric& metric, const std::string& name, const Example& example,
          std::span<const Prediction> predictions) {
  std::vector<Scored> scored;
  for (const Prediction& prediction : predictions) {
    const SampleScore score = metric.score(example, prediction);
    if (!score.scored) continue;
    check_range(metric, name, score.value);
    scored.push_back({&example, &prediction, score.value});
  }
  if (!scored.empty()) check_range(metric, name, metric.aggregate(scored));
  metric.details(scored);
  if (const auto* judged = dynamic_cast<const Judged*>(&metric)) {
    judged->question(example, predictions[0]);
    judged->read_verdict(predictions[0].text);
  }
}

}  // namespace

void score_metrics(std::string_view input) {
  const auto parts = parts_of(input, 6);
  Example example;
  example.where = "test.jsonl:1";
  example.messages = {{"user", "question", ""}};
  example.references = {std::string(parts[0]), std::string(parts[1])};
  example.tools = parts[2];
  example.context = parts[3];
  example.notes = parts[4];
  Prediction parsed, other;
  parsed.parsed = true;
  parsed.text = parsed.completion = other.completion = parts[5];
  const std::array<Prediction, 2> predictions = {parsed, other};
  for (const Registry::Entry& entry : metrics().entries()) {
    if (entry.kind != "metric") continue;
    try {
      feed(*metrics().make_metric(entry.name), entry.name, example, predictions);
    } catch (const Error&) {  // an option that has to be there, notes that are none
    }
  }
}

}  // namespace tuneval::fuzz

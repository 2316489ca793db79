#include "plugin_test.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <random>

namespace tuneval {
namespace {

constexpr double kTolerance = 1e-12;

/// One case of the oracle's file.
struct Case {
  std::vector<Example> examples;
  std::vector<Prediction> predictions;
  double accuracy = 0, macro_f1 = 0;
};

Case read_case(const nlohmann::json& json) {
  Case one;
  for (const auto& reference : json.at("references")) {
    Example example;
    example.references = {reference.get<std::string>()};
    one.examples.push_back(std::move(example));
  }
  for (const auto& prediction : json.at("predictions")) {
    one.predictions.push_back(
        prediction.is_null() ? Prediction{} : Prediction{true, prediction.get<std::string>()});
  }
  one.accuracy = json.at("accuracy");
  one.macro_f1 = json.at("macro_f1");
  return one;
}

const std::vector<Case>& oracle_cases() {
  static const std::vector<Case> cases = [] {
    std::ifstream file(TUNEVAL_SOURCE_DIR "/tests/unit/plugins/oracle/metrics.json");
    std::vector<Case> all;
    const auto oracle = nlohmann::json::parse(file);
    for (const auto& json : oracle.at("cases")) all.push_back(read_case(json));
    return all;
  }();
  return cases;
}

std::vector<Scored> score(const Metric& metric, const Case& one) {
  std::vector<Scored> scored;
  for (size_t i = 0; i < one.examples.size(); ++i) {
    const SampleScore value = metric.score(one.examples[i], one.predictions[i]);
    EXPECT_TRUE(value.scored);
    scored.push_back({&one.examples[i], &one.predictions[i], value.value});
  }
  return scored;
}

TEST(MetricsTest, TheOracleHasManyCases) { EXPECT_GE(oracle_cases().size(), 200u); }

TEST(MetricsTest, AccuracyAgreesWithItsOracle) {
  const auto metric = plugins().make_metric("accuracy");
  for (size_t i = 0; i < oracle_cases().size(); ++i) {
    const Case& one = oracle_cases()[i];
    EXPECT_NEAR(metric->aggregate(score(*metric, one)), one.accuracy, kTolerance) << "case " << i;
  }
}

TEST(MetricsTest, MacroF1AgreesWithItsOracleInAnyOrder) {
  const auto metric = plugins().make_metric("macro_f1");
  std::mt19937 random(3);
  for (size_t i = 0; i < oracle_cases().size(); ++i) {
    const Case& one = oracle_cases()[i];
    std::vector<Scored> scored = score(*metric, one);
    const double value = metric->aggregate(scored);
    EXPECT_NEAR(value, one.macro_f1, kTolerance) << "case " << i;
    std::ranges::shuffle(scored, random);
    EXPECT_EQ(metric->aggregate(scored), value) << "case " << i;
  }
}

TEST(MetricsTest, AnyReferenceWillDo) {
  Example example;
  example.references = {"a", "b"};
  const Prediction second{true, "b"}, wrong{true, "c"};
  for (const char* name : {"accuracy", "macro_f1"}) {
    const auto metric = plugins().make_metric(name);
    EXPECT_EQ(metric->score(example, second).value, 1.0);
    EXPECT_EQ(metric->score(example, wrong).value, 0.0);
    const std::vector<Scored> scored = {{&example, &second, 1.0}};
    EXPECT_EQ(metric->aggregate(scored), 1.0);
  }
}

TEST(MetricsTest, TextThatWasNotParsedIsNeverRight) {
  Example example;
  example.references = {"a"};
  const Prediction unparsed{false, "a"};
  for (const char* name : {"accuracy", "macro_f1"}) {
    EXPECT_EQ(plugins().make_metric(name)->score(example, unparsed).value, 0.0);
  }
}

TEST(MetricsTest, WithoutAReferenceThereIsNoScore) {
  for (const char* name : {"accuracy", "macro_f1"}) {
    const SampleScore score = plugins().make_metric(name)->score(Example{}, Prediction{true, "a"});
    EXPECT_FALSE(score.scored);
    EXPECT_EQ(score.reason, "the example has no reference");
  }
}

}  // namespace
}  // namespace tuneval

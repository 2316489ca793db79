#include "text_metric.h"

namespace tuneval {
namespace {

constexpr double kTolerance = 1e-12;

std::vector<TextCase> cases_in(const nlohmann::json& json) {
  std::vector<TextCase> cases;
  for (size_t i = 0; i < json.at("references").size(); ++i) {
    const auto& prediction = json.at("predictions").at(i);
    cases.push_back(text_case({json.at("references").at(i)}, ""));
    cases.back().prediction = prediction.is_null() ? Prediction{} : Prediction{true, prediction};
  }
  return cases;
}

TEST(MacroF1Test, DetailsAgreeWithTheirOracle) {
  const auto metric = text_metric("macro_f1");
  const nlohmann::json oracle = read_oracle("metrics");
  for (const auto& json : oracle.at("cases")) {
    const std::vector<TextCase> cases = cases_in(json);
    const auto details = metric->details(scored_in(*metric, cases));
    if (cases.empty()) {
      EXPECT_TRUE(details.empty());
      continue;
    }
    double precision = 0, recall = 0;
    for (const auto& [name, figures] : json.at("classes").items()) {
      EXPECT_NEAR(detail(details, name + ": precision"), figures.at(0).get<double>(), kTolerance);
      EXPECT_NEAR(detail(details, name + ": recall"), figures.at(1).get<double>(), kTolerance);
      EXPECT_NEAR(detail(details, name + ": F1"), figures.at(2).get<double>(), kTolerance);
      EXPECT_EQ(detail(details, name + ": support"), figures.at(3).get<double>());
      precision += figures.at(0).get<double>();
      recall += figures.at(1).get<double>();
    }
    const auto classes = double(json.at("classes").size());
    EXPECT_EQ(details.size(), 4 + 4 * json.at("classes").size());
    EXPECT_NEAR(detail(details, "accuracy"), json.at("accuracy").get<double>(), kTolerance);
    EXPECT_NEAR(detail(details, "macro precision"), precision / classes, kTolerance);
    EXPECT_NEAR(detail(details, "macro recall"), recall / classes, kTolerance);
  }
}

TEST(MacroF1Test, DetailsCountWhatWasNotParsed) {
  const auto metric = text_metric("macro_f1");
  std::vector<TextCase> cases = {text_case({"a"}, "a"), text_case({"b"}, "b"),
                                 text_case({"b"}, "a")};
  cases[1].prediction = {};
  const auto details = metric->details(scored_in(*metric, cases));
  EXPECT_EQ(detail(details, "not parsed"), 1.0);
  EXPECT_EQ(detail(details, "a: precision"), 0.5);
  EXPECT_EQ(detail(details, "b: recall"), 0.0);
}

}  // namespace
}  // namespace tuneval

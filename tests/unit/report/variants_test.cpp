// What reports say of seeds, learning rates, costs and recommendations.
#include "framework/report/report.h"
#include "framework/summary/summary.h"
#include "tests/unit/summary/records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuneval {
namespace {

using testing::HasSubstr;
using testing::Not;

CellRecord variant(const std::string& model, uint64_t seed, double rate, double loss,
                   std::optional<double> base, double tuned) {
  CellRecord record = record_of(model, "t", base, tuned);
  record.id = fmt::format("{}-{}-{:g}", model, seed, rate);
  record.seed = seed;
  record.band = rate != 5e-5;
  record.recipe = {{"learning_rate", rate}, {"seed", seed}};
  record.model.parameters = 135'000'000;
  record.tune = TuneSummary{};
  record.tune->tokens = 1000;
  record.tune->seconds = 2.0;
  record.tune->validation_loss = loss;
  record.tune->adapter_bytes = 3 << 20;
  record.tune->learning_curve = {{1, 6, 2.0, 0.75, 0.5}, {2, 12, 1.0, loss, {}}};
  record.energy_joules = 1500.0;
  return record;
}

std::vector<CellRecord> records() {
  return {variant("a", 1, 5e-5, 0.5, 0.25, 0.5), variant("a", 2, 5e-5, 0.5, {}, 0.7),
          variant("a", 1, 1e-4, 0.4, {}, 0.8)};
}

TEST(VariantReport, TheTerminalShowsThem) {
  const std::string text = terminal_report(summarise(records()), false);
  EXPECT_THAT(text, HasSubstr("Recommendations"));
  EXPECT_THAT(text, HasSubstr("Most accurate after tuning: a."));
  EXPECT_THAT(text, HasSubstr("Other seeds"));
  EXPECT_THAT(text, HasSubstr("2 of 2"));
  EXPECT_THAT(text, HasSubstr("Other learning rates"));
  EXPECT_THAT(text, HasSubstr("0.0001"));
  EXPECT_THAT(text, HasSubstr("+0.300")) << "what the chosen rate gained";
  EXPECT_THAT(text, HasSubstr("Costs"));
  EXPECT_THAT(text, HasSubstr("135.0M"));
  EXPECT_THAT(text, HasSubstr("3.00 MiB"));
  EXPECT_THAT(text, HasSubstr("4.50 kJ"));
}

TEST(VariantReport, MarkdownFoldsTheCurves) {
  const std::string text = markdown_report(summarise(records()));
  EXPECT_THAT(text, HasSubstr("| 2.000 / 0.750 / 0.500 | 1.000 / 0.500 |"));
}

TEST(VariantReport, JsonHoldsThemAll) {
  const auto json = json_report(summarise(records()));
  EXPECT_EQ(json["seeds"][0]["runs"][1]["seed"], 2);
  EXPECT_DOUBLE_EQ(json["seeds"][0]["mean"].get<double>(), 0.6);
  EXPECT_EQ(json["noise"][0]["seeds"], 2);
  EXPECT_EQ(json["bands"][0]["runs"][1]["chosen"], true);
  EXPECT_EQ(json["band_ranking"][0]["chosen"]["position"], 1);
  EXPECT_EQ(json["learning_curves"][0]["epochs"][0]["score"], 0.5);
  EXPECT_EQ(json["learning_curves"][0]["epochs"][1]["score"], nullptr);
  EXPECT_EQ(json["costs"]["models"][0]["energy_joules"], 4500.0);
  EXPECT_EQ(json["recommendations"][0]["wish"], "most_accurate");
  EXPECT_EQ(json["recommendations"][0]["models"][0], "a");
}

TEST(VariantReport, APlainRunSaysNothingOfThem) {
  const Summary summary = summarise(std::vector{record_of("a", "t", 0.5, 0.6)});
  const std::string text = terminal_report(summary, false);
  EXPECT_THAT(text, Not(HasSubstr("Other seeds")));
  EXPECT_THAT(text, Not(HasSubstr("Other learning rates")));
  const auto json = json_report(summary);
  EXPECT_FALSE(json.contains("seeds"));
  EXPECT_FALSE(json.contains("bands"));
  EXPECT_FALSE(json.contains("learning_curves"));
}

TEST(VariantReport, WhatFailedIsSaidWithItsReason) {
  std::vector<CellRecord> some = records();
  some[1].status = "failed";
  some[1].error = CellError{"TuneError", "the loss is nan"};
  some[1].tuned.reset();
  EXPECT_THAT(terminal_report(summarise(some), false),
              HasSubstr("a on t, seed 2: TuneError: the loss is nan"));
}

}  // namespace
}  // namespace tuneval

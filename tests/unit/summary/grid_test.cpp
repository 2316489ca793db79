/// A whole grid of scores, ranked and averaged as SciPy and NumPy do it.

#include "framework/summary/summary.h"
#include "tests/unit/summary/records.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;

Json oracle() {
  std::ifstream file(TUNEVAL_SOURCE_DIR "/tests/unit/statistics/oracle/statistics.json");
  return Json::parse(file);
}

TEST(Summary, AWholeGridAgreesWithItsOracle) {
  const Json grid = oracle()["grid"];
  std::vector<CellRecord> records;
  for (size_t model = 0; model < grid["scores"].size(); ++model) {
    for (size_t task = 0; task < grid["scores"][model].size(); ++task) {
      const Json& score = grid["scores"][model][task];
      if (score.is_null()) continue;
      records.push_back(record_of(fmt::format("m{}", model), fmt::format("t{}", task),
                                  score.get<double>(), std::nullopt));
    }
  }
  const Summary summary = summarise(records, {IntervalMethod::student_t, {}});
  ASSERT_EQ(summary.models.size(), grid["mean_ranks"].size());
  for (size_t model = 0; model < summary.models.size(); ++model) {
    const Json& expected = grid["mean_ranks"][model];
    const MeanInterval& rank = summary.models[model].base.value();
    EXPECT_DOUBLE_EQ(rank.mean, expected["mean"]);
    EXPECT_NEAR(rank.half_width.value(), expected["student_t"], 1e-12);
    EXPECT_EQ(rank.n, static_cast<int64_t>(expected["ranks"].size()));
    EXPECT_FALSE(summary.models[model].tuned.has_value());
  }
}

}  // namespace
}  // namespace tuneval

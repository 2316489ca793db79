#pragma once

#include "framework/rescore/rescore.h"
#include "run_folder.h"

#include <gtest/gtest.h>

namespace tuneval::test {

/// A run with one cell, "one", whose model wrote right, wrong and unreadable answers.
class RescoreTest : public testing::Test {
 protected:
  RescoreTest() {
    run.add_pack("p");
    run.add_cell(plugins, cell("one"));
  }
  static MadeCell cell(const std::string& id, const std::string& pack = "p") {
    return {id, "m", pack, {"a", " A", "no", "b"}, {"a", "b\n", "A", "b"}};
  }
  static std::vector<std::string> names(const ScoreSummary& score) {
    std::vector<std::string> names;
    for (const MetricValue& metric : score.metrics) names.push_back(metric.name);
    return names;
  }
  static std::vector<std::string> names(const PredictionRow& row) {
    std::vector<std::string> names;
    for (const auto& [name, score] : row.scores) names.push_back(name);
    return names;
  }
  /// The one refusal that a changed pack gives; nothing is written.
  std::string refusal(const Registry& registry, const RescoreOptions& options = {}) {
    const std::string before = run.bytes();
    const Rescored rescored = rescore(run.store, registry, options);
    EXPECT_TRUE(rescored.cells.empty());
    EXPECT_EQ(run.bytes(), before);
    EXPECT_EQ(rescored.faults.size(), 1u);
    return rescored.faults.empty() ? std::string() : rescored.faults[0];
  }

  Registry plugins = label_plugins();
  RunFolder run;
};

}  // namespace tuneval::test

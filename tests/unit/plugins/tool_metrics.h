#pragma once

#include "framework/loader/loader.h"

#include <nlohmann/json.hpp>

#include <gtest/gtest.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace tuneval {

/// The metric `name` of its own plugin, loaded once.
inline const Metric& tool_metric(const std::string& name) {
  static const Registry registry = [] {
    std::vector<std::filesystem::path> files;
    for (const char* file : {"tool_call_equivalence.so", "binary_tool_call.so",
                             "staged_tool_call.so", "bfcl_ast.so"}) {
      files.push_back(std::filesystem::path(TUNEVAL_PLUGIN_DIR) / file);
    }
    return load_plugins(files);
  }();
  static std::map<std::string, std::shared_ptr<const Metric>> metrics;
  auto& metric = metrics[name];
  if (!metric) metric = registry.make_metric(name);
  return *metric;
}

/// A file of tests/unit/plugins/oracle, its keys in the order written.
inline nlohmann::ordered_json oracle_file(const std::string& name) {
  std::ifstream file(std::filesystem::path(TUNEVAL_SOURCE_DIR) / "tests/unit/plugins/oracle" /
                     name);
  return nlohmann::ordered_json::parse(file);
}

/// Predictions of about a megabyte that a metric must survive, and quickly.
inline std::vector<std::string> hostile_predictions() {
  const auto repeated = [](std::string_view part, size_t times) {
    std::string all;
    for (size_t i = 0; i < times; ++i) all += part;
    return all;
  };
  std::string keys = "[{\"name\":\"f\",\"arguments\":{";
  for (int i = 0; i < 90'000; ++i) keys += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":1";
  const std::string one = "[{\"name\":\"f\",\"arguments\":{\"x\":";
  const std::string call = "{\"name\":\"f\",\"arguments\":{\"x\":1}}";
  return {keys + "}}]",
          "[" + repeated(call + ",", 33'000) + call + "]",
          one + "[" + repeated("1,", 500'000) + "1]}}]",
          one + "[" + repeated("\"Ä\",", 200'000) + "\"\"]}}]",
          one + "[" + repeated("{},", 333'000) + "{}]}}]",
          one + "\"" + repeated("Ä.-", 250'000) + "\"}}]",
          one + std::string(1'000'000, '9') + "}}]",
          one + repeated("[", 250) + repeated("]", 250) + "}}]",
          one + repeated("[", 500'000) + repeated("]", 500'000) + "}}]",
          one + repeated("{\"x\":", 200'000),
          std::string(1'000'000, '\0'),
          repeated("\xff\xc3", 500'000),
          one + "\"\\ud800\"}}]"};
}

/// Seconds of processor time for a megabyte: it takes less than one on a core of its own, several
/// on a shared one or under a sanitizer, and minutes where the time grows with the square of a
/// text.
#ifdef __SANITIZE_ADDRESS__
inline constexpr double kLongest = 20.0;
#else
inline constexpr double kLongest = 4.0;
#endif

/// Scores every hostile prediction: in well under a second of processor time each, and as wrong.
inline void expect_survival(const Metric& metric, const Example& example) {
  static const std::vector<std::string> predictions = hostile_predictions();
  for (const std::string& text : predictions) {
    const std::clock_t begin = std::clock();
    const SampleScore score = metric.score(example, {true, text});
    EXPECT_LT(double(std::clock() - begin) / CLOCKS_PER_SEC, kLongest) << text.substr(0, 40);
    EXPECT_TRUE(score.scored) << text.substr(0, 40);
    EXPECT_LT(score.value, 1.0) << text.substr(0, 40);
  }
}

}  // namespace tuneval

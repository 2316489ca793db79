#pragma once

#include "plugin_test.h"

#include <nlohmann/json.hpp>

#include <ctime>
#include <fstream>
#include <limits>

namespace tuneval {

/// The metrics of texts, loaded once.
inline const Registry& text_metrics() {
  static const Registry registry = [] {
    std::vector<std::filesystem::path> files;
    for (const char* name : {"exact_match", "field_f1", "format_valid", "json_valid", "macro_f1",
                             "pii_redaction", "rouge_l", "squad"}) {
      files.push_back(std::filesystem::path(TUNEVAL_PLUGIN_DIR) / (std::string(name) + ".so"));
    }
    return load_plugins(files);
  }();
  return registry;
}

inline std::shared_ptr<const Metric> text_metric(const std::string& name,
                                                 const std::string& options = "{}") {
  return text_metrics().make_metric(name, Config::parse(options, "pack.toml", ConfigKind::data));
}

inline nlohmann::json read_oracle(const std::string& name) {
  std::ifstream file(TUNEVAL_SOURCE_DIR "/tests/unit/plugins/oracle/" + name + ".json");
  return nlohmann::json::parse(file);
}

/// A text of an oracle's file: a string, or one that is repeated.
inline std::string text_in(const nlohmann::json& json) {
  if (json.is_string()) return json.get<std::string>();
  std::string text;
  for (int i = 0; i < json.at("times").get<int>(); ++i)
    text += json.at("repeat").get<std::string>();
  return text;
}

/// One case of an oracle's file, as a metric sees it.
struct TextCase {
  Example example;
  Prediction prediction;
};

inline TextCase case_in(const nlohmann::json& json) {
  TextCase one;
  for (const auto& text : json.at("references")) one.example.references.push_back(text_in(text));
  one.example.notes = json.value("notes", "");
  const auto& prediction = json.at("prediction");
  if (prediction.is_null()) return one;
  const std::string text = text_in(prediction);
  one.prediction = {true, text, text};
  return one;
}

inline double value_of(const Metric& metric, const TextCase& one) {
  const SampleScore score = metric.score(one.example, one.prediction);
  EXPECT_TRUE(score.scored) << score.reason;
  return score.value;
}

inline std::vector<Scored> scored_in(const Metric& metric, const std::vector<TextCase>& cases) {
  std::vector<Scored> scored;
  for (const TextCase& one : cases) {
    scored.push_back({&one.example, &one.prediction, value_of(metric, one)});
  }
  return scored;
}

/// The figure of that name; NaN, which no comparison passes, where there is none.
inline double detail(const std::vector<MetricDetail>& details, const std::string& name) {
  for (const MetricDetail& one : details) {
    if (one.name == name) return one.value;
  }
  ADD_FAILURE() << "no detail \"" << name << "\"";
  return std::numeric_limits<double>::quiet_NaN();
}

inline TextCase text_case(std::vector<std::string> references, const std::string& answer) {
  TextCase one;
  one.example.references = std::move(references);
  one.prediction = {true, answer, answer};
  return one;
}

/// Fails unless the metric scores each of these answers in a few seconds of processor time: under
/// one on a core of its own, minutes where the time grows with the square of a text.
inline void expect_quick(const Metric& metric, const std::vector<TextCase>& cases) {
  for (size_t i = 0; i < cases.size(); ++i) {
    const std::clock_t begin = std::clock();
    const double value = value_of(metric, cases[i]);
    const double seconds = double(std::clock() - begin) / CLOCKS_PER_SEC;
    EXPECT_LT(seconds, 4.0) << "case " << i;
    EXPECT_GE(value, metric.lowest()) << "case " << i;
    EXPECT_LE(value, metric.highest()) << "case " << i;
  }
}

inline std::string repeat(std::string_view text, size_t bytes) {
  std::string out;
  while (out.size() < bytes) out += text;
  return out;
}

}  // namespace tuneval

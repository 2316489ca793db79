#pragma once

#include "tuneval/plugin.h"

#include <algorithm>

namespace tuneval {

/// A task type as small as can be: {"input", "label"}, with options.labels as the closed set.
class LabelType final : public TaskType {
 public:
  explicit LabelType(const TaskOptions& options) : labels_(options.options.texts("labels")) {}

  Example read(const Row& row) const override {
    const std::string label = row.text("label");
    if (std::ranges::find(labels_, label) == labels_.end()) row.fail("label", "is unknown");
    Example example;
    example.messages = {{"user", row.text("input"), ""}};
    example.target = label;
    example.references = {label};
    example.where = row.where();
    return example;
  }
  Prediction parse(const Example&, std::string_view text) const override {
    return {true, std::string(text)};
  }
  std::vector<std::string> metrics() const override { return {"exact"}; }
  std::vector<std::string> answers() const override { return labels_; }
  std::vector<std::string> review(const std::vector<Example>& examples) const override {
    if (examples.front().messages.front().content != "reviewed") return {};
    return {"begins with a reviewed row"};
  }

 private:
  std::vector<std::string> labels_;
};

class ExactMetric final : public Metric {
 public:
  SampleScore score(const Example& example, const Prediction& prediction) const override {
    return SampleScore::of(example.target == prediction.text ? 1.0 : 0.0);
  }
};

/// Task type "label"; metrics "exact" and "other".
inline Registry label_registry() {
  Registry registry;
  registry.add_task_type(
      "label", [](const TaskOptions& options) { return std::make_shared<LabelType>(options); });
  for (const char* name : {"exact", "other"}) {
    registry.add_metric(name,
                        [](const tuneval::Config&) { return std::make_shared<ExactMetric>(); });
  }
  return registry;
}

}  // namespace tuneval

#pragma once

#include "framework/data/task_data.h"
#include "framework/record/predictions.h"
#include "framework/record/store.h"
#include "framework/score/metrics.h"
#include "tests/support/folder.h"
#include "tuneval/metric/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace tuneval::test {

/// {"input", "label"}; a completion is parsed when it is a label after trimming. A later version of
/// it also understands capitals.
class LabelType final : public TaskType {
 public:
  LabelType(const TaskOptions& options, bool later)
      : labels_(options.options.texts("labels")), later_(later) {}

  Example read(const Row& row) const override {
    Example example;
    example.messages = {{"user", row.text("input"), ""}};
    example.target = row.text("label");
    example.references = {example.target};
    example.where = row.where();
    return example;
  }
  Prediction parse(const Example&, std::string_view completion) const override {
    std::string text(trim(completion));
    if (later_) std::ranges::transform(text, text.begin(), [](char c) { return std::tolower(c); });
    if (std::ranges::find(labels_, text) == labels_.end()) return {};
    return {true, text};
  }
  std::vector<std::string> metrics() const override { return {"exact"}; }

 private:
  std::vector<std::string> labels_;
  bool later_;
};

/// 1 for a right answer; a row that says "skip" is not scored.
struct Exact : Metric {
  SampleScore score(const Example& example, const Prediction& prediction) const override {
    if (example.messages[0].content == "skip") return SampleScore::unscored("to skip");
    return SampleScore::of(prediction.text == example.target ? 1.0 : 0.0);
  }
  std::vector<MetricDetail> details(std::span<const Scored> scored) const override {
    return {{"seen", double(scored.size())}};
  }
};

struct Parsed : Metric {
  SampleScore score(const Example&, const Prediction& prediction) const override {
    return SampleScore::of(prediction.parsed ? 1.0 : 0.0);
  }
};

/// 1 where the judge says "yes", 0 where it says "no".
struct Verdict : Judged {
  std::vector<Message> question(const Example&, const Prediction& prediction) const override {
    return {{"user", prediction.text, ""}};
  }
  SampleScore read_verdict(std::string_view answer) const override {
    if (answer != "yes" && answer != "no") return SampleScore::unscored("no verdict");
    return SampleScore::of(answer == "yes" ? 1.0 : 0.0);
  }
};

/// Task type "label", metrics "exact", "parsed", "verdict" and, if asked for, "gone".
inline Registry label_plugins(bool later = false, bool gone = true) {
  Registry registry;
  registry.begin_plugin("label", later ? "2.0.0" : "1.0.0", "label.so");
  registry.add_task_type("label", [later](const TaskOptions& options) {
    return std::make_shared<LabelType>(options, later);
  });
  registry.begin_plugin("metrics", "1.0.0", "metrics.so");
  registry.add_metric("exact", [](const Config&) { return std::make_shared<Exact>(); });
  registry.add_metric("parsed", [](const Config&) { return std::make_shared<Parsed>(); });
  registry.add_metric("verdict", [](const Config&) { return std::make_shared<Verdict>(); });
  if (gone) registry.add_metric("gone", [](const Config&) { return std::make_shared<Parsed>(); });
  return registry;
}

/// A cell of a made run: where its pack is and what a model wrote, base and tuned.
struct MadeCell {
  std::string id, model, pack;
  std::vector<std::string> base, tuned;
  std::vector<std::string> metrics = {"exact"};
  nlohmann::ordered_json options = nlohmann::ordered_json::object();
  int64_t test_limit = 0;
  std::string model_type = "qwen3";
  CellKind kind = CellKind::model;
  const Judge* judge = nullptr;
};

/// A run folder with packs beside it.
class RunFolder {
 public:
  std::filesystem::path pack(const std::string& name) const { return folder.path() / name; }

  /// Four test rows with the labels a, b, a, b, of which the last is not scored.
  void add_pack(const std::string& name) const {
    write_text(pack(name) / "pack.toml", R"(name = "p"
task_type = "label"
description = "Sort."
[options]
labels = ["a", "b"]
)");
    write_text(pack(name) / "train.jsonl", rows({"a", "b"}));
    write_text(pack(name) / "test.jsonl",
               rows({"a", "b", "a"}) + "{\"input\": \"skip\", \"label\": \"b\"}\n");
  }
  static std::string rows(const std::vector<std::string>& labels) {
    std::string rows;
    for (size_t i = 0; i < labels.size(); ++i) {
      rows += fmt::format("{{\"input\": \"row {}\", \"label\": \"{}\"}}\n", i, labels[i]);
    }
    return rows;
  }

  /// Writes record and predictions as a run does.
  void add_cell(const Registry& registry, const MadeCell& cell) const {
    const Pack pack = read_pack(this->pack(cell.pack));
    TaskData task =
        read_task(registry, pack, merge_options(pack, cell.options.dump()), 0, cell.test_limit);
    if (cell.kind == CellKind::seed_only) task = with_seed_rows(task).value();
    CellRecord record;
    record.id = cell.id;
    record.kind = cell.kind;
    record.model = {cell.model, "/models/" + cell.model, cell.model_type, 1, "hash"};
    record.task = {cell.pack,
                   pack.folder.string(),
                   pack.task_type,
                   task.hash,
                   int64_t(task.train.size()),
                   int64_t(task.test.size()),
                   "",
                   cell.options};
    record.finished = "2026-03-16T20:46:16Z";
    if (!cell.base.empty()) record.base = score(registry, task, cell, Stage::base);
    if (!cell.tuned.empty()) record.tuned = score(registry, task, cell, Stage::tuned);
    store.write(record);
  }

  std::vector<PredictionRow> predictions(const std::string& id, Stage stage) const {
    return read_predictions(store.predictions_path(id, stage));
  }
  /// Every file of the run, but for when it was scored again.
  std::string bytes() const {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(store.output())) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::ranges::sort(files);
    std::string bytes;
    for (const auto& file : files) bytes += file.string() + "\n" + read_text(file);
    if (const size_t at = bytes.find("\"at\": \""); at != std::string::npos) bytes.erase(at, 27);
    return bytes;
  }

  TempFolder folder;
  RecordStore store{folder.path() / "run"};

 private:
  ScoreSummary score(const Registry& registry, const TaskData& task, const MadeCell& cell,
                     Stage stage) const {
    const std::vector<std::string>& completions = stage == Stage::base ? cell.base : cell.tuned;
    ScoreSummary summary;
    std::vector<PredictionRow> rows;
    std::vector<Prediction> predictions;
    for (size_t i = 0; i < completions.size(); ++i) {
      const Example& example = task.test.at(i);
      Prediction prediction = task.type->parse(example, completions[i]);
      prediction.completion = completions[i];
      rows.push_back({int64_t(i),
                      example.where,
                      "prompt",
                      example.references,
                      completions[i],
                      prediction.text,
                      prediction.parsed,
                      "end",
                      {}});
      predictions.push_back(prediction);
      summary.parsed += prediction.parsed;
    }
    summary.metrics =
        score_predictions(task, registry, cell.metrics, predictions, rows, cell.judge);
    summary.examples = int64_t(rows.size());
    summary.seconds = 7.0;
    write_predictions(store.predictions_path(cell.id, stage), rows);
    return summary;
  }
};

}  // namespace tuneval::test

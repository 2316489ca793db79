#include "framework/rescore/rescore_cell.h"

#include "framework/score/metrics.h"
#include "framework/score/read_answer.h"
#include "tuneval/error.h"
#include "tuneval/model/family.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace tuneval {

namespace {

using Names = std::vector<std::string>;
using Rows = std::vector<PredictionRow>;

bool contains(const Names& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

void add_once(Names& names, const std::string& name) {
  if (!contains(names, name)) names.push_back(name);
}

Names names_of(const std::vector<MetricValue>& metrics) {
  Names names;
  for (const MetricValue& metric : metrics) names.push_back(metric.name);
  return names;
}

/// The items of these names, in their order: the new one, else the kept one, else none.
template <class Item, class Name>
std::vector<Item> arrange(const Names& names, const std::vector<Item>& fresh,
                          const std::vector<Item>& kept, const Name& name_of) {
  std::vector<Item> arranged;
  for (const std::string& name : names) {
    for (const std::vector<Item>* items : {&fresh, &kept}) {
      const auto found = std::ranges::find(*items, name, name_of);
      if (found == items->end()) continue;
      arranged.push_back(*found);
      break;
    }
  }
  return arranged;
}

/// A metric that was scored again and has none now must not keep those of before.
std::vector<std::pair<std::string, double>> kept_jackknife(const PredictionRow& old,
                                                           const Names& scored) {
  auto kept = old.jackknife;
  std::erase_if(kept, [&](const auto& one) { return contains(scored, one.first); });
  return kept;
}

/// Scores the stages of one cell again.
class CellRescorer {
 public:
  CellRescorer(const Registry& registry, const RescoreOptions& options, const TaskData& task,
               const CellRecord& record)
      : registry_(registry), options_(options), task_(task), record_(record) {
    const Names wanted = options.metrics.empty()
                             ? metrics_of(registry, task.pack, *task.type, throwing())
                             : options.metrics;
    for (const std::string& name : wanted) add_once(asked_, name);
    if (!options.headline.empty()) add_once(asked_, options.headline);
    if (options.metrics.empty()) keep_verdicts();
    const auto has_calls = [](const Example& example) { return example.calls; };
    if (has_wire_form() && std::ranges::any_of(task.test, has_calls)) find_family();
  }

  StageScores rescore(Stage stage, const ScoreSummary& before, const Rows& old) const {
    StageScores work{{stage, before, before, 0}, old, {}};
    const std::vector<Prediction> predictions = read_again(old);
    const bool changed = take(predictions, old, work);
    choose_metrics(changed, work);
    Rows fresh = work.rows;
    for (PredictionRow& row : fresh) {
      row.scores.clear();
      row.jackknife.clear();
    }
    const auto values =
        score_predictions(task_, registry_, work.scored, predictions, fresh, options_.judge);
    for (const MetricValue& value : values) check_judged(value, before, fresh);
    const Names names = order(work);
    work.result.now.metrics = arrange(names, values, before.metrics, &MetricValue::name);
    for (size_t i = 0; i < fresh.size(); ++i) {
      work.rows[i].scores = arrange(names, fresh[i].scores, old[i].scores,
                                    &std::pair<std::string, SampleScore>::first);
      work.rows[i].jackknife =
          arrange(names, fresh[i].jackknife, kept_jackknife(old[i], work.scored),
                  &std::pair<std::string, double>::first);
    }
    return work;
  }

  /// Adds to what earlier rescorings left.
  RescoreMark mark(const std::vector<StageScores>& stages) const {
    RescoreMark mark = record_.rescored.value_or(RescoreMark{});
    mark.at = utc_now();
    mark.tuneval = TUNEVAL_VERSION;
    Names now;
    for (const StageScores& work : stages) {
      for (const std::string& name : work.scored) add_once(now, name);
    }
    for (const std::string& name : now) add_once(mark.metrics, name);
    for (const Registry::Entry& entry : registry_.entries()) {
      const bool used = (entry.kind == "task type" && entry.name == task_.pack.task_type) ||
                        (entry.kind == "metric" && contains(now, entry.name)) ||
                        (entry.kind == "model family" && family_ &&
                         registry_.model_family(entry.name) == family_);
      if (used) mark.plugins[entry.plugin] = entry.version;
    }
    return mark;
  }

 private:
  bool lacks_judge(const std::string& name) const {
    if (options_.judge || !registry_.has_metric(name)) return false;
    const auto metric = make_metric(registry_, task_.pack, name);
    return dynamic_cast<const Judged*>(metric.get()) != nullptr;
  }

  /// Verdicts that are there are not given up for want of a judge.
  void keep_verdicts() {
    std::erase_if(asked_, [&](const std::string& name) {
      return name != options_.headline && lacks_judge(name);
    });
  }

  /// Whether answers are a model's own text. Others store calls in their canonical form.
  bool has_wire_form() const {
    return record_.kind == CellKind::model || record_.kind == CellKind::seed_only;
  }

  /// Calls are read in the wire form of the model's family.
  void find_family() {
    family_ = registry_.family_of(record_.model.model_type);
    if (family_) return;
    throw RecordError(fmt::format(
        "its answers are tool calls, and no plugin brings model type \"{}\", whose form they have",
        record_.model.model_type));
  }

  std::vector<Prediction> read_again(const Rows& old) const {
    const WireForm form = family_ ? family_->chat_defaults().wire_form : WireForm::json;
    std::vector<Prediction> predictions;
    for (size_t i = 0; i < old.size(); ++i) {
      predictions.push_back(old[i].unanswered.empty()
                                ? read_answer(*task_.type, form, task_.test[i], old[i].completion)
                                : Prediction{});
    }
    return predictions;
  }

  /// Puts predictions and references into the rows as they now are; whether any is another than
  /// before.
  bool take(const std::vector<Prediction>& predictions, const Rows& old, StageScores& work) const {
    bool changed = false;
    work.result.now.parsed = 0;
    for (size_t i = 0; i < old.size(); ++i) {
      PredictionRow& row = work.rows[i];
      const Prediction& prediction = predictions[i];
      const bool otherwise = prediction.parsed != row.parsed || prediction.text != row.prediction;
      work.result.otherwise += otherwise;
      work.result.now.parsed += prediction.parsed;
      row.parsed = prediction.parsed;
      row.prediction = prediction.text;
      row.references = task_.test[i].references;
      row.group = group_of(task_.test[i]);
      changed = changed || otherwise || row.references != old[i].references;
    }
    return changed;
  }

  /// Scores of what is no longer predicted cannot be kept.
  void choose_metrics(bool changed, StageScores& work) const {
    work.scored = asked_;
    const Names before = changed ? names_of(work.result.before.metrics) : Names();
    for (const std::string& name : before) {
      if (!registry_.has_metric(name)) {
        throw RecordError(
            fmt::format("its {} answers or references are no longer those that \"{}\" scored, and "
                        "no plugin brings it to score them again",
                        to_string(work.result.stage), name));
      }
      add_once(work.scored, name);
    }
    for (const std::string& name : work.scored) {
      if (!lacks_judge(name)) continue;
      throw RecordError(
          fmt::format("\"{}\" asks a judge, and there is none: expected --judge MANIFEST", name));
    }
  }

  /// A judge that is not there, or not the one that was meant, must not cost the verdicts of
  /// before.
  static void check_judged(const MetricValue& value, const ScoreSummary& before,
                           const Rows& fresh) {
    const auto unanswered =
        std::ranges::find(value.details, "unanswered", &std::pair<std::string, double>::first);
    const auto old = std::ranges::find(before.metrics, value.name, &MetricValue::name);
    if (value.judge.empty() || unanswered == value.details.end() || unanswered->second == 0.0 ||
        old == before.metrics.end() || value.scored >= old->scored) {
      return;
    }
    throw RecordError(
        fmt::format("the judge left {} requests unanswered: the {} verdicts of before are kept{}",
                    int64_t(unanswered->second), old->scored, first_reason(value.name, fresh)));
  }

  /// "; the first: …": why an answer has no verdict.
  static std::string first_reason(const std::string& metric, const Rows& rows) {
    for (const PredictionRow& row : rows) {
      const auto score =
          std::ranges::find(row.scores, metric, &std::pair<std::string, SampleScore>::first);
      if (score == row.scores.end() || score->second.scored || !row.unanswered.empty()) continue;
      if (score->second.reason.starts_with("the judge ")) {
        return "; the first: " + score->second.reason;
      }
    }
    return {};
  }

  Names order(const StageScores& work) const {
    Names names;
    if (!options_.headline.empty()) names.push_back(options_.headline);
    for (const std::string& name : names_of(work.result.before.metrics)) add_once(names, name);
    for (const std::string& name : work.scored) add_once(names, name);
    return names;
  }

  const Registry& registry_;
  const RescoreOptions& options_;
  const TaskData& task_;
  const CellRecord& record_;
  Names asked_;
  std::shared_ptr<const ModelFamily> family_;  ///< where answers are calls
};

}  // namespace

CellScores rescore_cell(const Registry& registry, const RescoreOptions& options,
                        const TaskData& task, const CellRecord& record, const StageRows& rows) {
  const CellRescorer rescorer(registry, options, task, record);
  CellScores scores;
  for (const auto& [stage, old] : rows) {
    const ScoreSummary& before = stage == Stage::base ? *record.base : *record.tuned;
    scores.stages.push_back(rescorer.rescore(stage, before, old));
  }
  scores.mark = rescorer.mark(scores.stages);
  return scores;
}

}  // namespace tuneval

#include "framework/report/report_data.h"

#include "framework/record/json_object.h"
#include "framework/report/comparison_sections.h"
#include "framework/report/cost_sections.h"
#include "framework/report/ranking_sections.h"
#include "framework/report/report.h"

#include <algorithm>
#include <set>

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;

/// Evenly chosen, the first and the last among them: a curve is drawn no wider than a screen.
void thin_out(Json& curve) {
  constexpr size_t kMostSteps = 600;
  if (curve.size() <= kMostSteps) return;
  Json kept = Json::array();
  for (size_t i = 0; i < kMostSteps; ++i) {
    kept.push_back(curve[i * (curve.size() - 1) / (kMostSteps - 1)]);
  }
  curve = std::move(kept);
}

Json json_of(const CellRecord& record) {
  Json json = to_json(record);
  json["model"].erase("path");
  json["task"].erase("pack");
  if (json.contains("tune")) {
    json["tune"].erase("adapter");
    thin_out(json["tune"]["curve"]);
  }
  return json;
}

/// The learning curves of seeds whose records the page does not hold, by id.
Json other_curves(const Summary& summary, std::span<const CellRecord> records,
                  const std::set<std::string>& held) {
  std::set<std::string> wanted;
  for (const SeedSummary& seeds : summary.variants.seeds) {
    for (const SeedRun& run : seeds.runs) {
      if (!held.contains(run.id)) wanted.insert(run.id);
    }
  }
  Json curves = Json::object();
  for (const CellRecord& record : records) {
    if (!wanted.contains(record.id) || !record.tune || record.tune->learning_curve.empty())
      continue;
    curves[record.id] = to_json(record)["tune"]["learning_curve"];
  }
  return curves;
}

/// What the text reports say in sentences, and the page too.
void add_sentences(Json& data, const Summary& summary) {
  data["method"] = method_section(summary).items;
  data["ranking_notes"] = Json::object();
  for (const OverTasks& over : summary.verdict.over_tasks) {
    data["ranking_notes"][std::string(to_string(over.ranked))].push_back(ranks_sentence(over));
  }
  data["questions"] = Json::array();
  for (const Recommendation& one : summary.recommendations) {
    data["questions"].push_back(question_of(one));
  }
}

}  // namespace

Json report_data(const Summary& summary, std::span<const CellRecord> records) {
  std::set<std::string> chosen;
  for (const TaskSummary& task : summary.tasks) {
    for (const CellSummary& cell : task.cells) chosen.insert(cell.id);
  }
  Json data = {{"schema_version", 1},
               {"finished", ""},
               {"summary", json_report(summary)},
               {"titles", Json::object()},
               {"records", Json::object()},
               {"cells", Json::object()},
               {"examples", Json::array()}};
  for (const TaskSummary& task : summary.tasks) {
    for (const BaselineSummary& one : task.baselines) {
      if (one.id.empty()) continue;
      chosen.insert(one.id);
      data["titles"][one.id] = title_of(one);
    }
  }
  std::string finished;
  for (const CellRecord& record : records) {
    if (!chosen.contains(record.id)) continue;
    finished = std::max(finished, record.finished);
    data["records"][record.id] = json_of(record);
  }
  data["finished"] = finished;
  data["curves"] = other_curves(summary, records, chosen);
  add_sentences(data, summary);
  return data;
}

std::string json_for_html(const Json& json) {
  // Within JSON all of these stand in texts alone, where an escape means the same.
  static constexpr std::pair<std::string_view, std::string_view> kEscapes[] = {
      {"<", "\\u003c"},
      {">", "\\u003e"},
      {"&", "\\u0026"},
      {"\xe2\x80\xa8", "\\u2028"},
      {"\xe2\x80\xa9", "\\u2029"}};
  const std::string text = json_text(json, -1);
  std::string safe;
  safe.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const auto escape = std::ranges::find_if(kEscapes, [&](const auto& one) {
      return std::string_view(text).substr(at).starts_with(one.first);
    });
    if (escape == std::end(kEscapes)) {
      safe += text[at++];
    } else {
      safe += escape->second;
      at += escape->first.size();
    }
  }
  return safe;
}

}  // namespace tuneval

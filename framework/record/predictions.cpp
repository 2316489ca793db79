#include "framework/record/predictions.h"

#include "framework/record/atomic_file.h"
#include "framework/record/json_object.h"
#include "tuneval/error.h"

#include <fmt/format.h>

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const SampleScore& score) {
  return score.scored ? json_number(score.value) : Json{{"unscored", score.reason}};
}

SampleScore score_of(JsonObject& scores, const std::string& metric) {
  if (!scores.json()[metric].is_object()) return SampleScore::of(scores.number(metric));
  JsonObject json = scores.object(metric);
  SampleScore score = SampleScore::unscored(json.text("unscored"));
  json.finish();
  return score;
}

PredictionRow row_of(std::string_view line, std::string_view where) {
  const Json whole = parse_json_object(line, where);
  JsonObject json(whole, where);
  PredictionRow row;
  row.index = json.integer("index");
  row.where = json.text("where");
  row.prompt = json.text("prompt");
  row.references = json.texts("references");
  row.completion = json.text("completion");
  row.prediction = json.text("prediction");
  row.parsed = json.flag("parsed");
  row.stop = json.text("stop");
  if (json.has("unanswered")) row.unanswered = json.text("unanswered");
  if (json.has("group")) row.group = json.text("group");
  JsonObject scores = json.object("scores");
  for (const auto& item : scores.json().items()) {
    row.scores.emplace_back(item.key(), score_of(scores, item.key()));
  }
  if (json.has("jackknife")) {
    JsonObject values = json.object("jackknife");
    for (const auto& item : values.json().items()) {
      row.jackknife.emplace_back(item.key(), values.number(item.key()));
    }
  }
  json.finish();
  return row;
}

}  // namespace

std::string to_jsonl(const PredictionRow& row) {
  Json scores = Json::object();
  for (const auto& [metric, score] : row.scores) scores[metric] = json_of(score);
  Json json = {{"index", row.index},
               {"where", row.where},
               {"prompt", row.prompt},
               {"references", row.references},
               {"completion", row.completion},
               {"prediction", row.prediction},
               {"parsed", row.parsed},
               {"stop", row.stop},
               {"scores", scores}};
  if (!row.unanswered.empty()) json["unanswered"] = row.unanswered;
  if (!row.group.empty()) json["group"] = row.group;
  for (const auto& [metric, value] : row.jackknife) json["jackknife"][metric] = json_number(value);
  return json_text(json, -1);
}

void write_predictions(const std::filesystem::path& file, std::span<const PredictionRow> rows) {
  std::string text;
  for (const PredictionRow& row : rows) text += to_jsonl(row) + "\n";
  write_file_atomically(file, text);
}

std::vector<PredictionRow> read_predictions(const std::filesystem::path& file) {
  const std::string text = read_whole_file(file);
  if (!text.empty() && text.back() != '\n') {
    throw RecordError(fmt::format("{}: the last line breaks off", file.string()));
  }
  std::vector<PredictionRow> rows;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = text.find('\n', begin);
    const std::string where = fmt::format("{}:{}", file.string(), rows.size() + 1);
    rows.push_back(row_of(std::string_view(text).substr(begin, end - begin), where));
    begin = end + 1;
  }
  return rows;
}

}  // namespace tuneval

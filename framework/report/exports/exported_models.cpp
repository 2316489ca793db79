#include "framework/report/exports/exported_models.h"

#include "framework/data/hash.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <ctime>
#include <filesystem>
#include <iomanip>
#include <locale>
#include <map>
#include <set>
#include <sstream>

namespace tuneval {
namespace {

bool is_model(const CellRecord& record) {
  return record.kind == CellKind::model || record.kind == CellKind::teacher ||
         record.kind == CellKind::seed_only;
}

const std::optional<ScoreSummary>& score_at(const CellRecord& record, Stage stage) {
  return stage == Stage::base ? record.base : record.tuned;
}

}  // namespace

std::string ExportedModel::finished() const {
  std::string latest;
  for (const ExportedScore& score : scores) latest = std::max(latest, score.record->finished);
  return latest;
}

std::string exported_name(const CellRecord& record, Stage stage, bool with_seed) {
  std::string name = record.model.name;
  if (record.kind == CellKind::seed_only) {
    name += "-seed-only";
  } else if (stage == Stage::tuned) {
    name += "-tuned";
  }
  if (with_seed) name += fmt::format("-seed-{}", record.seed);
  if (const auto rate = band_rate(record)) name += fmt::format("-rate-{}", *rate);
  return name;
}

std::vector<ExportedModel> exported_models(std::span<const CellRecord> records) {
  const std::vector<const CellRecord*> counted = counted_records(records);
  std::map<std::string, ExportedModel> models;
  for (const Stage stage : {Stage::base, Stage::tuned}) {
    std::map<std::string, std::set<uint64_t>> seeds;  // by name without them
    const auto has_score = [&](const CellRecord* record) {
      return is_model(*record) && score_at(*record, stage).has_value();
    };
    for (const CellRecord* record : counted) {
      if (has_score(record)) seeds[exported_name(*record, stage, false)].insert(record->seed);
    }
    for (const CellRecord* record : counted) {
      if (!has_score(record)) continue;
      const bool several = seeds[exported_name(*record, stage, false)].size() > 1;
      const std::string name = exported_name(*record, stage, several);
      ExportedModel& model = models[name];
      model.name = name;
      model.kind = record->kind;
      model.stage = stage;
      model.scores.push_back({record, &*score_at(*record, stage)});
    }
  }
  std::vector<ExportedModel> list;
  for (auto& [name, model] : models) list.push_back(std::move(model));
  return list;
}

std::optional<std::vector<PredictionRow>> exported_rows(const RecordStore& store,
                                                        const CellRecord& record, Stage stage) {
  const std::filesystem::path file = store.predictions_path(record.id, stage);
  if (!std::filesystem::exists(file)) return std::nullopt;
  return read_predictions(file);
}

int64_t unix_time(const std::string& utc) {
  std::istringstream stream(utc);
  stream.imbue(std::locale::classic());
  std::tm time{};
  stream >> std::get_time(&time, "%Y-%m-%dT%H:%M:%S");
  return stream.fail() ? 0 : int64_t(::timegm(&time));
}

std::string sha256_hex(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hash.hex();
}

std::string file_name(std::string_view name) {
  std::string safe;
  for (const char c : name) {
    const bool is_plain = std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' ||
                          c == '.' || static_cast<unsigned char>(c) >= 0x80;
    safe += is_plain ? c : '_';
  }
  while (safe.ends_with('.')) safe.back() = '_';
  if (safe.starts_with('.')) safe.front() = '_';
  return safe.empty() ? "_" : safe;
}

}  // namespace tuneval

#pragma once

#include "framework/record/predictions.h"
#include "framework/record/record.h"
#include "framework/record/store.h"
#include "framework/summary/counted_records.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

/// One scoring of a model on a task.
struct ExportedScore {
  const CellRecord* record = nullptr;
  const ScoreSummary* score = nullptr;
};

/// A model as programs see it that know nothing of tuning: before and after are two of them.
struct ExportedModel {
  /// "tiny-qwen3", "tiny-qwen3-tuned", "tiny-qwen3-seed-only"; behind it "-seed-7" where there are
  /// several seeds, "-rate-0.0002" of a learning rate of the band.
  std::string name;
  CellKind kind = CellKind::model;
  Stage stage = Stage::base;
  std::vector<ExportedScore> scores;  ///< at least one, by task

  const CellRecord& first() const { return *scores.front().record; }
  /// The latest `finished` of its records.
  std::string finished() const;
};

/// Models, teachers and seed-only ones; what has no model has no place among them. By name.
std::vector<ExportedModel> exported_models(std::span<const CellRecord> records);

/// What a cell and stage is called, as ExportedModel::name; with the seed where `with_seed`.
std::string exported_name(const CellRecord& record, Stage stage, bool with_seed);

/// The predictions behind a score; none where the folder has none. Throws RecordError.
std::optional<std::vector<PredictionRow>> exported_rows(const RecordStore& store,
                                                        const CellRecord& record, Stage stage);

/// "2026-03-16T20:46:16Z" as seconds since 1970; 0 for what is no such time.
int64_t unix_time(const std::string& utc);

/// 64 hexadecimal digits, as sha256sum gives them.
std::string sha256_hex(std::string_view bytes);

/// As a part of a path: what file systems or shells trip over becomes "_".
std::string file_name(std::string_view name);

}  // namespace tuneval

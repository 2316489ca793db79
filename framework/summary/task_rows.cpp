#include "framework/summary/task_rows.h"

#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuneval {
namespace {

/// Examples of one row of the data, the answers of a conversation, belong together too: older
/// predictions do not name the conversation.
void group_by_row(ExampleRows& rows) {
  std::map<std::string_view, size_t> counts;
  for (const ExampleValue& value : rows.values) ++counts[value.where];
  for (size_t i = 0; i < rows.values.size(); ++i) {
    const std::string& where = rows.values[i].where;
    if (rows.groups[i].empty() && counts[where] > 1) rows.groups[i] = where;
  }
}

}  // namespace

ExampleRows example_rows(std::span<const PredictionRow> predictions, const std::string& metric) {
  ExampleRows rows;
  rows.values = values_of(predictions, metric);
  for (const PredictionRow& row : predictions) {
    rows.parsed.push_back(row.parsed ? 1 : 0);
    rows.groups.push_back(row.group);
    const auto found =
        std::ranges::find(row.jackknife, metric, &std::pair<std::string, double>::first);
    rows.jackknife.push_back(found == row.jackknife.end() ? std::nullopt
                                                          : std::optional(found->second));
  }
  group_by_row(rows);
  return rows;
}

const ExampleRows* TaskRows::find(const std::string& id, Stage stage) {
  if (!*source_ || id.empty()) return nullptr;
  const auto [place, fresh] = read_.try_emplace({id, stage});
  if (fresh) place->second = read(id, stage);
  return place->second ? &*place->second : nullptr;
}

std::optional<ExampleRows> TaskRows::read(const std::string& id, Stage stage) {
  try {
    const auto predictions = (*source_)(id, stage);
    if (!predictions) return std::nullopt;
    return example_rows(*predictions, metric_);
  } catch (const Error& error) {
    notes_->push_back(fmt::format("Predictions were not compared: {}.", error.what()));
  }
  return std::nullopt;
}

}  // namespace tuneval

#include "framework/report/cost_sections.h"

#include "framework/report/cells.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace tuneval {
namespace {

/// Three digits with a unit's prefix: "135M", "1.24G", "87.0". `kilo` as the unit counts.
std::string scaled(double value, double kilo, const char* const (&prefixes)[4]) {
  size_t at = 0;
  while (at < 3 && value >= kilo) {
    value /= kilo;
    ++at;
  }
  const int digits = value >= 100.0 || (at == 0 && value == double(int64_t(value))) ? 0
                     : value >= 10.0                                                ? 1
                                                                                    : 2;
  return fmt::format("{:.{}f}{}", value, digits, prefixes[at]);
}

TableCell count_cell_of(const std::optional<int64_t>& count) {
  if (!count || *count <= 0) return nothing();
  return {size_text(*count)};
}

TableCell bytes_cell(const std::optional<int64_t>& bytes) {
  if (!bytes || *bytes <= 0) return nothing();
  return {scaled(double(*bytes), 1024.0, {" B", " KiB", " MiB", " GiB"})};
}

TableCell speed_cell(const std::optional<double>& speed) {
  if (!speed) return nothing();
  return {scaled(*speed, 1000.0, {"", "K", "M", "B"})};
}

std::string energy_text(double joules) {
  return scaled(joules, 1000.0, {" J", " kJ", " MJ", " GJ"});
}

TableCell energy_cell(const std::optional<double>& joules) {
  return joules ? TableCell{energy_text(*joules)} : nothing();
}

std::string duration(double seconds) {
  const auto whole = int64_t(seconds + 0.5);
  if (whole < 60) return fmt::format("{:.1f}s", seconds);
  if (whole < 3600) return fmt::format("{}m{:02}s", whole / 60, whole % 60);
  return fmt::format("{}h{:02}m", whole / 3600, whole / 60 % 60);
}

TableCell front_cell(const ModelCost& cost) {
  if (cost.on_size_front && cost.on_speed_front) return {"size, speed", Tone::good};
  if (cost.on_size_front) return {"size", Tone::good};
  if (cost.on_speed_front) return {"speed", Tone::good};
  return nothing();
}

std::vector<TableCell> row_of(const ModelCost& cost) {
  return {{cost.model},
          count_cell_of(cost.parameters),
          count_cell_of(cost.trained_parameters),
          bytes_cell(cost.adapter_bytes),
          speed_cell(cost.tune_tokens_per_second),
          speed_cell(cost.score_tokens_per_second),
          speed_cell(cost.examples_per_second),
          {duration(cost.seconds)},
          bytes_cell(cost.peak_memory_bytes),
          energy_cell(cost.energy_joules),
          {cost.mean_rank ? fmt::format("{:.2f}", *cost.mean_rank) : "–"},
          front_cell(cost)};
}

/// Columns of which no row has anything are left out.
void drop_empty(Table& table) {
  for (size_t i = table.columns.size(); i-- > 0;) {
    const auto has = [&](const auto& row) { return row[i].text != nothing().text; };
    if (std::ranges::any_of(table.rows, has)) continue;
    table.columns.erase(table.columns.begin() + std::ptrdiff_t(i));
    for (auto& row : table.rows) row.erase(row.begin() + std::ptrdiff_t(i));
  }
}

std::string line_of(const TeacherCost& teacher) {
  return fmt::format(
      "{} ({}): {} prompt tokens and {} tokens of answers for {} test examples of {} {}, as its "
      "server counted them.",
      teacher.name, teacher.model, teacher.prompt_tokens, teacher.answer_tokens, teacher.examples,
      teacher.tasks, teacher.tasks == 1 ? "task" : "tasks");
}

/// What cannot be told, the evidence says itself.
std::string line_of(const Recommendation& one) {
  const std::string answer = one.can_tell() ? one.models[0] + ". " : "";
  return fmt::format("{}: {}{}", question_of(one), answer, one.evidence);
}

}  // namespace

std::string question_of(const Recommendation& one) {
  switch (one.wish) {
    case Wish::most_accurate: return "Most accurate after tuning";
    case Wish::under_parameters:
      return fmt::format("Most accurate of at most {} parameters",
                         count_cell_of(one.parameters).text);
    case Wish::most_gained: return "Gains most by tuning";
    case Wish::best_untuned: return "Best without tuning";
    case Wish::fastest: return "Fastest of the best";
    case Wish::smallest_in_noise: return "Smallest of the best";
  }
  return "";
}

std::vector<Section> recommendation_sections(const Summary& summary) {
  if (summary.recommendations.empty()) return {};
  Section section;
  section.heading = "Recommendations";
  section.paragraphs = {
      "Each with its evidence. Models that a test does not tell apart are not thereby equally "
      "good: "
      "with more test rows, tasks or seeds they may come apart."};
  for (const Recommendation& one : summary.recommendations) {
    section.items.push_back(line_of(one));
  }
  return {section};
}

std::vector<Section> cost_sections(const Summary& summary) {
  const CostSummary& costs = summary.costs;
  if (costs.cells.empty()) return {};
  Section section;
  section.heading = "Costs";
  section.paragraphs = {
      "Tokens a second count each row as if it were computed alone. Time and energy are of all of "
      "a "
      "model's cells, seeds and learning rates, on the machine that ran them; energy is of that "
      "whole machine's processors (and the GPU in use), whatever else ran on it. On the front of "
      "size or speed is a model that no other one beats in mean rank without more parameters, or "
      "more time an example."};
  section.table.columns = {{"model", false}, {"parameters"},  {"trained"},    {"adapter"},
                           {"tune tok/s"},   {"score tok/s"}, {"examples/s"}, {"time"},
                           {"peak memory"},  {"energy"},      {"mean rank"},  {"front", false}};
  for (const ModelCost& cost : costs.models) section.table.rows.push_back(row_of(cost));
  drop_empty(section.table);
  for (const TeacherCost& teacher : costs.teachers) section.items.push_back(line_of(teacher));
  section.items.push_back(
      fmt::format("All cells, one after the other: {}{}.", duration(costs.seconds),
                  costs.energy_joules ? ", " + energy_text(*costs.energy_joules) : ""));
  return {section};
}

}  // namespace tuneval

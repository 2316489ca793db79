#include "framework/report/detail_sections.h"

#include <fmt/format.h>

#include <map>
#include <optional>

namespace tuneval {
namespace {

/// Shares and counts stand in one column: at most three decimals, none of a whole number.
std::string figure(const std::optional<double>& value) {
  if (!value) return "–";
  std::string text = fmt::format("{:.3f}", *value);
  if (text.find('.') == std::string::npos) return text;  // not a finite number
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

/// One task's figures of one metric.
struct Figures {
  std::vector<std::string> names;  // in the order in which cells have them
  std::map<std::string, std::map<size_t, const DetailSummary*>> by_name;  // then by cell
};

/// The task's figures by metric, in the order of the records.
std::vector<std::pair<std::string, Figures>> figures_of(const TaskSummary& task) {
  std::vector<std::pair<std::string, Figures>> all;
  std::map<std::string, size_t> places;
  for (size_t cell = 0; cell < task.cells.size(); ++cell) {
    for (const DetailSummary& detail : task.cells[cell].details) {
      const auto [place, fresh] = places.try_emplace(detail.metric, all.size());
      if (fresh) all.emplace_back(detail.metric, Figures());
      Figures& figures = all[place->second].second;
      auto& cells = figures.by_name[detail.name];
      if (cells.empty()) figures.names.push_back(detail.name);
      cells[cell] = &detail;
    }
  }
  return all;
}

Table table_of(const TaskSummary& task, const Figures& figures) {
  Table table;
  table.columns = {{"figure", false}};
  for (const CellSummary& cell : task.cells) table.columns.push_back({cell.model});
  for (const std::string& name : figures.names) {
    const auto& cells = figures.by_name.at(name);
    std::vector<TableCell> row = {{name}};
    for (size_t cell = 0; cell < task.cells.size(); ++cell) {
      const auto found = cells.find(cell);
      row.push_back(found == cells.end() ? TableCell{"–", Tone::faint}
                                         : TableCell{figure(found->second->base) + " → " +
                                                     figure(found->second->tuned)});
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace

std::vector<Section> detail_sections(const Summary& summary) {
  std::vector<Section> sections;
  for (const TaskSummary& task : summary.tasks) {
    for (const auto& [metric, figures] : figures_of(task)) {
      sections.push_back(
          {fmt::format("{}: {}", task.name, metric), {}, table_of(task, figures), {}});
    }
  }
  return sections;
}

}  // namespace tuneval

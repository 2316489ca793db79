#include "framework/report/report.h"

#include <fmt/format.h>

#include <optional>

namespace tuneval {
namespace {

/// A field after RFC 4180.
std::string field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

/// The shortest text that reads back as the same number; empty for none.
template <class Number>
std::string field(const std::optional<Number>& number) {
  return number ? fmt::format("{}", *number) : std::string();
}

std::string line(const std::vector<std::string>& fields) {
  std::string text;
  for (size_t i = 0; i < fields.size(); ++i) text += (i ? "," : "") + fields[i];
  return text + "\n";
}

std::string line(const TaskSummary& task, const CellSummary& cell) {
  const auto value = [](const std::optional<StageScore>& score) {
    return score ? fmt::format("{}", score->value) : std::string();
  };
  const std::optional<StageScore>& counted = cell.tuned ? cell.tuned : cell.base;
  return line({field(cell.model), field(task.name), field(task.task_type),
               std::string(to_string(cell.state)), field(cell.id), field(task.metric),
               value(cell.base), value(cell.tuned), field(cell.delta), field(cell.base_rank),
               field(cell.tuned_rank), field(cell.delta_rank),
               counted ? fmt::format("{}", counted->scored) : "",
               counted ? fmt::format("{}", counted->unscored) : "",
               cell.id.empty() ? "" : fmt::format("{}", cell.seconds),
               cell.id.empty() ? "" : fmt::format("{}", cell.peak_memory_bytes),
               cell.error ? field(cell.error->kind + ": " + cell.error->message) : ""});
}

}  // namespace

std::string csv_report(const Summary& summary) {
  std::string text =
      "model,task,task_type,state,id,metric,base,tuned,delta,base_rank,tuned_rank,delta_rank,"
      "scored,"
      "unscored,seconds,peak_memory_bytes,error\n";
  for (const TaskSummary& task : summary.tasks) {
    for (const CellSummary& cell : task.cells) text += line(task, cell);
  }
  return text;
}

std::string ranking_csv(const Summary& summary) {
  std::string text = "ranking,position,model,mean_rank,half_width,n,interval\n";
  for (const Ranking& ranking : summary.rankings) {
    for (const RankingRow& row : ranking.rows) {
      text += line({ranking.name, fmt::format("{}", row.position), field(row.model),
                    fmt::format("{}", row.rank.mean), field(row.rank.half_width),
                    fmt::format("{}", row.rank.n), std::string(to_string(summary.interval))});
    }
  }
  return text;
}

}  // namespace tuneval

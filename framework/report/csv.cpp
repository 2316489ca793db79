#include "framework/report/csv_fields.h"
#include "framework/report/report.h"

namespace tuneval {
namespace {

std::string score_line(const TaskSummary& task, const CellSummary& cell) {
  const auto value = [](const std::optional<StageScore>& score) {
    return score ? fmt::format("{}", score->value) : std::string();
  };
  const std::optional<StageScore>& counted = cell.tuned ? cell.tuned : cell.base;
  return csv_line({csv_field(cell.model), csv_field(task.name), csv_field(task.task_type),
                   std::string(to_string(cell.state)), csv_field(cell.id), csv_field(task.metric),
                   value(cell.base), value(cell.tuned), csv_number(cell.delta),
                   csv_number(cell.base_rank), csv_number(cell.tuned_rank),
                   csv_number(cell.delta_rank), counted ? fmt::format("{}", counted->scored) : "",
                   counted ? fmt::format("{}", counted->unscored) : "",
                   cell.id.empty() ? "" : fmt::format("{}", cell.seconds),
                   cell.id.empty() ? "" : fmt::format("{}", cell.peak_memory_bytes),
                   cell.error ? csv_field(cell.error->kind + ": " + cell.error->message) : ""});
}

std::string lines(const Ranking& ranking, IntervalMethod method) {
  std::string text;
  for (const RankingRow& row : ranking.rows) {
    const std::optional<Interval>& interval = row.rank.interval;
    text += csv_line({ranking.name, fmt::format("{}", row.position), csv_field(row.model),
                      fmt::format("{}", row.rank.mean), csv_number(row.rank.half_width),
                      interval ? fmt::format("{}", interval->low) : "",
                      interval ? fmt::format("{}", interval->high) : "",
                      fmt::format("{}", row.rank.n), std::string(to_string(method))});
  }
  return text;
}

}  // namespace

std::string csv_report(const Summary& summary) {
  std::string text =
      "model,task,task_type,state,id,metric,base,tuned,delta,base_rank,tuned_rank,delta_rank,"
      "scored,"
      "unscored,seconds,peak_memory_bytes,error\n";
  for (const TaskSummary& task : summary.tasks) {
    for (const CellSummary& cell : task.cells) text += score_line(task, cell);
  }
  return text;
}

std::string ranking_csv(const Summary& summary) {
  std::string text = "ranking,position,model,mean_rank,half_width,low,high,n,interval\n";
  for (const Ranking& ranking : summary.rankings) text += lines(ranking, summary.interval);
  for (const TunabilityRanking& one : summary.verdict.tunability) {
    text += lines(one.ranking, summary.interval);
  }
  return text;
}

}  // namespace tuneval

#include "framework/report/csv_fields.h"
#include "framework/report/report.h"

#include <algorithm>

namespace tuneval {
namespace {

using Fields = std::vector<std::string>;

void add(Fields& fields, const Fields& more) {
  fields.insert(fields.end(), more.begin(), more.end());
}

/// Low, high, method, rows, groups.
Fields interval_fields(const std::optional<RowInterval>& score) {
  if (!score) return Fields(5);
  return {fmt::format("{}", score->interval.low), fmt::format("{}", score->interval.high),
          score->method, fmt::format("{}", score->rows),
          score->groups > 0 ? fmt::format("{}", score->groups) : ""};
}

/// Difference, low, high, test, p, adjusted, told, rows, only_first, only_second, detectable,
/// rows_needed.
Fields result_fields(const std::optional<PairedResult>& result) {
  if (!result) return Fields(12);
  const auto low = result->interval ? std::optional(result->interval->low) : std::nullopt;
  const auto high = result->interval ? std::optional(result->interval->high) : std::nullopt;
  const auto count = [&](int64_t PairedCounts::*member) {
    return csv_number(result->counts ? std::optional((*result->counts).*member) : std::nullopt);
  };
  return {fmt::format("{}", result->difference),
          csv_number(low),
          csv_number(high),
          result->test,
          fmt::format("{}", result->p),
          fmt::format("{}", result->adjusted),
          std::string(to_string(result->told)),
          fmt::format("{}", result->rows),
          count(&PairedCounts::only_first),
          count(&PairedCounts::only_second),
          csv_number(result->detectable),
          csv_number(result->rows_needed)};
}

/// Share of headroom, share of gap, by form, by content.
Fields gain_fields(const CellVerdict& cell) {
  const auto share = [&](std::optional<double> Tunability::*member) {
    return cell.tunability ? csv_number((*cell.tunability).*member) : "";
  };
  const auto part = [&](std::optional<double> FormatGain::*member) {
    return cell.format ? csv_number((*cell.format).*member) : "";
  };
  return {share(&Tunability::share_of_headroom), share(&Tunability::share_of_gap),
          part(&FormatGain::by_form), part(&FormatGain::by_content)};
}

/// Margin, difference, low, high, p, no_worse, method.
Fields teacher_fields(const std::optional<MarginResult>& teacher) {
  if (!teacher) return Fields(7);
  const NonInferiority& result = teacher->result;
  return {fmt::format("{}", teacher->margin),
          fmt::format("{}", result.difference),
          fmt::format("{}", result.interval.low),
          fmt::format("{}", result.interval.high),
          fmt::format("{}", result.p),
          result.holds ? "yes" : "no",
          teacher->method};
}

std::string line(const CellVerdict& cell) {
  Fields fields = {csv_field(cell.task), csv_field(cell.model)};
  add(fields, interval_fields(cell.base));
  add(fields, interval_fields(cell.tuned));
  add(fields, result_fields(cell.effect));
  add(fields, gain_fields(cell));
  add(fields, teacher_fields(cell.teacher));
  return csv_line(fields);
}

std::string line(const std::string& task, Ranked ranked, const ModelPair& pair) {
  Fields fields = {csv_field(task), std::string(to_string(ranked)), csv_field(pair.first),
                   csv_field(pair.second)};
  add(fields, result_fields(pair.result));
  return csv_line(fields);
}

constexpr const char* kResult =
    "difference,low,high,test,p,adjusted,told,rows,only_first,only_second,detectable,rows_needed";

}  // namespace

bool has_verdict(const Summary& summary) {
  return std::ranges::any_of(summary.verdict.cells, [](const CellVerdict& cell) {
    return cell.base.has_value() || cell.tuned.has_value();
  });
}

std::string verdict_csv(const Summary& summary) {
  std::string text = fmt::format(
      "task,model,base_low,base_high,base_method,base_rows,base_groups,tuned_low,tuned_high,"
      "tuned_method,tuned_rows,tuned_groups,{},share_of_headroom,share_of_gap,by_form,by_content,"
      "margin,teacher_difference,teacher_low,teacher_high,teacher_p,no_worse,teacher_method\n",
      kResult);
  for (const CellVerdict& cell : summary.verdict.cells) text += line(cell);
  return text;
}

std::string pairs_csv(const Summary& summary) {
  std::string text = fmt::format("task,ranking,first,second,{}\n", kResult);
  for (const TaskVerdict& task : summary.verdict.tasks) {
    for (const TaskPairs& pairs : task.pairs) {
      for (const ModelPair& pair : pairs.pairs) text += line(task.task, pairs.ranked, pair);
    }
  }
  for (const OverTasks& over : summary.verdict.over_tasks) {
    for (const ModelPair& pair : over.row_pairs) text += line("", over.ranked, pair);
  }
  return text;
}

}  // namespace tuneval

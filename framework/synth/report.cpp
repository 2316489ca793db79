#include "framework/synth/report.h"

#include "framework/record/json_object.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <vector>

namespace tuneval {

namespace {

using Json = nlohmann::ordered_json;

/// Names and counts, the most frequent first.
std::vector<std::pair<std::string, int64_t>> ordered(const std::map<std::string, int64_t>& counts) {
  std::vector<std::pair<std::string, int64_t>> all(counts.begin(), counts.end());
  std::ranges::stable_sort(all, std::greater{}, [](const auto& one) { return one.second; });
  return all;
}

Json kinds_json(const SynthReport& report) {
  Json kinds = Json::object();
  for (const auto& [name, kind] : report.kinds) {
    kinds[name] = {{"seed", kind.seed}, {"accepted", kind.accepted}};
  }
  return kinds;
}

/// A cell of a table: a name may hold what Markdown takes for its own.
std::string cell(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    if (c == '|' || c == '\\' || c == '`' || c == '*' || c == '_' || c == '<') safe += '\\';
    safe += c == '\n' || c == '\r' ? ' ' : c;
  }
  return safe;
}

std::string count_table(const std::string& title, const std::map<std::string, int64_t>& counts) {
  if (counts.empty()) return {};
  std::string text = fmt::format("\n| {} | |\n| --- | ---: |\n", title);
  for (const auto& [name, count] : ordered(counts)) {
    text += fmt::format("| {} | {} |\n", cell(name), count);
  }
  return text;
}

std::string kind_table(const SynthReport& report) {
  if (report.kinds.empty()) return {};
  std::string text =
      "\n## Balance\n\nExamples by kind:\n\n| kind | seed | made |\n| --- | ---: | ---: |\n";
  for (const auto& [name, kind] : report.kinds) {
    text += fmt::format("| {} | {} | {} |\n", cell(name), kind.seed, kind.accepted);
  }
  return text;
}

std::string diversity_text(const Diversity& diversity) {
  std::string text = fmt::format(
      "\n## Diversity\n\nDifferent sequences of one, two and three words, by all: {:.3f}, {:.3f}, "
      "{:.3f}.\n\nROUGE-L to the row most like it, of the seed and the rows made ({} rows looked "
      "at):\n\n| from | rows |\n| --- | ---: |\n",
      diversity.distinct[0], diversity.distinct[1], diversity.distinct[2], diversity.sampled);
  for (size_t i = 0; i < diversity.nearest.size(); ++i) {
    text += fmt::format("| {:.1f} | {} |\n", double(i) / 10, diversity.nearest[i]);
  }
  return text;
}

}  // namespace

Json to_json(const SynthReport& report) {
  return {{"complete", report.complete},
          {"stopped", report.stopped},
          {"pack", report.pack},
          {"task_type", report.task_type},
          {"teacher", report.teacher},
          {"mode", report.mode},
          {"seed", report.seed},
          {"seed_rows", report.seed_rows},
          {"rows",
           {{"wanted", report.wanted},
            {"offered", report.offered},
            {"accepted", report.accepted},
            {"yield", json_number(report.yield())}}},
          {"calls", report.calls},
          {"replies", report.replies},
          {"rejected", report.rejected},
          {"tokens", {{"prompt", report.prompt_tokens}, {"answer", report.answer_tokens}}},
          {"cost", json_number(report.cost)},
          {"kinds", kinds_json(report)},
          {"diversity",
           {{"distinct_1", report.diversity.distinct[0]},
            {"distinct_2", report.diversity.distinct[1]},
            {"distinct_3", report.diversity.distinct[2]},
            {"nearest", report.diversity.nearest},
            {"sampled", report.diversity.sampled}}}};
}

std::string to_markdown(const SynthReport& report) {
  std::string text = fmt::format(
      "# Rows made for {}\n\n{} {} rows of {} wanted, by {} from {} seed rows (mode {}, seed "
      "{}).\n",
      cell(report.pack), report.complete ? "Complete:" : "**Partial:**", report.accepted,
      report.wanted, cell(report.teacher), report.seed_rows, report.mode, report.seed);
  if (!report.stopped.empty()) text += fmt::format("\nIt ended before that: {}.\n", report.stopped);
  text += fmt::format(
      "\n## Yield and cost\n\n| | |\n| --- | ---: |\n| rows offered | {} |\n| accepted | {} |\n| "
      "yield | {:.1f} % |\n| calls | {} |\n| prompt tokens | {} |\n| answer tokens | {} |\n| cost "
      "| "
      "{:.4f} |\n",
      report.offered, report.accepted, 100 * report.yield(), report.calls, report.prompt_tokens,
      report.answer_tokens, report.cost);
  text += count_table("rejected", report.rejected) + count_table("requests", report.replies);
  return text + kind_table(report) + diversity_text(report.diversity);
}

std::string to_line(const SynthReport& report) {
  std::string text =
      fmt::format("{} of {} rows, {:.0f} % of {} offered in {} calls", report.accepted,
                  report.wanted, 100 * report.yield(), report.offered, report.calls);
  if (report.cost > 0) text += fmt::format(", cost {:.4f}", report.cost);
  return report.stopped.empty() ? text : fmt::format("{}; ended: {}", text, report.stopped);
}

}  // namespace tuneval

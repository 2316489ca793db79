#include "framework/report/compare_report.h"

#include "framework/report/cells.h"
#include "framework/report/or_null.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuneval {
namespace {

TableCell told_cell(const ComparedCell& cell) {
  if (!cell.paired) return {cell.delta ? "cannot tell" : kDash, Tone::faint};
  switch (cell.paired->told) {
    case Told::better: return {"better", Tone::good};
    case Told::worse: return {"worse", Tone::bad};
    case Told::noise: return {"noise", Tone::faint};
  }
  return {};
}

TableCell interval_cell(const ComparedCell& cell) {
  if (!cell.paired || !cell.paired->interval) return nothing();
  return {
      fmt::format("{:+.3f} … {:+.3f}", cell.paired->interval->low, cell.paired->interval->high)};
}

TableCell p_cell(const ComparedCell& cell) {
  if (!cell.paired) return nothing();
  return {p_text(cell.paired->adjusted)};
}

/// Examples gained and lost: "+3 −1".
TableCell changes_cell(const ComparedCell& cell) {
  if (!cell.changes) return nothing();
  return {
      fmt::format("+{} −{}", cell.changes->second_only.size(), cell.changes->first_only.size())};
}

Section cells_section(const RunComparison& comparison) {
  const VerdictOptions& tests = comparison.options.tests;
  Section section;
  section.heading = "Cells";
  section.paragraphs = {fmt::format(
      "Scores after tuning (before it, where a cell is not tuned); the difference is {} − {}, with "
      "its {} interval by the paired bootstrap over the same examples. p is adjusted over all "
      "cells ({}): below {} a difference is more than noise.",
      comparison.second, comparison.first, level_text(tests.level), to_string(tests.multiple),
      tests.alpha)};
  section.table.columns = {{"cell", false},
                           {"metric", false},
                           {comparison.first},
                           {comparison.second},
                           {"delta"},
                           {"interval"},
                           {"p"},
                           {"examples"},
                           {"rows"},
                           {"verdict", false}};
  for (const ComparedCell& cell : comparison.cells) {
    section.table.rows.push_back(
        {{cell.title()},
         {cell.metric},
         number_cell(cell.first),
         number_cell(cell.second),
         delta_cell(cell.delta, cell.higher_is_better),
         interval_cell(cell),
         p_cell(cell),
         changes_cell(cell),
         count_cell(cell.paired ? std::optional(cell.paired->rows) : std::nullopt),
         told_cell(cell)});
  }
  for (const ComparedCell& cell : comparison.cells) {
    if (!cell.note.empty()) section.items.push_back(fmt::format("{}: {}", cell.title(), cell.note));
  }
  return section;
}

Section changes_section(const RunComparison& comparison) {
  Section section;
  section.heading = "What changed";
  if (comparison.changes.empty()) {
    section.paragraphs = {
        "Nothing that the records know of: recipe, seeds, data, files of the models, versions and "
        "device are the same."};
  }
  const auto text = [](const std::string& value) { return value.empty() ? "nothing" : value; };
  for (const RunChange& change : comparison.changes) {
    section.items.push_back(fmt::format("{}: {} → {} ({} cell{})", change.what, text(change.first),
                                        text(change.second), change.cells,
                                        change.cells == 1 ? "" : "s"));
  }
  for (const std::string& note : comparison.notes) section.items.push_back(note);
  return section;
}

Section ranks_section(const RunComparison& comparison) {
  Section section;
  section.heading = "Ranks";
  section.paragraphs = {"Places and mean ranks, over the tasks of each run; lower is better."};
  section.table.columns = {{"ranking", false},  {"model", false}, {comparison.first},
                           {comparison.second}, {"places"},       {"mean rank"}};
  for (const RankChange& rank : comparison.ranks) {
    const int64_t places = rank.first.position - rank.second.position;
    TableCell moved = nothing();
    if (places != 0) {
      moved = {fmt::format("{:+}", places), places > 0 ? Tone::good : Tone::bad};
    }
    section.table.rows.push_back(
        {{rank.ranking},
         {rank.model},
         {fmt::format("{}", rank.first.position)},
         {fmt::format("{}", rank.second.position)},
         moved,
         {fmt::format("{:.2f} → {:.2f}", rank.first.rank.mean, rank.second.rank.mean)}});
  }
  return section;
}

void add_list(Document& document, const std::string& heading,
              const std::vector<std::string>& items) {
  if (items.empty()) return;
  Section section;
  section.heading = heading;
  section.items = items;
  document.sections.push_back(std::move(section));
}

using Json = nlohmann::ordered_json;

Json paired_json(const PairedResult& result) {
  Json json = {{"difference", result.difference},
               {"interval", nullptr},
               {"test", result.test},
               {"p", result.p},
               {"adjusted", result.adjusted},
               {"rows", result.rows},
               {"told", to_string(result.told)}};
  if (result.detectable) json["detectable"] = *result.detectable;
  if (result.rows_needed) json["rows_needed"] = *result.rows_needed;
  if (result.interval) json["interval"] = {result.interval->low, result.interval->high};
  return json;
}

Json json_of(const ComparedCell& cell) {
  Json json = {{"kind", to_string(cell.kind)},
               {"model", cell.model},
               {"task", cell.task},
               {"seeds", {cell.first_seed, cell.second_seed}},
               {"ids", {cell.first_id, cell.second_id}},
               {"stage", to_string(cell.stage)},
               {"metric", cell.metric},
               {"higher_is_better", cell.higher_is_better},
               {"first", or_null(cell.first)},
               {"second", or_null(cell.second)},
               {"delta", or_null(cell.delta)},
               {"paired", cell.paired ? paired_json(*cell.paired) : Json(nullptr)},
               {"changes", nullptr},
               {"note", cell.note},
               {"fails", cell.fails}};
  if (cell.rate) json["learning_rate"] = *cell.rate;
  if (cell.changes) {
    json["changes"] = {{"both_right", cell.changes->both},
                       {"gained", cell.changes->second_only},
                       {"lost", cell.changes->first_only},
                       {"both_wrong", cell.changes->neither},
                       {"left_out", cell.changes->left_out}};
  }
  return json;
}

Json json_of(const RankChange& rank) {
  const auto place = [](const RankingRow& row) {
    return Json{{"position", row.position}, {"mean_rank", row.rank.mean}, {"n", row.rank.n}};
  };
  return {{"ranking", rank.ranking},
          {"model", rank.model},
          {"first", place(rank.first)},
          {"second", place(rank.second)}};
}

}  // namespace

Document compare_document(const RunComparison& comparison) {
  Document document;
  document.title =
      fmt::format("{} → {}: of {} cells {} better, {} worse, {} within noise", comparison.first,
                  comparison.second, comparison.cells.size(), comparison.count(Told::better),
                  comparison.count(Told::worse), comparison.count(Told::noise));
  document.sections.push_back(changes_section(comparison));
  if (!comparison.cells.empty()) document.sections.push_back(cells_section(comparison));
  if (!comparison.ranks.empty()) document.sections.push_back(ranks_section(comparison));
  add_list(document, fmt::format("Only in {}", comparison.first), comparison.only_first);
  add_list(document, fmt::format("Only in {}", comparison.second), comparison.only_second);
  add_list(document, "Fails", comparison.failures);
  return document;
}

Json compare_json(const RunComparison& comparison) {
  Json json = {{"schema_version", 1},
               {"first", comparison.first},
               {"second", comparison.second},
               {"level", comparison.options.tests.level},
               {"alpha", comparison.options.tests.alpha},
               {"multiple", to_string(comparison.options.tests.multiple)},
               {"fail_below", or_null(comparison.options.fail_below)},
               {"cells", Json::array()},
               {"only_first", comparison.only_first},
               {"only_second", comparison.only_second},
               {"changes", Json::array()},
               {"ranks", Json::array()},
               {"notes", comparison.notes},
               {"failures", comparison.failures}};
  for (const ComparedCell& cell : comparison.cells) json["cells"].push_back(json_of(cell));
  for (const RunChange& change : comparison.changes) {
    json["changes"].push_back({{"what", change.what},
                               {"first", change.first},
                               {"second", change.second},
                               {"cells", change.cells}});
  }
  for (const RankChange& rank : comparison.ranks) json["ranks"].push_back(json_of(rank));
  return json;
}

}  // namespace tuneval

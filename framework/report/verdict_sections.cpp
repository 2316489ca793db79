#include "framework/report/verdict_sections.h"

#include "framework/report/cells.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace tuneval {
namespace {

const TaskSummary& task_of(const Summary& summary, const std::string& name) {
  return *std::ranges::find(summary.tasks, name, &TaskSummary::name);
}

std::optional<double> by_form(const CellVerdict& cell) {
  return cell.format ? cell.format->by_form : std::nullopt;
}

std::optional<double> by_content(const CellVerdict& cell) {
  return cell.format ? cell.format->by_content : std::nullopt;
}

/// "gain", "loss", or that it cannot be told from noise.
TableCell effect_cell(Told told) {
  switch (told) {
    case Told::better: return {"gain", Tone::good};
    case Told::worse: return {"loss", Tone::bad};
    case Told::noise: break;
  }
  return {"cannot be told from noise", Tone::faint};
}

std::vector<TableCell> effect_row(const Summary& summary, const CellVerdict& cell) {
  const PairedResult& effect = *cell.effect;
  const bool higher_is_better = task_of(summary, cell.task).higher_is_better;
  // Parts of a gain are better when higher; they are shown as the delta is.
  const auto shown = [&](const std::optional<double>& part) {
    return part ? std::optional(higher_is_better ? *part : -*part) : std::nullopt;
  };
  return {{cell.task},
          {cell.model},
          delta_cell(effect.difference, higher_is_better),
          interval_cell(effect.interval),
          {effect.test == "mcnemar" ? "McNemar" : "sign flips"},
          {p_text(effect.p)},
          {p_text(effect.adjusted)},
          effect_cell(effect.told),
          number_cell(shown(by_form(cell))),
          number_cell(shown(by_content(cell)))};
}

/// "Of 36 cells 30 gained, 1 lost, and 5 cannot be told from noise."
std::string effect_counts(const Verdict& verdict) {
  int64_t better = 0, worse = 0, noise = 0;
  for (const CellVerdict& cell : verdict.cells) {
    if (!cell.effect) continue;
    ++(cell.effect->told == Told::better  ? better
       : cell.effect->told == Told::worse ? worse
                                          : noise);
  }
  return fmt::format("Of {} cells {} gained, {} lost, and {} cannot be told from noise.",
                     better + worse + noise, better, worse, noise);
}

Section effect_section(const Summary& summary) {
  Section section;
  section.heading = "What tuning gained, and whether that is more than noise";
  section.paragraphs = {
      effect_counts(summary.verdict),
      "tuned − base on the same test rows, with its interval, which is of the cell by itself; p, "
      "and p adjusted over all cells, which the verdict goes by. By form: what the gain would be "
      "had only the number of answers in the form asked for changed; by content: had only their "
      "quality; none where no answer had the form, before or after, or one without it scored."};
  section.table.columns = {{"task", false}, {"model", false},
                           {"delta"},       {level_text(summary.verdict.options.level)},
                           {"test", false}, {"p"},
                           {"adjusted"},    {"verdict", false},
                           {"by form"},     {"by content"}};
  for (const CellVerdict& cell : summary.verdict.cells) {
    if (cell.effect) section.table.rows.push_back(effect_row(summary, cell));
  }
  return section;
}

std::string groups_text(const TaskPairs& pairs) {
  std::vector<std::string> texts;
  for (const auto& group : pairs.groups) texts.push_back(fmt::format("{}", fmt::join(group, ", ")));
  return fmt::format("{}", fmt::join(texts, " | "));
}

Section pair_section(const Summary& summary) {
  Section section;
  section.heading = "Which models differ on a task";
  section.paragraphs = {
      "Every pair on the same test rows, p adjusted over a task's pairs. Between bars, best first: "
      "models that cannot be told apart; a model may be in several groups. Noise floor: how far "
      "scores come apart by the seed alone."};
  section.table.columns = {{"task", false},
                           {"ranking", false},
                           {"told apart"},
                           {"noise floor"},
                           {"cannot be told apart", false}};
  for (const TaskVerdict& task : summary.verdict.tasks) {
    for (const TaskPairs& pairs : task.pairs) {
      const auto told = std::ranges::count_if(
          pairs.pairs, [](const ModelPair& pair) { return pair.result.told != Told::noise; });
      section.table.rows.push_back(
          {{task.task},
           {std::string(to_string(pairs.ranked))},
           {fmt::format("{} of {}", told, pairs.pairs.size())},
           number_cell(pairs.ranked == Ranked::base ? std::nullopt : task.noise_floor),
           {groups_text(pairs)}});
    }
  }
  return section;
}

/// "152", or "152 in 34 groups".
TableCell rows_cell(const TestPower& power) {
  return power.groups > 0 ? TableCell{fmt::format("{} in {} groups", power.rows, power.groups)}
                          : TableCell{fmt::format("{}", power.rows)};
}

/// The smaller of the two ways that a score can differ.
std::optional<double> nearest(const Detectable& detectable) {
  if (!detectable.above || !detectable.below) {
    return detectable.above ? detectable.above : detectable.below;
  }
  return std::min(*detectable.above, *detectable.below);
}

Section power_section(const Summary& summary) {
  const VerdictOptions& options = summary.verdict.options;
  Section section;
  section.heading = "What these test sets can show";
  section.paragraphs = {fmt::format(
      "The least difference that a test of two models finds with probability {}, at α = {} and not "
      "adjusted for further tests: on the same rows, the median over pairs; and on rows of its own "
      "each. Then the best two models, and the rows that their difference would need.",
      options.power, options.alpha)};
  section.table.columns = {{"task", false}, {"rows"},        {"same rows"},  {"own rows"},
                           {"best", false}, {"next", false}, {"difference"}, {"rows needed"}};
  for (const TaskVerdict& task : summary.verdict.tasks) {
    if (!task.power) continue;
    const TestPower& power = *task.power;
    section.table.rows.push_back({{task.task},
                                  rows_cell(power),
                                  number_cell(power.paired),
                                  number_cell(nearest(power.unpaired)),
                                  {power.best},
                                  {power.second.empty() ? "–" : power.second},
                                  number_cell(power.difference),
                                  count_cell(power.rows_needed)});
  }
  return section;
}

/// A run that sets no margin has one of 0.
bool has_no_margin(const CellVerdict& cell) { return cell.teacher && cell.teacher->margin == 0.0; }

Section margin_section(const Summary& summary) {
  Section section;
  section.heading = "No worse than the teacher";
  section.paragraphs = {fmt::format(
      "Whether the tuned model is worse than the teacher by less than the margin: yes, where the "
      "{} "
      "interval of student − teacher lies above −margin. p is one-sided, of \"worse by the margin "
      "or more\". Where lower is better, all of it is turned about.",
      level_text(1.0 - summary.verdict.options.alpha))};
  if (std::ranges::any_of(summary.verdict.cells, has_no_margin)) {
    section.paragraphs.emplace_back(
        "Where the margin is 0, \"no worse\" takes a student that is shown to be better: set "
        "[teacher] "
        "margin, or --margin, to what you would give up.");
  }
  section.table.columns = {{"task", false}, {"model", false},  {"difference"}, {"interval"},
                           {"margin"},      {"method", false}, {"p"},          {"no worse", false}};
  for (const CellVerdict& cell : summary.verdict.cells) {
    if (!cell.teacher) continue;
    const NonInferiority& result = cell.teacher->result;
    section.table.rows.push_back(
        {{cell.task},
         {cell.model},
         delta_cell(result.difference, true),
         interval_cell(result.interval),
         number_cell(cell.teacher->margin),
         {cell.teacher->method},
         {p_text(result.p)},
         {result.holds ? "yes" : "not shown", result.holds ? Tone::good : Tone::plain}});
  }
  return section;
}

}  // namespace

std::vector<Section> verdict_sections(const Summary& summary) {
  std::vector<Section> sections;
  for (Section section : {effect_section(summary), pair_section(summary), power_section(summary),
                          margin_section(summary)}) {
    if (!section.table.rows.empty()) sections.push_back(std::move(section));
  }
  return sections;
}

}  // namespace tuneval

#include "framework/record/json_object.h"
#include "framework/report/comparison_sections.h"
#include "framework/report/exports/formats.h"

#include <fmt/format.h>
#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>

#include <cmath>
#include <sstream>

namespace tuneval {
namespace {

using Tree = boost::property_tree::ptree;

/// Text that XML 1.0 may hold, as UTF-8: neither control characters, nor U+FFFE and U+FFFF, nor
/// bytes that are no text.
std::string xml_text(const std::string& text) {
  // json_text() makes U+FFFD of bytes that are no UTF-8.
  const std::string valid = nlohmann::ordered_json::parse(json_text(text, -1)).get<std::string>();
  static const std::string kReplacement = "\xef\xbf\xbd";
  std::string safe;
  for (size_t i = 0; i < valid.size(); ++i) {
    const auto byte = static_cast<unsigned char>(valid[i]);
    const std::string_view rest = std::string_view(valid).substr(i);
    if ((byte < 0x20 && byte != '\t' && byte != '\n') || byte == 0x7f) {
      safe += kReplacement;
    } else if (rest.starts_with("\xef\xbf\xbe") || rest.starts_with("\xef\xbf\xbf")) {
      safe += kReplacement;
      i += 2;
    } else {
      safe += valid[i];
    }
  }
  return safe;
}

void set(Tree& element, const std::string& name, const std::string& value) {
  element.put("<xmlattr>." + name, xml_text(value));
}

/// A whole element: `type` and `message` as attributes, the message as its text too, which some
/// readers show alone.
Tree problem(const std::string& type, const std::string& message) {
  Tree element(xml_text(message));
  set(element, "type", type);
  set(element, "message", message);
  return element;
}

std::string seconds_text(double seconds) {
  return fmt::format("{:.3f}", std::isfinite(seconds) ? seconds : 0.0);
}

/// One <testsuite>, or all of them.
struct Counts {
  int64_t tests = 0, failures = 0, errors = 0, skipped = 0;
  double seconds = 0.0;

  void add(const Counts& other) {
    tests += other.tests;
    failures += other.failures;
    errors += other.errors;
    skipped += other.skipped;
    seconds += other.seconds;
  }
  void write(Tree& element) const {
    set(element, "tests", fmt::format("{}", tests));
    set(element, "failures", fmt::format("{}", failures));
    set(element, "errors", fmt::format("{}", errors));
    set(element, "skipped", fmt::format("{}", skipped));
    set(element, "time", seconds_text(seconds));
  }
};

std::string scores_text(const CellSummary& cell, const TaskSummary& task) {
  const auto text = [](const std::optional<StageScore>& score) {
    return score ? fmt::format("{}", score->value) : std::string("none");
  };
  return fmt::format("{}: base {}, tuned {}", task.metric, text(cell.base), text(cell.tuned));
}

class Suite {
 public:
  explicit Suite(const TaskSummary& task) : task_(task) {}

  void add(const CellSummary& cell, std::span<const ScoreBar> bars) {
    Tree& element = begin(cell.model, cell.seconds);
    if (!end_early(element, cell.state, cell.error)) {
      if (const auto missed = missed_bar(cell, task_, bars)) {
        ++counts_.failures;
        element.add_child("failure", problem("ScoreBelowBar", *missed));
      }
    }
    if (cell.base || cell.tuned) element.add("system-out", xml_text(scores_text(cell, task_)));
  }

  void add(const BaselineSummary& baseline) {
    Tree& element = begin(title_of(baseline), baseline.seconds);
    end_early(element, baseline.state, baseline.error);
    if (baseline.score) {
      element.add("system-out",
                  xml_text(fmt::format("{}: {}", task_.metric, baseline.score->value)));
    }
  }

  /// With attributes before the cases, as readers show them.
  Tree finish() {
    Tree element;
    set(element, "name", task_.name);
    counts_.write(element);
    for (Tree& one : cases_) element.push_back({"testcase", std::move(one)});
    return element;
  }
  const Counts& counts() const { return counts_; }

 private:
  Tree& begin(const std::string& name, double seconds) {
    ++counts_.tests;
    counts_.seconds += std::isfinite(seconds) ? seconds : 0.0;
    Tree& element = cases_.emplace_back();
    set(element, "name", name);
    set(element, "classname", "tuneval." + task_.name);
    set(element, "time", seconds_text(seconds));
    return element;
  }

  /// Whether the cell failed, or was not run.
  bool end_early(Tree& element, CellState state, const std::optional<CellError>& error) {
    if (state == CellState::failed) {
      ++counts_.errors;
      const CellError why = error.value_or(CellError{"Error", "unknown"});
      element.add_child("error", problem(why.kind, why.message));
      return true;
    }
    if (state == CellState::done) return false;
    ++counts_.skipped;
    Tree skipped;
    set(skipped, "message", state == CellState::left ? "not run yet" : "not planned");
    element.add_child("skipped", skipped);
    return true;
  }

  const TaskSummary& task_;
  std::vector<Tree> cases_;
  Counts counts_;
};

}  // namespace

std::string junit_xml(const Summary& summary, std::span<const ScoreBar> bars) {
  Counts all;
  std::vector<Tree> suites;
  for (const TaskSummary& task : summary.tasks) {
    Suite suite(task);
    for (const CellSummary& cell : task.cells) {
      if (cell.state != CellState::not_planned) suite.add(cell, bars);
    }
    for (const BaselineSummary& baseline : task.baselines) suite.add(baseline);
    suites.push_back(suite.finish());
    all.add(suite.counts());
  }
  Tree root;
  set(root, "name", "tuneval");
  all.write(root);
  for (Tree& suite : suites) root.push_back({"testsuite", std::move(suite)});
  Tree document;
  document.push_back({"testsuites", std::move(root)});
  std::ostringstream text;
  boost::property_tree::write_xml(
      text, document, boost::property_tree::xml_writer_make_settings<std::string>(' ', 2));
  return text.str();
}

void write_junit(const Summary& summary, std::span<const ScoreBar> bars, ExportFolder& folder) {
  folder.write("junit.xml", junit_xml(summary, bars));
}

}  // namespace tuneval

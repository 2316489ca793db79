#include "framework/data/check.h"

#include "framework/data/check_leaks.h"
#include "framework/data/check_rules.h"
#include "framework/data/rows.h"
#include "framework/data/task_data.h"
#include "tuneval/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

namespace tuneval {

namespace {

constexpr int64_t kLongPrompt = 30'000;

class Checker {
 public:
  Checker(const std::filesystem::path& folder, const Registry& registry)
      : folder_(folder), registry_(registry) {}

  PackReport run() {
    const std::optional<Pack> pack = read_pack(folder_, collecting(report_.findings));
    if (!pack) return std::move(report_);
    if (pack->licence.empty()) warn(pack->file().string(), "\"licence\" is missing");
    make_type(*pack);
    const SplitExamples train = read_split(pack->train);
    if (type_) check_split(*pack, train);
    const SplitExamples test = read_split(pack->test);
    if (type_) {
      check_split(*pack, test);
      check_groups(train, test, report_.findings);
      check_near(train, test, repeats_, report_.findings);
      attempt(pack->options.options, [&] { choose_shots(pack->options, *type_, train.examples); });
    }
    report_.train_rows = train.rows();
    report_.test_rows = test.rows();
    report_.train_examples = static_cast<int64_t>(train.examples.size());
    report_.test_examples = static_cast<int64_t>(test.examples.size());
    return std::move(report_);
  }

 private:
  void error(const std::string& where, std::string message) {
    report_.findings.push_back({Severity::error, where, std::move(message)});
  }
  void warn(const std::string& where, std::string message) {
    report_.findings.push_back({Severity::warning, where, std::move(message)});
  }

  /// Runs one step of the reading; the fault that it finds in `table` becomes an error.
  template <typename Step>
  void attempt(const Config& table, Step step) {
    try {
      step();
    } catch (const DataError& fault) {
      error(table.where(), without_where(fault.what(), table.where()));
    }
  }

  /// Without a task type, rows are still read: their form can be wrong too.
  void make_type(const Pack& pack) {
    if (pack.task_type.empty()) return;
    try {
      attempt(pack.options.options, [&] { type_ = make_task_type(registry_, pack, pack.options); });
    } catch (const Error& fault) {
      error(pack.file().string(), fault.what());
    }
    if (type_) make_metrics(pack);
  }

  /// Makes every metric once: bad options show here, not when a run has its answers.
  void make_metrics(const Pack& pack) {
    const std::vector<std::string> names =
        metrics_of(registry_, pack, *type_, collecting(report_.findings));
    for (const std::string& name : names) {
      if (pack.metrics.empty() && !registry_.has_metric(name)) {
        error(pack.file().string(),
              fmt::format("the task type's metric \"{}\" is brought by no plugin", name));
      }
      if (!registry_.has_metric(name) || pack.metric_options.contains(name)) continue;
      try {
        make_metric(registry_, pack, name);
      } catch (const DataError& fault) {
        error(pack.file().string(), fmt::format("metric \"{}\": {}", name, fault.what()));
      }
    }
    for (const auto& [name, options] : pack.metric_options) {
      if (!registry_.has_metric(name)) continue;  // reported by metrics_of
      attempt(options, [&] { make_metric(registry_, pack, name); });
      if (std::ranges::find(names, name) != names.end()) continue;
      warn(options.where(),
           fmt::format("is of no use: the task's metrics are {}", fmt::join(names, ", ")));
    }
  }

  SplitExamples read_split(const std::filesystem::path& file) {
    SplitExamples split;
    if (file.empty()) return split;  // reported with pack.toml
    split.file = file.string();
    const size_t before = report_.findings.size();
    const std::vector<Row> rows = read_rows(file, 0, collecting(report_.findings));
    const bool faultless = report_.findings.size() == before;
    if (rows.empty() && faultless) error(split.file, "holds no rows");
    split.rows_in_file = static_cast<int64_t>(rows.size());
    if (type_) read_examples(rows, split);
    return split;
  }

  void read_examples(const std::vector<Row>& rows, SplitExamples& split) {
    for (const Row& row : rows) {
      try {
        std::ranges::move(type_->read_all(row), std::back_inserter(split.examples));
        const size_t end = split.examples.size();
        const size_t before = split.ends_of_row.empty() ? 0 : split.ends_of_row.back() + 1;
        if (end > before) split.ends_of_row.push_back(end - 1);
      } catch (const Error& fault) {
        error(row.where(), without_where(fault.what(), row.where()));
      }
    }
  }

  void check_split(const Pack& pack, const SplitExamples& split) {
    repeats_.check(split);
    if (split.rows_in_file == 0) return;
    check_size(split, report_.findings);
    check_answers(split, type_->answers(), report_.findings);
    // Documents that the pack itself allows come on top.
    const int64_t documents =
        pack.options.options.is_number("max_document_characters")
            ? static_cast<int64_t>(
                  std::min(1e15, pack.options.options.number("max_document_characters")))
            : 0;
    check_lengths(split, kLongPrompt + documents, report_.findings);
    check_passages(split, report_.findings);
    if (split.examples.empty()) return;
    for (const std::string& message : type_->review(split.examples)) review(split.file, message);
  }

  /// A message that begins with a row's place is told of there.
  void review(const std::string& file, const std::string& message) {
    const bool of_row = message.starts_with(file + ":");
    const size_t end = of_row ? message.find(": ", file.size()) : std::string::npos;
    const std::string where = end == std::string::npos ? file : message.substr(0, end);
    warn(where, without_where(message, where));
  }

  std::filesystem::path folder_;
  const Registry& registry_;
  PackReport report_;
  Repeats repeats_{report_.findings};
  std::shared_ptr<const TaskType> type_;
};

int64_t count(const std::vector<Finding>& findings, Severity severity) {
  return std::ranges::count(findings, severity, &Finding::severity);
}

}  // namespace

int64_t PackReport::errors() const { return count(findings, Severity::error); }
int64_t PackReport::warnings() const { return count(findings, Severity::warning); }

PackReport check_pack(const std::filesystem::path& folder, const Registry& registry) {
  return Checker(folder, registry).run();
}

}  // namespace tuneval

#include "framework/data/check.h"

#include "framework/data/fold.h"
#include "framework/data/rows.h"
#include "framework/data/task_data.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>

namespace tuneval {

namespace {

constexpr size_t kFewRows = 20;
constexpr double kImbalance = 10.0;

/// Where a prompt was seen first, and what its answer was.
struct Seen {
  std::string where, target, split;
};

class Checker {
 public:
  Checker(const std::filesystem::path& folder, const Registry& registry)
      : folder_(folder), registry_(registry) {}

  PackReport run() {
    const std::optional<Pack> pack = read_pack(folder_, collecting(report_.findings));
    if (!pack) return std::move(report_);
    if (pack->licence.empty()) warn(pack->file().string(), "\"licence\" is missing");
    make_type(*pack);
    report_.train_rows = check_split("train", pack->train);
    report_.test_rows = check_split("test", pack->test);
    return std::move(report_);
  }

 private:
  void error(const std::string& where, std::string message) {
    report_.findings.push_back({Severity::error, where, std::move(message)});
  }
  void warn(const std::string& where, std::string message) {
    report_.findings.push_back({Severity::warning, where, std::move(message)});
  }

  /// Without a task type, rows are still read: their form can be wrong too.
  void make_type(const Pack& pack) {
    if (pack.task_type.empty()) return;
    const std::string& options_at = pack.options.options.where();
    try {
      type_ = registry_.make_task_type(pack.task_type, pack.options);
      metrics_of(registry_, pack, *type_, collecting(report_.findings));
    } catch (const DataError& fault) {
      error(options_at, without_where(fault.what(), options_at));
    } catch (const Error& fault) {
      error(pack.file().string(), fault.what());
    }
  }

  int64_t check_split(const std::string& split, const std::filesystem::path& file) {
    if (file.empty()) return 0;  // reported with pack.toml
    const std::string name = file.string();
    const size_t before = report_.findings.size();
    const std::vector<Row> rows = read_rows(file, 0, collecting(report_.findings));
    const bool faultless = report_.findings.size() == before;
    if (rows.empty() && faultless) error(name, "holds no rows");
    if (!type_) return 0;
    const std::vector<Example> examples = read_examples(rows);
    for (const Example& example : examples) check_seen(split, example);
    if (rows.empty()) return 0;
    if (rows.size() < kFewRows) {
      warn(name, fmt::format("holds {} rows: fewer than {} say little", rows.size(), kFewRows));
    }
    check_answers(name, examples);
    for (const std::string& message : type_->review(examples)) warn(name, message);
    return static_cast<int64_t>(examples.size());
  }

  std::vector<Example> read_examples(const std::vector<Row>& rows) {
    std::vector<Example> examples;
    for (const Row& row : rows) {
      try {
        examples.push_back(type_->read(row));
      } catch (const Error& fault) {
        error(row.where(), without_where(fault.what(), row.where()));
      }
    }
    return examples;
  }

  /// Compares a prompt with all that came before it.
  void check_seen(const std::string& split, const Example& example) {
    const auto [entry, fresh] = seen_.try_emplace(
        fold_prompt(example), Seen{example.where, fold_space(example.target), split});
    if (fresh) return;
    const Seen& first = entry->second;
    const bool same_answer = first.target == fold_space(example.target);
    if (first.split != split && same_answer) {
      error(example.where,
            fmt::format("the same row as {}: the test split must be unseen in training",
                        first.where));
    } else if (same_answer) {
      warn(example.where, fmt::format("the same row as {}", first.where));
    } else {
      warn(example.where, fmt::format("the same prompt as {}, with another answer", first.where));
    }
  }

  void check_answers(const std::string& file, const std::vector<Example>& examples) {
    const std::vector<std::string> answers = type_->answers();
    if (answers.empty()) return;
    std::map<std::string, size_t> counts;
    for (const Example& example : examples) {
      for (const std::string& reference : example.references) ++counts[reference];
    }
    for (const std::string& answer : answers) {
      if (!counts.contains(answer)) error(file, fmt::format("no example of \"{}\"", answer));
    }
    if (counts.empty()) return;
    const auto by_count = [](const auto& one) { return one.second; };
    const auto [rarest, commonest] = std::ranges::minmax_element(counts, {}, by_count);
    if (static_cast<double>(commonest->second) <=
        kImbalance * static_cast<double>(rarest->second)) {
      return;
    }
    warn(file, fmt::format("out of balance: \"{}\" has {} rows, \"{}\" has {}", commonest->first,
                           commonest->second, rarest->first, rarest->second));
  }

  std::filesystem::path folder_;
  const Registry& registry_;
  PackReport report_;
  std::shared_ptr<const TaskType> type_;
  std::unordered_map<std::string, Seen> seen_;  // by folded prompt; train rows come first
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

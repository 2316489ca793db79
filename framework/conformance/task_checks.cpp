#include "framework/conformance/checker.h"
#include "framework/conformance/scoring.h"
#include "framework/conformance/subject_checks.h"
#include "framework/data/rows.h"
#include "framework/data/task_data.h"
#include "tuneval/error.h"

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <set>

namespace tuneval {

namespace {

using Json = nlohmann::ordered_json;

/// What a task type is tried on.
struct Trial {
  std::shared_ptr<const TaskType> type;
  std::vector<Row> rows;
  std::vector<Example> examples;
};

void take_sample(const Registry& registry, const std::string& name, Trial& trial) {
  const TaskSample& sample = registry.task_sample(name);
  if (sample.rows.empty()) {
    fail_check("it is registered without a sample: pass a TaskSample to add_task_type");
  }
  trial.type = registry.make_task_type(name, sample_options(sample));
  trial.rows = sample_rows(sample);
}

/// Takes all rows of both splits.
void take_pack(const Registry& registry, const std::string& name,
               const std::filesystem::path& folder, Trial& trial) {
  const Pack pack = read_pack(folder);
  if (pack.task_type != name) {
    throw CheckSkipped(
        fmt::format("{} is a pack of task type \"{}\"", folder.string(), pack.task_type));
  }
  trial.type = make_task_type(registry, pack, pack.options);
  for (const auto& file : {pack.train, pack.test}) {
    std::ranges::move(read_rows(file), std::back_inserter(trial.rows));
  }
}

void check_example(const Example& example, const std::string& where) {
  if (example.where != where) {
    fail_check("{}: the example's `where` is \"{}\"", where, example.where);
  }
  if (example.messages.empty()) fail_check("{}: the example has no message", where);
  if (example.target.empty()) fail_check("{}: the example has no target", where);
  if (example.references.empty()) fail_check("{}: the example has no reference", where);
}

std::string check_reading(Trial& trial) {
  const TaskType& type = *trial.type;
  if (type.metrics().empty()) fail_check("metrics() is empty");
  if (type.decoding().max_new_tokens < 1) fail_check("decoding() has room for no token");
  const auto same = [](const Example& one, const Example& other) {
    return one.target == other.target && one.references == other.references;
  };
  for (const Row& row : trial.rows) {
    std::vector<Example> examples = type.read_all(row);
    if (examples.empty()) fail_check("{}: the row gives no example", row.where());
    for (const Example& example : examples) check_example(example, row.where());
    if (!std::ranges::equal(examples, type.read_all(row), same)) {
      fail_check("{}: read a second time it is another example", row.where());
    }
    std::ranges::move(examples, std::back_inserter(trial.examples));
  }
  return fmt::format("{} rows, {} examples, {} metrics", trial.rows.size(), trial.examples.size(),
                     type.metrics().size());
}

/// Reads a row that may be bad. True when it is refused, by an error that names line and key.
bool refused(const TaskType& type, const Json& row, const std::string& key) {
  const std::string where = "sample:99";
  try {
    type.read(Config::parse(row.dump(), where, ConfigKind::data));
    return false;
  } catch (const DataError& error) {
    const std::string_view message = error.what();
    for (const std::string& part : {where, key}) {
      if (message.find(part) != std::string_view::npos) continue;
      fail_check("the error of a row with a bad \"{}\" does not name {}: {}", key, part, message);
    }
    return true;
  } catch (const std::exception& error) {
    fail_check("a row with a bad \"{}\" throws what is no DataError: {}", key, error.what());
  }
}

std::string check_bad_rows(const Trial& trial) {
  const TaskType& type = *trial.type;
  if (!refused(type, Json::object(), "")) fail_check("an empty row is taken");
  size_t tried = 0, count = 1;
  const Json row = Json::parse(trial.rows.at(0).json());
  for (const auto& [key, value] : row.items()) {
    Json without = row;
    without.erase(key);
    count += refused(type, without, key);
    for (const Json& other : {Json(7), Json::array({7}), Json::object({{"?", 7}})}) {
      Json changed = row;
      changed[key] = other;
      count += refused(type, changed, key);
    }
    tried += 4;
  }
  return fmt::format("{} of {} spoilt rows were refused", count, tried + 1);
}

std::string check_targets(const Trial& trial) {
  for (const Example& example : trial.examples) {
    const Prediction prediction = trial.type->parse(example, example.target);
    if (!prediction.parsed) {
      fail_check("{}: the target \"{}\" is not parsed", example.where, example.target);
    }
    if (std::ranges::find(example.references, prediction.text) == example.references.end()) {
      fail_check("{}: the target is parsed to \"{}\", which is no reference", example.where,
                 prediction.text);
    }
  }
  return fmt::format("{} targets", trial.examples.size());
}

/// Completions as models write them, and worse.
std::vector<std::string> strange_texts(const std::string& target) {
  using namespace std::string_literals;
  std::vector<std::string> texts = {"",
                                    " ",
                                    "\n\n\t",
                                    "\0"s,
                                    "\xff\xfe\xc0",
                                    "{",
                                    "}",
                                    "[]",
                                    "null",
                                    "NaN",
                                    "\"",
                                    "```json\n{}\n```",
                                    "<tool_call>",
                                    "<tool_call>{\"name\": 1}</tool_call>",
                                    "<think>",
                                    "{\"name\": {}}",
                                    std::string(size_t{1} << 20, 'a'),
                                    std::string(100000, '['),
                                    std::string(100000, '{'),
                                    target + target,
                                    target + "\xe2\x82",
                                    " " + target + "\n\n" + target};
  for (size_t length = 0; length < std::min<size_t>(target.size(), 200); ++length) {
    texts.push_back(target.substr(0, length));
  }
  return texts;
}

std::string check_any_text(const Trial& trial) {
  const Example& example = trial.examples.front();
  const std::vector<std::string> texts = strange_texts(example.target);
  for (const std::string& text : texts) {
    try {
      const Prediction prediction = trial.type->parse(example, text);
      if (prediction.parsed || prediction.text.empty()) continue;
      fail_check("an unparsed completion has the text \"{}\": expected none", prediction.text);
    } catch (const CheckFailed&) {
      throw;
    } catch (const std::exception& error) {
      fail_check("the completion \"{:.40}\" makes it throw: {}", text, error.what());
    }
  }
  return fmt::format("{} texts", texts.size());
}

std::string check_perfect(const Trial& trial, const Registry& registry, const Registry* others) {
  std::vector<Prediction> predictions;
  for (const Example& example : trial.examples) {
    predictions.push_back(trial.type->parse(example, example.target));
    predictions.back().completion = example.target;
  }
  std::vector<std::string> seen, absent;
  for (const std::string& name : trial.type->metrics()) {
    const Registry* owner = registry.has_metric(name) ? &registry : others;
    if (!owner || !owner->has_metric(name)) {
      absent.push_back(name);
      continue;
    }
    try {
      seen.push_back(name + ": " +
                     require_best(*owner->make_metric(name), trial.examples, predictions));
    } catch (const CheckFailed& failed) {
      fail_check("{}: {}", name, failed.what());
    }
  }
  if (seen.empty()) {
    throw CheckSkipped(fmt::format("no loaded plugin has {}", fmt::join(absent, ", ")));
  }
  if (!absent.empty()) seen.push_back(fmt::format("not loaded: {}", fmt::join(absent, ", ")));
  return fmt::format("{}", fmt::join(seen, "; "));
}

/// What `tuneval synth` asks of a task type. `own_sample`: a pack's rows may be doubted.
std::string check_hooks(const Trial& trial, bool own_sample) {
  const TaskType& type = *trial.type;
  const auto require_text = [](const char* name, const std::string& text) {
    if (find_invalid_utf8(text) != text.size()) fail_check("{}() is not UTF-8", name);
  };
  require_text("row_guide", type.row_guide());
  require_text("passage_key", type.passage_key());
  if (type.passage_key().empty()) fail_check("passage_key() is empty");
  std::set<std::string> kinds;
  for (const Example& example : trial.examples) {
    const std::vector<std::string> doubts = type.doubts(example);
    if (own_sample && !doubts.empty()) fail_check("{}: {}", example.where, doubts.front());
    const std::string kind = type.kind_of(example);
    require_text("kind_of", kind);
    if (!kind.empty()) kinds.insert(kind);
  }
  return fmt::format("{} bytes of guide, {} kinds", type.row_guide().size(), kinds.size());
}

}  // namespace

void check_task_type(const Registry& registry, const std::string& name, const CheckOptions& options,
                     std::vector<CheckResult>& results) {
  Checker checker("task type", name, results);
  Trial trial;
  const bool read = checker.run("reads-its-sample", [&] {
    if (options.pack.empty()) {
      take_sample(registry, name, trial);
    } else {
      take_pack(registry, name, options.pack, trial);
    }
    if (!trial.type) fail_check("its factory makes nothing");
    return check_reading(trial);
  });
  if (!read) return checker.skip_rest("no example was read");
  checker.run("bad-row-is-named", [&] { return check_bad_rows(trial); });
  checker.run("target-parses-to-reference", [&] { return check_targets(trial); });
  checker.run("parse-survives-any-text", [&] { return check_any_text(trial); });
  checker.run("perfect-answers-get-the-best-score",
              [&] { return check_perfect(trial, registry, options.others); });
  checker.run("hooks-are-sound", [&] { return check_hooks(trial, options.pack.empty()); });
}

}  // namespace tuneval

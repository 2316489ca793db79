#include "framework/data/new_pack.h"

#include "framework/data/fold.h"
#include "framework/data/new_folder.h"
#include "framework/data/toml_text.h"
#include "tuneval/error.h"
#include "tuneval/metric/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace tuneval {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kTrainRows = 24;
constexpr int kTestRows = 20;
constexpr const char* kDescription = "Say here, in a few sentences, what the model is to do.";

/// A date and time of their own for the first few thousand rows.
std::string date_of(int row) {
  constexpr std::array kMonths = {"January",   "February", "March",    "April",
                                  "May",       "June",     "July",     "August",
                                  "September", "October",  "November", "December"};
  return fmt::format("{} {}, {}:{:02}", 1 + row % 28, kMonths[size_t(row * 5 % 12)],
                     8 + row * 7 % 12, row * 13 % 60);
}

/// The texts in a row that may be what is asked: not the words of a turn that is not the user's,
/// and no text that holds JSON. As places in the row, in its order.
void collect_texts(const Json& value, const Json::json_pointer& at,
                   std::vector<Json::json_pointer>& places) {
  if (value.is_string()) {
    const Json inner = Json::parse(value.get_ref<const std::string&>(), nullptr, false);
    if (!inner.is_structured()) places.push_back(at);
  } else if (value.is_array()) {
    for (size_t i = 0; i < value.size(); ++i) collect_texts(value[i], at / i, places);
  } else if (value.is_object()) {
    if (value.contains("role") && value["role"] != "user") return;
    for (const auto& [key, one] : value.items()) collect_texts(one, at / key, places);
  }
}

/// A sample's row, and the text in it that may grow without changing the answer.
struct Starter {
  Json row;
  Json::json_pointer text;

  Json with(const std::string& date) const {
    Json varied = row;
    varied[text] = fmt::format("{} ({})", row[text].get<std::string>(), date);
    return varied;
  }
};

/// The examples of a row; none when the task type refuses it.
std::vector<Example> read(const TaskType& type, const Json& row) {
  try {
    return type.read_all(Row::parse(row.dump(), "sample", ConfigKind::data));
  } catch (const Error&) {
    return {};
  }
}

/// Whether the change shows in every prompt and in no answer.
bool asks_anew(const std::vector<Example>& before, const std::vector<Example>& after) {
  return !before.empty() &&
         std::ranges::equal(before, after, [](const Example& a, const Example& b) {
           return a.target == b.target && a.references == b.references &&
                  fold_prompt(a) != fold_prompt(b);
         });
}

std::vector<Starter> find_starters(const TaskSample& sample, const TaskType& type) {
  std::vector<Starter> starters;
  for (const std::string& text : sample.rows) {
    Json row = Json::parse(text);
    row.erase("group");  // rows of one group may not stand in both splits
    const std::vector<Example> before = read(type, row);
    std::vector<Json::json_pointer> places;
    collect_texts(row, Json::json_pointer(), places);
    for (const auto& place : places) {
      Starter starter{row, place};
      if (!asks_anew(before, read(type, starter.with(date_of(0))))) continue;
      starters.push_back(std::move(starter));
      break;
    }
  }
  return starters;
}

std::string rows_of(const std::vector<Starter>& starters, int first, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    const Starter& starter = starters[size_t(i) % starters.size()];
    text += starter.with(date_of(first + i)).dump() + '\n';
  }
  return text;
}

std::string pack_toml(const std::string& name, const std::string& task_type,
                      const TaskSample& sample, const TaskType& type) {
  std::string text =
      "# A pack to start from. Its rows are samples of the task type, each with a date of its own\n"
      "# behind what is asked. Put yours in their place in train.jsonl and test.jsonl (20 or more "
      "each,\n"
      "# none in both), then see what is wrong with them: tuneval pack check DIR\n\n"
      "# What reports call the task.\n";
  text += toml_line("name", name) + toml_line("task_type", task_type);
  text += "\n# The job, as the prompt states it: change this.\n";
  text += toml_line("description", kDescription);
  text +=
      "\n# The licence of your data, as an SPDX name (this is the samples'), and where it is "
      "from.\n"
      "licence = \"Apache-2.0\"\n"
      "# origin = \"\"\n"
      "\n# In place of the task type's own metrics, which these are; the first is the headline.\n";
  text += "# " + toml_line("metrics", type.metrics());
  text +=
      "\n[files]\ntrain = \"train.jsonl\"\ntest = \"test.jsonl\"\n"
      "\n# What the task type is told, here as its sample has it: change this to fit your rows.\n";
  return text + toml_table("options", Json::parse(sample.options));
}

}  // namespace

void write_new_pack(const Registry& registry, const std::string& name, const std::string& task_type,
                    const std::filesystem::path& destination) {
  if (trim(name).empty()) throw ManifestError("the new pack's name is empty");
  const TaskSample& sample = registry.task_sample(task_type);
  const std::string where = fmt::format("the sample of task type \"{}\"", task_type);
  const auto type = registry.make_task_type(
      task_type, {kDescription, Config::parse(sample.options, where, ConfigKind::data)});
  const std::vector<Starter> starters = find_starters(sample, *type);
  if (starters.empty()) {
    throw PluginError(where + " has no row whose question can be varied: nothing to start from");
  }
  NewFolder made(destination);
  made.write("pack.toml", pack_toml(name, task_type, sample, *type));
  made.write("train.jsonl", rows_of(starters, 0, kTrainRows));
  made.write("test.jsonl", rows_of(starters, kTrainRows, kTestRows));
  made.finish();
}

}  // namespace tuneval

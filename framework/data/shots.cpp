#include "framework/data/shots.h"

#include "tuneval/task/tool_calls.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <iterator>
#include <random>
#include <set>
#include <utility>

namespace tuneval {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<const char*, 3> kKeys = {"shots", "shots_seed", "shots_each_answer"};

/// Indices of `count` examples in a drawn order, the same on every system.
std::vector<size_t> drawn_order(size_t count, uint64_t seed) {
  std::vector<size_t> order(count);
  std::mt19937_64 random(seed);
  for (size_t i = 0; i < count; ++i) {
    const size_t j = random() % (i + 1);
    order[i] = order[j];
    order[j] = i;
  }
  return order;
}

/// The first example of each answer, in drawn order. `missing`: answers; those that no example has
/// are left in it.
std::vector<size_t> one_each(const std::vector<Example>& train, const std::vector<size_t>& order,
                             std::set<std::string>& missing) {
  std::vector<size_t> chosen;
  for (const size_t index : order) {
    for (const std::string& reference : train[index].references) {
      if (missing.erase(reference) == 0) continue;
      chosen.push_back(index);
      break;
    }
  }
  return chosen;
}

/// The same, where an answer that has none is a fault of `table`.
std::vector<size_t> one_each(const Config& table, const std::vector<Example>& train,
                             const std::vector<size_t>& order,
                             const std::vector<std::string>& answers) {
  if (answers.empty()) table.fail("shots_each_answer", "is true: the task has no list of answers");
  std::set<std::string> missing(answers.begin(), answers.end());
  std::vector<size_t> chosen = one_each(train, order, missing);
  if (!missing.empty()) {
    table.fail("shots_each_answer",
               fmt::format("is true: no training example has the answer \"{}\"",
                           fmt::join(missing, "\" or \"")));
  }
  return chosen;
}

/// Calls as a conversation's history has them.
std::string as_history(const std::string& calls) {
  Json history = Json::array();
  for (const ToolCall& call : read_calls(calls).value_or(std::vector<ToolCall>{})) {
    history.push_back(
        {{"type", "function"},
         {"function", {{"name", call.name}, {"arguments", Json::parse(call.arguments)}}}});
  }
  return history.empty() ? std::string() : history.dump();
}

void add_turns(const Example& example, std::vector<Message>& turns) {
  std::ranges::copy_if(example.messages, std::back_inserter(turns),
                       [](const Message& message) { return message.role != "system"; });
  const std::string calls = example.calls ? as_history(example.target) : std::string();
  turns.push_back({"assistant", calls.empty() ? example.target : std::string(), calls});
}

/// The shots of the chosen examples and of as many others as `count` leaves room for.
Shots fill_up(const std::vector<Example>& train, const std::vector<size_t>& order,
              std::vector<size_t> chosen, int64_t count) {
  for (size_t i = 0; int64_t(chosen.size()) < count; ++i) {
    if (std::ranges::find(chosen, order[i]) == chosen.end()) chosen.push_back(order[i]);
  }
  Shots shots;
  shots.count = int64_t(chosen.size());
  for (const size_t index : chosen) add_turns(train[index], shots.messages);
  return shots;
}

}  // namespace

Shots choose_shots(const TaskOptions& options, const TaskType& type,
                   const std::vector<Example>& train) {
  const Config& table = options.options;
  const int64_t count = table.integer_or("shots", 0);
  const int64_t seed = table.integer_or("shots_seed", 123);
  const bool each = table.flag_or("shots_each_answer", false);
  if (count < 0) table.fail("shots", "is below 0");
  if (seed < 0) table.fail("shots_seed", "is below 0");
  if (count == 0) return {};
  const auto most = int64_t(train.size());
  if (count > most) {
    table.fail("shots", fmt::format("is {}: there are {} training examples", count, most));
  }
  const std::vector<size_t> order = drawn_order(train.size(), uint64_t(seed));
  std::vector<size_t> chosen;
  if (each) {
    chosen = one_each(table, train, order, type.answers());
    if (int64_t(chosen.size()) > count) {
      table.fail("shots", fmt::format("is {}: {} answers need one each", count, chosen.size()));
    }
  }
  return fill_up(train, order, std::move(chosen), count);
}

Shots draw_shots(const std::vector<Example>& train, const std::vector<std::string>& answers,
                 int64_t count, uint64_t seed) {
  if (count <= 0) return {};
  const std::vector<size_t> order = drawn_order(train.size(), seed);
  std::set<std::string> missing(answers.begin(), answers.end());
  return fill_up(train, order, one_each(train, order, missing),
                 std::min(count, int64_t(train.size())));
}

TaskOptions without_shots(const TaskOptions& options) {
  const Config& table = options.options;
  if (std::ranges::none_of(kKeys, [&](const char* key) { return table.has(key); })) return options;
  Json rest = Json::parse(table.json());
  for (const char* key : kKeys) rest.erase(key);
  return {options.description, Config::parse(rest.dump(), table.where(), ConfigKind::data)};
}

Example with_shots(const Example& example, const Shots& shots) {
  if (shots.messages.empty()) return example;
  Example with = example;
  const auto begin = std::ranges::find_if(
      with.messages, [](const Message& message) { return message.role != "system"; });
  with.messages.insert(begin, shots.messages.begin(), shots.messages.end());
  return with;
}

}  // namespace tuneval

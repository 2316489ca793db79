// A task type in a folder of its own: items are put in order, and the answer is their numbers.
#include "tuneval/metric/text.h"
#include "tuneval/plugin.h"
#include "tuneval/task/prompt.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using tuneval::Config;

constexpr std::string_view kPrompt =
    "{description}\n\nWrite the numbers of the items in the right order, with commas between them, "
    "and nothing else.\n\n{items}";

/// {2, 1, 3} → "2, 1, 3": the one form of an answer.
std::string written(const std::vector<int64_t>& order) {
  std::string text;
  for (const int64_t number : order) text += (text.empty() ? "" : ", ") + std::to_string(number);
  return text;
}

/// Whether every number from 1 to `count` is there once.
bool orders(std::vector<int64_t> numbers, size_t count) {
  std::ranges::sort(numbers);
  for (size_t i = 0; i < numbers.size(); ++i) {
    if (numbers[i] != int64_t(i) + 1) return false;
  }
  return numbers.size() == count;
}

/// The numbers of a text such as " 2,1 , 3"; nothing where it holds anything else.
std::optional<std::vector<int64_t>> read_numbers(std::string_view text) {
  std::vector<int64_t> numbers;
  while (true) {
    const size_t comma = text.find(',');
    const std::string_view part = tuneval::trim(text.substr(0, comma));
    int64_t number = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
    if (error != std::errc() || end != part.data() + part.size()) return std::nullopt;
    numbers.push_back(number);
    if (comma == std::string_view::npos) return numbers;
    text.remove_prefix(comma + 1);
  }
}

/// Rows {"items": ["bake", "mix", "eat"], "order": [2, 1, 3]}: "order" has the items' numbers, the
/// first to come first.
class Ordering final : public tuneval::TaskType {
 public:
  explicit Ordering(const tuneval::TaskOptions& options)
      : prompt_(checked(options.options), "prompt", kPrompt, {{"description", options.description}},
                {{.name = "items"}}) {}

  tuneval::Example read(const tuneval::Row& row) const override {
    const std::vector<std::string> items = row.texts("items");
    if (items.size() < 2) row.fail("items", "has fewer than two: there is nothing to put in order");
    const std::vector<int64_t> order = row.integers("order");
    if (!orders(order, items.size())) {
      row.fail("order", "is " + row.json("order") + ": expected each number from 1 to " +
                            std::to_string(items.size()) + " once");
    }
    std::string list;
    for (size_t i = 0; i < items.size(); ++i) {
      list += (i > 0 ? "\n" : "") + std::to_string(i + 1) + ". " + items[i];
    }
    tuneval::Example example;
    example.messages = {{.role = "user", .content = prompt_.of({list}), .tool_calls = {}}};
    example.target = written(order);
    example.references = {example.target};
    example.where = row.where();
    return example;
  }

  /// Numbers of a line by itself, each of the items once; all else is not parsed.
  tuneval::Prediction parse(const tuneval::Example& example,
                            std::string_view completion) const override {
    const std::string_view text = tuneval::trim(completion);
    const auto numbers = read_numbers(text.substr(0, text.find('\n')));
    const size_t count = read_numbers(example.target)->size();
    if (!numbers || !orders(*numbers, count)) return {};
    return {.parsed = true, .text = written(*numbers)};
  }

  tuneval::Decoding decoding() const override { return {.max_new_tokens = 32, .stop = {"\n"}}; }

  std::vector<std::string> metrics() const override { return {"accuracy", "format_valid"}; }

  std::string row_guide() const override {
    return "\"items\" are two or more short texts in no order, \"order\" their numbers from 1 on, "
           "the first to come first.";
  }

 private:
  static const Config& checked(const Config& options) {
    tuneval::check_option_names(options, "ordering", {"prompt"});
    return options;
  }

  tuneval::PromptTemplate prompt_;
};

const tuneval::TaskSample kSample = {
    .rows = {R"({"items": ["bake the cake", "mix the dough", "eat"], "order": [2, 1, 3]})",
             R"({"items": ["Monday", "Sunday"], "order": [1, 2]})"}};

}  // namespace

TUNEVAL_PLUGIN("ordering", "0.1.0") {
  const auto make = [](const tuneval::TaskOptions& options) {
    return std::make_shared<Ordering>(options);
  };
  registry.add_task_type("ordering", make, kSample);
}

#include "prompt.h"
#include "tuneval/metric/text.h"
#include "tuneval/plugin.h"

#include <algorithm>
#include <unordered_set>

namespace {

using tuneval::Config;

constexpr int64_t kFewestNewTokens = 32;

Class read_class(const Config& table) {
  for (const std::string& key : table.keys()) {
    if (key != "name" && key != "description") {
      table.fail(key, "is not a key of a class: expected name or description");
    }
  }
  return {table.text("name"), table.text_or("description", "")};
}

/// "classes": an array of names, or of tables with a name and perhaps a description.
std::vector<Class> read_classes(const Config& options) {
  std::vector<Class> classes;
  const bool of_names = options.has("classes") && options.json("classes").starts_with("[\"");
  if (of_names) {
    for (std::string& name : options.texts("classes")) classes.push_back({std::move(name), {}});
  } else {
    for (const Config& table : options.objects("classes")) classes.push_back(read_class(table));
  }
  return classes;
}

void check_classes(const Config& options, const std::vector<Class>& classes) {
  if (classes.size() < 2) {
    options.fail("classes",
                 "holds " + std::to_string(classes.size()) + " classes: expected two or more");
  }
  std::unordered_set<std::string_view> seen;
  for (const Class& one : classes) {
    if (one.name.empty()) options.fail("classes", "holds a class with an empty name");
    // A name is one line of the prompt's list, and parsing trims the completion.
    if (tuneval::trim(one.name) != one.name ||
        one.name.find_first_of("\n\r") != std::string::npos) {
      options.fail("classes", "holds \"" + one.name +
                                  "\": expected a name of one line without space around it");
    }
    if (!seen.insert(one.name).second) {
      options.fail("classes", "holds \"" + one.name + "\" twice");
    }
  }
}

/// "constrained" and "ranked", of which at most one is true.
tuneval::Constraint read_constraint(const Config& options) {
  const bool constrained = options.flag_or("constrained", false);
  const bool ranked = options.flag_or("ranked", false);
  if (constrained && ranked) {
    options.fail("ranked", "is true and so is \"constrained\": expected one of them at most");
  }
  if (ranked) return tuneval::Constraint::ranked_answers;
  return constrained ? tuneval::Constraint::answers : tuneval::Constraint::none;
}

/// The names of the columns of a row: {"input", "label"}, or {"question", "answer"} as in the
/// benchmark's files.
struct Columns {
  std::string_view input, label;
};

Columns columns_of(const tuneval::Row& row) {
  const bool benchmark_form = !row.has("input") && !row.has("label") && row.has("question");
  return benchmark_form ? Columns{"question", "answer"} : Columns{"input", "label"};
}

/// Puts each input into one of a closed set of classes.
class Classification final : public tuneval::TaskType {
 public:
  explicit Classification(const tuneval::TaskOptions& options)
      : classes_(checked_classes(options.options)), prompt_(prompt_of(options, classes_)) {
    for (const Class& one : classes_) names_.insert(one.name);
    max_new_tokens_ = options.options.integer_or("max_new_tokens", enough_tokens());
    if (max_new_tokens_ < 1) options.options.fail("max_new_tokens", "is below 1");
    constraint_ = read_constraint(options.options);
  }

  tuneval::Example read(const tuneval::Row& row) const override {
    const auto [input_key, label_key] = columns_of(row);
    const std::string input = row.text(input_key), label = row.text(label_key);
    if (tuneval::trim(input).empty()) row.fail(input_key, "is empty");
    if (label.empty()) row.fail(label_key, "is empty");
    if (!names_.contains(label)) row.fail(label_key, unknown_label(label));
    return {.messages = {{.role = "user", .content = prompt_.of({input}), .tool_calls = {}}},
            .tools = {},
            .target = label,
            .references = {label},
            .where = row.where()};
  }

  tuneval::Prediction parse(const tuneval::Example&, std::string_view completion) const override {
    std::string answer(tuneval::trim(completion));
    if (!names_.contains(answer)) return {};
    return {true, std::move(answer)};
  }

  /// No stop string: a model may begin with a newline, and one that writes on after the name has
  /// not answered with the name alone.
  tuneval::Decoding decoding() const override {
    return {.max_new_tokens = max_new_tokens_, .constraint = constraint_};
  }

  std::vector<std::string> metrics() const override {
    return {"accuracy", "macro_f1", "format_valid"};
  }

  std::vector<std::string> answers() const override {
    std::vector<std::string> names;
    for (const Class& one : classes_) names.push_back(one.name);
    return names;
  }

  std::string row_guide() const override {
    return "\"input\" is a text to be put into a class, \"label\" the name of its class, letter "
           "for "
           "letter. Rows may have \"question\" and \"answer\" for these two: as the examples do. "
           "The "
           "classes:\n" +
           list_of(classes_);
  }

 private:
  static std::vector<Class> checked_classes(const Config& options) {
    tuneval::check_option_names(options, "classification",
                                {"classes", "prompt", "max_new_tokens", "constrained", "ranked"});
    std::vector<Class> classes = read_classes(options);
    check_classes(options, classes);
    return classes;
  }

  /// Every name can be written, whatever the tokenizer: a token is a byte at least, and an end
  /// token and a leading space may come to it.
  int64_t enough_tokens() const {
    size_t longest = 0;
    for (const Class& one : classes_) longest = std::max(longest, one.name.size());
    return std::max(kFewestNewTokens, static_cast<int64_t>(longest) + 2);
  }

  std::string unknown_label(const std::string& label) const {
    constexpr size_t kMostShown = 8;
    std::string message = "is \"" + label + "\": expected one of ";
    for (size_t i = 0; i < std::min(classes_.size(), kMostShown); ++i) {
      message += (i ? ", " : "") + classes_[i].name;
    }
    if (classes_.size() > kMostShown) {
      message += " and " + std::to_string(classes_.size() - kMostShown) + " more";
    }
    return message;
  }

  std::vector<Class> classes_;
  tuneval::PromptTemplate prompt_;
  std::unordered_set<std::string> names_;
  int64_t max_new_tokens_ = 0;
  tuneval::Constraint constraint_ = tuneval::Constraint::none;
};

const tuneval::TaskSample kSample = {
    .options = R"({"classes": [{"name": "question", "description": "asks"}, {"name": "order"}]})",
    .rows = {
        R"({"input": "Where is my parcel?", "label": "question"})",
        R"({"input": "Two pizzas, please.", "label": "order"})",
        R"({"question": "One more.", "answer": "order"})",
    }};

}  // namespace

TUNEVAL_PLUGIN("classification", "0.1.0") {
  const auto make = [](const tuneval::TaskOptions& options) {
    return std::make_shared<Classification>(options);
  };
  registry.add_task_type("classification", make, kSample);
}

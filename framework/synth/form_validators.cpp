#include "framework/data/check_rules.h"
#include "framework/data/finding.h"
#include "framework/synth/validators.h"
#include "tuneval/error.h"
#include "tuneval/task/tool_calls.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

namespace tuneval {

namespace {

using Json = nlohmann::ordered_json;

class Length final : public Validator {
 public:
  explicit Length(int64_t longest) : longest_(longest) {}

  std::string_view name() const override { return "length"; }
  std::string fault(Candidate& row) override {
    const std::string text = row.row.dump();
    const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
    const auto characters = std::ranges::count_if(text, begins);
    if (characters <= longest_) return {};
    return fmt::format("it has {} characters: at most {} are allowed", characters, longest_);
  }

 private:
  int64_t longest_;
};

/// Whether a row still holds what an input has; turns may have been added to a conversation.
bool keeps(const Json& row, const Json& input) {
  for (const auto& [key, value] : input.items()) {
    if (!row.contains(key)) return false;
    Json found = row[key];
    const bool longer = value.is_array() && found.is_array() && found.size() > value.size();
    if (longer) found.erase(found.begin() + std::ptrdiff_t(value.size()), found.end());
    if (!same_json(found.dump(), value.dump())) return false;
  }
  return true;
}

class InputKept final : public Validator {
 public:
  explicit InputKept(const std::vector<std::string>& inputs) {
    for (const std::string& input : inputs) inputs_.push_back(Json::parse(input));
  }

  std::string_view name() const override { return "input-kept"; }
  std::string fault(Candidate& row) override {
    for (const size_t index : row.ask->inputs) {
      if (!keeps(row.row, without_bookkeeping(inputs_[index]))) continue;
      row.input = index;
      // As the input has them, with what the teacher was not shown.
      for (const auto& [key, value] : inputs_[index].items()) {
        if (!row.row.contains(key)) row.row[key] = value;
      }
      return {};
    }
    return "none of the inputs that were to be answered is in it unchanged";
  }

 private:
  std::vector<Json> inputs_;
};

class Format final : public Validator {
 public:
  Format(const SynthTask& task, bool passages_are_given)
      : type_(*task.type), likeness_(task, passages_are_given) {}

  std::string_view name() const override { return "format"; }
  std::string fault(Candidate& row) override {
    try {
      row.examples = type_.read_all(Config::parse(row.row.dump(), row.where, ConfigKind::data));
    } catch (const DataError& error) {
      return without_where(error.what(), row.where);
    }
    if (row.examples.empty()) return "there is nothing to learn in it";
    row.kinds = kinds_of(type_, row.examples);
    row.likeness = likeness_.of(row.examples);
    return {};
  }

 private:
  const TaskType& type_;
  LikenessReader likeness_;
};

class Doubts final : public Validator {
 public:
  explicit Doubts(const TaskType& type) : type_(type) {}

  std::string_view name() const override { return "doubts"; }
  std::string fault(Candidate& row) override {
    std::vector<std::string> all;
    for (const Example& example : row.examples)
      std::ranges::move(type_.doubts(example), std::back_inserter(all));
    return fmt::format("{}", fmt::join(all, "; "));
  }

 private:
  const TaskType& type_;
};

class Grounded final : public Validator {
 public:
  std::string_view name() const override { return "grounded"; }
  std::string fault(Candidate& row) override {
    for (const Example& example : row.examples) {
      if (is_in_passage(example).value_or(true)) continue;
      return fmt::format("the answer \"{}\" is not in the passage", example.references.front());
    }
    return {};
  }
};

}  // namespace

void add_form_validators(const SynthTask& task, const SynthOptions& options, Cascade& cascade) {
  cascade.push_back(std::make_unique<Length>(options.longest));
  if (options.mode == SynthMode::label) {
    cascade.push_back(std::make_unique<InputKept>(options.inputs));
  }
  const bool passages = options.mode == SynthMode::passages;
  cascade.push_back(std::make_unique<Format>(task, passages));
  cascade.push_back(std::make_unique<Doubts>(*task.type));
  if (task.extractive) cascade.push_back(std::make_unique<Grounded>());
}

}  // namespace tuneval

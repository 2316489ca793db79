#include "framework/data/check_leaks.h"

#include "framework/data/fold.h"
#include "framework/data/similarity.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

namespace tuneval {

namespace {

/// Whether the answer rests on a text that the prompt does not show.
bool hides_context(const Example& example) {
  if (example.context.empty()) return false;
  return std::ranges::none_of(example.messages, [&](const Message& message) {
    return message.content.find(example.context) != std::string::npos;
  });
}

/// The name and the text of the conversation or document that an example is of.
std::string group_key(const Example& example) {
  std::string text = fold_space(example.context);
  if (text.empty()) {
    const auto first = std::ranges::find_if(
        example.messages, [](const Message& message) { return message.role != "system"; });
    if (first != example.messages.end()) text = fold_space(first->content);
  }
  return example.group + '\n' + text;
}

std::vector<uint32_t> prompt_words(const Example& example) {
  std::string text;
  for (const Message& message : example.messages) text += message.content + '\n';
  return hash_words(text);
}

}  // namespace

void Repeats::check(const SplitExamples& split) {
  ++split_;
  in_both_.assign(split.examples.size(), false);
  FewFindings turns(findings_, Severity::warning);
  size_t row = 0;
  for (size_t i = 0; i < split.examples.size(); ++i) {
    const bool ends_row = split.ends_of_row[row] == i;
    if (ends_row) ++row;
    const Example& example = split.examples[i];
    const auto [entry, fresh] = seen_.try_emplace(
        fold_prompt(example), Seen{example.where, fold_space(example.target), split_, ends_row});
    if (fresh) continue;
    in_both_[i] = entry->second.split != split_;
    compare(example, ends_row, entry->second, turns);
  }
  turns.finish(split.file);
}

void Repeats::compare(const Example& example, bool ends_row, const Seen& first,
                      FewFindings& turns) {
  const bool other_split = first.split != split_;
  const auto warn = [&](std::string message) {
    findings_.push_back({Severity::warning, example.where, std::move(message)});
  };
  if (first.target != fold_space(example.target)) {
    warn(fmt::format("the same prompt as {}, with another answer", first.where));
  } else if (!ends_row) {
    if (!other_split) return;
    turns.add(example.where,
              fmt::format("a turn of this conversation is the same as in {}", first.where));
  } else if (other_split) {
    findings_.push_back(
        {Severity::error, example.where,
         fmt::format("the same row as {}: the test split must be unseen in training",
                     first.where)});
  } else if (first.ends_row) {
    warn(fmt::format("the same row as {}", first.where));
  }
}

void check_groups(const SplitExamples& train, const SplitExamples& test,
                  std::vector<Finding>& findings) {
  std::unordered_map<std::string, std::string> known;  // name and text → where
  std::unordered_map<std::string_view, std::string_view> names;
  for (const Example& example : train.examples) {
    if (example.group.empty()) continue;
    known.try_emplace(group_key(example), example.where);
    names.try_emplace(example.group, example.where);
  }
  std::unordered_set<std::string> told;
  std::vector<const Example*> alike;
  FewFindings few(findings, Severity::error);
  for (const Example& example : test.examples) {
    if (!names.contains(example.group) || hides_context(example)) continue;
    std::string key = group_key(example);
    const auto first = known.find(key);
    if (!told.insert(first == known.end() ? example.group : std::move(key)).second) continue;
    if (first == known.end()) {
      alike.push_back(&example);
    } else {
      few.add(example.where, fmt::format("of \"{}\", as is {}: all of one conversation or document "
                                         "must be in one split",
                                         example.group, first->second));
    }
  }
  few.finish(test.file);
  if (alike.empty()) return;
  findings.push_back(
      {Severity::warning, test.file,
       fmt::format("{} groups have a name that training rows have for another text (\"{}\" at {} "
                   "and {}): different conversations or documents need different names",
                   alike.size(), alike.front()->group, alike.front()->where,
                   names.at(alike.front()->group))});
}

void check_near(const SplitExamples& train, const SplitExamples& test, const Repeats& repeats,
                std::vector<Finding>& findings) {
  std::vector<std::vector<uint32_t>> known, fresh;
  std::vector<size_t> rows;  // the test example of each fresh text
  for (const size_t index : train.ends_of_row) {
    known.push_back(prompt_words(train.examples[index]));
  }
  for (const size_t index : test.ends_of_row) {
    if (repeats.in_both(index)) continue;
    fresh.push_back(prompt_words(test.examples[index]));
    rows.push_back(index);
  }
  FewFindings few(findings, Severity::warning);
  for (const NearTexts& near : find_near(std::move(known), std::move(fresh), kNearDuplicate)) {
    few.add(
        test.examples[rows[near.fresh]].where,
        fmt::format("nearly the same prompt as {}: {:.0f} % of their word triples are shared",
                    train.examples[train.ends_of_row[near.known]].where, 100 * near.similarity));
  }
  few.finish(test.file);
}

}  // namespace tuneval

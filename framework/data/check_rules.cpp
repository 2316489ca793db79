#include "framework/data/check_rules.h"

#include "framework/data/similarity.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace tuneval {

namespace {

constexpr int64_t kFewRows = 20;
constexpr double kImbalance = 10.0;
constexpr int64_t kMostOfAKind = 20;

int64_t characters(std::string_view text) {
  return std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

int64_t prompt_characters(const Example& example) {
  int64_t sum = characters(example.tools);
  for (const Message& message : example.messages) {
    sum += characters(message.content) + characters(message.tool_calls);
  }
  return sum;
}

/// Whether the answer is words that a passage could hold.
bool is_words(const Example& example) {
  if (example.calls || example.context.empty() || example.references.empty()) return false;
  const std::string& answer = example.references.front();
  return !answer.empty() && answer.front() != '{' && answer.front() != '[';
}

bool holds_answer(const Example& example) {
  const std::vector<uint32_t> passage = hash_words(example.context);
  return std::ranges::any_of(example.references, [&](const std::string& reference) {
    const std::vector<uint32_t> answer = hash_words(reference);
    return !std::ranges::search(passage, answer).empty() || answer.empty();
  });
}

}  // namespace

std::optional<bool> is_in_passage(const Example& example) {
  if (!is_words(example)) return std::nullopt;
  return holds_answer(example);
}

void FewFindings::add(const std::string& where, std::string message) {
  if (++added_ <= kMostOfAKind) findings_.push_back({severity_, where, std::move(message)});
}

void FewFindings::finish(const std::string& file) {
  if (added_ <= kMostOfAKind) return;
  findings_.push_back(
      {severity_, file, fmt::format("{} more of this kind", added_ - kMostOfAKind)});
}

void check_size(const SplitExamples& split, std::vector<Finding>& findings) {
  if (split.rows_in_file >= kFewRows) return;
  findings.push_back(
      {Severity::warning, split.file,
       fmt::format("holds {} rows: fewer than {} say little", split.rows_in_file, kFewRows)});
}

void check_answers(const SplitExamples& split, const std::vector<std::string>& answers,
                   std::vector<Finding>& findings) {
  if (answers.empty()) return;
  std::map<std::string, size_t> counts;
  for (const Example& example : split.examples) {
    for (const std::string& reference : example.references) ++counts[reference];
  }
  for (const std::string& answer : answers) {
    if (counts.contains(answer)) continue;
    findings.push_back({Severity::error, split.file, fmt::format("no example of \"{}\"", answer)});
  }
  if (counts.empty()) return;
  const auto by_count = [](const auto& one) { return one.second; };
  const auto [rarest, commonest] = std::ranges::minmax_element(counts, {}, by_count);
  const double most = kImbalance * static_cast<double>(rarest->second);
  if (static_cast<double>(commonest->second) <= most) return;
  findings.push_back(
      {Severity::warning, split.file,
       fmt::format("out of balance: \"{}\" has {} rows, \"{}\" has {}", commonest->first,
                   commonest->second, rarest->first, rarest->second)});
}

void check_lengths(const SplitExamples& split, int64_t most, std::vector<Finding>& findings) {
  FewFindings few(findings, Severity::warning);
  for (const size_t index : split.ends_of_row) {
    const Example& example = split.examples[index];
    const int64_t length = prompt_characters(example);
    if (length <= most) continue;
    few.add(example.where,
            fmt::format("the prompt has {} characters: more than {} cost much, and may not fit a "
                        "model's context",
                        length, most));
  }
  few.finish(split.file);
}

void check_passages(const SplitExamples& split, std::vector<Finding>& findings) {
  int64_t looked_at = 0;
  std::vector<const Example*> missing;
  for (const Example& example : split.examples) {
    const std::optional<bool> found = is_in_passage(example);
    if (!found) continue;
    ++looked_at;
    if (!*found) missing.push_back(&example);
  }
  const auto share = static_cast<double>(looked_at - static_cast<int64_t>(missing.size()));
  if (missing.empty() || share < kExtractive * static_cast<double>(looked_at)) return;
  findings.push_back(
      {Severity::warning, split.file,
       fmt::format("{} of {} answers are not in their passage, unlike the others; the first is "
                   "\"{}\" at {}",
                   missing.size(), looked_at, missing.front()->references.front(),
                   missing.front()->where)});
}

}  // namespace tuneval

#include "framework/synth/likeness.h"

#include "framework/data/fold.h"
#include "framework/data/similarity.h"

#include <algorithm>

namespace tuneval {

namespace {

/// Takes `passage` out of a text; whether it was there.
bool take_out(const std::string& passage, std::string& text) {
  const size_t at = text.find(passage);
  if (passage.empty() || at == std::string::npos) return false;
  text.erase(at, passage.size());
  return true;
}

}  // namespace

LikenessReader::LikenessReader(const SynthTask& task, bool passages_are_given)
    : passages_are_given_(passages_are_given) {
  std::vector<std::vector<uint32_t>> texts;
  for (const auto* rows : {&task.seeds, &task.test}) {
    for (const ReadRow& row : *rows) texts.push_back(whole(row.examples.back()).words);
  }
  std::vector<const std::vector<uint32_t>*> all;
  for (const auto& words : texts) all.push_back(&words);
  const auto [front, back] = common_words(all);
  if (texts.empty()) return;
  front_.assign(texts.front().begin(), texts.front().begin() + std::ptrdiff_t(front));
  back_.assign(texts.front().end() - std::ptrdiff_t(back), texts.front().end());
}

Likeness LikenessReader::of(const std::vector<Example>& examples) const {
  Likeness likeness = whole(examples.back());
  std::vector<uint32_t>& words = likeness.words;
  const auto front = std::ranges::mismatch(words, front_).in1 - words.begin();
  words.erase(words.begin(), words.begin() + front);
  const auto back = std::mismatch(words.rbegin(), words.rend(), back_.rbegin(), back_.rend()).first;
  words.erase(back.base(), words.end());
  return likeness;
}

Likeness LikenessReader::whole(const Example& example) const {
  Likeness likeness;
  std::string text;
  for (const Message& message : example.messages) {
    std::string content = message.content;
    if (passages_are_given_ && take_out(example.context, content)) {
      likeness.scope = fold_space(example.context);
    }
    text += content + '\n';
  }
  likeness.words = hash_words(text);
  return likeness;
}

void LikenessIndex::add(const Likeness& likeness, std::string where) {
  Scope& scope =
      scopes_.try_emplace(likeness.scope, Scope{NearIndex(threshold_), {}}).first->second;
  scope.index.add(likeness.words);
  scope.where.push_back(std::move(where));
}

std::optional<LikenessIndex::Found> LikenessIndex::find(const Likeness& likeness) {
  const auto scope = scopes_.find(likeness.scope);
  if (scope == scopes_.end()) return std::nullopt;
  const std::optional<NearText> near = scope->second.index.find(likeness.words);
  if (!near) return std::nullopt;
  return Found{scope->second.where[near->text], near->similarity};
}

}  // namespace tuneval

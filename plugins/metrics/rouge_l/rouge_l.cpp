#include "porter.h"
#include "tuneval/metric/lcs.h"
#include "tuneval/metric/text.h"
#include "tuneval/plugin.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

namespace {

using Words = std::vector<std::string>;

/// Of tuneval/metric/lcs.h, for all references of an example: less than half a second.
constexpr int64_t kMostSteps = 300'000'000;

/// Splits a text at everything that is not a-z or 0-9 in lower case.
class Splitter {
 public:
  explicit Splitter(bool stems) : stems_(stems) {}

  Words split(std::string_view text) const {
    Words words;
    std::string word;
    for (size_t at = 0; at < text.size();) {
      const auto [letter, bytes, ends] = read(text.substr(at));
      if (letter != 0) word += letter;
      if (ends) finish(word, words);
      at += bytes;
    }
    finish(word, words);
    return words;
  }

 private:
  struct Read {
    char letter;   ///< 0: none
    size_t bytes;  ///< how far to go on
    bool ends;     ///< the word ends behind the letter
  };

  /// Two characters of all others have an ASCII letter as their lower case: the Kelvin sign, and
  /// the capital I with a dot, which becomes an "i" and a dot apart.
  static Read read(std::string_view text) {
    const char c = text.front();
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) return {c, 1, false};
    if (c >= 'A' && c <= 'Z') return {char(c - 'A' + 'a'), 1, false};
    if (text.starts_with("\u212A")) return {'k', 3, false};
    if (text.starts_with("\u0130")) return {'i', 2, true};
    return {0, 1, true};
  }

  /// Words of up to three letters are their own stems.
  void finish(std::string& word, Words& words) const {
    if (stems_ && word.size() > 3) word = porter_stem(std::move(word));
    if (!word.empty()) words.push_back(std::move(word));
    word.clear();
  }

  bool stems_;
};

/// Null where the comparison would exceed the budget (see tuneval/metric/lcs.h). Words that only
/// one text has are in no common subsequence, and are left out of both.
std::optional<double> f_measure(const Words& right, const Words& given, int64_t& budget) {
  if (right.empty() || given.empty()) return 0.0;
  std::unordered_map<std::string_view, int32_t> kinds;
  std::vector<int32_t> a, b;
  for (const std::string& word : right) {
    a.push_back(kinds.emplace(word, int32_t(kinds.size())).first->second);
  }
  std::vector<bool> shared(kinds.size());
  for (const std::string& word : given) {
    const auto found = kinds.find(word);
    if (found == kinds.end()) continue;
    b.push_back(found->second);
    shared[found->second] = true;
  }
  std::erase_if(a, [&](int32_t kind) { return !shared[kind]; });
  const auto length = tuneval::lcs_length(a, b, int32_t(kinds.size()), budget);
  if (!length) return std::nullopt;
  const auto common = double(*length);
  const double precision = common / double(given.size()), recall = common / double(right.size());
  return precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0.0;
}

/// ROUGE-L's F-measure as the rouge-score package has it, the best over the references: 0 to 1,
/// higher is better. What was not parsed is 0. Unlike there, a text that equals a reference is 1
/// even where neither has a word, e.g. both are empty. Where reference and answer are both so long
/// that comparing them would take a second (140,000 words in both, as they differ) the example is
/// unscored.
///
/// Option: stemmer = false (default) or true, for words of four letters and more.
class RougeL final : public tuneval::Metric {
 public:
  explicit RougeL(const tuneval::Config& options) : splitter_(options.flag_or("stemmer", false)) {
    tuneval::check_option_names(options, "rouge_l", {"stemmer"});
  }

  tuneval::SampleScore score(const tuneval::Example& example,
                             const tuneval::Prediction& prediction) const override {
    const auto& right = example.references;
    if (right.empty()) return tuneval::SampleScore::unscored("the example has no reference");
    if (!prediction.parsed) return tuneval::SampleScore::of(0.0);
    if (std::ranges::find(right, prediction.text) != right.end()) {
      return tuneval::SampleScore::of(1.0);
    }
    const Words given = splitter_.split(prediction.text);
    double best = 0.0;
    int64_t budget = kMostSteps;
    for (const std::string& reference : right) {
      const Words words = splitter_.split(reference);
      const std::optional<double> value = f_measure(words, given, budget);
      if (!value) return too_long(words, given);
      best = std::max(best, *value);
    }
    return tuneval::SampleScore::of(best);
  }

 private:
  static tuneval::SampleScore too_long(const Words& right, const Words& given) {
    const std::string words = std::to_string(right.size()), answers = std::to_string(given.size());
    return tuneval::SampleScore::unscored("a reference of " + words + " words and an answer of " +
                                          answers + " are too long to compare");
  }

  Splitter splitter_;
};

}  // namespace

TUNEVAL_PLUGIN("rouge_l", "0.1.0") {
  registry.add_metric(
      "rouge_l", [](const tuneval::Config& options) { return std::make_shared<RougeL>(options); });
}

#include "normal_words.h"
#include "tuneval/metric/text.h"
#include "tuneval/plugin.h"

#include <algorithm>
#include <iterator>

namespace {

using Words = std::vector<std::string>;

struct Agreement {
  double exact = 0, f1 = 0;
};

/// 2·precision·recall / (precision + recall) over words that both have, as often as both have them.
/// Without a word on either side it is 1 where both have none, else 0.
double overlap(Words right, Words given) {
  if (right.empty() || given.empty()) return right.empty() == given.empty() ? 1.0 : 0.0;
  std::ranges::sort(right);
  std::ranges::sort(given);
  Words common;
  std::ranges::set_intersection(right, given, std::back_inserter(common));
  if (common.empty()) return 0.0;
  const double precision = double(common.size()) / double(given.size());
  const double recall = double(common.size()) / double(right.size());
  return 2 * precision * recall / (precision + recall);
}

/// The best over the references. One without words is left out; with none left the answer has to be
/// empty.
Agreement judge(const tuneval::Example& example, const tuneval::Prediction& prediction) {
  if (!prediction.parsed) return {};
  const Words given = normal_words(prediction.text);
  Agreement best;
  bool compared = false;
  for (const std::string& reference : example.references) {
    const Words right = normal_words(reference);
    if (right.empty()) continue;
    compared = true;
    best.exact = std::max(best.exact, right == given ? 1.0 : 0.0);
    best.f1 = std::max(best.f1, overlap(right, given));
  }
  if (compared) return best;
  return given.empty() ? Agreement{1.0, 1.0} : Agreement{};
}

bool has_answer(const tuneval::Example& example) {
  return std::ranges::any_of(example.references, [](const auto& text) { return !text.empty(); });
}

/// Means over some of the examples.
struct Tally {
  double exact = 0, f1 = 0, count = 0;

  void add(const Agreement& one) {
    exact += one.exact;
    f1 += one.f1;
    count += 1;
  }
  void write(const std::string& prefix, std::vector<tuneval::MetricDetail>& details) const {
    if (count == 0) return;
    details.push_back({prefix + "EM", exact / count});
    details.push_back({prefix + "F1", f1 / count});
    details.push_back({prefix + "count", count});
  }
};

/// SQuAD 2.0's F1 of words, as its official evaluation has it, but from 0 to 1; higher is better,
/// the aggregate is the mean. An empty reference says that there is no answer: then only an answer
/// without words is right. What was not parsed is 0, answerable or not.
///
/// Details: EM, F1 and count of all examples, of those with an answer and of those without.
class Squad final : public tuneval::Metric {
 public:
  tuneval::SampleScore score(const tuneval::Example& example,
                             const tuneval::Prediction& prediction) const override {
    if (example.references.empty()) {
      return tuneval::SampleScore::unscored("the example has no reference");
    }
    return tuneval::SampleScore::of(judge(example, prediction).f1);
  }

  std::vector<tuneval::MetricDetail> details(
      std::span<const tuneval::Scored> scored) const override {
    Tally all, with_answer, without;
    for (const tuneval::Scored& one : scored) {
      const Agreement agreement = judge(*one.example, *one.prediction);
      all.add(agreement);
      (has_answer(*one.example) ? with_answer : without).add(agreement);
    }
    std::vector<tuneval::MetricDetail> details;
    all.write("", details);
    with_answer.write("HasAns: ", details);
    without.write("NoAns: ", details);
    return details;
  }
};

}  // namespace

TUNEVAL_PLUGIN("squad", "0.1.0") {
  registry.add_metric("squad", [](const tuneval::Config& options) {
    tuneval::check_option_names(options, "squad", {});
    return std::make_shared<Squad>();
  });
}

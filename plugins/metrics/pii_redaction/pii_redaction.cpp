#include "parts/counts.h"
#include "redaction.h"
#include "tuneval/metric/text.h"
#include "tuneval/plugin.h"

#include <algorithm>
#include <iterator>
#include <map>

namespace {

using tuneval::MetricDetail;

/// What two sorted lists have in common, as often as both have it.
template <typename T>
std::vector<T> common(const std::vector<T>& a, const std::vector<T>& b) {
  std::vector<T> both;
  std::ranges::set_intersection(a, b, std::back_inserter(both));
  return both;
}

template <typename T>
double overlap(const std::vector<T>& right, const std::vector<T>& given) {
  return Counts{double(common(right, given).size()), double(given.size()), double(right.size())}
      .f1();
}

/// A reference: an object of the task's form, or a redacted text alone.
struct Right {
  Redaction redaction;
  bool lists_entities = false;
};

std::vector<Right> references(const tuneval::Example& example) {
  std::vector<Right> right;
  for (const std::string& text : example.references) {
    Right one{{text, {}}, is_object(text)};
    if (one.lists_entities) {
      const auto redaction = read_redaction(text);
      if (!redaction) continue;
      one.redaction = *redaction;
    } else {
      one.redaction.entities = read_entities(example.notes);
    }
    std::ranges::sort(one.redaction.entities);
    right.push_back(std::move(one));
  }
  return right;
}

/// None where the answer has not the form of the reference.
std::optional<Redaction> answer(const Right& right, const tuneval::Prediction& prediction) {
  if (!prediction.parsed) return std::nullopt;
  if (!right.lists_entities) return Redaction{prediction.text, {}};
  auto redaction = read_redaction(prediction.text);
  if (redaction) std::ranges::sort(redaction->entities);
  return redaction;
}

struct Verdict {
  double value = 0, words = 0;
  bool leaks = false, same_text = false;
};

Verdict judge(const Right& right, const std::optional<Redaction>& given) {
  if (!given) return {};
  Verdict verdict;
  verdict.same_text = given->text == right.redaction.text;
  verdict.leaks = leaks(given->text, right.redaction.text, right.redaction.entities);
  verdict.words = overlap(sorted_words(right.redaction.text), sorted_words(given->text));
  const double entities =
      right.lists_entities ? overlap(right.redaction.entities, given->entities) : 1.0;
  verdict.value = verdict.leaks ? 0.0 : entities * verdict.words;
  return verdict;
}

/// Sums over the examples.
struct Summary {
  Counts all;
  std::map<std::string, Counts> by_type;
  double words = 0, leaking = 0, same_text = 0;

  void add(const Right& right, const std::optional<Redaction>& given, const Verdict& verdict) {
    words += verdict.words;
    leaking += verdict.leaks ? 1 : 0;
    same_text += verdict.same_text ? 1 : 0;
    if (!right.lists_entities) return;
    const std::vector<Entity> none;
    const std::vector<Entity>& found = given ? given->entities : none;
    count(common(right.redaction.entities, found), &Counts::hits);
    count(found, &Counts::given);
    count(right.redaction.entities, &Counts::expected);
  }

 private:
  void count(const std::vector<Entity>& entities, double Counts::*what) {
    all.*what += double(entities.size());
    for (const Entity& entity : entities) by_type[entity.type].*what += 1;
  }
};

/// Whether personal data was found and taken out: 0 to 1, higher is better, the best over the
/// references; the metric's value is the mean.
///
/// An answer is JSON: {"redacted_text", "entities": [{"value", "replacement_token", "reason"}]}. It
/// is worth 0 when it leaks: when the value of an entity of the reference still stands in
/// redacted_text. Else it is worth the F1 of its entities, equal by value and by type of
/// replacement token, times the F1 of the words of its redacted_text, so that an empty text earns
/// nothing. The reasons do not count. Where a reference is no object but a redacted text alone, so
/// is the answer, the leak check takes the entities of the example's notes, and the words are all
/// that counts. What was not parsed or has another form is 0. A reference that begins with "{" and
/// has not the form is left out; with none left the example has no score.
///
/// Details: precision, recall, F1 and support of all entities and of each type that a reference
/// has; the words' mean F1; the shares of answers that leak and whose text is the reference's.
class PiiRedaction final : public tuneval::Metric {
 public:
  tuneval::SampleScore score(const tuneval::Example& example,
                             const tuneval::Prediction& prediction) const override {
    const std::vector<Right> right = references(example);
    if (right.empty()) {
      return tuneval::SampleScore::unscored(
          example.references.empty() ? "the example has no reference"
                                     : "the reference is an object without \"redacted_text\"");
    }
    double best = 0.0;
    for (const Right& one : right) best = std::max(best, judge(one, answer(one, prediction)).value);
    return tuneval::SampleScore::of(best);
  }

  std::vector<MetricDetail> details(std::span<const tuneval::Scored> scored) const override {
    if (scored.empty()) return {};
    Summary summary;
    for (const tuneval::Scored& one : scored) add_best(*one.example, *one.prediction, summary);
    std::vector<MetricDetail> details;
    add_details("entities", summary.all, details);
    const auto count = double(scored.size());
    details.push_back({"words: F1", summary.words / count});
    details.push_back({"leaking", summary.leaking / count});
    details.push_back({"same text", summary.same_text / count});
    for (const auto& [type, counts] : summary.by_type) {
      if (counts.expected > 0) add_details(type, counts, details);
    }
    return details;
  }

 private:
  /// Adds what the example shows against the reference that fits best, the first of equal ones.
  static void add_best(const tuneval::Example& example, const tuneval::Prediction& prediction,
                       Summary& summary) {
    const std::vector<Right> right = references(example);
    const Right* best = nullptr;
    Verdict verdict;
    for (const Right& one : right) {
      const Verdict other = judge(one, answer(one, prediction));
      if (best && other.value <= verdict.value) continue;
      best = &one;
      verdict = other;
    }
    if (best) summary.add(*best, answer(*best, prediction), verdict);
  }
};

}  // namespace

TUNEVAL_PLUGIN("pii_redaction", "0.1.0") {
  registry.add_metric("pii_redaction", [](const tuneval::Config& options) {
    tuneval::check_option_names(options, "pii_redaction", {});
    return std::make_shared<PiiRedaction>();
  });
}

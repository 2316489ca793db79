#include "framework/score/judged_scores.h"

#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <optional>

namespace tuneval {

namespace {

/// How the judge did over all questions.
struct Tally {
  int64_t unreadable = 0, unanswered = 0;
  int64_t repeated = 0, disagreed = 0;  // examples with two verdicts that could be read
};

/// One example's value from the answers to its question.
SampleScore read_verdicts(const Judged& metric,
                          const std::vector<std::optional<std::string>>& answers,
                          const std::string& reason, Tally& tally) {
  std::vector<double> verdicts;
  std::string why;
  for (const std::optional<std::string>& answer : answers) {
    if (!answer) {
      ++tally.unanswered;
      continue;
    }
    const SampleScore verdict = metric.read_verdict(*answer);
    if (verdict.scored) {
      verdicts.push_back(verdict.value);
    } else {
      ++tally.unreadable;
      why = verdict.reason;
    }
  }
  if (verdicts.size() > 1) {
    ++tally.repeated;
    tally.disagreed +=
        std::ranges::any_of(verdicts, [&](double verdict) { return verdict != verdicts.front(); });
  }
  if (!verdicts.empty()) {
    return SampleScore::of(std::accumulate(verdicts.begin(), verdicts.end(), 0.0) /
                           double(verdicts.size()));
  }
  if (!why.empty()) return SampleScore::unscored(why);
  return SampleScore::unscored(reason.empty() ? "the judge gave no answer" : reason);
}

Judge::Answers ask(const Judge& judge, const std::vector<std::vector<Message>>& questions) {
  if (questions.empty()) return {};
  Judge::Answers answers = judge.ask(questions);
  answers.reasons.resize(questions.size());
  if (answers.texts.size() != questions.size()) {
    throw Error(fmt::format("judge {} answered {} questions: expected {}", judge.name,
                            answers.texts.size(), questions.size()));
  }
  return answers;
}

}  // namespace

JudgedScores judge_predictions(const Judged& metric, const Judge& judge,
                               std::span<const Example> examples,
                               std::span<const Prediction> predictions,
                               std::span<const PredictionRow> rows) {
  JudgedScores scores;
  std::vector<std::vector<Message>> questions;
  std::vector<size_t> asked;  // whose question is at that place
  for (size_t i = 0; i < predictions.size(); ++i) {
    if (!rows[i].unanswered.empty()) {
      scores.samples.push_back(SampleScore::unscored(rows[i].unanswered));
    } else if (!predictions[i].parsed) {
      const double worst = metric.higher_is_better() ? metric.lowest() : metric.highest();
      scores.samples.push_back(SampleScore::of(worst));
    } else {
      scores.samples.emplace_back();
      asked.push_back(i);
      questions.push_back(metric.question(examples[i], predictions[i]));
    }
  }
  const Judge::Answers answers = ask(judge, questions);
  Tally tally;
  for (size_t k = 0; k < asked.size(); ++k) {
    scores.samples[asked[k]] = read_verdicts(metric, answers.texts[k], answers.reasons[k], tally);
  }
  scores.details.emplace_back("repeats", double(judge.repeats));
  if (tally.repeated > 0) {
    scores.details.emplace_back("disagreement", double(tally.disagreed) / double(tally.repeated));
  }
  scores.details.emplace_back("unreadable", double(tally.unreadable));
  scores.details.emplace_back("unanswered", double(tally.unanswered));
  return scores;
}

}  // namespace tuneval

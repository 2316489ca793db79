#include "framework/synth/planner.h"

#include "framework/synth/draw.h"
#include "framework/synth/mutators.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

namespace tuneval {

namespace {

constexpr int64_t kRounds = 3;          // in which an input or a passage is asked about
constexpr int64_t kMostBarren = 3;      // iterations in a row that settle nothing
constexpr int64_t kSpareCalls = 4;      // times the calls that would do
constexpr double kLeastYield = 0.1;     // by which the last iterations are sized
constexpr uint64_t kKindDraws = ~0ull;  // apart from the draws for what is shown

int64_t ceil_of(int64_t number, int64_t divisor) { return (number + divisor - 1) / divisor; }

}  // namespace

Planner::Planner(const SynthTask& task, const SynthOptions& options)
    : task_(task), options_(options), wanted_(options.examples) {
  for (size_t i = 0; i < task.seeds.size(); ++i) {
    for (const std::string& kind : task.seeds[i].kinds) {
      std::vector<size_t>& seeds = seeds_of_[kind];
      if (seeds.empty() || seeds.back() != i) seeds.push_back(i);
    }
  }
  const int64_t a_call = options.rows_a_call();
  int64_t calls = ceil_of(wanted_, a_call);
  if (options.mode == SynthMode::label) {
    wanted_ = std::min(wanted_, int64_t(options.inputs.size()));
    rows_of_.resize(size_t(wanted_));
    calls = ceil_of(wanted_, a_call);
  } else if (options.mode == SynthMode::passages) {
    quota_ = options.per_passage;
    rows_of_.resize(options.passages.size());
    wanted_ = int64_t(rows_of_.size()) * quota_;
    calls = int64_t(rows_of_.size()) * ceil_of(quota_, a_call);
  }
  most_calls_ = size_t(options.most_calls.value_or(kSpareCalls * calls));
}

std::vector<Ask> Planner::next(const Balance& balance) {
  if (full() || !ended_.empty()) return {};
  barren_ = taken_ + dropped_ == settled_ ? barren_ + 1 : 0;
  settled_ = taken_ + dropped_;
  if (wanted_ == 0) {
    ended_ = "every input was rejected for what it asks";
  } else if (calls_ >= most_calls_) {
    ended_ = fmt::format("all {} calls are used up (--max-calls)", most_calls_);
  } else if (barren_ >= kMostBarren) {
    ended_ = fmt::format("{} iterations one after the other gave no row", kMostBarren);
  }
  if (!ended_.empty()) return {};
  return options_.mode == SynthMode::rows ? next_rows(balance) : next_items();
}

bool Planner::needs(const Ask& ask, std::optional<size_t> input) const {
  if (full()) return false;
  if (ask.passage) return rows_of_[*ask.passage] < quota_;
  return !input || rows_of_[*input] < quota_;
}

void Planner::take(const Ask& ask, std::optional<size_t> input) {
  ++taken_;
  if (ask.passage) ++rows_of_[*ask.passage];
  if (input) ++rows_of_[*input];
}

void Planner::drop(size_t input) {
  if (rows_of_[input] >= quota_) return;
  rows_of_[input] = quota_;
  --wanted_;
  ++dropped_;
}

/// As many requests as are likely to fill what is missing, by the yield so far.
std::vector<Ask> Planner::next_rows(const Balance& balance) {
  const double yield = asked_ == 0 ? 1.0 : std::max(kLeastYield, double(taken_) / double(asked_));
  const auto likely = int64_t(std::ceil(double(wanted_ - taken_) / yield));
  const int64_t a_call = options_.rows_a_call();
  const int64_t calls = ceil_of(std::min(options_.iteration, likely), a_call);
  std::vector<Ask> asks;
  for (int64_t i = 0; i < calls && calls_ < most_calls_; ++i) {
    asks.push_back(draw(a_call, draw_kind(balance)));
  }
  return asks;
}

/// Goes over all inputs or passages, then again over those that still lack rows.
std::vector<Ask> Planner::next_items() {
  const int64_t a_call = options_.rows_a_call();
  std::vector<Ask> asks;
  int64_t rows = 0;
  while (rows < options_.iteration && calls_ < most_calls_) {
    // A round's end is an iteration's: only then is it known what is still missing.
    const std::optional<size_t> item = next_item(asks.empty());
    if (!item) break;
    if (options_.mode == SynthMode::label) {
      if (asks.empty() || asks.back().rows == a_call) asks.push_back(draw(0));
      asks.back().inputs.push_back(*item);
      ++asks.back().rows;
      ++rows;
      continue;
    }
    for (int64_t left = quota_ - rows_of_[*item]; left > 0; left -= a_call) {
      asks.push_back(draw(std::min(left, a_call)));
      asks.back().passage = *item;
      rows += asks.back().rows;
    }
  }
  if (asks.empty() && ended_.empty()) {
    ended_ = fmt::format("{} times asked, some {} still lack rows", kRounds,
                         options_.mode == SynthMode::label ? "inputs" : "passages");
  }
  return asks;
}

/// The next one that lacks rows; none at a round's end, unless a new one may begin.
std::optional<size_t> Planner::next_item(bool new_round) {
  while (true) {
    if (next_item_ == rows_of_.size()) {
      if (!new_round || round_ + 1 == kRounds) return std::nullopt;
      ++round_;
      next_item_ = 0;
    }
    const size_t item = next_item_++;
    if (rows_of_[item] < quota_) return item;
  }
}

Ask Planner::draw(int64_t rows, std::string kind) {
  Ask ask;
  ask.index = calls_++;
  ask.rows = rows;
  ask.kind = std::move(kind);
  asked_ += rows;
  Draws draws = draws_of(options_.seed, ask.index);
  if (!options_.plain) draw_shown(draws, ask);
  if (options_.mode != SynthMode::label) draw_mutators(draws, ask);
  return ask;
}

std::string Planner::draw_kind(const Balance& balance) const {
  Draws draws = draws_of(options_.seed ^ kKindDraws, calls_);
  const size_t kind = draw_weighted(draws, balance.short_of());
  return kind < balance.kinds().size() ? balance.kinds()[kind] : std::string();
}

void Planner::draw_shown(Draws& draws, Ask& ask) const {
  std::vector<size_t> all(task_.seeds.size());
  std::iota(all.begin(), all.end(), size_t{0});
  const auto exemplars = size_t(options_.exemplars), others = size_t(options_.others);
  const auto of_kind = seeds_of_.find(ask.kind);
  if (of_kind == seeds_of_.end()) {
    ask.exemplars = draw_some(draws, all, exemplars + (seeds_of_.empty() ? 0 : others));
    return;
  }
  ask.exemplars = draw_some(draws, of_kind->second, exemplars);
  std::vector<size_t> rest;
  std::ranges::set_difference(all, of_kind->second, std::back_inserter(rest));
  ask.others = draw_some(draws, std::move(rest), others);
}

void Planner::draw_mutators(Draws& draws, Ask& ask) const {
  for (const std::string& name : options_.mutators) {
    const auto levels = mutator(name).levels;
    ask.mutators.emplace_back(name, levels[draws.below(levels.size())]);
  }
  for (const std::vector<std::string>& list : options_.topics) {
    ask.topics.push_back(list[draws.below(list.size())]);
  }
}

}  // namespace tuneval

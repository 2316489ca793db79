#pragma once

#include "framework/synth/balance.h"
#include "framework/synth/options.h"
#include "framework/synth/synth_task.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tuneval {

class Draws;

/// One request, before it is put into words.
struct Ask {
  size_t index = 0;  ///< of the request: with the seed it decides all that is drawn for it
  int64_t rows = 0;  ///< rows asked for
  std::string kind;  ///< what kind they are to be of; empty: any
  std::vector<size_t> exemplars, others;  ///< seed rows that are shown; others: of other kinds
  std::vector<std::pair<std::string, std::string>> mutators;  ///< name and sentence
  std::vector<std::string> topics;
  std::optional<size_t> passage;  ///< that the rows rest on
  std::vector<size_t> inputs;     ///< that are to be answered
};

/// Decides what is asked next. What it draws for a request depends on the seed and the request's
/// index; what kinds are asked for, on what was taken in the iterations before.
class Planner {
 public:
  /// Both must outlive it.
  Planner(const SynthTask& task, const SynthOptions& options);

  /// The requests of the next iteration, in order; empty when there is nothing more to ask, for the
  /// reason that `ended` gives.
  std::vector<Ask> next(const Balance& balance);
  /// Why next() gave nothing; empty where all rows that were wanted are there.
  const std::string& ended() const { return ended_; }

  /// Rows wanted in all.
  int64_t wanted() const { return wanted_; }
  bool full() const { return wanted_ > 0 && taken_ >= wanted_; }
  /// Whether a further row of this request is wanted; `input`: the one that it answers.
  bool needs(const Ask& ask, std::optional<size_t> input) const;
  /// A row of this request was accepted.
  void take(const Ask& ask, std::optional<size_t> input);
  /// No answer to this input is wanted any more.
  void drop(size_t input);

 private:
  std::vector<Ask> next_rows(const Balance& balance);
  std::vector<Ask> next_items();
  std::optional<size_t> next_item(bool new_round);
  Ask draw(int64_t rows, std::string kind = {});
  void draw_shown(Draws& draws, Ask& ask) const;
  void draw_mutators(Draws& draws, Ask& ask) const;
  std::string draw_kind(const Balance& balance) const;

  const SynthTask& task_;
  const SynthOptions& options_;
  std::map<std::string, std::vector<size_t>> seeds_of_;  // by kind
  int64_t wanted_ = 0, taken_ = 0, dropped_ = 0, asked_ = 0;
  int64_t settled_ = -1, barren_ = 0;  // rows and inputs, before; iterations that settled nothing
  size_t calls_ = 0, most_calls_ = 0;
  // Of inputs or passages: how many rows each has and gets, the next one, the round.
  std::vector<int64_t> rows_of_;
  int64_t quota_ = 1;
  size_t next_item_ = 0;
  int64_t round_ = 0;
  std::string ended_;
};

}  // namespace tuneval

#pragma once

#include "framework/synth/diversity.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <map>
#include <string>

namespace tuneval {

/// What came of making rows. It tells of all replies, whether they were asked for now or before:
/// a run that was interrupted has the same report as one that was not.
struct SynthReport {
  bool complete = false;  ///< all rows that were wanted are there
  std::string stopped;    ///< why not; empty where complete
  /// Asking can go on: it was ended from outside, or the spending limit was reached.
  bool resumable = false;
  std::string pack, task_type, teacher, mode;
  uint64_t seed = 0;
  int64_t seed_rows = 0;
  int64_t wanted = 0, offered = 0, accepted = 0;  ///< rows; offered: those that replies held
  int64_t calls = 0;
  std::map<std::string, int64_t> replies;   ///< by what became of the request
  std::map<std::string, int64_t> rejected;  ///< rows, and parts that are none, by reason
  int64_t prompt_tokens = 0, answer_tokens = 0;
  double cost = 0.0;  ///< of all replies by the teacher's prices
  struct Kind {
    int64_t seed = 0, accepted = 0;  ///< examples
  };
  std::map<std::string, Kind> kinds;
  Diversity diversity;

  double yield() const { return offered > 0 ? double(accepted) / double(offered) : 0.0; }
};

nlohmann::ordered_json to_json(const SynthReport& report);
/// The text of synth.md.
std::string to_markdown(const SynthReport& report);
/// "480 of 500 rows, 61 % of those offered; …", one line.
std::string to_line(const SynthReport& report);

}  // namespace tuneval

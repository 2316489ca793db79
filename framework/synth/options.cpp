#include "framework/synth/options.h"

#include "framework/synth/mutators.h"
#include "tuneval/error.h"

#include <fmt/format.h>

namespace tuneval {

namespace {

void require(bool right, const std::string& message) {
  if (!right) throw ManifestError(message);
}

void at_least(const char* name, int64_t value, int64_t least) {
  require(value >= least, fmt::format("--{} is {}: expected {} or more", name, value, least));
}

void share(const char* name, double value) {
  require(value > 0 && value <= 1,
          fmt::format("--{} is {}: expected more than 0 and at most 1", name, value));
}

void check_sources(const SynthOptions& options) {
  const bool label = options.mode == SynthMode::label,
             passages = options.mode == SynthMode::passages;
  require(
      label == !options.inputs.empty(),
      label ? "--mode label needs --inputs FILE with at least one row"
            : fmt::format("--inputs is for --mode label: the mode is {}", to_string(options.mode)));
  require(passages == !options.passages.empty(),
          passages ? "--mode passages needs --passages FILE with at least one passage"
                   : fmt::format("--passages is for --mode passages: the mode is {}",
                                 to_string(options.mode)));
}

}  // namespace

const char* to_string(SynthMode mode) {
  switch (mode) {
    case SynthMode::label: return "label";
    case SynthMode::passages: return "passages";
    case SynthMode::rows: break;
  }
  return "rows";
}

void check_synth_options(const SynthOptions& options) {
  at_least("examples", options.examples, 1);
  at_least("per-call", options.rows_a_call(), 1);
  at_least("iteration", options.iteration, 1);
  at_least("seeds", options.seed_rows, 0);
  at_least("exemplars", options.exemplars, 1);
  at_least("others", options.others, 0);
  at_least("max-length", options.longest, 1);
  at_least("per-passage", options.per_passage, 1);
  at_least("max-calls", options.most_calls.value_or(1), 1);
  share("similarity", options.similarity);
  share("leak-similarity", options.leak_similarity);
  require(options.balance_slack >= 1,
          fmt::format("--balance-slack is {}: expected 1 or more", options.balance_slack));
  if (options.temperature) {
    require(*options.temperature >= 0 && *options.temperature <= 2,
            fmt::format("--temperature is {}: expected 0 to 2", *options.temperature));
  }
  for (const auto& list : options.topics) require(!list.empty(), "--topics: a list is empty");
  for (const std::string& name : options.mutators) mutator(name);
  check_sources(options);
  require(!options.plain || (options.mode == SynthMode::label && options.rows_a_call() == 1),
          "--plain is for --mode label, with one row a call");
}

}  // namespace tuneval

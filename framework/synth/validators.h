#pragma once

#include "framework/synth/balance.h"
#include "framework/synth/likeness.h"
#include "framework/synth/planner.h"

#include <nlohmann/json.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

/// A row that a teacher wrote, on its way through the validators; each adds what those behind it
/// look at.
struct Candidate {
  nlohmann::ordered_json row;
  const Ask* ask = nullptr;
  std::string where;            ///< "request 17, row 2"
  std::optional<size_t> input;  ///< the one that it answers
  std::vector<Example> examples;
  std::vector<std::string> kinds;
  Likeness likeness;
};

/// One rule that a row has to pass.
class Validator {
 public:
  Validator() = default;
  Validator(const Validator&) = delete;
  Validator& operator=(const Validator&) = delete;
  virtual ~Validator() = default;

  /// As provenance, rejections and the report name it.
  virtual std::string_view name() const = 0;
  /// Why the row is rejected; empty where it passes.
  virtual std::string fault(Candidate& row) = 0;
  /// Whether a row that answers an input is rejected for what was asked: no other answer mends
  /// that.
  virtual bool is_of_input() const { return false; }
  /// Is told of every row that passed all validators.
  virtual void accept(const Candidate&) {}
};

using Cascade = std::vector<std::unique_ptr<Validator>>;

// clang-format off
/// All rules, in the order in which they are tried; what they refer to must outlive them:
///
/// | name         | a row is rejected when                                                  |
/// | ------------ | ----------------------------------------------------------------------- |
/// | length       | it has more characters than the limit                                   |
/// | input-kept   | it answers none of the request's inputs, unchanged (SynthMode::label)   |
/// | format       | the task type cannot read it: missing keys, schema, unknown label, tool |
/// | doubts       | the task type doubts one of its examples: calls, verbatim values        |
/// | grounded     | its answer is not in its passage, where those of the seed are           |
/// | test-leak    | it asks what the test split asks, or nearly that                        |
/// | duplicate    | a seed row or an accepted one asks the same                             |
/// | similar      | one of these is too much like it                                        |
/// | balance      | all its kinds have more than their share (SynthMode::rows)              |
/// | surplus      | no further row is wanted: of the request's passage or input, or at all  |
Cascade make_cascade(const SynthTask& task, const SynthOptions& options, Planner& planner,
                     Balance& balance);
// clang-format on

// The parts of make_cascade that look at a row by itself, and that compare it with others.

void add_form_validators(const SynthTask& task, const SynthOptions& options, Cascade& cascade);
void add_repeat_validators(const SynthTask& task, const SynthOptions& options, Cascade& cascade);

}  // namespace tuneval

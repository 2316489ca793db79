#pragma once

#include "tuneval/config.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace tuneval {

/// One line of a data file. Its `where()` is "file:line", its errors are DataErrors.
using Row = Config;

/// One turn of a conversation, as chat templates know it.
struct Message {
  std::string role;  ///< "system", "user", "assistant" or "tool"
  std::string content;
  std::string tool_calls;  ///< JSON array of calls; empty when there are none
};

/// What a task type makes of a row, or of a part of it.
struct Example {
  std::vector<Message> messages;  ///< the prompt
  std::string tools;              ///< JSON array of function schemas; empty when there are none
  std::string target;             ///< what the model learns to write
  std::vector<std::string> references;  ///< the right answers, in the form a Prediction has
  std::string where;                    ///< the row's "file:line"

  /// The answer is tool calls: `target` is a JSON array [{"name": …, "arguments": {…}}, …] that the
  /// host writes in the model's own wire form. A completion in which the host finds calls reaches
  /// TaskType::parse as such an array, any other one as it is.
  bool calls = false;
  std::string context = {};  ///< the passage or document that the answer rests on, if any
  std::string group = {};    ///< shared by examples of one conversation or document; empty: none
  std::string notes = {};    ///< JSON for metrics beyond the references; empty when there is none
};

/// The answer parsed from a completion.
struct Prediction {
  bool parsed = false;  ///< whether the completion had the form the task asks for
  std::string text;     ///< the answer; empty when not parsed
  /// What it was parsed from, as TaskType::parse got it. The host sets it, a task type does not.
  std::string completion = {};
};

/// What a completion may be at all, where a task asks for constrained decoding.
enum class Constraint {
  none,
  answers,         ///< one of TaskType::answers(), token by token
  ranked_answers,  ///< the likeliest of TaskType::answers() as a whole: nothing is generated
  json_schema,     ///< JSON valid against Decoding::schema
  tool_calls,      ///< calls of the example's tools, valid against their schemas
};

/// How completions of a task are made. Decoding is greedy.
struct Decoding {
  int64_t max_new_tokens = 64;
  std::vector<std::string> stop = {};  ///< strings that end a completion; not part of it
  Constraint constraint = Constraint::none;
  std::string schema = {};  ///< JSON Schema, for Constraint::json_schema
};

/// What a pack says of its task, before any row is read.
struct TaskOptions {
  std::string description;  ///< the job description
  Config options;           ///< [options] of pack.toml, overridden by the manifest's
};

}  // namespace tuneval

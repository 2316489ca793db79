#include "framework/synth/request.h"

#include "framework/data/hash.h"
#include "framework/synth/draw.h"
#include "tuneval/metric/text.h"

#include <fmt/format.h>

namespace tuneval {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kSystem =
    "You write training data for a small language model that is to do one task well. A row of the "
    "data is a JSON object: what the model is asked, and the right answer. Every row must be "
    "correct: the model will believe it. Write JSON and nothing else.";
constexpr uint64_t kSeedDraws = 0x5EED5EED5EED5EEDu;  // apart from the draws for what is shown

std::string block(const std::string& name, const std::string& text) {
  return fmt::format("<{0}>\n{1}\n</{0}>\n\n", name, text);
}

std::string lines(const std::vector<size_t>& indices, const auto& line_of) {
  std::string text;
  for (const size_t index : indices) {
    if (!text.empty()) text += '\n';
    text += line_of(index);
  }
  return text;
}

/// What all requests of a task begin with.
std::string preamble(const SynthTask& task) {
  std::string text =
      "The task, as the model will be told it:\n" + block("task", task.pack.description);
  const std::string guide = task.type->row_guide();
  if (!guide.empty()) text += "Its rows:\n" + block("rows", guide);
  return text;
}

std::string shown_rows(const SynthTask& task, const Ask& ask) {
  const auto row = [&](size_t index) { return task.seeds[index].row.dump(); };
  std::string text = "Rows as they should be:\n" + block("examples", lines(ask.exemplars, row));
  if (!ask.others.empty()) {
    text += "For the difference, rows of other kinds, which are not asked for:\n" +
            block("others", lines(ask.others, row));
  }
  return text;
}

std::string kind_sentence(const SynthTask& task, const Ask& ask) {
  if (ask.kind.empty()) return {};
  const std::string name = Json(ask.kind).dump();
  return task.type->answers().empty()
             ? fmt::format(" Each of them is of the kind {}.", name)
             : fmt::format(" The right answer of each of them is {}.", name);
}

std::string ask_for_rows(const SynthTask& task, const SynthOptions& options, const Ask& ask) {
  std::string text;
  if (ask.passage) text += "A passage:\n" + block("passage", options.passages[*ask.passage]);
  text += fmt::format("Write {} new rows{}.{}", ask.rows, ask.passage ? " on the passage" : "",
                      kind_sentence(task, ask));
  text +=
      " Keep the form of the examples and none of their content: no row may be an example in other "
      "words, and no two may be alike.";
  if (ask.passage) {
    text += fmt::format(
        " What a row says must stand in the passage. Leave out the key \"{}\": it will hold the "
        "passage.",
        task.passage_key);
  }
  for (const auto& [name, sentence] : ask.mutators) text += ' ' + sentence;
  for (const std::string& topic : ask.topics) text += fmt::format(" They are about: {}.", topic);
  return text + fmt::format("\n\nAnswer with a JSON array of {} objects.", ask.rows);
}

std::string ask_for_answers(const SynthOptions& options, const Ask& ask) {
  const auto row = [&](size_t index) {
    return without_bookkeeping(Json::parse(options.inputs[index])).dump();
  };
  return "Rows that lack their answer:\n" + block("incomplete", lines(ask.inputs, row)) +
         fmt::format(
             "Complete them: each with all its keys and values as they are, and the answer as in "
             "the examples. Where the turns of a conversation are the value, the answer is added "
             "behind them.\n\nAnswer with a JSON array of {} objects, in the same order.",
             ask.rows);
}

}  // namespace

TeacherRequest bare_request(const SynthOptions& options, const Ask& ask) {
  TeacherRequest request;
  request.temperature = options.temperature;
  // A server that heeds it answers alike again; 31 bits fit every server.
  request.seed = draws_of(options.seed ^ kSeedDraws, ask.index).bits() >> 33;
  // Two requests may draw the same words, and are to have two answers.
  request.variant = int64_t(ask.index);
  return request;
}

TeacherRequest write_request(const SynthTask& task, const SynthOptions& options, const Ask& ask) {
  const std::string asked = options.mode == SynthMode::label ? ask_for_answers(options, ask)
                                                             : ask_for_rows(task, options, ask);
  TeacherRequest request = bare_request(options, ask);
  request.messages = {{.role = "system", .content = kSystem, .tool_calls = {}},
                      {.role = "user",
                       .content = preamble(task) + shown_rows(task, ask) + asked,
                       .tool_calls = {}}};
  return request;
}

std::string request_id(const TeacherRequest& request, const std::string& model) {
  ContentHash hash;
  hash.add(model);
  for (const Message& message : request.messages) {
    hash.add(message.role);
    hash.add(message.content);
  }
  hash.add(request.tools);
  hash.add(request.temperature ? fmt::format("{}", *request.temperature) : std::string("-"));
  hash.add(fmt::format("{} {}", request.seed.value_or(0), request.variant));
  return hash.hex();
}

}  // namespace tuneval

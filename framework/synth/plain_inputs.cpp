#include "framework/synth/plain_inputs.h"

#include "framework/synth/request.h"
#include "tuneval/error.h"
#include "tuneval/task/tool_calls.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuneval {

namespace {

using Json = nlohmann::ordered_json;

bool is_answer(const Json& value, const std::string& target) {
  if (value.is_string() && value.get_ref<const std::string&>() == target) return true;
  return !value.is_string() && same_json(value.dump(), target);
}

/// The key under which every row of the seed has what the model is to write; empty where there is
/// none.
std::string answer_key_of(const std::vector<ReadRow>& seeds) {
  for (const auto& [key, value] : seeds.front().row.items()) {
    const bool is_key = std::ranges::all_of(seeds, [&name = key](const ReadRow& seed) {
      return seed.row.contains(name) && seed.examples.size() == 1 &&
             is_answer(seed.row[name], seed.examples.front().target);
    });
    if (is_key) return key;
  }
  return {};
}

}  // namespace

PlainInputs::PlainInputs(const SynthTask& task, const SynthOptions& options)
    : task_(task), options_(options), answer_key_(answer_key_of(task.seeds)) {
  if (answer_key_.empty()) {
    throw ManifestError(
        "--plain: the seed's rows do not have their answer under one key: expected --mode label "
        "without it");
  }
  const Json& answer = task.seeds.front().row[answer_key_];
  answer_is_text_ = answer.is_string();
  for (size_t i = 0; i < options.inputs.size(); ++i) {
    Json row = Json::parse(options.inputs[i]);
    row[answer_key_] = answer;
    const std::string where = fmt::format("--inputs, row {}", i + 1);
    examples_.push_back(task.type->read(Config::parse(row.dump(), where, ConfigKind::data)));
  }
}

TeacherRequest PlainInputs::request(const Ask& ask) const {
  const Example& example = examples_[ask.inputs.front()];
  TeacherRequest request = bare_request(options_, ask);
  request.messages = example.messages;
  request.tools = example.tools;
  request.max_tokens = task_.type->decoding().max_new_tokens;
  return request;
}

std::optional<Json> PlainInputs::row(const Ask& ask, const TeacherReply& reply) const {
  const size_t input = ask.inputs.front();
  // As the teacher is scored: calls beside a text count where calls are asked for.
  const bool takes_calls = !reply.calls.empty() && (examples_[input].calls || reply.text.empty());
  const Prediction answer =
      task_.type->parse(examples_[input], takes_calls ? reply.calls : reply.text);
  if (!answer.parsed) return std::nullopt;
  Json row = Json::parse(options_.inputs[input]);
  row[answer_key_] = answer_is_text_ ? Json(answer.text) : Json::parse(answer.text, nullptr, false);
  if (row[answer_key_].is_discarded()) return std::nullopt;
  return row;
}

}  // namespace tuneval

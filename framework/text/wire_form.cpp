#include "framework/text/wire_form.h"

#include "framework/text/wire_parts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <functional>

namespace tuneval {

using wire::Calls;
using wire::PropertyOrder;
using wire::Quotes;

namespace {

constexpr std::array<WireForm, 5> kForms = {WireForm::tagged_json, WireForm::pythonic,
                                            WireForm::fenced, WireForm::parameters, WireForm::json};

struct Marks {
  std::string_view open, close;
};
constexpr Marks kTags = {"<tool_call>", "</tool_call>"};
constexpr Marks kPython = {"<|tool_call_start|>", "<|tool_call_end|>"};
constexpr Marks kFence = {"```", "```"};
constexpr Marks kPythonTag = {"<|python_tag|>", ""};

/// Reads the calls at a place of the text and moves the place behind them.
using Content = std::function<bool(size_t& at, Calls& calls)>;

/// Calls between marks, with any text around them. The last closing mark may be missing at the end.
std::optional<Calls> read_marked(std::string_view text, const Marks& marks,
                                 const Content& content) {
  size_t at = text.find(marks.open);
  if (at == text.npos) return std::nullopt;
  Calls calls;
  while (at != text.npos) {
    at = wire::skip_space(text, at + marks.open.size());
    if (!content(at, calls)) return std::nullopt;
    at = wire::skip_space(text, at);
    const std::string_view rest = text.substr(at);
    if (!marks.close.empty() && rest.starts_with(marks.close)) {
      at += marks.close.size();
    } else if (!rest.empty() && !rest.starts_with(marks.open)) {
      return std::nullopt;
    }
    at = text.find(marks.open, at);
  }
  return calls;
}

/// Calls that are the whole text.
std::optional<Calls> read_bare(std::string_view text, const Content& content) {
  Calls calls;
  size_t at = wire::skip_space(text, 0);
  if (!content(at, calls) || wire::skip_space(text, at) != text.size()) return std::nullopt;
  return calls;
}

class Completion {
 public:
  Completion(std::string_view text, Quotes quotes, PropertyOrder& order)
      : text_(text), quotes_(quotes), order_(order) {}

  std::optional<Calls> read(WireForm form) const {
    switch (form) {
      case WireForm::tagged_json: return read_marked(text_, kTags, json());
      case WireForm::pythonic: return read_pythonic();
      case WireForm::fenced: return read_marked(text_, kFence, fenced());
      case WireForm::parameters: return read_parameters();
      case WireForm::json: return read_bare(text_, json());
    }
    return std::nullopt;
  }

 private:
  Content json() const {
    return [this](size_t& at, Calls& calls) { return wire::read_json(text_, at, calls); };
  }

  Content json_or_python() const {
    return [this](size_t& at, Calls& calls) {
      return wire::looks_like_json(text_, at)
                 ? wire::read_json(text_, at, calls)
                 : wire::read_python(text_, at, quotes_, order_, calls);
    };
  }

  std::optional<Calls> read_pythonic() const {
    if (auto calls = read_marked(text_, kPython, json_or_python())) return calls;
    // Without marks only a list is surely meant as calls.
    return read_bare(text_, [this](size_t& at, Calls& calls) {
      return text_.substr(at).starts_with('[') &&
             wire::read_python(text_, at, quotes_, order_, calls);
    });
  }

  /// A fence's first line may name a language.
  Content fenced() const {
    return [this](size_t& at, Calls& calls) {
      const size_t end = find_language_end(at);
      if (end == text_.size()) return false;
      if (wire::kSpace.find(text_[end]) != wire::kSpace.npos || wire::looks_like_json(text_, end)) {
        at = wire::skip_space(text_, end);
      }
      return json_or_python()(at, calls);
    };
  }

  size_t find_language_end(size_t at) const {
    while (at < text_.size() && wire::in_word(text_[at])) ++at;
    return at;
  }

  std::optional<Calls> read_parameters() const {
    auto calls = read_marked(text_, kPythonTag, json_or_python());
    if (!calls) return read_bare(text_, json());
    // Tools built into Llama 3.1 are called as `name.call(…)`.
    constexpr std::string_view kCall = ".call";
    for (ToolCall& call : *calls) {
      if (call.name.ends_with(kCall)) call.name.resize(call.name.size() - kCall.size());
    }
    return calls;
  }

  std::string_view text_;
  Quotes quotes_;
  PropertyOrder& order_;
};

std::optional<Calls> read_any(std::string_view text, WireForm first, PropertyOrder& order) {
  for (const Quotes quotes : {Quotes::escaped, Quotes::raw}) {
    const Completion completion(text, quotes, order);
    if (auto calls = completion.read(first)) return calls;
    for (const WireForm form : kForms) {
      if (form == first) continue;
      if (auto calls = completion.read(form)) return calls;
    }
  }
  return std::nullopt;
}

/// What follows the first "</think>"; null where there is none.
std::optional<std::string_view> behind_reasoning(std::string_view text) {
  constexpr std::string_view kEnd = "</think>";
  const size_t at = text.find(kEnd);
  if (at == text.npos) return std::nullopt;
  return text.substr(at + kEnd.size());
}

std::string python_or_json(const Calls& calls, std::string_view separator) {
  std::vector<std::string> written;
  for (const ToolCall& call : calls) {
    const auto python = wire::write_python(call);
    if (!python) return write_wire_calls(WireForm::json, calls);
    written.push_back(*python);
  }
  return fmt::format("{}", fmt::join(written, separator));
}

/// How a form looks, and what it does with several calls.
std::string form_rule(WireForm form) {
  switch (form) {
    case WireForm::json:
      return R"({"name": <function name>, "arguments": {<argument name>: <value>}}
Write several calls as a JSON array.)";
    case WireForm::tagged_json:
      return R"(<tool_call>
{"name": <function name>, "arguments": {<argument name>: <value>}}
</tool_call>
Write each of several calls in tags of its own.)";
    case WireForm::parameters:
      return R"({"name": <function name>, "parameters": {<argument name>: <value>}}
Put "; " between several calls.)";
    case WireForm::pythonic:
      return R"(<|tool_call_start|>[<function name>(<argument name>=<value>)]<|tool_call_end|>
Write several calls as items of the list.)";
    case WireForm::fenced: break;
  }
  return R"(```tool_code
<function name>(<argument name>=<value>)
```
Write each of several calls in a line of its own.)";
}

}  // namespace

std::optional<std::string> read_wire_calls(std::string_view completion, WireForm first,
                                           std::string_view tools) {
  PropertyOrder order(tools);
  const bool reasons = completion.substr(wire::skip_space(completion, 0)).starts_with("<think>");
  std::optional<Calls> calls;
  if (!reasons) calls = read_any(completion, first, order);
  if (!calls) {
    // A template may have opened the reasoning in the prompt.
    if (const auto answer = behind_reasoning(completion)) calls = read_any(*answer, first, order);
  }
  if (!calls) return std::nullopt;
  return write_calls(*calls);
}

std::string write_wire_calls(WireForm form, const Calls& calls) {
  if (calls.empty()) return "[]";
  std::vector<std::string> written;
  for (const ToolCall& call : calls) {
    written.push_back(
        wire::write_json(call, form == WireForm::parameters ? "parameters" : "arguments"));
  }
  switch (form) {
    case WireForm::json:
      return calls.size() == 1 ? written.front() : fmt::format("[{}]", fmt::join(written, ", "));
    case WireForm::tagged_json:
      return fmt::format("<tool_call>\n{}\n</tool_call>",
                         fmt::join(written, "\n</tool_call>\n<tool_call>\n"));
    case WireForm::parameters: return fmt::format("{}", fmt::join(written, "; "));
    case WireForm::pythonic: break;
    case WireForm::fenced: return fmt::format("```tool_code\n{}\n```", python_or_json(calls, "\n"));
  }
  const std::string list = python_or_json(calls, ", ");
  const bool json = list.ends_with(']') || list.ends_with('}');
  return fmt::format("{}{}{}", kPython.open, json ? list : "[" + list + "]", kPython.close);
}

std::string write_tools(WireForm form, const nlohmann::ordered_json& tools) {
  std::string text = "You can call these functions, each given by its JSON schema:\n";
  for (const auto& tool : tools) text += wire::spaced_json(tool.dump()) + "\n";
  return text + "\nTo call a function, answer with the call alone, written so:\n" + form_rule(form);
}

std::string write_tool_result(WireForm form, std::string_view result) {
  if (form == WireForm::fenced) return fmt::format("```tool_output\n{}\n```", result);
  if (form == WireForm::pythonic) {
    return fmt::format("<|tool_response_start|>{}<|tool_response_end|>", result);
  }
  return fmt::format("<tool_response>\n{}\n</tool_response>", result);
}

}  // namespace tuneval

#include "framework/text/wire_template.h"

#include "framework/text/wire_form.h"
#include "framework/text/wire_parts.h"
#include "tuneval/error.h"

#include <algorithm>
#include <initializer_list>
#include <string>

namespace tuneval {

using Json = nlohmann::ordered_json;

namespace {

// Texts that stand in no template.
constexpr const char* kTool = "tuneval_probe_tool";
constexpr const char* kSystem = "Tuneval probe: system.";
constexpr const char* kFirst = "Tuneval probe: first value.";
constexpr const char* kSecond = "Tuneval probe: second value.";
constexpr const char* kResult = "Tuneval probe: result.";

Json probe_tools() {
  const Json text = {{"type", "string"}, {"description", "A text"}};
  const Json parameters = {{"type", "object"}, {"properties", {{"text", text}}}};
  const Json function = {{"name", kTool}, {"description", "Probes"}, {"parameters", parameters}};
  return Json::array({{{"type", "function"}, {"function", function}}});
}

Json probe_call(const char* value) {
  const Json function = {{"name", kTool}, {"arguments", {{"text", value}}}};
  return {{"type", "function"}, {"function", function}};
}

Json text_message(const char* role, const char* content) {
  return {{"role", role}, {"content", content}};
}

Json calls_message(Json calls) {
  Json message = text_message("assistant", "");
  message["tool_calls"] = std::move(calls);
  return message;
}

class Probe {
 public:
  Probe(const ChatTemplate& chat_template, const Json& variables)
      : template_(chat_template), variables_(variables) {}

  /// Whether the template takes a conversation and shows these texts of it.
  bool shows(const Json& messages, const Json& tools,
             std::initializer_list<const char*> texts) const {
    std::string rendered;
    try {
      rendered = template_.render(messages, tools, /*add_generation_prompt=*/false, variables_);
    } catch (const DataError&) {
      return false;
    }
    return std::ranges::all_of(
        texts, [&](const char* text) { return rendered.find(text) != rendered.npos; });
  }

 private:
  const ChatTemplate& template_;
  const Json& variables_;
};

/// A call with "function" and with "arguments" that are no text.
Json usual_call(const Json& call) {
  if (!call.is_object()) return call;
  Json usual = call.contains("function") ? call : Json{{"type", "function"}, {"function", call}};
  Json& function = usual["function"];
  if (!function.is_object()) return call;
  if (!function.contains("arguments") && function.contains("parameters")) {
    function["arguments"] = function["parameters"];
    function.erase("parameters");
  }
  Json& arguments = function["arguments"];
  if (arguments.is_string()) {
    Json read = Json::parse(arguments.get<std::string>(), nullptr, /*allow_exceptions=*/false);
    if (read.is_object()) arguments = std::move(read);
  } else if (arguments.is_null()) {
    arguments = Json::object();
  }
  return usual;
}

/// The messages one after the other; turns of tools that the template does not know become turns of
/// the user.
class Conversation {
 public:
  Conversation(WireForm form, const TemplateSkills& skills) : form_(form), skills_(skills) {}

  void add(const Message& message) {
    if (message.role == "tool" && !skills_.results) {
      add_result(write_tool_result(form_, message.content));
    } else if (!message.tool_calls.empty()) {
      add_calls(message);
    } else if (message.role == "user" && behind_result_) {
      // Templates may want turns to alternate.
      append(messages_.back(), "\n\n", message.content);
      behind_result_ = false;
    } else {
      push({{"role", message.role}, {"content", message.content}});
    }
  }

  void add_tools(const Json& tools) {
    const std::string text = write_tools(form_, tools);
    const bool system = !messages_.empty() && messages_[0]["role"] == "system";
    if (skills_.system) {
      if (!system) messages_.insert(messages_.begin(), text_message("system", ""));
      append(messages_[0], "\n\n", text);
      return;
    }
    std::string first = text;
    if (system) {
      first = messages_[0]["content"].get<std::string>() + "\n\n" + text;
      messages_.erase(messages_.begin());
    }
    if (messages_.empty() || messages_[0]["role"] != "user") {
      messages_.insert(messages_.begin(), text_message("user", ""));
    }
    append_front(messages_[0], first);
  }

  Json take() { return std::move(messages_); }

 private:
  static void append(Json& message, const char* between, const std::string& text) {
    const auto content = message["content"].get<std::string>();
    message["content"] = content.empty() ? text : content + between + text;
  }
  static void append_front(Json& message, const std::string& text) {
    const auto content = message["content"].get<std::string>();
    message["content"] = content.empty() ? text : text + "\n\n" + content;
  }

  void push(Json message) {
    messages_.push_back(std::move(message));
    behind_result_ = false;
  }

  void add_result(const std::string& text) {
    if (behind_result_) {
      append(messages_.back(), "\n", text);
    } else {
      push({{"role", "user"}, {"content", text}});
      behind_result_ = true;
    }
  }

  void add_calls(const Message& message) {
    Json calls = Json::parse(message.tool_calls);
    Json shown = {{"role", message.role}, {"content", message.content}};
    const bool template_writes = calls.size() <= 1 ? skills_.calls : skills_.several_calls;
    wire::Calls read;
    size_t at = 0;
    if (!template_writes && wire::read_json(message.tool_calls, at, read)) {
      append(shown, "\n", write_wire_calls(form_, read));
    } else {
      if (calls.is_array()) std::ranges::transform(calls, calls.begin(), usual_call);
      shown["tool_calls"] = std::move(calls);
    }
    push(std::move(shown));
  }

  WireForm form_;
  const TemplateSkills& skills_;
  Json messages_ = Json::array();
  bool behind_result_ = false;  // whether the last message is a result written as a user's turn
};

}  // namespace

TemplateSkills find_skills(const std::optional<ChatTemplate>& chat_template,
                           const Json& variables) {
  TemplateSkills skills;
  if (!chat_template) return skills;
  const Probe probe(*chat_template, variables);
  const Json tools = probe_tools();
  const Json user = text_message("user", "Hello");
  const Json call = calls_message(Json::array({probe_call(kFirst)}));
  const Json two = calls_message(Json::array({probe_call(kFirst), probe_call(kSecond)}));
  skills.system = probe.shows({text_message("system", kSystem), user}, Json(), {kSystem});
  skills.tools = probe.shows(Json::array({user}), tools, {kTool});
  skills.calls = probe.shows({user, call}, tools, {kFirst});
  skills.several_calls = skills.calls && probe.shows({user, two}, tools, {kFirst, kSecond});
  // A template that knows of no tools may pass on any role, but its model has never seen this one.
  if (skills.tools || skills.calls) {
    const Json asked = skills.calls ? call : text_message("assistant", kFirst);
    skills.results = probe.shows({user, asked, text_message("tool", kResult)}, tools, {kResult});
  }
  return skills;
}

ShownConversation show_conversation(const Example& example, WireForm form,
                                    const TemplateSkills& skills) {
  Conversation conversation(form, skills);
  for (const Message& message : example.messages) conversation.add(message);
  Json tools = example.tools.empty() ? Json() : Json::parse(example.tools);
  if (!skills.tools && !tools.empty()) {
    conversation.add_tools(tools);
    tools = Json();
  }
  return {conversation.take(), std::move(tools)};
}

std::optional<Json> template_calls(std::string_view canonical) {
  const auto calls = read_calls(canonical);
  if (!calls) return std::nullopt;
  Json shown = Json::array();
  for (const ToolCall& call : *calls) {
    const Json function = {{"name", call.name}, {"arguments", Json::parse(call.arguments)}};
    shown.push_back({{"type", "function"}, {"function", function}});
  }
  return shown;
}

}  // namespace tuneval

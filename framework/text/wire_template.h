#pragma once

#include "framework/text/chat_template.h"
#include "tuneval/model/chat.h"
#include "tuneval/task/example.h"

#include <nlohmann/json.hpp>

#include <optional>

namespace tuneval {

/// What a model's chat template shows by itself.
struct TemplateSkills {
  bool system = true;          ///< a system message
  bool tools = false;          ///< the tools that can be called
  bool calls = false;          ///< an assistant's call
  bool several_calls = false;  ///< several calls of one assistant message
  bool results = false;        ///< a tool's message
};

/// Renders small conversations and looks what of them appears. Without a template messages are
/// plain texts.
TemplateSkills find_skills(const std::optional<ChatTemplate>& chat_template,
                           const nlohmann::ordered_json& variables);

/// A conversation as a template is given it.
struct ShownConversation {
  nlohmann::ordered_json messages, tools;
};

/// The messages and tools of an example. What the template would not show is written as text in
/// `form`: tools into the system message (a new one if need be, or the first user message where the
/// template knows no system), calls as what the assistant said, results as turns of the user. An
/// example without any of these stays as it is.
ShownConversation show_conversation(const Example& example, WireForm form,
                                    const TemplateSkills& skills);

/// Canonical calls as chat templates expect them in "tool_calls"; null where the text is not
/// canonical.
std::optional<nlohmann::ordered_json> template_calls(std::string_view canonical);

}  // namespace tuneval

#include "framework/text/chat_template.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "framework/text/shim_call.h"
#include "framework/text/template_files.h"
#include "tuneval/error.h"

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;

/// A compiled template of the shim.
class Compiled {
 public:
  explicit Compiled(const std::string& source) {
    shim::check<ConfigError>([&](tuneval_string* error) {
      return tuneval_template_open(shim::view(source), &handle_, error);
    });
  }
  Compiled(const Compiled&) = delete;
  Compiled& operator=(const Compiled&) = delete;
  ~Compiled() { tuneval_template_free(handle_); }

  const tuneval_template* handle() const { return handle_; }

 private:
  tuneval_template* handle_ = nullptr;
};

/// Names under which models keep a message's reasoning, the standard one first.
constexpr std::array<const char*, 3> kReasoningNames = {"reasoning_content", "thinking",
                                                        "reasoning"};

/// The message as templates are shown it: entries that are null left out, reasoning under both
/// common names.
Json shown_message(const Json& message) {
  Json shown = Json::object();
  const Json* reasoning = nullptr;
  for (const char* name : kReasoningNames) {
    const auto found = message.find(name);
    if (reasoning == nullptr && found != message.end() && !found->is_null()) reasoning = &*found;
  }
  if (reasoning != nullptr) shown["thinking"] = *reasoning;
  for (const auto& [key, value] : message.items()) {
    if (!value.is_null()) shown[key] = value;
  }
  if (reasoning != nullptr) shown["reasoning_content"] = *reasoning;
  return shown;
}

Json shown_messages(const Json& messages) {
  if (!messages.is_array() || messages.empty()) {
    throw DataError("chat template: expected a list of at least one message");
  }
  Json shown = Json::array();
  for (size_t i = 0; i < messages.size(); ++i) {
    if (!messages[i].is_object()) {
      throw DataError(fmt::format("chat template: message {} is a JSON {}: expected an object", i,
                                  messages[i].type_name()));
    }
    shown.push_back(shown_message(messages[i]));
  }
  return shown;
}

void check_tools(const Json& tools) {
  if (tools.is_null()) return;
  if (!tools.is_array()) throw DataError("chat template: \"tools\" must be a list or null");
  for (const Json& tool : tools) {
    if (!tool.is_object()) throw DataError("chat template: every tool must be an object");
  }
}

}  // namespace

struct ChatTemplate::Impl {
  Impl(std::string text, const std::optional<std::string>& tool_text, Json tokens)
      : source(std::move(text)), compiled(source), special_tokens(std::move(tokens)) {
    if (tool_text) with_tools.emplace(*tool_text);
  }

  std::string source;
  Compiled compiled;
  std::optional<Compiled> with_tools;
  Json special_tokens;
};

std::optional<ChatTemplate> ChatTemplate::open(const std::filesystem::path& model_folder) {
  TemplateFiles files = read_template_files(model_folder);
  if (!files.source) return std::nullopt;
  try {
    return ChatTemplate(std::make_shared<const Impl>(*std::move(files.source), files.tool_source,
                                                     std::move(files.special_tokens)));
  } catch (const ConfigError& error) {
    throw ConfigError(fmt::format("{}: {}", files.origin, error.what()));
  }
}

ChatTemplate::ChatTemplate(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

ChatTemplate::ChatTemplate(std::string source, const nlohmann::ordered_json& special_tokens)
    : impl_(std::make_shared<const Impl>(std::move(source), std::nullopt,
                                         named_special_tokens(special_tokens))) {}

std::string ChatTemplate::render(const nlohmann::ordered_json& messages,
                                 const nlohmann::ordered_json& tools, bool add_generation_prompt,
                                 const nlohmann::ordered_json& extra) const {
  check_tools(tools);
  Json variables = impl_->special_tokens;
  variables["messages"] = shown_messages(messages);
  variables["tools"] = tools;
  variables["documents"] = nullptr;
  variables["add_generation_prompt"] = add_generation_prompt;
  if (!extra.is_null() && !extra.is_object()) {
    throw DataError("chat template: extra variables must be an object or null");
  }
  for (const auto& [key, value] : extra.items()) variables[key] = value;
  const bool tool_use = impl_->with_tools && !tools.is_null();
  const Compiled& compiled = tool_use ? *impl_->with_tools : impl_->compiled;
  std::string text;
  try {
    text = variables.dump();
  } catch (const nlohmann::json::exception& error) {
    throw DataError(fmt::format("chat template: the conversation is not UTF-8: {}", error.what()));
  }
  shim::OwnedString rendered;
  const int64_t* now = now_ ? &*now_ : nullptr;
  shim::check<DataError>([&](tuneval_string* error) {
    return tuneval_template_render(compiled.handle(), shim::view(text), now, rendered.out(), error);
  });
  return std::string(rendered.text());
}

void ChatTemplate::set_now(std::chrono::system_clock::time_point now) {
  now_ = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
}

const std::string& ChatTemplate::source() const { return impl_->source; }

const nlohmann::ordered_json& ChatTemplate::special_tokens() const { return impl_->special_tokens; }

}  // namespace tuneval

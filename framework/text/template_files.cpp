#include "framework/text/template_files.h"

#include <fmt/format.h>

#include <array>

#include "framework/text/small_file.h"
#include "sdk/src/json_bounds.h"
#include "tuneval/error.h"

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

std::string read_file(const fs::path& path) { return read_model_text<ConfigError>(path); }

/// The file's JSON object; an empty one where there is no file.
Json read_object(const fs::path& path) {
  if (!fs::exists(path)) return Json::object();
  const std::string text = read_file(path);
  if (const std::string_view fault = detail::json_fault(text); !fault.empty()) {
    throw ConfigError(fmt::format("{}: the JSON {}", path.string(), fault));
  }
  Json json;
  try {
    json = Json::parse(text);
  } catch (const Json::exception& error) {
    throw ConfigError(fmt::format("{}: is not JSON: {}", path.string(), error.what()));
  }
  if (!json.is_object()) {
    throw ConfigError(
        fmt::format("{}: is a JSON {}: expected an object", path.string(), json.type_name()));
  }
  return json;
}

[[noreturn]] void refuse_template(const fs::path& path, std::string_view what) {
  throw ConfigError(fmt::format("{}: \"chat_template\" {}", path.string(), what));
}

/// A list of {name, template}: "default" and "tool_use" are known by name.
void read_named_templates(const fs::path& path, const Json& list, TemplateFiles& files) {
  for (const Json& entry : list) {
    const bool named = entry.is_object() && entry.contains("name") && entry["name"].is_string() &&
                       entry.contains("template") && entry["template"].is_string();
    if (!named)
      refuse_template(path, "has an entry without a text \"name\" and a text \"template\"");
    const auto name = entry["name"].get<std::string>();
    if (name == "default") files.source = entry["template"].get<std::string>();
    if (name == "tool_use") files.tool_source = entry["template"].get<std::string>();
  }
  if (!files.source) refuse_template(path, "is a list without an entry named \"default\"");
}

void read_template(const fs::path& path, const Json& config, TemplateFiles& files) {
  const auto found = config.find("chat_template");
  if (found == config.end() || found->is_null()) return;
  files.origin = path.string();
  if (found->is_string()) {
    files.source = found->get<std::string>();
  } else if (found->is_array()) {
    read_named_templates(path, *found, files);
  } else {
    refuse_template(path,
                    fmt::format("is a JSON {}: expected a text or a list", found->type_name()));
  }
}

}  // namespace

Json named_special_tokens(const Json& config) {
  constexpr std::array kNames = {"bos_token", "eos_token", "unk_token", "sep_token",
                                 "pad_token", "cls_token", "mask_token"};
  Json tokens = Json::object();
  for (const char* name : kNames) {
    const auto found = config.find(name);
    if (found == config.end()) continue;
    const Json& content = found->is_object() ? found->value("content", Json()) : *found;
    if (content.is_string()) tokens[name] = content;
  }
  return tokens;
}

TemplateFiles read_template_files(const fs::path& model_folder) {
  TemplateFiles files;
  const fs::path config_path = model_folder / "tokenizer_config.json";
  const Json config = read_object(config_path);
  files.special_tokens =
      named_special_tokens(read_object(model_folder / "special_tokens_map.json"));
  files.special_tokens.update(named_special_tokens(config));
  const fs::path own_file = model_folder / "chat_template.jinja";
  if (fs::exists(own_file)) {
    files.source = read_file(own_file);
    files.origin = own_file.string();
    const fs::path tool_file = model_folder / "additional_chat_templates" / "tool_use.jinja";
    if (fs::exists(tool_file)) files.tool_source = read_file(tool_file);
  } else {
    read_template(config_path, config, files);
  }
  return files;
}

}  // namespace tuneval

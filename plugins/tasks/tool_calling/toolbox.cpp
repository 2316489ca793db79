#include "toolbox.h"

#include "parts/json_schema.h"
#include "tuneval/error.h"
#include "tuneval/metric/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

using tuneval::Config;
using Json = nlohmann::ordered_json;

namespace {

/// The objects of "tools", whatever form they come in.
std::vector<Config> tool_objects(const Config& config) {
  if (!config.is_text("tools")) return config.objects("tools");
  const std::string text = config.text("tools");
  if (!nlohmann::json::accept(text)) config.fail("tools", "is a text that does not hold JSON");
  const std::string wrapped = "{\"tools\":" + text + "}";
  return Config::parse(wrapped, config.where(), tuneval::ConfigKind::data).objects("tools");
}

/// One tool in the OpenAI form.
Json read_tool(const Config& tool) {
  const bool bare = !tool.has("function");
  if (!bare && tool.text_or("type", "function") != "function") {
    tool.fail("type", "is \"" + tool.text("type") + "\": expected function");
  }
  const Config function = bare ? tool : tool.object("function");
  if (tuneval::trim(function.text("name")).empty()) function.fail("name", "is empty");
  function.text_or("description", "");  // for their refusal of another type
  function.object_or_none("parameters");
  Json json = Json::parse(function.json());
  if (!function.has("parameters")) {
    json["parameters"] = {{"type", "object"}, {"properties", Json::object()}};
  }
  return {{"type", "function"}, {"function", std::move(json)}};
}

}  // namespace

bool Toolbox::knows(std::string_view name) const {
  return std::ranges::find(names, name) != names.end();
}

Toolbox read_tools(const Config& config) {
  Toolbox toolbox;
  Json all = Json::array();
  for (const Config& tool : tool_objects(config)) {
    Json json = read_tool(tool);
    auto name = json["function"]["name"].get<std::string>();
    if (toolbox.knows(name)) config.fail("tools", "holds \"" + name + "\" twice");
    toolbox.names.push_back(std::move(name));
    all.push_back(std::move(json));
  }
  if (all.empty()) config.fail("tools", "is empty: expected function schemas");
  toolbox.json = all.dump();
  return toolbox;
}

struct ArgumentCheck::Schemas {
  std::map<std::string, JsonSchema> by_name;
  std::map<std::string, std::string> faults;  // of schemas that cannot be used

  explicit Schemas(const std::string& tools) {
    for (const Json& tool : Json::parse(tools)) {
      const Json& function = tool["function"];
      const auto name = function["name"].get<std::string>();
      try {
        by_name.emplace(name, JsonSchema(function["parameters"].dump()));
      } catch (const tuneval::DataError& error) {
        faults[name] = std::string("its schema ") + error.what();
      }
    }
  }
};

ArgumentCheck::ArgumentCheck() = default;
ArgumentCheck::~ArgumentCheck() = default;

std::string ArgumentCheck::fault(const std::string& tools, const std::string& name,
                                 const std::string& arguments) {
  std::unique_ptr<const Schemas>& schemas = known_[tools];
  if (!schemas) schemas = std::make_unique<const Schemas>(tools);
  if (const auto bad = schemas->faults.find(name); bad != schemas->faults.end()) return bad->second;
  const auto schema = schemas->by_name.find(name);
  return schema == schemas->by_name.end() ? "" : schema->second.fault(arguments);
}

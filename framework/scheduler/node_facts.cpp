#include "framework/scheduler/node_facts.h"

#include "framework/loader/abi_tag.h"
#include "framework/record/atomic_file.h"
#include "framework/record/json_object.h"
#include "tuneval/abi_tag.h"

#include <fmt/format.h>

#include <set>

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;

std::string difference_of_plugins(const NodeFacts& found, const NodeFacts& expected) {
  std::set<std::string> names;
  for (const auto& [name, version] : found.plugins) names.insert(name);
  for (const auto& [name, version] : expected.plugins) names.insert(name);
  std::string text;
  for (const std::string& name : names) {
    const auto here = found.plugins.find(name), there = expected.plugins.find(name);
    std::string difference;
    if (here == found.plugins.end()) {
      difference = fmt::format("plugin \"{}\" is missing", name);
    } else if (there == expected.plugins.end()) {
      difference = fmt::format("plugin \"{}\" is one too many", name);
    } else if (here->second != there->second) {
      difference =
          fmt::format("plugin \"{}\" is {} in place of {}", name, here->second, there->second);
    }
    if (difference.empty()) continue;
    text += text.empty() ? "" : ", ";
    text += difference;
  }
  return text;
}

}  // namespace

NodeFacts facts_here(const Registry& registry) {
  NodeFacts facts{TUNEVAL_VERSION, TUNEVAL_ABI_TAG_STRING, {}};
  for (const Registry::Entry& entry : registry.entries()) {
    facts.plugins[entry.plugin] = entry.version;
  }
  return facts;
}

std::string difference_of_facts(const NodeFacts& found, const NodeFacts& expected) {
  if (found.tuneval != expected.tuneval) {
    return fmt::format("tuneval is {} in place of {}", found.tuneval, expected.tuneval);
  }
  const std::string tags = difference_of_tags(found.abi_tag, expected.abi_tag);
  return tags.empty() ? difference_of_plugins(found, expected) : tags;
}

std::filesystem::path expected_facts_path(const std::filesystem::path& run) {
  return run / "slurm" / "node.json";
}

void write_facts(const std::filesystem::path& file, const NodeFacts& facts) {
  const Json json = {
      {"tuneval", facts.tuneval}, {"abi_tag", facts.abi_tag}, {"plugins", facts.plugins}};
  write_file_atomically(file, json_text(json, 2) + "\n");
}

NodeFacts read_facts(const std::filesystem::path& file) {
  const Json json = parse_json_object(read_whole_file(file), file.string());
  JsonObject object(json, file.string());
  NodeFacts facts{object.text("tuneval"), object.text("abi_tag"), {}};
  const Json& plugins = object.any_object("plugins");
  JsonObject versions(plugins, file.string(), "plugins");
  for (const auto& item : plugins.items()) facts.plugins[item.key()] = versions.text(item.key());
  object.finish();
  return facts;
}

}  // namespace tuneval

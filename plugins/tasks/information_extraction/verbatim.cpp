#include "verbatim.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace {

using Json = nlohmann::ordered_json;

/// `key`: the one that `value` stands under, or that its array does.
void collect(const Json& value, const std::string& key, std::string_view source,
             const std::vector<std::string>& names, std::vector<std::string>& found) {
  if (value.is_object()) {
    for (const auto& [inner, one] : value.items()) collect(one, inner, source, names, found);
  } else if (value.is_array()) {
    for (const Json& one : value) collect(one, key, source, names, found);
  } else if (value.is_string() && std::ranges::find(names, key) != names.end()) {
    const auto& text = value.get_ref<const std::string&>();
    if (source.find(text) == std::string_view::npos) found.push_back(key + " is \"" + text + "\"");
  }
}

}  // namespace

std::vector<std::string> not_verbatim(const std::string& json, std::string_view source,
                                      const std::vector<std::string>& names) {
  std::vector<std::string> found;
  collect(Json::parse(json), "", source, names, found);
  return found;
}

#include "framework/scaffold/new_plugin.h"

#include "framework/data/new_folder.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tuneval {

namespace {

constexpr size_t kLongestName = 64;

/// The names that a kind's template bears, as a file has them and as a class has them.
struct TemplateNames {
  std::string_view file, type;
};
constexpr std::array kTemplateNames = {TemplateNames{"new_model", "NewModel"},
                                       TemplateNames{"new_task", "NewTask"},
                                       TemplateNames{"new_metric", "NewMetric"}};

void check_name(const std::string& name) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  const bool fits = !name.empty() && name.size() <= kLongestName && is_letter(name.front()) &&
                    std::ranges::all_of(name, [&](char c) {
                      return is_letter(c) || (c >= '0' && c <= '9') || c == '_';
                    });
  if (fits) return;
  throw ManifestError(
      fmt::format("\"{}\" names no plugin: expected small letters, digits and underscores behind a "
                  "letter, at most {}",
                  name, kLongestName));
}

/// The file's name, what it registers and a family's model_type are one and the same word.
void check_free(const Registry& registry, const std::string& name) {
  for (const Registry::Entry& entry : registry.entries()) {
    if (entry.plugin != name && entry.name != name) continue;
    throw ManifestError(fmt::format("\"{}\" is taken: plugin \"{}\" ({}) registers {} \"{}\"", name,
                                    entry.plugin, entry.file, entry.kind, entry.name));
  }
  const std::vector<std::string> types = registry.model_types();
  if (std::ranges::find(types, name) != types.end()) {
    throw ManifestError(fmt::format("\"{}\" is taken: a model family reads this model_type", name));
  }
}

/// "my_metric" → "MyMetric".
std::string type_name(const std::string& name) {
  std::string type;
  bool upper = true;
  for (const char c : name) {
    if (c == '_') {
      upper = true;
    } else {
      type += upper && c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c;
      upper = false;
    }
  }
  return type;
}

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string result;
  for (size_t end; (end = text.find(from)) != std::string_view::npos;
       text.remove_prefix(end + from.size())) {
    result.append(text.substr(0, end)).append(to);
  }
  return result.append(text);
}

}  // namespace

void write_new_plugin(const Registry& registry, PluginKind kind, const std::string& name,
                      const std::filesystem::path& destination) {
  check_name(name);
  check_free(registry, name);
  const TemplateNames& names = kTemplateNames.at(size_t(kind));
  NewFolder folder(destination);
  for (const TemplateFile& file : template_files()) {
    if (file.kind != kind) continue;
    const std::string text =
        replaced(replaced(file.text, names.file, name), names.type, type_name(name));
    folder.write(file.name == "plugin.cpp" ? name + ".cpp" : std::string(file.name), text);
  }
  folder.finish();
}

}  // namespace tuneval

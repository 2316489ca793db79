#include "framework/manifest/overrides.h"

#include "framework/manifest/toml_table.h"
#include "tuneval/error.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <optional>
#include <string_view>
#include <vector>

namespace tuneval {
namespace {

bool is_bare_key(std::string_view key) {
  const auto fits = [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '-'; };
  return !key.empty() && std::ranges::all_of(key, fits);
}

/// Whether the writer began something of TOML's (a quoted text, a list, a table): then it is no
/// bare word, and what does not parse is a slip.
bool begins_toml(std::string_view text) {
  return !text.empty() && std::string_view("\"'[{").find(text[0]) != std::string_view::npos;
}

std::string_view trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// One --set: where it goes, and its value, parsed anew for each place since nodes have one owner.
class Override {
 public:
  explicit Override(const std::string& text) : source_(std::string(kOverridePrefix) + text) {
    const size_t equals = text.find('=');
    if (equals == text.npos) fail("expected section.key=value");
    value_ = trimmed(std::string_view(text).substr(equals + 1));
    std::string_view rest = trimmed(std::string_view(text).substr(0, equals));
    while (true) {
      const size_t dot = rest.find('.');
      keys_.emplace_back(rest.substr(0, dot));
      if (!is_bare_key(keys_.back())) fail("expected section.key=value");
      if (dot == rest.npos) break;
      rest.remove_prefix(dot + 1);
    }
    if (keys_.size() < 2) fail("expected section.key=value: the section is missing");
  }

  void apply(toml::table& manifest) const {
    if (keys_[0] != "models" && keys_[0] != "tasks") return set_in(manifest, 0);
    toml::array* entries = manifest[keys_[0]].as_array();
    if (!entries) fail(fmt::format("the manifest has no [[{}]]", keys_[0]));
    for (toml::node& entry : *entries) {
      if (entry.is_table()) set_in(*entry.as_table(), 1);
    }
  }

 private:
  [[noreturn]] void fail(std::string_view message) const {
    throw ManifestError(fmt::format("{}: {}", source_, message));
  }

  void set_in(toml::table& table, size_t level) const {
    if (level + 1 == keys_.size()) return set_value(table, keys_[level]);
    if (!table.contains(keys_[level])) {
      toml::table empty = *parse("value = {}");  // parsed, to bear this override's name
      table.insert(keys_[level], std::move(*empty.get("value")));
    }
    toml::table* next = table[keys_[level]].as_table();
    if (!next) fail(fmt::format("\"{}\" is not a table", keys_[level]));
    set_in(*next, level + 1);
  }

  void set_value(toml::table& table, const std::string& key) const {
    table.erase(key);  // the old key's place in the file must not be blamed for the new value
    if (std::optional<toml::table> parsed = parse(fmt::format("value = {}", value_))) {
      table.insert(key, std::move(*parsed->get("value")));
    } else if (std::optional<toml::table> quoted = parse_as_text()) {
      table.insert(key, std::move(*quoted->get("value")));
    } else {
      fail(fmt::format("the value {} is not TOML", value_));
    }
  }

  std::optional<toml::table> parse(const std::string& text) const {
    try {
      toml::table table = toml::parse(text, source_);
      // "1\nepochs = 2" would smuggle in a second key.
      if (table.size() == 1) return table;
    } catch (const toml::parse_error&) {
      // Not TOML: the caller decides what else it may be.
    }
    return std::nullopt;
  }

  /// The bare word in quotes; JSON's escapes are TOML's too.
  std::optional<toml::table> parse_as_text() const {
    if (begins_toml(value_)) return std::nullopt;
    return parse("value = " + nlohmann::json(value_).dump(
                                  -1, ' ', true, nlohmann::json::error_handler_t::replace));
  }

  std::string source_;
  std::vector<std::string> keys_;
  std::string value_;
};

}  // namespace

void apply_override(toml::table& manifest, const std::string& override_text) {
  Override(override_text).apply(manifest);
}

}  // namespace tuneval

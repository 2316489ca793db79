#include "redaction.h"

#include "tuneval/metric/text.h"
#include "tuneval/task/tool_calls.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace {

using nlohmann::json;

constexpr size_t kLongestToken = 64;
constexpr std::string_view kOpening = "[<{", kClosing = "]>}";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
/// Of UTF-8's characters beyond ASCII every byte is.
bool is_of_word(char c) { return is_alphanumeric(c) || static_cast<unsigned char>(c) >= 0x80; }

/// Upper case of ASCII.
std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = char(c - 'a' + 'A');
  }
  return out;
}

/// None where the text is no JSON object, in the sense of tool_calls.h.
std::optional<json> read_object(std::string_view text) {
  if (!is_object(text) || !tuneval::compact_json(text)) return std::nullopt;
  return json::parse(text);
}

std::string text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::vector<Entity> entities_of(const json& object) {
  std::vector<Entity> entities;
  const auto list = object.find("entities");
  if (list == object.end() || !list->is_array()) return entities;
  for (const json& one : *list) {
    Entity entity;
    if (one.is_object()) entity.value = std::string(tuneval::trim(text_of(one, "value")));
    if (!entity.value.empty()) entity.type = type_of(text_of(one, "replacement_token"));
    entities.push_back(std::move(entity));
  }
  return entities;
}

/// How often `value` stands in `text` by itself; both in upper case.
int64_t occurrences(std::string_view text, std::string_view value) {
  int64_t count = 0;
  for (size_t at = 0; (at = text.find(value, at)) != std::string_view::npos; ++at) {
    const size_t end = at + value.size();
    const bool goes_on_before =
        at > 0 && is_alphanumeric(value.front()) && is_alphanumeric(text[at - 1]);
    const bool goes_on_behind =
        end < text.size() && is_alphanumeric(value.back()) && is_alphanumeric(text[end]);
    if (!goes_on_before && !goes_on_behind) ++count;
  }
  return count;
}

/// The length of the token in brackets that `text` begins with; 0 where it begins with none. Such a
/// token is short and has no other bracket in it but its own, which may be doubled.
size_t token_length(std::string_view text) {
  text = text.substr(0, kLongestToken);
  const size_t kind = kOpening.find(text.front());
  if (kind == std::string_view::npos) return 0;
  const size_t inside = text.find_first_not_of(kOpening[kind]);
  if (inside > 2) return 0;  // npos among them
  const size_t end = text.find_first_of("[]<>{}\n", inside);
  if (end == std::string_view::npos || end == inside) return 0;
  const bool closed = text.substr(end).starts_with(std::string(inside, kClosing[kind]));
  return closed ? end + inside : 0;
}

}  // namespace

bool is_object(std::string_view answer) { return tuneval::trim(answer).starts_with('{'); }

std::optional<Redaction> read_redaction(std::string_view text) {
  const std::optional<json> object = read_object(text);
  if (!object || !object->contains("redacted_text")) return std::nullopt;
  if (!object->at("redacted_text").is_string()) return std::nullopt;
  return Redaction{text_of(*object, "redacted_text"), entities_of(*object)};
}

std::vector<Entity> read_entities(std::string_view text) {
  const std::optional<json> object = read_object(text);
  return object ? entities_of(*object) : std::vector<Entity>();
}

std::string type_of(std::string_view token) {
  std::string_view name = tuneval::trim(token);
  while (!name.empty() && kOpening.find(name.front()) != std::string_view::npos) {
    name.remove_prefix(1);
  }
  while (!name.empty() && kClosing.find(name.back()) != std::string_view::npos) {
    name.remove_suffix(1);
  }
  name = tuneval::trim(name.substr(0, name.find(':')));
  size_t end = name.size();
  while (end > 0 && is_digit(name[end - 1])) --end;
  const bool numbered =
      end > 1 && end < name.size() && (name[end - 1] == '_' || name[end - 1] == '-');
  return upper(numbered ? name.substr(0, end - 1) : name);
}

bool leaks(std::string_view text, std::string_view redacted_rightly,
           const std::vector<Entity>& entities) {
  const std::string given = upper(text), right = upper(redacted_rightly);
  return std::ranges::any_of(entities, [&](const Entity& entity) {
    const std::string value = upper(entity.value);
    return !value.empty() && occurrences(given, value) > occurrences(right, value);
  });
}

std::vector<std::string> sorted_words(std::string_view text) {
  std::vector<std::string> words;
  for (size_t at = 0; at < text.size();) {
    size_t end = at;
    if (const size_t token = token_length(text.substr(at)); token > 0) {
      end += token;
      words.push_back("[" + type_of(text.substr(at, token)) + "]");
    } else {
      while (end < text.size() && is_of_word(text[end])) ++end;
      if (end > at) words.emplace_back(text.substr(at, end - at));
    }
    at = std::max(end, at + 1);
  }
  std::ranges::sort(words);
  return words;
}

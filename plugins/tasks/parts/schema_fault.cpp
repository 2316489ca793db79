#include "parts/schema_fault.h"

#include "parts/utf8.h"

#include <string_view>

using Json = nlohmann::json;

namespace {

constexpr size_t kLongestShown = 60;

/// Each of these writes a value whole where the text stays within kLongestShown, else at least one
/// byte more of it.
void write_beginning(const Json& value, std::string& out);

void write_text(std::string_view text, std::string& out) {
  constexpr size_t kLongestCharacter = 4;
  const Json beginning = first_bytes(text, kLongestShown + kLongestCharacter);
  out += beginning.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void write_items(const Json& value, std::string& out) {
  const bool object = value.is_object();
  out += object ? '{' : '[';
  const char* separator = "";
  for (auto at = value.begin(); at != value.end() && out.size() <= kLongestShown; ++at) {
    out += separator;
    separator = ",";
    if (object) {
      write_text(at.key(), out);
      out += ':';
    }
    write_beginning(*at, out);
  }
  out += object ? '}' : ']';
}

void write_beginning(const Json& value, std::string& out) {
  if (value.is_structured()) {
    write_items(value, out);
  } else if (value.is_string()) {
    write_text(value.get_ref<const std::string&>(), out);
  } else {
    out += value.dump();
  }
}

/// "a string", "an object", "null".
std::string with_article(const std::string& type) {
  if (type == "null") return type;
  return (type.find_first_of("aio") == 0 ? "an " : "a ") + type;
}

std::string path_text(const std::vector<PathStep>& path) {
  std::string text;
  for (const PathStep& step : path) {
    if (!step.key) {
      text += "[" + std::to_string(step.index) + "]";
    } else {
      text += (text.empty() ? "" : ".") + *step.key;
    }
  }
  return text;
}

/// "no key but a, b": what a schema lets an object have.
std::string keys_of(const Json& schema) {
  std::string list;
  if (const auto named = schema.find("properties"); named != schema.end()) {
    for (const auto& [key, rule] : named->items()) list += (list.empty() ? "" : ", ") + key;
  }
  return list.empty() ? "no key" : "no key but " + list;
}

/// The two halves of a message.
struct Halves {
  std::string found, expected;
};

/// Of the words that count something.
Halves count_fault(const SchemaFault& fault, size_t count, const std::string& things) {
  const bool least = fault.word.starts_with("min");
  return {"has " + std::to_string(count) + " " + things,
          shown(*fault.what) + (least ? " or more" : " or fewer")};
}

std::string expected_type(const Json& what) {
  if (what.is_string()) return with_article(what.get<std::string>());
  return "one of the types " + shown(what);
}

/// What a value should have been by the words that judge a value as a whole.
std::string expected_value(const std::string& word, const Json& what) {
  if (word == "type") return expected_type(what);
  if (word == "const") return shown(what);
  if (word == "enum") return "one of " + shown(what);
  if (word == "pattern") return "a text that matches \"" + what.get<std::string>() + "\"";
  if (word == "minimum") return shown(what) + " or more";
  if (word == "maximum") return shown(what) + " or less";
  if (word == "exclusiveMinimum") return "more than " + shown(what);
  if (word == "exclusiveMaximum") return "less than " + shown(what);
  if (word == "multipleOf") return "a multiple of " + shown(what);
  if (word == "not") return "what \"not\" does not describe";
  if (word == "oneOf") return "exactly one form of \"oneOf\"";
  return "a form of \"" + word + "\"";
}

Halves word_fault(const SchemaFault& fault) {
  const std::string& word = fault.word;
  const Json& value = *fault.value;
  if (word == "uniqueItems") return {"holds an item twice", "items that differ"};
  if (word.ends_with("Items")) return count_fault(fault, value.size(), "items");
  if (word.ends_with("Properties")) return count_fault(fault, value.size(), "keys");
  if (word.ends_with("Length")) {
    return count_fault(fault, count_characters(value.get_ref<const std::string&>()), "characters");
  }
  return {"is " + shown(value), expected_value(word, *fault.what)};
}

Halves halves_of(const SchemaFault& fault) {
  switch (fault.kind) {
    case SchemaFault::Kind::too_deep: return {"lies too deep", "fewer schemas inside each other"};
    case SchemaFault::Kind::not_allowed:
      return {"is there", fault.schema ? keys_of(*fault.schema) : "nothing here"};
    default: return word_fault(fault);
  }
}

}  // namespace

std::string shown(const Json& value) {
  std::string text;
  write_beginning(value, text);
  if (text.size() <= kLongestShown) return text;
  return std::string(first_bytes(text, kLongestShown)) + "…";
}

std::string fault_text(const SchemaFault& fault) {
  const std::string place = fault.path.empty() ? "the whole" : "\"" + path_text(fault.path) + "\"";
  if (fault.kind == SchemaFault::Kind::missing) return place + " is missing";
  const auto [found, expected] = halves_of(fault);
  return place + " " + found + ": expected " + expected;
}

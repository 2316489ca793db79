#include "parts/schema_words.h"

#include "tuneval/error.h"

#include <algorithm>
#include <array>
#include <unordered_map>

using Json = nlohmann::json;

namespace {

constexpr int kDeepest = 200;
constexpr std::array<std::string_view, 7> kTypes = {"null",   "boolean", "object", "array",
                                                    "number", "string",  "integer"};

using Words = std::unordered_map<std::string_view, SchemaWord>;

const Words& words() {
  using enum SchemaWord;
  static const Words all = {{"$schema", describe},
                            {"$id", describe},
                            {"$comment", describe},
                            {"$defs", describe},
                            {"definitions", describe},
                            {"title", describe},
                            {"description", describe},
                            {"default", describe},
                            {"examples", describe},
                            {"deprecated", describe},
                            {"readOnly", describe},
                            {"writeOnly", describe},
                            {"format", describe},
                            {"type", any_value},
                            {"enum", any_value},
                            {"const", any_value},
                            {"properties", object},
                            {"required", object},
                            {"additionalProperties", object},
                            {"minProperties", object},
                            {"maxProperties", object},
                            {"items", array},
                            {"prefixItems", array},
                            {"minItems", array},
                            {"maxItems", array},
                            {"uniqueItems", array},
                            {"minLength", string},
                            {"maxLength", string},
                            {"pattern", string},
                            {"minimum", number},
                            {"maximum", number},
                            {"exclusiveMinimum", number},
                            {"exclusiveMaximum", number},
                            {"multipleOf", number},
                            {"allOf", combine},
                            {"anyOf", combine},
                            {"oneOf", combine},
                            {"not", combine},
                            {"$ref", combine}};
  return all;
}

class Check {
 public:
  Check(const Json& root, SchemaParts& parts) : root_(root), parts_(parts) {}

  /// `place`: where the schema stands, e.g. `properties.items`; empty for the whole.
  void schema(const Json& value, const std::string& place, int depth = 0) {
    if (value.is_boolean()) return;
    if (!value.is_object()) fail(place, "", value, "an object");
    if (depth > kDeepest) throw tuneval::DataError("holds schemas too deep inside each other");
    for (const auto& [word, what] : value.items()) {
      const SchemaWord kind = kind_of_word(word);
      if (kind == SchemaWord::unknown) {
        throw tuneval::DataError(at(place) + "holds \"" + word + "\", which is not supported");
      }
      check_word(word, what, place, depth + 1);
    }
  }

 private:
  static std::string at(const std::string& place) {
    return place.empty() ? "" : "at " + place + " ";
  }
  static std::string inside(const std::string& place, const std::string& part) {
    return place.empty() ? part : place + "." + part;
  }
  [[noreturn]] static void fail(const std::string& place, const std::string& word,
                                const Json& found, const std::string& expected) {
    std::string text = found.dump();
    if (text.size() > 60) text = "a longer value";
    throw tuneval::DataError(at(place) + (word.empty() ? "is " : "has \"" + word + "\" as ") +
                             text + ": expected " + expected);
  }

  void check_word(const std::string& word, const Json& what, const std::string& place, int depth) {
    const auto expect = [&](bool holds, const std::string& expected) {
      if (!holds) fail(place, word, what, expected);
    };
    if (word == "properties" || word == "$defs" || word == "definitions") {
      expect(what.is_object(), "an object of schemas");
      for (const auto& [key, one] : what.items()) schema(one, inside(place, key), depth);
    } else if (word == "allOf" || word == "anyOf" || word == "oneOf" || word == "prefixItems") {
      expect(what.is_array() && !what.empty(), "an array of schemas");
      for (const Json& one : what) schema(one, inside(place, word), depth);
    } else if (word == "items" || word == "additionalProperties" || word == "not") {
      schema(what, inside(place, word), depth);
    } else if (word == "type") {
      expect(is_type(what), "a type or an array of types");
    } else if (word == "enum") {
      expect(what.is_array() && !what.empty(), "an array of values");
    } else if (word == "required") {
      const auto is_text = [](const Json& one) { return one.is_string(); };
      expect(what.is_array() && std::ranges::all_of(what, is_text), "an array of names");
    } else if (word == "uniqueItems") {
      expect(what.is_boolean(), "true or false");
    } else if (word == "pattern") {
      expect(what.is_string() && compiles(what.get<std::string>()), "a regular expression");
    } else if (word == "$ref") {
      expect(what.is_string() && leads_somewhere(what.get<std::string>()),
             "a place in this schema, such as #/$defs/name");
    } else if (kind_of_word(word) == SchemaWord::number) {
      expect(what.is_number() && (word != "multipleOf" || what > 0), "a number");
    } else if (word.starts_with("min") || word.starts_with("max")) {
      expect(what.is_number() && what >= 0, "a count");
    }
  }

  static bool is_type(const Json& what) {
    const auto known = [](const Json& one) {
      return one.is_string() &&
             std::ranges::find(kTypes, one.get_ref<const std::string&>()) != kTypes.end();
    };
    return what.is_array() ? !what.empty() && std::ranges::all_of(what, known) : known(what);
  }

  bool compiles(const std::string& pattern) {
    try {
      parts_.patterns.emplace(pattern, boost::regex(pattern));
      return true;
    } catch (const std::exception&) {
      return false;
    }
  }

  bool leads_somewhere(const std::string& reference) {
    if (!reference.starts_with('#')) return false;
    try {
      const Json& target = root_.at(Json::json_pointer(reference.substr(1)));
      if (!target.is_object() && !target.is_boolean()) return false;
      const bool fresh = parts_.targets.emplace(reference, &target).second;
      if (fresh) schema(target, reference);
      return true;
    } catch (const Json::exception&) {
      return false;
    }
  }

  const Json& root_;
  SchemaParts& parts_;
};

}  // namespace

SchemaWord kind_of_word(std::string_view word) {
  const auto found = words().find(word);
  return found == words().end() ? SchemaWord::unknown : found->second;
}

SchemaParts check_schema(const Json& root) {
  SchemaParts parts;
  Check(root, parts).schema(root, "");
  return parts;
}

std::string with_article(const std::string& type) {
  if (type == "null") return type;
  return (type.find_first_of("aio") == 0 ? "an " : "a ") + type;
}

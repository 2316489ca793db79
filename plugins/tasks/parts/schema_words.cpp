#include "parts/schema_words.h"

#include "parts/schema_fault.h"
#include "parts/schema_pattern.h"
#include "tuneval/error.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>
#include <vector>

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

  void run() {
    schema(root_, "", 0);
    while (!targets_.empty()) {
      const std::string reference = std::move(targets_.back());
      targets_.pop_back();
      schema(*parts_.targets.at(reference), reference, 0);
    }
  }

 private:
  /// `place`: where the schema stands, e.g. `properties.items`; empty for the whole.
  void schema(const Json& value, const std::string& place, int depth) {
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

  static std::string at(const std::string& place) {
    return place.empty() ? "" : "at " + place + " ";
  }
  static std::string inside(const std::string& place, const std::string& part) {
    return place.empty() ? part : place + "." + part;
  }
  [[noreturn]] static void fail(const std::string& place, const std::string& word,
                                const Json& found, const std::string& expected) {
    throw tuneval::DataError(at(place) + (word.empty() ? "is " : "has \"" + word + "\" as ") +
                             shown(found) + ": expected " + expected);
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
      expect(what.is_string(), "a regular expression");
      check_pattern(what, place);
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

  void check_pattern(const Json& what, const std::string& place) {
    auto pattern = compile_pattern(what.get_ref<const std::string&>());
    if (!pattern->ok()) {
      fail(place, "pattern", what,
           "a regular expression of RE2's kind, without look-around and back-references (" +
               pattern->error() + ")");
    }
    parts_.patterns.emplace(what.get<std::string>(), std::move(pattern));
  }

  bool leads_somewhere(const std::string& reference) {
    if (!reference.starts_with('#')) return false;
    try {
      const Json& target = root_.at(Json::json_pointer(reference.substr(1)));
      if (!target.is_object() && !target.is_boolean()) return false;
      if (parts_.targets.emplace(reference, &target).second) targets_.push_back(reference);
      return true;
    } catch (const Json::exception&) {
      return false;
    }
  }

  const Json& root_;
  SchemaParts& parts_;
  std::vector<std::string> targets_;  // references whose schemas are still to be checked
};

/// Finds schemas that lead back to themselves without a step into the value, by $ref and the words
/// that combine schemas: they say nothing, and following them has no end.
class Circles {
 public:
  explicit Circles(const SchemaParts& parts) : parts_(parts) {}

  /// A circle has a $ref in it, so that it passes one of the targets.
  void refuse() {
    for (const auto& [reference, target] : parts_.targets) {
      if (leads_back(*target, 0)) {
        throw tuneval::DataError("has \"$ref\" as \"" + reference +
                                 "\", which leads back to itself: expected a word between that "
                                 "goes into the value, such as properties or items");
      }
    }
  }

 private:
  enum class State { open, done };

  bool leads_back(const Json& schema, int depth) {
    if (!schema.is_object()) return false;
    if (depth > kDeepest) throw tuneval::DataError("has references too deep inside each other");
    const auto [at, fresh] = states_.try_emplace(&schema, State::open);
    if (!fresh) return at->second == State::open;
    for (const auto& [word, what] : schema.items()) {
      if (word_leads_back(word, what, depth + 1)) return true;
    }
    states_[&schema] = State::done;
    return false;
  }

  bool word_leads_back(const std::string& word, const Json& what, int depth) {
    if (word == "not") return leads_back(what, depth);
    if (word == "$ref") return leads_back(*parts_.targets.at(what.get<std::string>()), depth);
    if (word != "allOf" && word != "anyOf" && word != "oneOf") return false;
    return std::ranges::any_of(what, [&](const Json& one) { return leads_back(one, depth); });
  }

  const SchemaParts& parts_;
  std::unordered_map<const Json*, State> states_;
};

}  // namespace

SchemaWord kind_of_word(std::string_view word) {
  const auto found = words().find(word);
  return found == words().end() ? SchemaWord::unknown : found->second;
}

SchemaParts check_schema(const Json& root) {
  SchemaParts parts;
  Check(root, parts).run();
  Circles(parts).refuse();
  return parts;
}

#include "parts/json_schema.h"

#include "parts/schema_words.h"
#include "tuneval/error.h"

#include <algorithm>
#include <cmath>
#include <vector>

using Json = nlohmann::json;

struct JsonSchema::Compiled {
  Json root;
  SchemaParts parts;
};

namespace {

/// Schemas may lead back to themselves by $ref; an instance is finite, a circle of references not.
constexpr int kDeepest = 1000;

std::string shown(const Json& value) {
  constexpr size_t kLongest = 60;
  std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (text.size() <= kLongest) return text;
  size_t end = kLongest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

bool is_integer(const Json& value) {
  if (value.is_number_integer()) return true;
  return value.is_number_float() && std::trunc(value.get<double>()) == value.get<double>();
}

bool has_type(const Json& value, std::string_view type) {
  if (type == "integer") return is_integer(value);
  return type == (value.is_number() ? "number" : value.type_name());
}

size_t characters(const std::string& text) {
  const auto starts = [](unsigned char byte) { return (byte & 0xC0) != 0x80; };
  return static_cast<size_t>(std::ranges::count_if(text, starts));
}

bool is_multiple(double value, double step) {
  const double times = value / step;
  return std::abs(times - std::round(times)) <= 1e-9 * std::max(1.0, std::abs(times));
}

bool all_differ(const Json& array) {
  std::vector<const Json*> items;
  for (const Json& item : array) items.push_back(&item);
  const auto less = [](const Json* a, const Json* b) { return *a < *b; };
  const auto same = [](const Json* a, const Json* b) { return *a == *b; };
  std::ranges::sort(items, less);
  return std::adjacent_find(items.begin(), items.end(), same) == items.end();
}

/// Walks one instance. The first fault found is the one that is told.
class Judge {
 public:
  explicit Judge(const SchemaParts& parts) : parts_(parts) {}

  bool valid(const Json& schema, const Json& value) {
    if (schema.is_boolean()) return schema.get<bool>() || wrong("is there", "nothing here");
    if (++depth_ > kDeepest) return wrong("lies too deep", "fewer references");
    for (const auto& [word, what] : schema.items()) {
      if (!word_holds(word, what, schema, value)) return false;
    }
    --depth_;
    return true;
  }

  std::string fault;

 private:
  bool wrong(const std::string& found, const std::string& expected) {
    const std::string place = path_.empty() ? "the whole" : "\"" + path() + "\"";
    fault = place + " " + found + ": expected " + expected;
    return false;
  }
  bool wrong_value(const Json& value, const std::string& expected) {
    return wrong("is " + shown(value), expected);
  }

  bool word_holds(const std::string& word, const Json& what, const Json& schema,
                  const Json& value) {
    switch (kind_of_word(word)) {
      case SchemaWord::any_value: return value_word(word, what, value);
      case SchemaWord::object: return !value.is_object() || object_word(word, what, schema, value);
      case SchemaWord::array: return !value.is_array() || array_word(word, what, schema, value);
      case SchemaWord::string: return !value.is_string() || string_word(word, what, value);
      case SchemaWord::number: return !value.is_number() || number_word(word, what, value);
      case SchemaWord::combine: return combine_word(word, what, value);
      case SchemaWord::describe:
      case SchemaWord::unknown: break;
    }
    return true;
  }

  bool value_word(const std::string& word, const Json& what, const Json& value) {
    if (word == "const") return value == what || wrong_value(value, shown(what));
    if (word == "enum") {
      if (std::ranges::find(what, value) != what.end()) return true;
      return wrong_value(value, "one of " + shown(what));
    }
    if (what.is_string()) {
      return has_type(value, what.get_ref<const std::string&>()) ||
             wrong_value(value, with_article(what.get<std::string>()));
    }
    for (const Json& type : what) {
      if (has_type(value, type.get_ref<const std::string&>())) return true;
    }
    return wrong_value(value, "one of the types " + shown(what));
  }

  bool object_word(const std::string& word, const Json& what, const Json& schema,
                   const Json& value) {
    if (word == "required") {
      for (const Json& key : what) {
        const auto& name = key.get_ref<const std::string&>();
        if (!value.contains(name)) return missing(name);
      }
      return true;
    }
    if (word == "minProperties" || word == "maxProperties") {
      return within(word == "minProperties", value.size(), what, "keys");
    }
    const bool properties = word == "properties";
    for (const auto& [key, one] : value.items()) {
      const Json* rule = properties ? find(what, key) : &what;
      if (!rule || (!properties && is_named(schema, key))) continue;
      const Step step(path_, {&key, 0});
      if (!properties && what == false) return wrong("is there", keys_of(schema));
      if (!valid(*rule, one)) return false;
    }
    return true;
  }

  static const Json* find(const Json& object, const std::string& key) {
    const auto found = object.find(key);
    return found == object.end() ? nullptr : &*found;
  }
  static bool is_named(const Json& schema, const std::string& key) {
    const Json* named = find(schema, "properties");
    return named && named->contains(key);
  }
  static std::string keys_of(const Json& schema) {
    const Json* named = find(schema, "properties");
    std::string list;
    if (named) {
      for (const auto& [key, rule] : named->items()) list += (list.empty() ? "" : ", ") + key;
    }
    return list.empty() ? "no key" : "no key but " + list;
  }
  bool missing(const std::string& key) {
    const Step step(path_, {&key, 0});
    fault = "\"" + path() + "\" is missing";
    return false;
  }

  bool array_word(const std::string& word, const Json& what, const Json& schema,
                  const Json& value) {
    if (word == "minItems" || word == "maxItems") {
      return within(word == "minItems", value.size(), what, "items");
    }
    if (word == "uniqueItems") {
      return what == false || all_differ(value) ||
             wrong("holds an item twice", "items that differ");
    }
    const Json* first = find(schema, "prefixItems");
    const bool prefix = word == "prefixItems";
    const size_t begin = prefix || !first ? 0 : first->size();
    const size_t end = prefix ? std::min(what.size(), value.size()) : value.size();
    for (size_t i = begin; i < end; ++i) {
      const Step step(path_, {nullptr, i});
      if (!valid(prefix ? what[i] : what, value[i])) return false;
    }
    return true;
  }

  bool string_word(const std::string& word, const Json& what, const Json& value) {
    const auto& text = value.get_ref<const std::string&>();
    if (word != "pattern") return within(word == "minLength", characters(text), what, "characters");
    const auto& pattern = what.get_ref<const std::string&>();
    try {
      if (boost::regex_search(text, parts_.patterns.at(pattern))) return true;
    } catch (const std::runtime_error&) {  // boost's bound on the steps of a match
      return wrong_value(value, "a text in which \"" + pattern + "\" is found in bounded time");
    }
    return wrong_value(value, "a text that matches \"" + pattern + "\"");
  }

  bool number_word(const std::string& word, const Json& what, const Json& value) {
    if (word == "minimum") return value >= what || wrong_value(value, shown(what) + " or more");
    if (word == "maximum") return value <= what || wrong_value(value, shown(what) + " or less");
    if (word == "exclusiveMinimum") {
      return value > what || wrong_value(value, "more than " + shown(what));
    }
    if (word == "exclusiveMaximum") {
      return value < what || wrong_value(value, "less than " + shown(what));
    }
    return is_multiple(value.get<double>(), what.get<double>()) ||
           wrong_value(value, "a multiple of " + shown(what));
  }

  bool combine_word(const std::string& word, const Json& what, const Json& value) {
    if (word == "$ref") return valid(*parts_.targets.at(what.get_ref<const std::string&>()), value);
    if (word == "not") {
      return !holds(what, value) || wrong_value(value, "what \"not\" does not describe");
    }
    if (word == "allOf") {
      return std::ranges::all_of(what, [&](const Json& one) { return valid(one, value); });
    }
    const auto fitting =
        std::ranges::count_if(what, [&](const Json& one) { return holds(one, value); });
    if (word == "anyOf" ? fitting > 0 : fitting == 1) return true;
    return wrong_value(value,
                       word == "anyOf" ? "a form of \"anyOf\"" : "exactly one form of \"oneOf\"");
  }

  /// Whether a schema holds, without a trace of it.
  bool holds(const Json& schema, const Json& value) {
    const int depth = depth_;
    const bool result = valid(schema, value);
    depth_ = depth;
    return result;
  }

  bool within(bool least, size_t size, const Json& limit, const std::string& things) {
    const auto bound = limit.get<double>();
    if (least ? double(size) >= bound : double(size) <= bound) return true;
    return wrong("has " + std::to_string(size) + " " + things,
                 shown(limit) + (least ? " or more" : " or fewer"));
  }

  /// One step into the instance: a key, or an index where that is null.
  struct Part {
    const std::string* key;
    size_t index;
  };

  /// Makes the path longer as long as it lives.
  struct Step {
    Step(std::vector<Part>& whole, Part part) : path(whole) { path.push_back(part); }
    ~Step() { path.pop_back(); }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;
    std::vector<Part>& path;
  };

  std::string path() const {
    std::string text;
    for (const Part& part : path_) {
      if (!part.key) {
        text += "[" + std::to_string(part.index) + "]";
      } else {
        text += (text.empty() ? "" : ".") + *part.key;
      }
    }
    return text;
  }

  const SchemaParts& parts_;
  std::vector<Part> path_;
  int depth_ = 0;
};

}  // namespace

JsonSchema::JsonSchema(std::string_view schema) {
  auto compiled = std::make_unique<Compiled>();
  compiled->root = Json::parse(schema, nullptr, /*allow_exceptions=*/false);
  if (compiled->root.is_discarded()) throw tuneval::DataError("is not JSON");
  compiled->parts = check_schema(compiled->root);
  compiled_ = std::move(compiled);
}

JsonSchema::~JsonSchema() = default;
JsonSchema::JsonSchema(JsonSchema&&) noexcept = default;
JsonSchema& JsonSchema::operator=(JsonSchema&&) noexcept = default;

std::string JsonSchema::fault(std::string_view json) const {
  const Json value = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded()) return "it is not JSON";
  Judge judge(compiled_->parts);
  return judge.valid(compiled_->root, value) ? "" : judge.fault;
}

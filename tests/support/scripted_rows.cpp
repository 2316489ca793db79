#include "tests/support/scripted_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <map>
#include <optional>
#include <random>
#include <regex>
#include <set>
#include <stdexcept>

namespace tuneval::test {
namespace {

using Json = nlohmann::ordered_json;

/// The end of the JSON object that begins at `begin`, by its braces; npos where there is none.
size_t end_of_object(const std::string& text, size_t begin) {
  int depth = 0;
  bool in_string = false;
  for (size_t i = begin; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
      continue;
    }
    if (c == '"') in_string = true;
    if (c == '{') ++depth;
    if (c == '}' && --depth == 0) return i + 1;
  }
  return text.npos;
}

void collect_texts(Json& value, std::vector<std::string*>& texts) {
  if (value.is_string()) texts.push_back(value.get_ptr<std::string*>());
  if (!value.is_structured()) return;
  for (Json& item : value) collect_texts(item, texts);
}

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || (c & 0x80) != 0) {
      words.back() += c;
    } else {
      words.emplace_back();
    }
  }
  std::erase(words, "");
  return words;
}

/// A word that no row has.
std::string new_word(std::mt19937_64& random) {
  static const std::string kConsonants = "bdfgklmnprstvz", kVowels = "aeiou";
  std::string word;
  for (uint64_t i = 0; i < 2 + random() % 2; ++i) {
    word += kConsonants[random() % kConsonants.size()];
    word += kVowels[random() % kVowels.size()];
  }
  return word;
}

std::string vary_text(const std::string& text, const std::set<std::string>& kept,
                      std::mt19937_64& random) {
  std::string varied, word;
  const auto end_word = [&] {
    const bool number =
        std::ranges::any_of(word, [](unsigned char c) { return std::isdigit(c) != 0; });
    const bool stays = word.empty() || number || kept.contains(word) || random() % 5 == 0;
    varied += stays ? word : new_word(random);
    word.clear();
  };
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || (c & 0x80) != 0) {
      word += c;
      continue;
    }
    end_word();
    varied += c;
  }
  end_word();
  return varied;
}

std::string keys_of(const Json& row) {
  std::string keys;
  for (const auto& item : row.items()) keys += item.key() + "\n";
  return keys;
}

/// All texts of a request, one below the other.
std::string texts_of(const nlohmann::json& request) {
  std::string texts;
  for (const nlohmann::json& message : request.at("messages")) {
    if (message.at("content").is_string()) texts += message["content"].get<std::string>() + "\n";
  }
  return texts;
}

/// What stands between <name> and </name>; null where that is not there.
std::optional<std::string> block_of(const std::string& text, const std::string& name) {
  const size_t begin = text.find("<" + name + ">");
  const size_t end = text.find("</" + name + ">", begin);
  if (begin == text.npos || end == text.npos) return std::nullopt;
  return text.substr(begin, end - begin);
}

/// The rows that a request shows: of the objects in it, those of the commonest kind.
std::vector<Json> rows_shown(const std::string& texts) {
  std::vector<Json> objects = objects_in(block_of(texts, "examples").value_or(texts));
  std::map<std::string, int64_t> count;
  for (const Json& object : objects) ++count[keys_of(object)];
  std::string commonest;
  for (const auto& [keys, times] : count) {
    if (commonest.empty() || times > count[commonest]) commonest = keys;
  }
  std::erase_if(objects, [&](const Json& object) { return keys_of(object) != commonest; });
  return objects;
}

/// The number in "Write 4 new rows"; `otherwise` where no text says so.
int64_t rows_wanted(const std::string& texts, int64_t otherwise) {
  static const std::regex kWanted("Write ([0-9]{1,6}) new rows");
  std::smatch found;
  return std::regex_search(texts, found, kWanted) ? std::stoll(found[1]) : otherwise;
}

TeacherStep echo_rows(const nlohmann::json& request, int64_t rows, uint64_t seed) {
  const std::string texts = texts_of(request);
  const std::vector<Json> shown = rows_shown(texts);
  rows = rows_wanted(texts, rows);
  Json answer = Json::array();
  const uint64_t drawn = hash_of(request.dump(), seed);
  for (int64_t i = 0; i < rows && !shown.empty(); ++i) {
    const size_t which = (drawn + uint64_t(i)) % shown.size();
    answer.push_back(vary_row(shown[which], drawn + uint64_t(i) * 7919));
  }
  const std::string text = answer.dump();
  return says(text, int64_t(request.dump().size() / 4), int64_t(text.size() / 4));
}

TeacherStep fault(const std::string& name) {
  if (name == "breaks_off") return breaks_off();
  if (name == "truncated") return truncated();
  if (name == "garbage") return garbage();
  if (name == "says_nothing") return says_nothing();
  if (name == "no_choice") return no_choice();
  if (name == "cut_off") return cut_off("[{\"input\": \"this brea");
  if (name == "filtered") return filtered();
  if (name == "429") return asks_to_wait(429, "0");
  for (const int status : {400, 408, 500, 503}) {
    if (name == fmt::format("{}", status)) return fails(status, "as the script says");
  }
  throw std::runtime_error("no fault is called " + name);
}

bool passes(const std::string& name) {
  static const std::set<std::string> kPassing = {"429", "500", "503", "408", "breaks_off"};
  return kPassing.contains(name);
}

/// The fault that `drawn`, from 0 to 1, falls on among those of one sort; empty for none.
std::string drawn_fault(const std::map<std::string, double>& faults, bool passing, double drawn) {
  for (const auto& [name, share] : faults) {
    if (passes(name) != passing) continue;
    if (drawn < share) return name;
    drawn -= share;
  }
  return {};
}

double share_of(uint64_t hash) { return static_cast<double>(hash % 1'000'003) / 1'000'003.0; }

}  // namespace

std::vector<Json> objects_in(const std::string& text) {
  std::vector<Json> objects;
  for (size_t begin = text.find('{'); begin != text.npos; begin = text.find('{', begin)) {
    const size_t end = end_of_object(text, begin);
    if (end == text.npos) {
      ++begin;
      continue;
    }
    Json object = Json::parse(text.substr(begin, end - begin), nullptr, false);
    const bool is_row = object.is_object() && !object.empty();
    begin = is_row ? end : begin + 1;
    if (is_row) objects.push_back(std::move(object));
  }
  return objects;
}

Json vary_row(Json row, uint64_t seed) {
  std::vector<std::string*> texts;
  collect_texts(row, texts);
  if (texts.empty()) return row;
  const auto size = [](const std::string* text) { return text->size(); };
  std::string* longest = *std::ranges::max_element(texts, {}, size);
  std::set<std::string> kept;
  for (const std::string* text : texts) {
    if (text != longest) std::ranges::move(words_of(*text), std::inserter(kept, kept.end()));
  }
  std::mt19937_64 random(seed);
  *longest = vary_text(*longest, kept, random);
  return row;
}

ScriptedTeacher::Script script_from(const nlohmann::json& script) {
  const auto mode = script.value("mode", std::string("echo"));
  if (mode != "echo" && mode != "echo_rows") throw std::runtime_error("no mode is called " + mode);
  const auto seed = script.value("seed", uint64_t{1});
  const auto rows = script.value("rows", int64_t{4});
  const auto delay = script.value("delay", 0.0);
  const auto faults = script.value("faults", std::map<std::string, double>{});
  for (const auto& [name, share] : faults) fault(name);
  return [=](const nlohmann::json& request, int64_t earlier) {
    const std::string body = request.dump();
    std::string name = drawn_fault(faults, false, share_of(hash_of(body, seed)));
    if (earlier < 2) {
      const std::string now = fmt::format("{}{}", earlier, body);
      const std::string passing = drawn_fault(faults, true, share_of(hash_of(now, seed + 1)));
      if (!passing.empty()) name = passing;
    }
    if (!name.empty()) return slow(fault(name), delay);
    TeacherStep step =
        mode == "echo" ? says("echo: " + last_content(request)) : echo_rows(request, rows, seed);
    return slow(std::move(step), delay);
  };
}

}  // namespace tuneval::test

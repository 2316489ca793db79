#include "framework/synth/reply_rows.h"

#include "framework/record/json_scan.h"
#include "tuneval/task/tool_calls.h"

#include <algorithm>
#include <optional>

namespace tuneval {

namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kMostShown = 2000;   // bytes of a text that could not be read
constexpr size_t kBudget = 64 << 20;  // bytes looked at in all: a hostile text is given up
constexpr size_t kParsing = 4;        // times as much as finding brackets

enum class Ending { closed, crossed, cut_off };

struct Bracketed {
  Ending ending = Ending::cut_off;
  size_t length = 0;
  size_t most_keys = 0;  // of one object in it
};

/// The object or array that begins `text`, by its brackets alone.
Bracketed bracketed(std::string_view text) {
  JsonScan scan;
  for (size_t i = 0; i < text.size(); ++i) {
    scan.take(text[i]);
    if (scan.crossed()) return {Ending::crossed, i + 1, scan.most_keys()};
    if (scan.depth() == 0) return {Ending::closed, i + 1, scan.most_keys()};
  }
  return {Ending::cut_off, text.size(), scan.most_keys()};
}

std::optional<Json> parse(std::string_view text) {
  const auto compact = compact_json(text);  // refuses what is nested too deep to handle
  if (!compact) return std::nullopt;
  return Json::parse(*compact);
}

bool is_array_of_objects(const Json& value) {
  return value.is_array() && !value.empty() &&
         std::ranges::all_of(value, [](const Json& one) { return one.is_object(); });
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  ReplyRows read() {
    for (size_t at = 0; (at = text_.find_first_of("{[", at)) != std::string_view::npos;) {
      const size_t next = take(text_.substr(at));
      if (next == 0) break;
      at += next;
    }
    if (found_.rows.empty() && found_.faults.empty()) fault("holds no row", text_);
    return std::move(found_);
  }

 private:
  /// Takes what begins here; returns how far to go on, 0 for not at all.
  size_t take(std::string_view rest) {
    const Bracketed part = bracketed(rest);
    const size_t cost = part.length * (part.ending == Ending::closed ? 1 + kParsing : 1);
    if (cost > budget_) {
      fault("is too tangled to be read", rest);
      return 0;
    }
    budget_ -= cost;
    const bool is_row = rest.front() == '{';
    if (part.ending == Ending::closed) {
      const std::string_view text = rest.substr(0, part.length);
      if (part.most_keys > kMostKeys) {
        if (!is_row) return 1;
        fault("holds an object of more than 2000 keys", text);
        return part.length;
      }
      if (const auto json = parse(text)) {
        add(*json);
        return part.length;
      }
      // Inside an array that is not JSON there may be rows that are; inside a row there are none.
      if (!is_row) return 1;
      fault("holds a row that is not JSON", text);
      return part.length;
    }
    if (part.ending == Ending::cut_off && is_row) {
      fault("ends inside a row", rest);
      return 0;
    }
    return 1;
  }

  void add(const Json& json) {
    if (json.is_object()) {
      const bool is_wrapper = json.size() == 1 && is_array_of_objects(json.front());
      // A conversation too is one key with an array of objects: its turns have roles.
      if (is_wrapper && !json.front().front().contains("role")) return add(json.front());
      found_.rows.push_back(json);
      return;
    }
    for (const Json& one : json) {
      if (one.is_object()) found_.rows.push_back(one);
    }
  }

  void fault(const char* message, std::string_view text) {
    found_.faults.push_back({message, std::string(text.substr(0, kMostShown))});
  }

  std::string_view text_;
  size_t budget_ = kBudget;
  ReplyRows found_;
};

}  // namespace

ReplyRows read_reply_rows(std::string_view text) {
  constexpr std::string_view kThought = "</think>";
  if (const size_t end = text.rfind(kThought); end != std::string_view::npos) {
    text.remove_prefix(end + kThought.size());
  }
  return Reader(text).read();
}

}  // namespace tuneval

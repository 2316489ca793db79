#pragma once

#include "tuneval/config.h"
#include "tuneval/metric/text.h"

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tuneval {

/// The text of a message, written as a template with {placeholders}. What is the same in all rows
/// is put in once; a template should have it first: rows then share a long prefix, which is
/// computed once for all of them.
class PromptTemplate {
 public:
  /// A placeholder that each row fills.
  struct Open {
    std::string_view name;
    bool required = true;
  };

  /// Reads the option `key`, or takes `otherwise`. `known`: placeholders with one value for all
  /// rows. Another placeholder, or a required one that is missing, fails through `options`. Other
  /// braces, as of JSON in a prompt, are text.
  PromptTemplate(const Config& options, std::string_view key, std::string_view otherwise,
                 const std::vector<std::pair<std::string_view, std::string>>& known,
                 const std::vector<Open>& open) {
    const std::string chosen = options.text_or(key, std::string(otherwise));
    held_.resize(open.size());
    for (std::string_view rest = chosen; !rest.empty();) {
      const std::string_view name = placeholder_at(rest);
      if (name.empty()) {
        pieces_.back() += rest.front();
        rest.remove_prefix(1);
        continue;
      }
      if (!put_known(name, known) && !put_open(name, open)) {
        options.fail(key, "holds {" + std::string(name) + "}: expected " + names_of(known, open));
      }
      rest.remove_prefix(name.size() + 2);
    }
    for (size_t i = 0; i < open.size(); ++i) {
      if (!open[i].required || held_[i]) continue;
      options.fail(key, "does not hold {" + std::string(open[i].name) + "}");
    }
  }

  /// Whether the template holds the open placeholder of this index.
  bool holds(size_t index) const { return held_[index]; }

  /// The text of a row; `values` in the order of `open`.
  std::string of(std::initializer_list<std::string_view> values = {}) const {
    std::string text = pieces_.front();
    for (size_t i = 0; i < slots_.size(); ++i) {
      text += values.begin()[slots_[i]];
      text += pieces_[i + 1];
    }
    return text;
  }

 private:
  /// The name between braces at the start of `text`, e.g. "input" of "{input} …"; empty where there
  /// is none.
  static std::string_view placeholder_at(std::string_view text) {
    if (text.front() != '{') return {};
    const size_t end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", 1);
    if (end == std::string_view::npos || text[end] != '}') return {};
    return text.substr(1, end - 1);
  }

  bool put_known(std::string_view name,
                 const std::vector<std::pair<std::string_view, std::string>>& known) {
    for (const auto& [one, value] : known) {
      if (one != name) continue;
      pieces_.back() += value;
      return true;
    }
    return false;
  }

  bool put_open(std::string_view name, const std::vector<Open>& open) {
    for (size_t i = 0; i < open.size(); ++i) {
      if (open[i].name != name) continue;
      held_[i] = true;
      slots_.push_back(i);
      pieces_.emplace_back();
      return true;
    }
    return false;
  }

  static std::string names_of(const std::vector<std::pair<std::string_view, std::string>>& known,
                              const std::vector<Open>& open) {
    std::vector<std::string> names;
    for (const auto& [name, value] : known) names.push_back("{" + std::string(name) + "}");
    for (const Open& one : open) names.push_back("{" + std::string(one.name) + "}");
    return listed(names);
  }

  std::vector<std::string> pieces_ = {{}};  // the values go between them
  std::vector<size_t> slots_;               // which value follows each piece
  std::vector<bool> held_;
};

}  // namespace tuneval

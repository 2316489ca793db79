#include "prompt.h"

#include <utility>

namespace {

constexpr std::string_view kTemplate =
    "{description}\n\n"
    "Classes:\n"
    "{classes}\n\n"
    "Answer with the name of one class and nothing else.\n\n"
    "{input}";

/// "- name: description", a line each.
std::string list_of(const std::vector<Class>& classes) {
  std::string list;
  for (const Class& one : classes) {
    if (!list.empty()) list += '\n';
    list += "- " + one.name;
    if (!one.description.empty()) list += ": " + one.description;
  }
  return list;
}

/// The name between braces at the start of `text`, e.g. "input" of "{input} …"; empty where there
/// is none. Other braces, as of JSON in a prompt, are text.
std::string_view placeholder_at(std::string_view text) {
  const size_t end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", 1);
  if (text.front() != '{' || end == std::string_view::npos || text[end] != '}') return {};
  return text.substr(1, end - 1);
}

}  // namespace

Prompt::Prompt(const tuneval::TaskOptions& options, const std::vector<Class>& classes) {
  const std::string chosen = options.options.text_or("prompt", std::string(kTemplate));
  std::string_view rest = chosen;
  std::string piece;
  while (!rest.empty()) {
    const std::string_view name = placeholder_at(rest);
    if (name.empty()) {
      piece += rest.front();
      rest.remove_prefix(1);
      continue;
    }
    if (name == "description") {
      piece += options.description;
    } else if (name == "classes") {
      piece += list_of(classes);
    } else if (name == "input") {
      pieces_.push_back(std::exchange(piece, {}));
    } else {
      options.options.fail("prompt", "holds {" + std::string(name) +
                                         "}: expected {description}, {classes} or {input}");
    }
    rest.remove_prefix(name.size() + 2);
  }
  if (pieces_.empty()) options.options.fail("prompt", "does not hold {input}");
  pieces_.push_back(std::move(piece));
}

std::string Prompt::of(std::string_view input) const {
  std::string text = pieces_.front();
  for (size_t i = 1; i < pieces_.size(); ++i) {
    text += input;
    text += pieces_[i];
  }
  return text;
}

#pragma once

#include "tuneval/task/prompt.h"

#include "tuneval/task/example.h"

#include <string>
#include <string_view>
#include <vector>

/// One of the answers of a classification task.
struct Class {
  std::string name;
  std::string description;  ///< empty when the pack gives none
};

inline constexpr std::string_view kTemplate =
    "{description}\n\n"
    "Classes:\n"
    "{classes}\n\n"
    "Answer with the name of one class and nothing else.\n\n"
    "{input}";

/// "- name: description", a line each.
inline std::string list_of(const std::vector<Class>& classes) {
  std::string list;
  for (const Class& one : classes) {
    if (!list.empty()) list += '\n';
    list += "- " + one.name;
    if (!one.description.empty()) list += ": " + one.description;
  }
  return list;
}

/// The user message of every row, up to the input.
inline tuneval::PromptTemplate prompt_of(const tuneval::TaskOptions& options,
                                         const std::vector<Class>& classes) {
  return {options.options,
          "prompt",
          kTemplate,
          {{"description", options.description}, {"classes", list_of(classes)}},
          {{"input"}}};
}

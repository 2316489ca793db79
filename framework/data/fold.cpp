#include "framework/data/fold.h"

#include "tuneval/metric/text.h"

namespace tuneval {

std::string fold_space(std::string_view text) {
  std::string folded;
  bool gap = false;
  for (const char c : trim(text)) {
    const bool space = c == ' ' || (c >= '\t' && c <= '\r');
    if (!space && gap) folded += ' ';
    if (!space) folded += c;
    gap = space;
  }
  return folded;
}

std::string fold_prompt(const Example& example) {
  std::string folded = fold_space(example.tools);
  for (const Message& message : example.messages) {
    // Folded text holds no control character: the parts cannot run into each other.
    folded += '\n' + message.role + '\n' + fold_space(message.content) + '\n' + message.tool_calls;
  }
  return folded;
}

}  // namespace tuneval

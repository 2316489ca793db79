#include "guide.h"

std::string guide_to_rows(bool refusals, const Toolbox& tools) {
  std::string guide =
      "\"messages\" is a conversation: turns, each an object with \"role\" (system, user, "
      "assistant "
      "or tool) and \"content\", a text. A turn of the assistant answers by \"tool_calls\", an "
      "array "
      "of objects with \"type\": \"function\" and \"function\", which has the \"name\" of a tool "
      "and "
      "its \"arguments\", an object that fits the tool's schema; its content is then \"\". The "
      "last "
      "turn is the assistant's, and the model learns all of its calls. A tool's turn may give the "
      "result of a call. ";
  guide += refusals ? "Where no tool fits, the last turn says so in words and calls nothing. "
                    : "Every answer calls a tool. ";
  guide +=
      "Rows may have \"question\" and \"answer\" in place of \"messages\": as the examples do. "
      "The kind of a row is the tool that its answers call first";
  guide += refusals ? std::string(", or \"") + kNoCall + "\"." : ".";
  if (tools.names.empty()) return guide + " \"tools\" is the array of the functions of the row.";
  return guide + " The tools:\n" + tools.json;
}

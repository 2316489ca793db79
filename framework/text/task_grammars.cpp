#include "framework/text/task_grammars.h"

#include "framework/text/answer_trie.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <unordered_map>
#include <vector>

namespace tuneval {

namespace {

using Shared = std::shared_ptr<const Grammar>;

std::vector<Shared> grammars_of_tools(const ChatText& text, std::span<const Example> examples) {
  const GrammarMaker maker(text);
  std::unordered_map<std::string, Shared> known;
  std::vector<Shared> grammars;
  for (const Example& example : examples) {
    Shared& grammar = known[example.tools];
    try {
      if (!grammar) grammar = maker.tool_calls(example.tools);
    } catch (const DataError& error) {
      throw DataError(fmt::format("{}: {}", example.where, error.what()));
    }
    grammars.push_back(grammar);
  }
  return grammars;
}

}  // namespace

std::function<Shared(size_t index)> task_grammars(const ChatText& text, const Decoding& decoding,
                                                  std::span<const std::string> answers,
                                                  std::span<const Example> examples) {
  Shared grammar;
  switch (decoding.constraint) {
    case Constraint::none: return nullptr;
    case Constraint::answers:
    case Constraint::ranked_answers: grammar = std::make_shared<AnswerTrie>(text, answers); break;
    case Constraint::json_schema: grammar = GrammarMaker(text).json_schema(decoding.schema); break;
    case Constraint::tool_calls:
      return [grammars = grammars_of_tools(text, examples)](size_t index) {
        return grammars.at(index);
      };
  }
  return [grammar](size_t) { return grammar; };
}

}  // namespace tuneval

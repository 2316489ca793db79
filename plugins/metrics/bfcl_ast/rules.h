#pragma once

#include "values.h"

#include "tuneval/task/tool_calls.h"

#include <string>
#include <vector>

/// The Berkeley Function Calling Leaderboard's rules for a call's syntax tree, for Python (facts:
/// bfcl_eval/eval_checker/ast_eval/ast_checker.py of the package bfcl-eval 2026.3.23).
namespace bfcl {

/// A call that is expected, with every value that its arguments may have.
struct Expected {
  std::string name;
  Json properties = Json::object();   ///< the tool's schema of each argument
  std::vector<std::string> required;  ///< arguments that the tool demands
  Json possible = Json::object();     ///< for each argument the list of its possible values
};

/// Whether a call is one that is expected: the name, no demanded argument missing, none beyond
/// those with possible values, each of the type its schema says and equal to a possible value, and
/// none missing that may not be left out.
bool is_right(const tuneval::ToolCall& call, const Expected& expected);

/// Whether each expected call, in its turn, finds a call that is right and that no expected one
/// before it took; there must be as many as are expected. Their order is free.
bool are_right(const std::vector<tuneval::ToolCall>& calls, const std::vector<Expected>& expected);

}  // namespace bfcl

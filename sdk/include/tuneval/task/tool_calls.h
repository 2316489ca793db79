#pragma once

#include "tuneval/abi.h"
#include "tuneval/task/example.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Tool calls as a task type's target, references and predictions hold them, and the comparison of
/// JSON values that their metrics share. Free of LibTorch.
///
/// JSON here is RFC 8259 in UTF-8, no deeper than kDeepestJson and without numbers that a double
/// cannot hold even roughly (1e999); all other text is no JSON. Of a key that an object holds twice
/// the last value counts.
namespace tuneval {

/// Arrays and objects inside each other that are still read.
inline constexpr int kDeepestJson = 256;

/// One call of a tool.
struct ToolCall {
  std::string name;
  std::string arguments;  ///< a JSON object as text, compact, its keys in the order written
};

/// The calls of a text such as `[{"name":"f","arguments":{"x":1}}]`; `[]` has none. Space and the
/// order of "name" and "arguments" are free. Null when the text is anything else.
TUNEVAL_API std::optional<std::vector<ToolCall>> read_calls(std::string_view canonical);

/// The canonical text of calls: compact, "name" before "arguments". Throws DataError when
/// `arguments` is not a JSON object.
TUNEVAL_API std::string write_calls(const std::vector<ToolCall>& calls);

/// `text`, a JSON value, without space between its parts; order and numbers stay as written. Null
/// when it is no JSON.
TUNEVAL_API std::optional<std::string> compact_json(std::string_view text);

/// Whether two texts hold equal JSON values: the order of keys does not matter, 1 equals 1.0 but
/// not true, strings are compared by their characters. False when one of them is no JSON.
TUNEVAL_API bool same_json(std::string_view a, std::string_view b);

/// `arguments` of a call of the tool `name` without those that equal their schema's "default":
/// what two calls have in common that do the same. `tools` is an array of
/// `{"type":"function","function":{"name":…,"parameters":{"properties":{…}}}}`. Returned as it is
/// where it is no JSON object, or where `tools` has no such tool.
TUNEVAL_API std::string with_defaults(const std::string& arguments, const std::string& tools,
                                      const std::string& name);

/// How near calls are to a reference, from 0 to 1.
using Closeness = std::function<double(const std::vector<ToolCall>& reference,
                                       const std::vector<ToolCall>& predicted)>;

/// A prediction's closeness to the nearest of its example's references; 0 where it is not parsed or
/// holds no canonical calls. Null when no reference holds such.
TUNEVAL_API std::optional<double> nearest_calls(const Example& example,
                                                const Prediction& prediction,
                                                const Closeness& closeness);

}  // namespace tuneval

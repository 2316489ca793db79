#pragma once

#include <string>
#include <string_view>

namespace tuneval {

struct ChatText;

/// Grammars as the shim compiles them, in llguidance's Lark dialect; the first rule is `answer`.
/// Both throw DataError for text that is no schema or no tools.

/// JSON valid against a JSON Schema.
std::string schema_lark(std::string_view schema);

/// One to 16 calls of tools (of an Example) in the model's wire form: a model that repeats itself
/// comes to an end.
std::string tool_lark(const ChatText& text, std::string_view tools);

}  // namespace tuneval

#pragma once

#include "framework/text/conversation.h"
#include "framework/text/token_constraint.h"

#include <functional>
#include <memory>
#include <span>
#include <string>

namespace tuneval {

/// What answers to each example may be, as GenerateOptions::grammar takes it; no function where the
/// task asks for nothing. `answers` is the task type's closed set. Examples of the same tools share
/// a grammar; all are made here, so that nothing fails later. Throws DataError, with the example's
/// `where`, for a schema or tools that no answer can be held to, and ConfigError for a tokenizer
/// whose tokens do not stand for bytes.
std::function<std::shared_ptr<const Grammar>(size_t index)> task_grammars(
    const ChatText& text, const Decoding& decoding, std::span<const std::string> answers,
    std::span<const Example> examples);

}  // namespace tuneval

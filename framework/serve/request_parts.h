#pragma once

#include "framework/serve/fields.h"
#include "framework/serve/request.h"

namespace tuneval::serve {

// Parts of a request that take more than a line to read; problems are noted in `fields`.

/// "messages": texts, calls and their results.
void read_messages(const Fields& fields, ChatRequest& request);

/// "tools" and "tool_choice".
void read_tools(const Fields& fields, ChatRequest& request);

}  // namespace tuneval::serve

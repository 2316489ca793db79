#pragma once

#include "framework/text/token_constraint.h"

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace tuneval::serve {

/// Grammars of schemas and tools, made when they are asked for; the last ones are kept, since
/// clients ask for the same few again and again. For any thread.
class GrammarCache {
 public:
  explicit GrammarCache(const ChatText& text) : text_(text) {}

  /// Both throw DataError where no answer can be held to it, or it is longer than 256 KiB, and
  /// ConfigError where the tokenizer's tokens do not stand for bytes.
  std::shared_ptr<const Grammar> json_schema(const std::string& schema);
  std::shared_ptr<const Grammar> tool_calls(const std::string& tools);

 private:
  template <class Make>
  std::shared_ptr<const Grammar> find(std::string key, const Make& make);

  const ChatText& text_;
  std::mutex mutex_;
  std::unique_ptr<GrammarMaker> maker_;  // made with the first grammar: that takes a while
  std::list<std::pair<std::string, std::shared_ptr<const Grammar>>> made_;  // last used first
};

}  // namespace tuneval::serve

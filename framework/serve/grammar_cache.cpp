#include "framework/serve/grammar_cache.h"

#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuneval::serve {

static constexpr size_t kMostKept = 32;
// Of a schema, or of tools. Who waits for a grammar waits for those that are being made; how long
// one of a bounded size takes is bounded by the grammar compiler's own limits.
static constexpr size_t kMostBytes = 256 << 10;

template <class Make>
std::shared_ptr<const Grammar> GrammarCache::find(std::string key, const Make& make) {
  if (key.size() > kMostBytes) {
    throw DataError(fmt::format("no answer can be held to a form that takes {} bytes: at most {}",
                                key.size(), kMostBytes));
  }
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(made_, key, [](const auto& entry) { return entry.first; });
  if (found != made_.end()) {
    made_.splice(made_.begin(), made_, found);
    return found->second;
  }
  if (!maker_) maker_ = std::make_unique<GrammarMaker>(text_);
  made_.emplace_front(std::move(key), make(*maker_));
  if (made_.size() > kMostKept) made_.pop_back();
  return made_.front().second;
}

std::shared_ptr<const Grammar> GrammarCache::json_schema(const std::string& schema) {
  return find("schema " + schema,
              [&](const GrammarMaker& maker) { return maker.json_schema(schema); });
}

std::shared_ptr<const Grammar> GrammarCache::tool_calls(const std::string& tools) {
  return find("tools " + tools, [&](const GrammarMaker& maker) { return maker.tool_calls(tools); });
}

}  // namespace tuneval::serve

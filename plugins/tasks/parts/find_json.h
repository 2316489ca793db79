#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

/// The JSON value that a completion answers with, compact: the whole text, what is left of it
/// without a Markdown fence around it, or else the first object or array between other words that
/// `accept` takes. Null when there is none. Time is linear in the length, whatever the text.
std::optional<std::string> find_json(std::string_view completion,
                                     const std::function<bool(const std::string&)>& accept);

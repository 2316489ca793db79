#pragma once

#include <string>
#include <string_view>
#include <vector>

/// The strings of a JSON text that stand under one of the keys `names`, at any depth, and are not
/// in `source`: each as `key is "value"`.
std::vector<std::string> not_verbatim(const std::string& json, std::string_view source,
                                      const std::vector<std::string>& names);

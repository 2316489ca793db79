#include "framework/loader/abi_tag.h"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <regex>
#include <vector>

namespace tuneval {

namespace {

/// The parts of a tag, in their order (cmake/TunevalFingerprint.cmake writes it).
constexpr std::array<std::string_view, 7> kParts = {
    "plugin API",    "LibTorch",   "C++ level", "compiler ABI", "_GLIBCXX_USE_CXX11_ABI",
    "build flavour", "SDK headers"};

using Parts = std::array<std::string, kParts.size()>;

std::optional<Parts> split(std::string_view tag) {
  static const std::regex form(
      "tuneval_abi_([0-9]+)_torch_([0-9_]+)_cxx([0-9]+)_gxx([0-9]+)_cxx11abi([01])_([a-z0-9]+)"
      "_sdk_([0-9a-f]+)");
  std::match_results<std::string_view::const_iterator> match;
  if (!std::regex_match(tag.begin(), tag.end(), match, form)) return std::nullopt;
  Parts parts;
  for (size_t i = 0; i < parts.size(); ++i) parts[i] = match[i + 1].str();
  for (char& c : parts[1]) {
    if (c == '_') c = '.';
  }
  return parts;
}

}  // namespace

std::string difference_of_tags(std::string_view found, std::string_view expected) {
  if (found == expected) return {};
  const std::optional<Parts> theirs = split(found), ours = split(expected);
  if (!theirs || !ours) return fmt::format("{} in place of {}", found, expected);
  std::string words;
  for (size_t i = 0; i < kParts.size(); ++i) {
    if ((*theirs)[i] == (*ours)[i]) continue;
    words += fmt::format("{}{} {} in place of {}", words.empty() ? "" : ", ", kParts[i],
                         (*theirs)[i], (*ours)[i]);
  }
  return words;
}

}  // namespace tuneval

#pragma once

#include <fmt/format.h>

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

namespace tuneval {

/// No text file of a model folder but the tokenizer's may be larger, in bytes.
inline constexpr size_t kLargestModelText = size_t{64} << 20;

/// The whole of a text file of a model folder. Throws `Failed` naming the file where it is missing,
/// cannot be read or is larger than `kLargestModelText`: no more than that is ever in memory.
template <class Failed>
std::string read_model_text(const std::filesystem::path& file) {
  const auto fail = [&](const std::string& what) {
    throw Failed(fmt::format("{}: {}", file.string(), what));
  };
  const auto refuse_if_large = [&](uintmax_t size) {
    if (size > kLargestModelText) {
      fail(fmt::format("is larger than {} MiB", kLargestModelText >> 20));
    }
  };
  std::error_code problem;
  if (!std::filesystem::exists(file, problem)) fail("is missing");
  const uintmax_t size = std::filesystem::file_size(file, problem);
  if (!problem) refuse_if_large(size);
  std::ifstream stream(file, std::ios::binary);
  std::string text;
  std::vector<char> block(size_t{1} << 16);
  while (stream.read(block.data(), std::streamsize(block.size())) || stream.gcount() > 0) {
    text.append(block.data(), size_t(stream.gcount()));
    refuse_if_large(text.size());
  }
  if (!stream.is_open() || stream.bad()) {
    fail("cannot be read: " + std::generic_category().message(errno));
  }
  return text;
}

}  // namespace tuneval

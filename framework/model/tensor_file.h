#pragma once

#include "framework/text/safetensors.h"

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace tuneval {

/// Writes a safetensors file one tensor at a time, so that no more than one need be in memory.
/// `save_tensors` writes them all at once, and whole or not at all; here the caller sees to that.
class TensorFile {
 public:
  /// `tensors` in the order in which they will come: name, dtype, shape and size (`end` − `begin`;
  /// where they lay before does not matter). Throws CheckpointError.
  TensorFile(std::filesystem::path path, std::span<const TensorInfo> tensors);

  /// The next tensor's bytes, row-major and little-endian, as many as were announced.
  void append(std::span<const std::byte> bytes);
  /// Makes the file durable. Throws CheckpointError where tensors are missing.
  void finish();

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  void write(const void* data, size_t size);
  [[noreturn]] void fail_writing() const;

  std::filesystem::path path_;
  std::vector<TensorInfo> tensors_;
  size_t next_ = 0;
  std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace tuneval

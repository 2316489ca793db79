#pragma once

#include "framework/text/safetensors.h"

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace tuneval {

/// Writes a safetensors file one tensor at a time, so that no more than one need be in memory. What
/// is written lies beside `path` until `finish` puts it there, so that a reader sees the old file
/// or the whole new one. `write_safetensors` writes tensors that are all in memory.
class TensorFile {
 public:
  /// `tensors` in the order in which they will come: name, dtype, shape and size (`end` − `begin`;
  /// where they lay before does not matter). Throws CheckpointError.
  TensorFile(std::filesystem::path path, std::span<const TensorInfo> tensors,
             const std::map<std::string, std::string>& metadata = {{"format", "pt"}});

  /// The next tensor's bytes, row-major and little-endian, as many as were announced.
  void append(std::span<const std::byte> bytes);
  /// Makes the file durable. Throws CheckpointError where tensors are missing.
  void finish();

 private:
  /// Of a file that was not finished.
  struct Discard {
    std::filesystem::path path;
    void operator()(std::FILE* file) const;
  };
  void write(const void* data, size_t size);
  [[noreturn]] void fail_writing() const;

  std::filesystem::path path_;
  std::vector<TensorInfo> tensors_;
  size_t next_ = 0;
  std::unique_ptr<std::FILE, Discard> file_;
};

}  // namespace tuneval

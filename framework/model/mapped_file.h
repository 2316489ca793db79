#pragma once

#include "framework/text/safetensors.h"

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

namespace boost::interprocess {
class mapped_region;
}

namespace tuneval {

/// A safetensors file mapped into memory: its tensors are views of the file's own pages, read when
/// they are first touched.
class MappedSafetensors {
 public:
  /// Throws CheckpointError for a file that is missing or broken.
  explicit MappedSafetensors(const std::filesystem::path& path);

  const SafetensorsHeader& header() const { return header_; }
  const std::filesystem::path& path() const { return path_; }
  /// A view of the file, of the file's dtype. It keeps the mapping alive. Writing to it changes a
  /// private copy of the page, never the file.
  at::Tensor tensor(const TensorInfo& info) const;
  /// The tensor's bytes in the file, of whatever dtype; valid while this lives.
  std::span<const std::byte> bytes(const TensorInfo& info) const;
  /// By name; throws CheckpointError when there is none.
  at::Tensor tensor(const std::string& name) const;

 private:
  std::filesystem::path path_;
  SafetensorsHeader header_;
  std::shared_ptr<boost::interprocess::mapped_region> region_;
};

/// LibTorch's dtype for safetensors' name of it; throws CheckpointError for one it lacks.
at::ScalarType dtype_from_safetensors(const std::string& dtype, const std::string& where);
std::string dtype_to_safetensors(at::ScalarType dtype);

/// Writes named tensors (any device, made contiguous) as one safetensors file, whole or not at all.
void save_tensors(const std::filesystem::path& path,
                  const std::vector<std::pair<std::string, at::Tensor>>& tensors);

}  // namespace tuneval

#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace tuneval {

/// One tensor of a safetensors file.
struct TensorInfo {
  std::string name;
  std::string dtype;  ///< as the format spells it: "F32", "BF16", "F16", "I64", "BOOL", ...
  std::vector<int64_t> shape;  ///< empty for a scalar
  uint64_t begin = 0;          ///< first byte of the data, counted from the start of the file
  uint64_t end = 0;            ///< one past the last byte, counted from the start of the file
};

/// What a safetensors file says it holds.
struct SafetensorsHeader {
  std::vector<TensorInfo> tensors;              ///< in the order of their data
  std::map<std::string, std::string> metadata;  ///< the `__metadata__` entry; empty where there is
                                                ///< none
};

/// Reads and checks the header of a safetensors file, not its data: the tensors lie inside the
/// file, do not overlap, leave no gap, and have the size that dtype and shape ask for. Throws
/// CheckpointError naming the file, and the tensor where there is one.
SafetensorsHeader read_safetensors(const std::filesystem::path& path);

/// As `read_safetensors`, the tensors alone.
std::vector<TensorInfo> read_safetensors_header(const std::filesystem::path& path);

/// A tensor to be written; `data` points at contiguous, row-major, little-endian bytes.
struct TensorToWrite {
  std::string name;
  std::string dtype;
  std::vector<int64_t> shape;
  const void* data = nullptr;  ///< may be null where the shape has no element
};

/// Bytes one element of `dtype` takes; throws CheckpointError for a dtype that is unknown or less
/// than a byte.
uint64_t safetensors_element_size(const std::string& dtype);

/// Writes a safetensors file as TensorFile does: a reader sees the old file or the whole new one.
/// Equal tensors give equal bytes, in whatever order. Throws CheckpointError.
void write_safetensors(const std::filesystem::path& path, std::span<const TensorToWrite> tensors,
                       const std::map<std::string, std::string>& metadata = {});

}  // namespace tuneval

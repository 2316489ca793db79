#include "framework/text/safetensors.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>

#include "framework/text/shim_call.h"
#include "framework/text/tensor_file.h"
#include "tuneval/error.h"

namespace tuneval {
namespace {

/// Bytes the tensor takes; throws where the shape or the dtype makes no sense.
uint64_t data_size(const std::filesystem::path& path, const TensorToWrite& tensor) {
  uint64_t size = safetensors_element_size(tensor.dtype);
  for (const int64_t length : tensor.shape) {
    if (length < 0 || __builtin_mul_overflow(size, static_cast<uint64_t>(length), &size)) {
      throw CheckpointError(fmt::format("{}: tensor \"{}\" has an impossible shape [{}]",
                                        path.string(), tensor.name, fmt::join(tensor.shape, ", ")));
    }
  }
  if (size > 0 && tensor.data == nullptr) {
    throw CheckpointError(fmt::format("{}: tensor \"{}\" has no data", path.string(), tensor.name));
  }
  return size;
}

}  // namespace

SafetensorsHeader read_safetensors(const std::filesystem::path& path) {
  shim::OwnedString text;
  shim::check<CheckpointError>([&](tuneval_string* error) {
    return tuneval_safetensors_read(shim::view(path.native()), text.out(), error);
  });
  const auto json = nlohmann::json::parse(text.text());
  SafetensorsHeader header;
  header.metadata = json.at("metadata").get<std::map<std::string, std::string>>();
  for (const auto& entry : json.at("tensors")) {
    header.tensors.push_back({.name = entry.at("name").get<std::string>(),
                              .dtype = entry.at("dtype").get<std::string>(),
                              .shape = entry.at("shape").get<std::vector<int64_t>>(),
                              .begin = entry.at("begin").get<uint64_t>(),
                              .end = entry.at("end").get<uint64_t>()});
  }
  return header;
}

std::vector<TensorInfo> read_safetensors_header(const std::filesystem::path& path) {
  return read_safetensors(path).tensors;
}

uint64_t safetensors_element_size(const std::string& dtype) {
  const uint64_t size = tuneval_safetensors_element_size(shim::view(dtype));
  if (size == 0) {
    throw CheckpointError(fmt::format(
        "\"{}\" is no safetensors dtype of whole bytes: expected one such as F32, BF16, F16, I64",
        dtype));
  }
  return size;
}

void write_safetensors(const std::filesystem::path& path, std::span<const TensorToWrite> tensors,
                       const std::map<std::string, std::string>& metadata) {
  std::vector<TensorToWrite> sorted(tensors.begin(), tensors.end());
  // Widest elements first keeps every tensor aligned.
  const auto width = [](const TensorToWrite& one) { return safetensors_element_size(one.dtype); };
  std::ranges::sort(sorted, {}, &TensorToWrite::name);
  std::ranges::stable_sort(sorted, std::ranges::greater(), width);
  std::vector<TensorInfo> infos;
  for (const TensorToWrite& tensor : sorted) {
    infos.push_back({tensor.name, tensor.dtype, tensor.shape, 0, data_size(path, tensor)});
  }
  TensorFile file(path, infos, metadata);
  for (size_t i = 0; i < sorted.size(); ++i) {
    file.append({static_cast<const std::byte*>(sorted[i].data), infos[i].end});
  }
  file.finish();
}

}  // namespace tuneval

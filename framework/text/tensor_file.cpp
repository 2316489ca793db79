#include "framework/text/tensor_file.h"

#include "tuneval/error.h"

#include <fmt/format.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstdint>
#include <string>
#include <system_error>
#include <utility>

namespace tuneval {

namespace {

using Json = nlohmann::ordered_json;

Json header_of(const std::filesystem::path& path, std::span<const TensorInfo> tensors,
               const std::map<std::string, std::string>& metadata) {
  Json header = Json::object();
  header["__metadata__"] = metadata;
  uint64_t offset = 0;
  for (const TensorInfo& tensor : tensors) {
    if (header.contains(tensor.name)) {
      throw CheckpointError(
          fmt::format("{}: tensor \"{}\": the name is taken", path.string(), tensor.name));
    }
    const uint64_t end = offset + (tensor.end - tensor.begin);
    header[tensor.name] = {
        {"dtype", tensor.dtype}, {"shape", tensor.shape}, {"data_offsets", {offset, end}}};
    offset = end;
  }
  return header;
}

/// Filled up with spaces so that the data begins at a multiple of 8 bytes.
std::string text_of(const std::filesystem::path& path, const Json& header) {
  try {
    std::string text = header.dump();
    text.resize((text.size() + 7) / 8 * 8, ' ');
    return text;
  } catch (const Json::exception& error) {
    throw CheckpointError(
        fmt::format("{}: a tensor name or metadata is not UTF-8: {}", path.string(), error.what()));
  }
}

}  // namespace

TensorFile::TensorFile(std::filesystem::path path, std::span<const TensorInfo> tensors,
                       const std::map<std::string, std::string>& metadata)
    : path_(std::move(path)), tensors_(tensors.begin(), tensors.end()) {
  const std::string header = text_of(path_, header_of(path_, tensors_, metadata));
  auto& [beside] = file_.get_deleter();
  // Hidden, so that what a killed process leaves is taken for nothing.
  beside = path_.parent_path() / fmt::format(".{}.{}.tmp", path_.filename().string(), ::getpid());
  file_.reset(std::fopen(beside.c_str(), "wb"));
  if (!file_) fail_writing();
  const uint64_t length = header.size();
  std::byte bytes[8];
  for (size_t i = 0; i < sizeof(bytes); ++i) bytes[i] = std::byte((length >> (8 * i)) & 0xFF);
  write(bytes, sizeof(bytes));
  write(header.data(), header.size());
}

void TensorFile::Discard::operator()(std::FILE* file) const {
  std::fclose(file);
  ::unlink(path.c_str());
}

void TensorFile::append(std::span<const std::byte> bytes) {
  if (next_ == tensors_.size()) {
    throw CheckpointError(fmt::format("{}: a tensor too many", path_.string()));
  }
  const TensorInfo& tensor = tensors_[next_++];
  if (bytes.size() != tensor.end - tensor.begin) {
    throw CheckpointError(fmt::format("{}: \"{}\" has {} bytes: expected {}", path_.string(),
                                      tensor.name, bytes.size(), tensor.end - tensor.begin));
  }
  write(bytes.data(), bytes.size());
}

void TensorFile::finish() {
  if (next_ != tensors_.size()) {
    throw CheckpointError(
        fmt::format("{}: \"{}\" was not written", path_.string(), tensors_[next_].name));
  }
  if (std::fflush(file_.get()) != 0 || ::fsync(::fileno(file_.get())) != 0) fail_writing();
  if (std::rename(file_.get_deleter().path.c_str(), path_.c_str()) != 0) fail_writing();
  if (std::fclose(file_.release()) != 0) fail_writing();
}

void TensorFile::write(const void* data, size_t size) {
  if (size > 0 && std::fwrite(data, 1, size, file_.get()) != size) fail_writing();
}

void TensorFile::fail_writing() const {
  throw CheckpointError(fmt::format("{}: cannot be written: {}", path_.string(),
                                    std::generic_category().message(errno)));
}

}  // namespace tuneval

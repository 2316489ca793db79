#include "framework/model/mapped_file.h"

#include "tuneval/error.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <fmt/format.h>
#include <boost/interprocess/file_mapping.hpp>
#include <boost/interprocess/mapped_region.hpp>

#include <array>

namespace tuneval {

namespace {

struct DtypeName {
  const char* name;
  at::ScalarType type;
};
constexpr std::array<DtypeName, 9> kDtypes = {{{"F32", at::kFloat},
                                               {"BF16", at::kBFloat16},
                                               {"F16", at::kHalf},
                                               {"F64", at::kDouble},
                                               {"I64", at::kLong},
                                               {"I32", at::kInt},
                                               {"I8", at::kChar},
                                               {"U8", at::kByte},
                                               {"BOOL", at::kBool}}};

}  // namespace

at::ScalarType dtype_from_safetensors(const std::string& dtype, const std::string& where) {
  for (const DtypeName& known : kDtypes) {
    if (dtype == known.name) return known.type;
  }
  throw CheckpointError(fmt::format("{}: dtype {} is not supported", where, dtype));
}

std::string dtype_to_safetensors(at::ScalarType dtype) {
  for (const DtypeName& known : kDtypes) {
    if (dtype == known.type) return known.name;
  }
  throw CheckpointError(fmt::format("dtype {} has no name in safetensors", at::toString(dtype)));
}

MappedSafetensors::MappedSafetensors(const std::filesystem::path& path)
    : path_(path), header_(read_safetensors(path)) {
  namespace ipc = boost::interprocess;
  try {
    const ipc::file_mapping file(path.c_str(), ipc::read_only);
    region_ = std::make_shared<ipc::mapped_region>(file, ipc::copy_on_write);
  } catch (const ipc::interprocess_exception& error) {
    throw CheckpointError(fmt::format("{}: cannot be mapped: {}", path.string(), error.what()));
  }
}

at::Tensor MappedSafetensors::tensor(const TensorInfo& info) const {
  const auto dtype =
      dtype_from_safetensors(info.dtype, fmt::format("{}: \"{}\"", path_.string(), info.name));
  const auto options = at::TensorOptions().dtype(dtype);
  if (info.begin == info.end) return at::empty(info.shape, options);
  auto* data = static_cast<std::byte*>(region_->get_address()) + info.begin;
  at::Tensor view = at::from_blob(
      data, info.shape, [keep = region_](void*) {}, options);
  // The format aligns nothing; kernels want elements at multiples of their size.
  const bool aligned = reinterpret_cast<uintptr_t>(data) % view.element_size() == 0;
  return aligned ? view : [&] {
    at::Tensor copy = at::empty(info.shape, options);
    std::memcpy(copy.data_ptr(), data, info.end - info.begin);
    return copy;
  }();
}

std::span<const std::byte> MappedSafetensors::bytes(const TensorInfo& info) const {
  if (info.begin == info.end) return {};
  return {static_cast<const std::byte*>(region_->get_address()) + info.begin,
          info.end - info.begin};
}

at::Tensor MappedSafetensors::tensor(const std::string& name) const {
  for (const TensorInfo& info : header_.tensors) {
    if (info.name == name) return tensor(info);
  }
  throw CheckpointError(fmt::format("{}: there is no tensor \"{}\"", path_.string(), name));
}

void save_tensors(const std::filesystem::path& path,
                  const std::vector<std::pair<std::string, at::Tensor>>& tensors) {
  std::vector<at::Tensor> kept;  // alive until written
  std::vector<TensorToWrite> out;
  for (const auto& [name, tensor] : tensors) {
    kept.push_back(tensor.detach().to(at::kCPU).contiguous());
    out.push_back({name, dtype_to_safetensors(tensor.scalar_type()), tensor.sizes().vec(),
                   kept.back().data_ptr()});
  }
  write_safetensors(path, out, {{"format", "pt"}});
}

}  // namespace tuneval

#pragma once

#include "tests/support/toy_models.h"

#include <gtest/gtest.h>
#include <torch/cuda.h>

#include <cstdlib>
#include <string>
#include <tuple>

/// The device that these tests are about, and how near to the CPU's float32 it has to come.

namespace tuneval::test {

/// What TUNEVAL_TEST_DEVICE names ("cuda:1"), else "cuda". With "cpu" the tests try themselves.
inline std::string test_device() {
  const char* named = std::getenv("TUNEVAL_TEST_DEVICE");
  return named && *named ? named : "cuda";
}
inline bool device_is_there() { return test_device() == "cpu" || torch::cuda::is_available(); }

/// For SetUp: the whole test is skipped. ctest knows the words (CMakeLists.txt).
#define TUNEVAL_NEEDS_DEVICE() \
  if (!::tuneval::test::device_is_there()) GTEST_SKIP() << "no CUDA device here"

/// Two toys a family. Head sizes that are a multiple of 8 take LibTorch's fused attention, the
/// others what is composed of single operators.
inline auto device_models() {
  return ::testing::Values("qwen3_tied", "qwen3_yarn", "llama_rope3", "llama_bias", "gemma3_window",
                           "gemma3_pattern", "lfm2_indices", "lfm2_types");
}
inline auto device_formats() { return ::testing::Values("float32", "bfloat16"); }

/// Bounds relative to the largest value (loss and norm: to themselves). In bfloat16 a number has
/// eight bits; LFM2's gates multiply three roundings.
struct Bounds {
  double logits, loss, gradients;
};
inline Bounds bounds_of(const std::string& model, const std::string& dtype) {
  if (dtype == "float32") return {2e-5, 1e-5, 1e-4};
  return model.starts_with("lfm2") ? Bounds{0.15, 0.1, 0.5} : Bounds{0.1, 0.05, 0.5};
}

/// A toy on the device in a format, and beside it the CPU's in float32.
class OnDevice : public ::testing::TestWithParam<std::tuple<const char*, const char*>> {
 protected:
  void SetUp() override {
    TUNEVAL_NEEDS_DEVICE();
    device = open_toy(name(), dtype(), test_device());
    cpu = open_toy(name());
  }
  std::string name() const { return std::get<0>(GetParam()); }
  std::string dtype() const { return std::get<1>(GetParam()); }
  Bounds bounds() const { return bounds_of(name(), dtype()); }

  LoadedModel device, cpu;
};

inline std::string on_device_name(const ::testing::TestParamInfo<OnDevice::ParamType>& info) {
  return std::string(std::get<0>(info.param)) + "_" + std::get<1>(info.param);
}

}  // namespace tuneval::test

// attend() on the device against a masked softmax in float64 on the CPU, for head sizes that its
// own kernels take and for one that they do not.
#include "tests/device/device.h"
#include "tests/parity/attention_reference.h"
#include "tests/parity/forests.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace tuneval::test {
namespace {

struct Format {
  const char* name;
  at::ScalarType dtype;
  double tolerance;
};
// In bfloat16 the result of each group is rounded before they are joined, and so are gradients
// before they are added up.
constexpr Format kFormats[] = {{"float32", at::kFloat, 1e-5}, {"bfloat16", at::kBFloat16, 5e-2}};

class AttentionOnDevice : public testing::TestWithParam<ForestCase> {
 protected:
  void SetUp() override { TUNEVAL_NEEDS_DEVICE(); }
  /// 20 is no multiple of 8. On a CPU all take one way, and its bfloat16 is slow.
  static std::vector<int64_t> head_sizes() {
    if (test_device() == "cpu") return {8};
    return {8, 20, 64, 128, 256};
  }
};

TEST_P(AttentionOnDevice, ResultAndGradientsAreThoseOfAMaskedSoftmax) {
  const Forest forest = make_forest(GetParam().rows);
  for (const Format& format : kFormats) {
    const auto where = at::TensorOptions(at::Device(test_device())).dtype(format.dtype);
    double worst = 0.0;
    for (const int64_t dim : head_sizes()) {
      for (const int64_t window : {0, 7, 129}) {
        for (const auto& [heads, kv_heads] : {std::pair(4, 2), std::pair(3, 3), std::pair(6, 1)}) {
          const AttentionInputs in(forest.tokens(), heads, kv_heads, dim);
          const double found = difference_from_masked_softmax(
              forest, in, {1 / std::sqrt(double(dim)), window}, where);
          EXPECT_LT(found, format.tolerance)
              << format.name << ", " << heads << " heads of " << dim << ", window " << window;
          worst = std::max(worst, found);
        }
      }
    }
    RecordProperty(format.name, fmt::format("{:.2e}", worst));
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, AttentionOnDevice, testing::ValuesIn(forest_cases()),
                         [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace tuneval::test

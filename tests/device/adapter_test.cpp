// Adapters of a model on the device: saved, and read again there and on the CPU.
#include "framework/model/adapter.h"
#include "tests/device/device.h"
#include "tests/parity/ten_steps.h"
#include "tests/support/folder.h"

#include <ATen/core/grad_mode.h>

namespace tuneval::test {
namespace {

class AdapterOnDevice : public OnDevice {
 protected:
  const AdapterShape shape = {4, 8.0, 0.0};
  const TokenRows rows = {random_ids(19, 1), random_ids(7, 2), random_ids(1, 3)};
  double difference(const LoadedModel& found, const LoadedModel& expected) const {
    const auto a = logits_of(*found.lm, rows), b = logits_of(*expected.lm, rows);
    double largest = 0.0;
    for (size_t row = 0; row < rows.size(); ++row) {
      largest = std::max(largest, relative_difference(a[row], b[row]));
    }
    return largest;
  }
};

TEST_P(AdapterOnDevice, SavedAndReadAgainItIsTheSame) {
  attach_fresh_adapter(find_targets(device, {"all-linear"}), shape, 7);
  at::manual_seed(7);
  {
    const at::NoGradGuard no_grad;  // B is zero in a fresh one: nothing would show
    for (auto& [name, linear] : find_targets(device, {"all-linear"})) {
      at::Tensor b = linear->adapter()->b;
      b.copy_(0.05 * at::randn(b.sizes()));
    }
  }
  const TempFolder saved;
  save_adapter(device, shape, saved.path());
  const NamedTensors live = adapter_parameters(device);

  LoadedModel again = open_toy(name(), dtype(), test_device());
  EXPECT_GT(difference(again, device), 0.01);  // without it they are others
  EXPECT_EQ(load_adapter(again, saved.path()).rank, shape.rank);
  const NamedTensors read = adapter_parameters(again);
  ASSERT_EQ(read.size(), live.size());
  for (size_t i = 0; i < live.size(); ++i) {
    EXPECT_EQ(read[i].second.device(), live[i].second.device());
    EXPECT_TRUE(at::equal(read[i].second, live[i].second)) << live[i].first;
  }
  EXPECT_LT(difference(again, device), 1e-6);

  load_adapter(cpu, saved.path());
  EXPECT_LT(difference(device, cpu), bounds().logits);
  merge_adapters(*device.lm);
  EXPECT_LT(difference(device, cpu), dtype() == "float32" ? bounds().logits : 0.25);
}

INSTANTIATE_TEST_SUITE_P(Models, AdapterOnDevice,
                         testing::Combine(device_models(), device_formats()), on_device_name);

}  // namespace
}  // namespace tuneval::test

#include "framework/cell/energy.h"

#include "tests/support/folder.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace tuneval {
namespace {

namespace fs = std::filesystem;

/// A folder like /sys/class/powercap.
class EnergyTest : public testing::Test {
 protected:
  void zone(const std::string& folder, const std::string& name, int64_t microjoules,
            int64_t range = 1'000'000'000) const {
    const fs::path at = powercap.path() / folder;
    test::write_text(at / "name", name + "\n");
    test::write_text(at / "energy_uj", fmt::format("{}\n", microjoules));
    test::write_text(at / "max_energy_range_uj", fmt::format("{}\n", range));
  }
  void set(const std::string& folder, int64_t microjoules) const {
    test::write_text(powercap.path() / folder / "energy_uj", fmt::format("{}\n", microjoules));
  }
  EnergyMeter meter(const std::string& device = "cpu") const {
    return EnergyMeter(energy_counters(device, powercap.path()));
  }

  test::TempFolder powercap;
};

TEST_F(EnergyTest, PackagesAndMemoryCountAndNothingTwice) {
  zone("intel-rapl:0", "package-0", 1'000'000);
  zone("intel-rapl:1", "package-1", 0);
  zone("intel-rapl:0:0", "core", 0);
  zone("intel-rapl:0:1", "dram", 500'000);
  zone("intel-rapl:2", "psys", 0);
  zone("intel-rapl-mmio:0", "package-0", 0);
  EnergyMeter made = meter();
  EXPECT_EQ(made.joules(), 0.0);
  set("intel-rapl:0", 3'000'000);
  set("intel-rapl:1", 4'000'000);
  set("intel-rapl:0:0", 90'000'000);
  set("intel-rapl:0:1", 1'500'000);
  set("intel-rapl:2", 90'000'000);
  set("intel-rapl-mmio:0", 90'000'000);
  EXPECT_DOUBLE_EQ(made.joules().value(), 2.0 + 4.0 + 1.0);
}

TEST_F(EnergyTest, ACounterThatBeganAgainIsFollowed) {
  zone("intel-rapl:0", "package-0", 9'000'000, 10'000'000);
  EnergyMeter made = meter();
  set("intel-rapl:0", 2'000'000);
  EXPECT_DOUBLE_EQ(made.joules().value(), 3.0);
  set("intel-rapl:0", 1'000'000);
  EXPECT_DOUBLE_EQ(made.joules().value(), 3.0 + 9.0);
}

TEST_F(EnergyTest, WithoutARangeACounterMustNotFall) {
  zone("intel-rapl:0", "package-0", 9'000'000);
  fs::remove(powercap.path() / "intel-rapl:0" / "max_energy_range_uj");
  EnergyMeter made = meter();
  set("intel-rapl:0", 9'500'000);
  EXPECT_DOUBLE_EQ(made.joules().value(), 0.5);
  set("intel-rapl:0", 1'000'000);
  EXPECT_FALSE(made.joules());
}

TEST_F(EnergyTest, WhatCannotBeReadTellsNothing) {
  EXPECT_FALSE(meter().joules()) << "no counters at all";
  EXPECT_TRUE(energy_counters("cpu", powercap.path() / "none").empty());
  zone("intel-rapl:0", "package-0", 1'000'000);
  EnergyMeter made = meter();
  test::write_text(powercap.path() / "intel-rapl:0" / "energy_uj", "no number\n");
  EXPECT_FALSE(made.joules());
  set("intel-rapl:0", 2'000'000);
  EXPECT_FALSE(made.joules()) << "what was used meanwhile is not known";
}

TEST_F(EnergyTest, SeveralCountersAddUp) {
  double used = 0.0;
  EnergyMeter made(
      {{[&] { return std::optional(used); }}, {[&] { return std::optional(10 * used); }}});
  used = 2.0;
  EXPECT_DOUBLE_EQ(made.joules().value(), 22.0);
  used = 3.0;
  EXPECT_DOUBLE_EQ(made.joules().value(), 33.0);
}

}  // namespace
}  // namespace tuneval

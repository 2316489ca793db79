#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tuneval {

/// A counter of energy: what it reads in joules, none where it cannot be read; and at which value
/// it begins again at 0, none where it never does.
struct EnergyCounter {
  std::function<std::optional<double>()> read;
  std::optional<double> range = {};
};

/// The counters of a computation on `device` ("cpu", "cuda:1"): the processor's packages and their
/// memory by RAPL, as Linux shows it in `powercap`, and of a GPU its own by NVML, where the driver
/// brings it. What cannot be read is left out; on a GPU whose counter cannot be, there are none.
/// Kernels since 5.10 let root alone read RAPL's.
std::vector<EnergyCounter> energy_counters(
    const std::string& device, const std::filesystem::path& powercap = "/sys/class/powercap");

/// Adds up what counters show from now on. They count the machine, whoever uses it.
class EnergyMeter {
 public:
  explicit EnergyMeter(std::vector<EnergyCounter> counters);

  /// Looks at the counters, at most every few seconds. Between two looks a counter may begin again
  /// once, no more: RAPL's do after some minutes under full load.
  void look();
  /// Since the meter was made; none without counters, or where one of them failed.
  std::optional<double> joules();

 private:
  void read();

  std::vector<EnergyCounter> counters_;
  std::vector<double> last_;
  double joules_ = 0.0;
  bool works_ = true;
  std::chrono::steady_clock::time_point looked_;
};

}  // namespace tuneval

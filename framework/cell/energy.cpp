#include "framework/cell/energy.h"

#include <dlfcn.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string_view>
#include <system_error>
#include <utility>

namespace tuneval {

namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kLookEvery{5};

std::optional<std::string> first_word(const fs::path& file) {
  std::ifstream stream(file);
  std::string word;
  return stream >> word ? std::optional(word) : std::nullopt;
}

std::optional<double> microjoules(const fs::path& file) {
  const std::optional<std::string> text = first_word(file);
  uint64_t count = 0;
  if (!text) return std::nullopt;
  const auto [end, problem] = std::from_chars(text->data(), text->data() + text->size(), count);
  if (problem != std::errc() || end != text->data() + text->size()) return std::nullopt;
  return double(count) * 1e-6;
}

/// Whether a zone counts: packages hold their cores, and stand a second time under
/// "intel-rapl-mmio"; memory is beside them; "psys" would count all of it again.
bool is_counted(const fs::path& zone) {
  if (!zone.filename().string().starts_with("intel-rapl:")) return false;
  const std::optional<std::string> name = first_word(zone / "name");
  return name && (name->starts_with("package") || *name == "dram");
}

void add_rapl(const fs::path& powercap, std::vector<EnergyCounter>& counters) {
  std::error_code problem;
  for (fs::directory_iterator zone(powercap, problem), end; !problem && zone != end;
       zone.increment(problem)) {
    if (!is_counted(zone->path())) continue;
    const fs::path file = zone->path() / "energy_uj";
    if (!microjoules(file)) continue;
    counters.push_back(
        {[file] { return microjoules(file); }, microjoules(zone->path() / "max_energy_range_uj")});
  }
}

/// NVIDIA's management library, as far as it is needed; its functions return 0 where they did.
struct Nvml {
  int (*init)() = nullptr;
  int (*by_index)(unsigned, void**) = nullptr;
  int (*by_uuid)(const char*, void**) = nullptr;
  int (*energy)(void*, unsigned long long*) = nullptr;  // millijoules since the driver was loaded
};

template <class Function>
bool find_symbol(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  return function != nullptr;
}

/// Loaded when it is first needed, and left so; null without it.
const Nvml* nvml() {
  static const std::optional<Nvml> loaded = []() -> std::optional<Nvml> {
    void* library = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
    Nvml found;
    const bool works = library && find_symbol(library, "nvmlInit_v2", found.init) &&
                       find_symbol(library, "nvmlDeviceGetHandleByIndex_v2", found.by_index) &&
                       find_symbol(library, "nvmlDeviceGetHandleByUUID", found.by_uuid) &&
                       find_symbol(library, "nvmlDeviceGetTotalEnergyConsumption", found.energy) &&
                       found.init() == 0;
    return works ? std::optional(found) : std::nullopt;
  }();
  return loaded ? &*loaded : nullptr;
}

/// "cuda:1" → 1, and through CUDA_VISIBLE_DEVICES what the driver calls that one.
std::string gpu_name(const std::string& device) {
  const size_t colon = device.find(':');
  const std::string number = colon == device.npos ? "0" : device.substr(colon + 1);
  const char* visible = std::getenv("CUDA_VISIBLE_DEVICES");
  if (!visible) return number;
  std::stringstream list(visible);
  std::string name = number;
  for (int i = std::atoi(number.c_str()); i >= 0 && std::getline(list, name, ','); --i) continue;
  return name;
}

std::optional<EnergyCounter> gpu_counter(const std::string& device) {
  const Nvml* library = nvml();
  if (!library) return std::nullopt;
  const std::string name = gpu_name(device);
  void* gpu = nullptr;
  const int problem = name.starts_with("GPU-")
                          ? library->by_uuid(name.c_str(), &gpu)
                          : library->by_index(unsigned(std::atoi(name.c_str())), &gpu);
  if (problem != 0) return std::nullopt;
  EnergyCounter counter{[library, gpu]() -> std::optional<double> {
    unsigned long long millijoules = 0;
    if (library->energy(gpu, &millijoules) != 0) return std::nullopt;
    return double(millijoules) * 1e-3;
  }};
  return counter.read() ? std::optional(counter) : std::nullopt;
}

}  // namespace

std::vector<EnergyCounter> energy_counters(const std::string& device, const fs::path& powercap) {
  std::vector<EnergyCounter> counters;
  if (device.starts_with("cuda")) {
    const std::optional<EnergyCounter> gpu = gpu_counter(device);
    if (!gpu) return {};
    counters.push_back(*gpu);
  }
  add_rapl(powercap, counters);
  return counters;
}

EnergyMeter::EnergyMeter(std::vector<EnergyCounter> counters) : counters_(std::move(counters)) {
  for (const EnergyCounter& counter : counters_) {
    const std::optional<double> now = counter.read();
    works_ = works_ && now;
    last_.push_back(now.value_or(0.0));
  }
  works_ = works_ && !counters_.empty();
  looked_ = std::chrono::steady_clock::now();
}

void EnergyMeter::look() {
  if (std::chrono::steady_clock::now() - looked_ >= kLookEvery) read();
}

std::optional<double> EnergyMeter::joules() {
  read();
  return works_ ? std::optional(joules_) : std::nullopt;
}

void EnergyMeter::read() {
  looked_ = std::chrono::steady_clock::now();
  for (size_t i = 0; works_ && i < counters_.size(); ++i) {
    const std::optional<double> now = counters_[i].read();
    // Less than before: it began again, or, without a range, is another counter by now.
    const bool again = now && *now < last_[i];
    works_ = now && (!again || counters_[i].range);
    if (!works_) return;
    joules_ += *now - last_[i] + (again ? *counters_[i].range : 0.0);
    last_[i] = *now;
  }
}

}  // namespace tuneval

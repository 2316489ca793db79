#include "framework/manifest/engine_section.h"

#include "framework/manifest/slurm_section.h"
#include "framework/manifest/toml_table.h"

#include <fmt/format.h>

#include <utility>

namespace tuneval {

namespace {

constexpr int64_t kMostJobs = 1024;

/// The first key whose value is out of its range, and what is wrong with it.
std::optional<std::pair<std::string, std::string>> fault_of(const EngineOptions& options) {
  if (options.jobs < 0 || options.jobs > kMostJobs) {
    return {{"jobs", fmt::format("is {}: expected 0 to {}", options.jobs, kMostJobs)}};
  }
  if (options.retries < 0) {
    return {{"retries", fmt::format("is {}: expected at least 0", options.retries)}};
  }
  // Not "< 0": NaN is refused too.
  if (!(options.cell_timeout >= 0.0)) {
    return {{"cell_timeout", fmt::format("is {}: expected seconds", options.cell_timeout)}};
  }
  if (!(options.stall_timeout >= 0.0)) {
    return {{"stall_timeout", fmt::format("is {}: expected seconds", options.stall_timeout)}};
  }
  return std::nullopt;
}

}  // namespace

EngineOptions read_engine(const toml::table& table, std::string_view where) {
  const TomlTable engine(table, "[engine]", where,
                         {"jobs", "retries", "cell_timeout", "stall_timeout", "slurm"});
  EngineOptions options;
  engine.read("jobs", options.jobs);
  engine.read("retries", options.retries);
  engine.read("cell_timeout", options.cell_timeout);
  engine.read("stall_timeout", options.stall_timeout);
  if (const auto fault = fault_of(options)) engine.fail(fault->first, fault->second);
  if (const toml::table* slurm = engine.table("slurm")) {
    options.slurm = read_slurm(*slurm, engine.where());
  }
  return options;
}

std::optional<std::string> engine_fault(const EngineOptions& options) {
  const auto fault = fault_of(options);
  if (!fault) return std::nullopt;
  return fault->first + " " + fault->second;
}

}  // namespace tuneval

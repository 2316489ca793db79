#include "framework/synth/balance.h"

#include <algorithm>

namespace tuneval {

namespace {

constexpr double kRounding = 1e-6;  // of thirds that add up to one

std::map<std::string, double> count_seed(const std::vector<ReadRow>& seeds) {
  std::map<std::string, double> counts;
  for (const ReadRow& seed : seeds) {
    for (const std::string& kind : seed.kinds) counts[kind] += 1.0 / double(seed.kinds.size());
  }
  return counts;
}

}  // namespace

Balance::Balance(const SynthTask& task, int64_t rows, bool match_seed, double slack)
    : rows_(double(rows)), slack_(slack) {
  const std::map<std::string, double> seed = count_seed(task.seeds);
  names_ = task.type->answers();
  if (names_.empty()) {
    for (const auto& [kind, count] : seed) names_.push_back(kind);
  }
  double all = 0;
  for (const auto& [kind, count] : seed) all += count;
  for (const std::string& name : names_) {
    const auto found = seed.find(name);
    const double of_seed = found == seed.end() || all <= 0 ? 0.0 : found->second / all;
    shares_[name] = match_seed ? of_seed : 1.0 / double(names_.size());
  }
}

bool Balance::full(const std::vector<std::string>& kinds) const {
  if (kinds.empty() || names_.empty()) return false;
  return std::ranges::all_of(kinds, [&](const std::string& kind) {
    const auto count = counts_.find(kind);
    return count != counts_.end() && count->second + kRounding >= cap(kind);
  });
}

void Balance::add(const std::vector<std::string>& kinds) {
  for (const std::string& kind : kinds) counts_[kind] += 1.0 / double(kinds.size());
}

std::vector<double> Balance::short_of() const {
  std::vector<double> rows;
  for (const std::string& name : names_) {
    const auto count = counts_.find(name);
    const double there = count == counts_.end() ? 0.0 : count->second;
    rows.push_back(std::max(0.0, shares_.at(name) * rows_ - there));
  }
  return rows;
}

/// A kind that nobody expected has the share of one more.
double Balance::cap(const std::string& kind) const {
  const auto share = shares_.find(kind);
  const double part = share == shares_.end() ? 1.0 / double(names_.size() + 1) : share->second;
  return std::max(1.0, slack_ * part * rows_);
}

}  // namespace tuneval

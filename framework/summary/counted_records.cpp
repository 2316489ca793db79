#include "framework/summary/counted_records.h"

#include <map>
#include <string>
#include <tuple>

namespace tuneval {

std::optional<double> band_rate(const CellRecord& record) {
  if (!record.band) return std::nullopt;
  const auto rate = record.recipe.find("learning_rate");
  if (rate == record.recipe.end() || !rate->is_number()) return std::nullopt;
  return rate->get<double>();
}

std::vector<const CellRecord*> counted_records(std::span<const CellRecord> records) {
  using Key = std::tuple<std::string, std::string, CellKind, uint64_t, std::optional<double>>;
  std::map<Key, const CellRecord*> chosen;
  const auto worth = [](const CellRecord& record) {
    return std::tuple(record.done(), record.finished, record.id);
  };
  for (const CellRecord& record : records) {
    const CellRecord*& place =
        chosen[{record.model.name, record.task.name, record.kind, record.seed, band_rate(record)}];
    if (!place || worth(*place) < worth(record)) place = &record;
  }
  std::vector<const CellRecord*> counted;
  for (const auto& [key, record] : chosen) counted.push_back(record);
  return counted;
}

}  // namespace tuneval

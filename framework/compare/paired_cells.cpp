#include "framework/compare/paired_cells.h"

#include "framework/summary/counted_records.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <tuple>

namespace tuneval {
namespace {

using Records = std::vector<const CellRecord*>;

/// What has to be alike in both runs.
auto cell_of(const CellRecord& record) {
  return std::tuple(record.model.name, record.task.name, record.kind);
}

auto variant_of(const CellRecord& record) {
  return std::tuple(cell_of(record), record.seed, band_rate(record));
}

/// Takes out of both lists what has the same key; counted records have each variant once.
template <class Key>
void pair_by(const Key& key, Records& first, Records& second, PairedCells& paired) {
  Records left;
  for (const CellRecord* one : first) {
    const auto same = [&](const CellRecord* other) { return key(*one) == key(*other); };
    const auto other = std::ranges::find_if(second, same);
    if (other == second.end()) {
      left.push_back(one);
      continue;
    }
    paired.pairs.emplace_back(one, *other);
    second.erase(other);
  }
  first = std::move(left);
}

/// Those that are the only ones of their cell.
Records single(const Records& records) {
  std::map<decltype(cell_of(*records.front())), int> counts;
  for (const CellRecord* record : records) ++counts[cell_of(*record)];
  Records kept;
  for (const CellRecord* record : records) {
    if (counts[cell_of(*record)] == 1) kept.push_back(record);
  }
  return kept;
}

void take_out(Records& records, const Records& paired, const Records& left) {
  std::erase_if(records, [&](const CellRecord* record) {
    return std::ranges::find(paired, record) != paired.end() &&
           std::ranges::find(left, record) == left.end();
  });
}

}  // namespace

PairedCells pair_cells(std::span<const CellRecord> first, std::span<const CellRecord> second) {
  PairedCells paired;
  paired.only_first = counted_records(first);
  paired.only_second = counted_records(second);
  pair_by([](const CellRecord& record) { return variant_of(record); }, paired.only_first,
          paired.only_second, paired);
  // Two runs with other seeds, or where only one has a band.
  const Records ones = single(paired.only_first), others = single(paired.only_second);
  Records ones_left = ones, others_left = others;
  pair_by([](const CellRecord& record) { return cell_of(record); }, ones_left, others_left, paired);
  take_out(paired.only_first, ones, ones_left);
  take_out(paired.only_second, others, others_left);
  std::ranges::stable_sort(paired.pairs, {},
                           [](const auto& pair) { return variant_of(*pair.first); });
  return paired;
}

}  // namespace tuneval

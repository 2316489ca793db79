#include "framework/report/confusion.h"

#include <algorithm>
#include <map>
#include <set>

namespace tuneval {
std::optional<Confusion> confusion_of(std::span<const PredictionRow> rows, size_t most_labels) {
  std::set<std::string> labels;
  for (const PredictionRow& row : rows) {
    if (row.references.size() != 1) return std::nullopt;
    labels.insert(row.references[0]);
    if (labels.size() > most_labels) return std::nullopt;
  }
  if (rows.empty() || 2 * labels.size() > rows.size()) return std::nullopt;
  for (const PredictionRow& row : rows) {
    if (row.parsed) labels.insert(row.prediction);
    if (labels.size() > most_labels) return std::nullopt;
  }
  Confusion confusion;
  confusion.labels.assign(labels.begin(), labels.end());
  const auto place = [&](const std::string& label) {
    return static_cast<size_t>(std::ranges::lower_bound(confusion.labels, label) -
                               confusion.labels.begin());
  };
  std::map<std::pair<size_t, size_t>, int64_t> counts;
  for (const PredictionRow& row : rows) {
    ++counts[{place(row.references[0]),
              row.parsed ? place(row.prediction) : confusion.labels.size()}];
  }
  for (const auto& [places, number] : counts) {
    confusion.counts.push_back({places.first, places.second, number});
  }
  return confusion;
}

}  // namespace tuneval

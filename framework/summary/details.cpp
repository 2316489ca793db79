#include "framework/summary/details.h"

#include <map>
#include <utility>

namespace tuneval {

std::vector<DetailSummary> details_of(const CellRecord& record) {
  std::vector<DetailSummary> details;
  std::map<std::pair<std::string, std::string>, size_t> places;  // by metric and name
  const auto add = [&](const std::optional<ScoreSummary>& score, auto stage) {
    if (!score) return;
    for (const MetricValue& metric : score->metrics) {
      for (const auto& [name, value] : metric.details) {
        const auto [place, fresh] = places.try_emplace({metric.name, name}, details.size());
        if (fresh) details.push_back({metric.name, name, {}, {}});
        details[place->second].*stage = value;
      }
    }
  };
  add(record.base, &DetailSummary::base);
  add(record.tuned, &DetailSummary::tuned);
  return details;
}

}  // namespace tuneval

// The interfaces' vtables and typeinfo live here, once a process.
#include "tuneval/metric/judged.h"
#include "tuneval/model/family.h"
#include "tuneval/task/task_type.h"

namespace tuneval {

CausalLm::~CausalLm() = default;
ModelFamily::~ModelFamily() = default;
WeightMap ModelFamily::weight_map(const Config&) const { return {}; }

TaskType::~TaskType() = default;
std::vector<Example> TaskType::read_all(const Row& row) const { return {read(row)}; }
std::vector<std::string> TaskType::review(const std::vector<Example>&) const { return {}; }
std::string TaskType::row_guide() const { return {}; }
std::string TaskType::passage_key() const { return "context"; }
std::vector<std::string> TaskType::doubts(const Example&) const { return {}; }
std::string TaskType::kind_of(const Example& example) const {
  return answers().empty() || example.references.empty() ? std::string()
                                                         : example.references.front();
}

Metric::~Metric() = default;
std::vector<MetricDetail> Metric::details(std::span<const Scored>) const { return {}; }
double Metric::aggregate(std::span<const Scored> scored) const {
  if (scored.empty()) return 0.0;
  double total = 0.0;
  for (const Scored& one : scored) total += one.value;
  return total / double(scored.size());
}

Judged::~Judged() = default;
SampleScore Judged::score(const Example&, const Prediction&) const {
  return SampleScore::unscored("no judge is configured");
}

}  // namespace tuneval

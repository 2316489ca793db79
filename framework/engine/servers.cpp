#include "framework/engine/servers.h"

#include "framework/score/teacher_judge.h"

#include <algorithm>

namespace tuneval {

void add_uses(std::vector<ServerUse>& sum, const std::vector<ServerUse>& more) {
  for (const ServerUse& use : more) {
    const auto found = std::ranges::find(sum, use.who, &ServerUse::who);
    TeacherUsage& usage =
        (found == sum.end() ? sum.emplace_back(ServerUse{use.who, {}}) : *found).usage;
    usage.asked += use.usage.asked;
    usage.cached += use.usage.cached;
    usage.failed += use.usage.failed;
    usage.retried += use.usage.retried;
    usage.prompt_tokens += use.usage.prompt_tokens;
    usage.answer_tokens += use.usage.answer_tokens;
    usage.cost += use.usage.cost;
  }
}

bool needs_server(const Plan& plan, const Cell& cell) {
  return cell.kind == CellKind::teacher || (plan.data(cell).judged && plan.manifest.judge);
}

TeacherTools Servers::tools(double spent) const {
  TeacherTools tools;
  tools.spent = spent;
  tools.stop = stop_;
  return tools;
}

Teacher& Servers::teacher() {
  if (!teacher_) {
    teacher_ = std::make_unique<Teacher>(manifest_.teacher.value(), store_.cache_path(),
                                         tools(spent_.teacher));
  }
  return *teacher_;
}

const Judge* Servers::judge() {
  if (!manifest_.judge) return nullptr;
  if (!judge_) {
    judging_ = std::make_unique<Teacher>(manifest_.judge->server, store_.cache_path(),
                                         tools(spent_.judge));
    judge_ = make_judge(*judging_, manifest_.judge->repeats, [this] {
      if (pulse_) pulse_();
    });
  }
  return &*judge_;
}

std::vector<ServerUse> Servers::uses() const {
  std::vector<ServerUse> uses;
  if (teacher_) uses.push_back({"teacher", teacher_->usage()});
  if (judging_) uses.push_back({"judge", judging_->usage()});
  return uses;
}

}  // namespace tuneval

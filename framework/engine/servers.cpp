#include "framework/engine/servers.h"

#include "framework/score/teacher_judge.h"

namespace tuneval {

Teacher& Servers::teacher() {
  if (!teacher_) {
    teacher_ = std::make_unique<Teacher>(manifest_.teacher.value(), store_.cache_path());
  }
  return *teacher_;
}

const Judge* Servers::judge() {
  if (!manifest_.judge) return nullptr;
  if (!judge_) {
    judging_ = std::make_unique<Teacher>(manifest_.judge->server, store_.cache_path());
    judge_ = make_judge(*judging_, manifest_.judge->repeats);
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

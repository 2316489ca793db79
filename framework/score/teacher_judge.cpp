#include "framework/score/teacher_judge.h"

#include "framework/score/no_answer.h"
#include "tuneval/error.h"

#include <utility>

namespace tuneval {

namespace {

Judge::Answers ask_all(Teacher& server, size_t repeats, const std::function<void()>& pulse,
                       const std::vector<std::vector<Message>>& questions) {
  Judge::Answers answers;
  answers.texts.resize(questions.size());
  answers.reasons.resize(questions.size());
  std::vector<TeacherRequest> requests;
  for (size_t i = 0; i < questions.size(); ++i) {
    answers.texts[i].resize(repeats);
    for (size_t repeat = 0; repeat < repeats; ++repeat) {
      TeacherRequest& request = requests.emplace_back();
      request.messages = questions[i];
      request.variant = int64_t(repeat);
    }
  }
  try {
    server.ask_all(requests, [&](size_t index, TeacherReply reply) {
      const size_t question = index / repeats;
      if (reply.answered()) {
        answers.texts[question][index % repeats] = std::move(reply.text);
      } else {
        answers.reasons[question] = no_answer("the judge", reply);
      }
      if (pulse) pulse();
    });
  } catch (const TeacherError& error) {
    for (std::string& reason : answers.reasons) {
      if (reason.empty()) reason = no_answer("the judge", error.what());
    }
  }
  return answers;
}

}  // namespace

Judge make_judge(Teacher& server, int64_t repeats, std::function<void()> pulse) {
  Judge judge;
  judge.name = server.options().model;
  judge.repeats = repeats;
  judge.ask = [&server, repeats,
               pulse = std::move(pulse)](const std::vector<std::vector<Message>>& questions) {
    return ask_all(server, size_t(repeats), pulse, questions);
  };
  return judge;
}

}  // namespace tuneval

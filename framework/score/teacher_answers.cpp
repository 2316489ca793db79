#include "framework/score/teacher_answers.h"

#include "framework/score/no_answer.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tuneval {

namespace {

/// Whether there is something to score: an answer cut off at the limit is one, as it is for a
/// model.
bool has_answer(TeacherOutcome outcome) {
  return outcome == TeacherOutcome::answered || outcome == TeacherOutcome::cut_off;
}

/// Ends the text before the first stop string in it; whether there is one. The server is not told
/// of them: some take four at most, and those that reason stop inside their reasons.
bool cut_at_stop(std::string& text, const std::vector<std::string>& stops) {
  size_t end = text.npos;
  for (const std::string& stop : stops) {
    if (!stop.empty()) end = std::min(end, text.find(stop));
  }
  if (end == text.npos) return false;
  text.resize(end);
  return true;
}

GivenAnswer answer_of(TeacherReply reply, const Example& example,
                      const std::vector<std::string>& stops) {
  GivenAnswer answer;
  answer.prompt_tokens = reply.prompt_tokens;
  answer.new_tokens = reply.answer_tokens;
  if (!has_answer(reply.outcome)) {
    answer.unanswered = no_answer("the teacher", reply);
    answer.stop.clear();
    return answer;
  }
  if (reply.outcome == TeacherOutcome::cut_off) answer.stop = "length";
  const bool takes_calls = !reply.calls.empty() && (example.calls || reply.text.empty());
  answer.completion = takes_calls ? std::move(reply.calls) : std::move(reply.text);
  if (!takes_calls && cut_at_stop(answer.completion, stops)) answer.stop = "stop";
  return answer;
}

/// What asking again would mend fails the cell, so that it runs again: what is answered is cached.
void check_asked(size_t unpaid, size_t answered, size_t all, const std::string& last) {
  if (unpaid > 0) {
    throw TeacherError(
        fmt::format("the teacher's spending limit is reached: {} of {} requests were not sent; "
                    "with a higher [teacher] spending_limit the run goes on without paying twice",
                    unpaid, all));
  }
  if (answered == 0 && all > 0) {
    throw TeacherError(
        fmt::format("the teacher answered none of {} requests; the last: {}", all, last));
  }
}

}  // namespace

int64_t teacher_max_tokens(const TeacherOptions& teacher, const TaskType& type,
                           const std::optional<int64_t>& max_new_tokens) {
  if (teacher.max_tokens) return *teacher.max_tokens;
  return max_new_tokens.value_or(type.decoding().max_new_tokens);
}

std::vector<GivenAnswer> ask_teacher(Teacher& teacher, const TaskData& task,
                                     const TeacherScoring& options) {
  std::vector<TeacherRequest> requests;
  std::vector<std::string> prompts;
  for (const Example& example : task.test) {
    const Example shown = with_shots(example, options.shots);
    TeacherRequest& request = requests.emplace_back();
    request.messages = shown.messages;
    request.tools = shown.tools;
    request.temperature = 0.0;
    request.max_tokens = teacher_max_tokens(teacher.options(), *task.type, options.max_new_tokens);
    prompts.push_back(prompt_json(shown));
  }
  const std::vector<std::string> stops = task.type->decoding().stop;
  std::vector<GivenAnswer> answers(requests.size());
  size_t unpaid = 0, answered = 0;
  std::string last;
  int64_t done = 0, tokens = 0;
  teacher.ask_all(requests, [&](size_t index, TeacherReply reply) {
    unpaid += reply.outcome == TeacherOutcome::unpaid || reply.outcome == TeacherOutcome::stopped;
    answered += has_answer(reply.outcome);
    tokens += reply.prompt_tokens + reply.answer_tokens;
    answers[index] = answer_of(std::move(reply), task.test[index], stops);
    answers[index].prompt = std::move(prompts[index]);
    if (!answers[index].unanswered.empty()) last = answers[index].unanswered;
    if (options.progress) options.progress(++done, tokens);
  });
  check_asked(unpaid, answered, requests.size(), last);
  return answers;
}

}  // namespace tuneval

#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tuneval::test {

/// What a scripted teacher does with one request.
struct TeacherStep {
  int status = 200;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers = {};
  double delay = 0.0;       ///< seconds before it answers
  bool breaks_off = false;  ///< closes the connection in the middle of the body
  bool hangs = false;       ///< answers only when the server ends
  bool paid = false;        ///< a chat completion that would be billed
};

// Answers that are paid for.
TeacherStep says(const std::string& text, int64_t prompt_tokens = 10, int64_t answer_tokens = 5);
/// `calls`: [{"name": …, "arguments": …}], the arguments an object, or a text that is sent as it
/// is.
TeacherStep calls(const nlohmann::ordered_json& calls);
TeacherStep says_nothing();                    ///< a choice with an empty content
TeacherStep no_choice();                       ///< "choices": []
TeacherStep cut_off(const std::string& text);  ///< "finish_reason": "length"
TeacherStep filtered();                        ///< "finish_reason": "content_filter"
TeacherStep without_usage(TeacherStep step);

// Answers that are not.
TeacherStep fails(int status, const std::string& message);
TeacherStep asks_to_wait(int status, const std::string& retry_after);
TeacherStep truncated();   ///< whole as HTTP, its JSON is cut
TeacherStep garbage();     ///< no JSON
TeacherStep breaks_off();  ///< the connection ends before the answer does
TeacherStep hangs();
TeacherStep slow(TeacherStep step, double seconds);

/// A small server that answers POST /v1/chat/completions as a script says, on a free port of this
/// machine. End those who ask before it: it waits for their connections.
class ScriptedTeacher {
 public:
  /// Called with the body of each request that no queued step is there for, from several threads at
  /// once; `earlier`: how often the very same body came before.
  using Script = std::function<TeacherStep(const nlohmann::json& request, int64_t earlier)>;
  struct Seen {
    std::string body;
    nlohmann::json json;
    std::string authorization;  ///< the header, empty where it was not sent
    std::string path;
  };
  /// Told after each request what was done.
  using Log = std::function<void(const Seen&, const TeacherStep&)>;

  /// Without a script every request is answered with its last message.
  explicit ScriptedTeacher(Script script = {}, Log log = {});
  ScriptedTeacher(const ScriptedTeacher&) = delete;
  ScriptedTeacher& operator=(const ScriptedTeacher&) = delete;
  ~ScriptedTeacher();

  std::string base_url() const;  ///< "http://127.0.0.1:PORT/v1"
  /// Steps for the next requests, in order, before the script's.
  void push(std::vector<TeacherStep> steps);

  std::vector<Seen> seen() const;
  int64_t paid() const;
  /// The most that was paid for requests of one and the same body: 1 where nothing was paid twice.
  /// (Requests that differ in their variant alone have the same body.)
  int64_t most_paid_for_one() const;
  int64_t most_at_once() const;  ///< requests under way together

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The content of a request's last message.
std::string last_content(const nlohmann::json& request);

/// A port of this machine that nothing listens on.
int closed_port();

/// The same number for the same texts, on any machine.
uint64_t hash_of(const std::string& text, uint64_t seed);

}  // namespace tuneval::test

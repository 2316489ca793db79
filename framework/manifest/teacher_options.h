#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace tuneval {

/// [teacher], and in the same form [judge]: a model behind an OpenAI-compatible server.
struct TeacherOptions {
  std::string base_url;     ///< "https://host/v1"; requests go to base_url + "/chat/completions"
  std::string model;        ///< as the server calls it
  std::string api_key_env;  ///< the environment variable that holds the key; empty: none is sent
  double temperature = 0.7;
  std::optional<int64_t> max_tokens;     ///< of an answer
  int64_t concurrency = 8;               ///< requests under way at once; 1 to 256
  int64_t requests_per_minute = 0;       ///< 0: no limit
  int64_t tokens_per_minute = 0;         ///< prompt and answer together; 0: no limit
  double connect_timeout = 10.0;         ///< seconds
  double timeout = 300.0;                ///< seconds for one attempt, connecting included
  int64_t retries = 6;                   ///< attempts after the first
  double input_price = 0.0;              ///< per million prompt tokens, in one currency
  double output_price = 0.0;             ///< per million tokens of answers
  std::optional<double> spending_limit;  ///< in the prices' currency; nothing is asked past it
  /// Further fields of each request's body; an object, maybe empty.
  nlohmann::ordered_json extra_body = nlohmann::ordered_json::object();
  std::string where;  ///< "run.toml:30:1", for messages

  // Of [teacher] alone:
  bool score = true;  ///< whether it is scored on each task, like a model
  int64_t shots = 0;  ///< answered training examples before each of its prompts
  /// By how much a student's headline may lie below the teacher's and still count as its equal.
  double margin = 0.0;
};

/// How free text is judged.
struct JudgeOptions {
  TeacherOptions server;  ///< [judge]; what it leaves out is as in [teacher]
  int64_t repeats = 1;    ///< times each answer is judged
};

}  // namespace tuneval

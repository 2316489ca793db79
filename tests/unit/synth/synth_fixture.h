#pragma once

#include "framework/data/rows.h"
#include "framework/synth/synth.h"
#include "framework/synth/synth_task.h"
#include "tests/unit/data/label_type.h"
#include "tests/unit/data/pack_folder.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace tuneval {

/// {"question", "answer", "context"?}, with the passage in the prompt where options.open is true.
/// An answer that begins with "perhaps" is doubted.
class PassageType final : public TaskType {
 public:
  explicit PassageType(const TaskOptions& options) : open_(options.options.flag("open")) {}

  Example read(const Row& row) const override {
    Example example;
    example.context = row.text_or("context", "");
    const std::string shown = open_ ? "About: " + example.context + " " : "";
    example.messages = {{"user", "Answer this: " + shown + row.text("question"), ""}};
    example.target = row.text("answer");
    example.references = {example.target};
    example.where = row.where();
    example.group = row.text_or("group", "");
    return example;
  }
  Prediction parse(const Example&, std::string_view text) const override {
    return {true, std::string(text)};
  }
  std::vector<std::string> metrics() const override { return {"exact"}; }
  std::string row_guide() const override { return "A question, and its answer."; }
  std::vector<std::string> doubts(const Example& example) const override {
    if (!example.target.starts_with("perhaps")) return {};
    return {"the answer is not sure", "nor is the question"};
  }

 private:
  bool open_;
};

/// A teacher in this process: `answer` writes each reply's text. Replies come in the order of their
/// requests, or backwards. Where `affordable` is reached it says that the money is gone; `mishap`
/// says what else becomes of the so-many-th request that comes, from 0 on, if anything.
struct ToyTeacher {
  std::function<std::string(const TeacherRequest&)> answer;
  bool backwards = false;
  int64_t affordable = 1'000'000;
  std::function<std::optional<TeacherOutcome>(int64_t)> mishap = {};
  bool calls = false;           ///< what `answer` writes are calls
  int64_t came = 0, asked = 0;  ///< requests; those that were answered

  SynthTeacher teacher() {
    SynthTeacher made;
    made.options.base_url = "http://127.0.0.1:1/v1";
    made.options.model = "toy";
    made.options.input_price = 1.0;
    made.options.output_price = 2.0;
    made.ask_all = [this](std::span<const TeacherRequest> requests,
                          const std::function<void(size_t, TeacherReply)>& take) {
      for (size_t i = 0; i < requests.size(); ++i) {
        const size_t index = backwards ? requests.size() - 1 - i : i;
        take(index, reply(requests[index]));
      }
    };
    return made;
  }

  TeacherReply reply(const TeacherRequest& request) {
    TeacherReply reply;
    const std::optional<TeacherOutcome> fails = mishap ? mishap(came) : std::nullopt;
    ++came;
    if (fails || asked >= affordable) {
      reply.outcome = fails.value_or(TeacherOutcome::unpaid);
      reply.message = "a mishap";
      return reply;
    }
    ++asked;
    reply.outcome = TeacherOutcome::answered;
    (calls ? reply.calls : reply.text) = answer(request);
    reply.prompt_tokens = 100;
    reply.answer_tokens = 50;
    return reply;
  }
};

/// Packs of the toy task types "label" and "passage".
class SynthFixture : public PackFolder {
 protected:
  SynthFixture() : registry(label_registry()) {
    registry.add_task_type("passage", [](const TaskOptions& options) {
      return std::make_shared<PassageType>(options);
    });
  }

  Pack write_pack(const std::string& type, const std::string& options, const std::string& train,
                  const std::string& test) {
    write("pack/pack.toml",
          fmt::format("name = \"toys\"\ntask_type = \"{}\"\ndescription = \"Sort it.\"\nlicence = "
                      "\"CC0-1.0\"\norigin = \"me\"\n[options]\n{}\n",
                      type, options));
    write("pack/train.jsonl", train);
    write("pack/test.jsonl", test);
    return read_pack(folder / "pack");
  }

  Pack label_pack() {
    return write_pack(
        "label", "labels = [\"a\", \"b\"]",
        "{\"input\": \"Sort: the apple is red\", \"label\": \"a\", \"notes\": {}}\n"
        "{\"input\": \"Sort: an ant walks home\", \"label\": \"a\"}\n"
        "{\"input\": \"Sort: the bee flies away\", \"label\": \"b\", \"group\": \"g\"}\n"
        "{\"input\": \"Sort: one boat on the water\", \"label\": \"b\"}\n",
        "{\"input\": \"Sort: a cat sleeps on the warm stove all day\", \"label\": \"a\"}\n"
        "{\"input\": \"Sort: two dogs bark\", \"label\": \"b\"}\n");
  }

  Pack passage_pack(bool open) {
    return write_pack(
        "passage", fmt::format("open = {}", open),
        "{\"question\": \"Who sings?\", \"answer\": \"Ada\", \"context\": \"Ada sings.\"}\n"
        "{\"question\": \"Who runs?\", \"answer\": \"Bob\", \"context\": \"Bob runs.\"}\n",
        "{\"question\": \"Who swims?\", \"answer\": \"Eve\", \"context\": \"Eve swims.\"}\n");
  }

  SynthReport make(const Pack& pack, ToyTeacher& toy, const SynthOptions& options,
                   const std::string& to = "made") const {
    return synthesize(registry, pack, toy.teacher(), options, folder / to);
  }
  std::string text_of(const std::string& file) const { return read_file(folder / file); }
  /// The lines of a .jsonl file.
  std::vector<nlohmann::ordered_json> lines_of(const std::string& file) const {
    std::vector<nlohmann::ordered_json> lines;
    std::istringstream stream(text_of(file));
    for (std::string line; std::getline(stream, line);) {
      lines.push_back(nlohmann::ordered_json::parse(line));
    }
    return lines;
  }

  Registry registry;
};

inline const std::string& asked_of(const TeacherRequest& request) {
  return request.messages.back().content;
}

/// A few words that the request and `salt` decide.
inline std::string words_of(const TeacherRequest& request, uint64_t salt) {
  std::string words;
  uint64_t state = request.seed.value_or(0) * 31 + salt + 1;
  for (int i = 0; i < 6; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    words += fmt::format(" w{}", (state >> 33) % 5000);
  }
  return words;
}

/// Four rows of the label pack, of the label that is asked for.
inline std::string label_rows(const TeacherRequest& request) {
  const bool of_b = asked_of(request).find("each of them is \"b\"") != std::string::npos;
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (uint64_t i = 0; i < 4; ++i) {
    rows.push_back({{"input", "Sort:" + words_of(request, i)}, {"label", of_b ? "b" : "a"}});
  }
  return rows.dump();
}

}  // namespace tuneval

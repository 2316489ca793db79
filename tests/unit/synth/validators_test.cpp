#include "framework/synth/validators.h"

#include "synth_fixture.h"

namespace tuneval {
namespace {

/// {"turns": [question, answer, question, answer, …]}: an example for each answer.
class TalkType final : public TaskType {
 public:
  Example read(const Row& row) const override { return read_all(row).front(); }
  std::vector<Example> read_all(const Row& row) const override {
    std::vector<Example> examples;
    Example example;
    example.where = row.where();
    const std::vector<std::string> turns = row.texts("turns");
    for (size_t i = 0; i + 1 < turns.size(); i += 2) {
      example.messages.push_back({"user", turns[i], ""});
      example.target = turns[i + 1];
      examples.push_back(example);
      example.messages.push_back({"assistant", turns[i + 1], ""});
    }
    return examples;
  }
  Prediction parse(const Example&, std::string_view text) const override {
    return {true, std::string(text)};
  }
  std::vector<std::string> metrics() const override { return {"exact"}; }
};

class ValidatorsTest : public SynthFixture {
 protected:
  ValidatorsTest() {
    registry.add_task_type("talk", [](const TaskOptions&) { return std::make_shared<TalkType>(); });
  }

  /// The rules for a pack; what they refer to lives as long as this.
  void begin(const Pack& pack, SynthOptions options = {}) {
    options_ = std::move(options);
    task_ = read_synth_task(registry, pack, 0);
    planner_ = std::make_unique<Planner>(task_, options_);
    balance_ = std::make_unique<Balance>(task_, planner_->wanted(), options_.match_seed_balance,
                                         options_.balance_slack);
    cascade_ = make_cascade(task_, options_, *planner_, *balance_);
    ask_ = Ask{};
    row_ = 0;
  }

  /// "name: message" of the rule that rejects a row; empty where it is taken.
  std::string verdict(const std::string& row) {
    Candidate candidate;
    candidate.row = nlohmann::ordered_json::parse(row);
    candidate.ask = &ask_;
    candidate.where = fmt::format("request 1, row {}", ++row_);
    for (const auto& validator : cascade_) {
      const std::string fault = validator->fault(candidate);
      if (!fault.empty()) return fmt::format("{}: {}", validator->name(), fault);
    }
    for (const auto& validator : cascade_) validator->accept(candidate);
    last_ = candidate.row.dump();
    return {};
  }

  std::string labelled(const std::string& input, const std::string& label = "a") {
    return nlohmann::ordered_json{{"input", "Sort: " + input}, {"label", label}}.dump();
  }

  SynthOptions options_;
  SynthTask task_;
  std::unique_ptr<Planner> planner_;
  std::unique_ptr<Balance> balance_;
  Cascade cascade_;
  Ask ask_;
  int row_ = 0;
  std::string last_;  // the row that was taken last
};

TEST_F(ValidatorsTest, LengthCountsCharacters) {
  SynthOptions options;
  options.longest = 40;
  begin(label_pack(), options);
  EXPECT_EQ(verdict(labelled("ääääää")), "");  // 36 characters, 42 bytes
  EXPECT_EQ(verdict(labelled("0123456789012345678")),
            "length: it has 49 characters: at most 40 are allowed");
}

TEST_F(ValidatorsTest, FormatIsWhatTheTaskTypeCannotRead) {
  begin(label_pack());
  EXPECT_EQ(verdict(R"({"label": "a"})"), "format: \"input\" is missing");
  EXPECT_EQ(verdict(R"({"input": 7, "label": "a"})"), "format: \"input\" is 7: expected a string");
  EXPECT_EQ(verdict(labelled("a new one", "c")), "format: \"label\" is unknown");
}

TEST_F(ValidatorsTest, DoubtsAreTheTaskTypes) {
  begin(passage_pack(true));
  EXPECT_EQ(verdict(R"({"question": "Who?", "answer": "perhaps Ada", "context": "perhaps Ada"})"),
            "doubts: the answer is not sure; nor is the question");
}

TEST_F(ValidatorsTest, AnswersMustStandInTheirPassageWhereThoseOfTheSeedDo) {
  begin(passage_pack(true));
  EXPECT_EQ(verdict(R"({"question": "Who cooks?", "answer": "Dan", "context": "Zoe cooks."})"),
            "grounded: the answer \"Dan\" is not in the passage");
  EXPECT_EQ(verdict(R"({"question": "Who cooks?", "answer": "zoe", "context": "Zoe cooks."})"), "");

  const Pack free = write_pack(
      "passage", "open = true",
      "{\"question\": \"Who?\", \"answer\": \"A singer\", \"context\": \"Ada sings.\"}\n",
      "{\"question\": \"What?\", \"answer\": \"Eve\", \"context\": \"Eve swims.\"}\n");
  begin(free);
  EXPECT_EQ(verdict(R"({"question": "Who cooks?", "answer": "Dan", "context": "Zoe cooks."})"), "");
}

TEST_F(ValidatorsTest, WhatTheTestSplitAsksIsALeak) {
  begin(label_pack());
  EXPECT_EQ(verdict(labelled(" two dogs\n bark", "a")),
            "test-leak: it asks the same as test.jsonl:2");
  EXPECT_EQ(verdict(labelled("Two dogs, bark!", "b")),
            "test-leak: it is 100 % like test.jsonl:2 (ROUGE-L)");
  // Eight of 9 and 10 words in order, then nine.
  EXPECT_EQ(verdict(labelled("a cat sleeps on the cold stove all day long")), "");
  EXPECT_EQ(verdict(labelled("a cat sleeps on the warm stove all day long")),
            "test-leak: it is 95 % like test.jsonl:1 (ROUGE-L)");
}

TEST_F(ValidatorsTest, NoTurnMayBeATestConversationsLast) {
  begin(
      write_pack("talk", "", "{\"turns\": [\"Where is it?\", \"There.\"]}\n",
                 "{\"turns\": [\"Good morning\", \"Hello!\", \"Open the garage door\", \"Yes\"]}\n"
                 "{\"turns\": [\"Play some jazz\", \"Now\"]}\n"));
  EXPECT_EQ(verdict(R"({"turns": ["Play some jazz", "Sure", "And now louder, please", "Done"]})"),
            "test-leak: it asks the same as test.jsonl:2");
  EXPECT_EQ(verdict(R"({"turns": ["Good morning", "Hello!", "Open the garage door", "No",
                                  "Why ever not, tell me", "It rains"]})"),
            "test-leak: it asks the same as test.jsonl:1");
  EXPECT_EQ(verdict(R"({"turns": ["Good morning", "Hello!", "How tall are giraffes", "Very"]})"),
            "")
      << "a first turn alone is nobody's";
}

TEST_F(ValidatorsTest, SeedRowsAndAcceptedOnesAreNotTakenAgain) {
  begin(label_pack());
  EXPECT_EQ(verdict(labelled("the apple  is red", "b")),
            "duplicate: it asks the same as train.jsonl:1");
  EXPECT_EQ(verdict(labelled("The apple is red.")),
            "similar: it is 100 % like train.jsonl:1 (ROUGE-L)");
  EXPECT_EQ(verdict(labelled("a plum is blue")), "");
  EXPECT_EQ(verdict(labelled("a plum is blue")), "duplicate: it asks the same as request 1, row 3");
  EXPECT_EQ(verdict(labelled("A plum: is blue")),
            "similar: it is 100 % like request 1, row 3 (ROUGE-L)");
  EXPECT_EQ(verdict(labelled("a plum is green")), "") << "three of four words";
}

TEST_F(ValidatorsTest, ARejectedRowDoesNotKeepOthersOut) {
  begin(label_pack());
  EXPECT_EQ(verdict(labelled("a plum is blue", "c")), "format: \"label\" is unknown");
  EXPECT_EQ(verdict(labelled("a plum is blue")), "");
}

TEST_F(ValidatorsTest, NoKindTakesMuchMoreThanItsShare) {
  SynthOptions options;
  options.examples = 8;
  options.balance_slack = 1.5;
  begin(label_pack(), options);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(verdict(labelled(fmt::format("x{} y{} z{}", i, i, i))), "");
  EXPECT_EQ(verdict(labelled("one too many")), "balance: there are enough rows of a");
  EXPECT_EQ(verdict(labelled("one of the others", "b")), "");
}

TEST_F(ValidatorsTest, SharesMayBeThoseOfTheSeed) {
  const Pack pack = write_pack("label", "labels = [\"a\", \"b\"]",
                               "{\"input\": \"1 one\", \"label\": \"a\"}\n{\"input\": \"2 two\", "
                               "\"label\": \"a\"}\n{\"input\": \"3 three\", \"label\": \"a\"}\n"
                               "{\"input\": \"4 four\", \"label\": \"b\"}\n",
                               "{\"input\": \"5 five\", \"label\": \"b\"}\n");
  SynthOptions options;
  options.examples = 8;
  options.match_seed_balance = true;
  options.balance_slack = 1.0;
  begin(pack, options);
  EXPECT_EQ(balance_->short_of(), (std::vector<double>{6.0, 2.0}));
  EXPECT_EQ(verdict(labelled("p", "b")), "");
  EXPECT_EQ(verdict(labelled("q", "b")), "");
  EXPECT_EQ(verdict(labelled("r", "b")), "balance: there are enough rows of b");
  EXPECT_EQ(balance_->short_of(), (std::vector<double>{6.0, 0.0}));
}

TEST_F(ValidatorsTest, RowsBeyondThoseWantedAreSurplus) {
  SynthOptions options;
  options.examples = 1;
  options.balance_slack = 10;
  begin(label_pack(), options);
  EXPECT_EQ(verdict(labelled("a plum is blue")), "");
  EXPECT_EQ(verdict(labelled("a pear is green")), "surplus: all rows that were wanted are there");
}

TEST_F(ValidatorsTest, AnInputIsToBeAnsweredAsItIs) {
  SynthOptions options;
  options.mode = SynthMode::label;
  options.inputs = {R"({"input": "Sort: a plum is blue", "group": "g", "notes": {"n": 1}})",
                    R"({"input": "Sort: a pear is green"})"};
  begin(label_pack(), options);
  ask_.inputs = {0, 1};
  EXPECT_EQ(verdict(labelled("a plum was blue")),
            "input-kept: none of the inputs that were to be answered is in it unchanged");
  EXPECT_EQ(verdict(labelled("a plum is blue", "b")), "");
  EXPECT_EQ(last_, R"({"input":"Sort: a plum is blue","label":"b","group":"g","notes":{"n":1}})");
  ask_.inputs = {0};
  EXPECT_EQ(verdict(labelled("a pear is green")),
            "input-kept: none of the inputs that were to be answered is in it unchanged");
}

TEST_F(ValidatorsTest, TurnsMayBeAddedToAnInputsConversation) {
  SynthOptions options;
  options.mode = SynthMode::label;
  options.inputs = {R"({"turns": [1, {"x": 2}], "input": "Sort: new", "n": 1.0})"};
  begin(label_pack(), options);
  ask_.inputs = {0};
  const std::string row = R"("input": "Sort: new", "label": "a", "n": 1})";
  EXPECT_NE(verdict(R"({"turns": [1], )" + row), "");
  EXPECT_NE(verdict(R"({"turns": [1, {"x": 3}, 4], )" + row), "");
  EXPECT_NE(verdict(R"({"turns": 1, )" + row), "");
  EXPECT_EQ(verdict(R"({"turns": [1, {"x": 2}, 4], )" + row), "");
}

TEST_F(ValidatorsTest, QuestionsOnAPassageAreComparedWithoutIt) {
  SynthOptions options;
  options.mode = SynthMode::passages;
  const std::string passage = "Ada sings in the town hall of the old city every Sunday at noon.";
  options.passages = {passage, "Ada dances."};
  options.per_passage = 2;
  const auto row = [](const std::string& context, const std::string& question) {
    return nlohmann::ordered_json{{"question", question}, {"answer", "Ada"}, {"context", context}}
        .dump();
  };
  begin(passage_pack(true), options);
  ask_.passage = 0;
  EXPECT_EQ(verdict(row(passage, "Who sings?")), "");
  EXPECT_EQ(verdict(row(passage, "Who sings so well?")), "");
  EXPECT_EQ(verdict(row(passage, "Which woman can be heard?")),
            "surplus: all rows that were wanted are there")
      << "of this passage";
  ask_.passage = 1;
  EXPECT_EQ(verdict(row("Ada dances.", "Who sings?")), "") << "another passage, another question";
  EXPECT_EQ(verdict(row("Ada dances.", "who SINGS")),
            "similar: it is 100 % like request 1, row 4 (ROUGE-L)");

  // Where the prompt does not show the passage the questions are all that there is.
  begin(passage_pack(false), options);
  ask_.passage = 0;
  EXPECT_EQ(verdict(row(passage, "Who dances?")), "");
  ask_.passage = 1;
  EXPECT_EQ(verdict(row("Ada dances.", "Who dances?")),
            "duplicate: it asks the same as request 1, row 1");
}

}  // namespace
}  // namespace tuneval

// The rules of `pack check` that need more of a task type than labels.
#include "framework/data/check.h"

#include "label_type.h"
#include "pack_folder.h"

#include <nlohmann/json.hpp>

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;

/// {"turns": […], "context", "group", "answer"}: each turn but the last is an example whose answer
/// is "ok", the last one's is the row's. With the option "hidden" the context is in no prompt.
class TalkType final : public TaskType {
 public:
  explicit TalkType(const TaskOptions& options)
      : hidden_(options.options.flag_or("hidden", false)) {}

  Example read(const Row& row) const override { return read_all(row).back(); }
  std::vector<Example> read_all(const Row& row) const override {
    std::vector<Example> examples;
    Example example;
    example.where = row.where();
    example.context = row.text_or("context", "");
    example.group = row.text_or("group", "");
    example.messages = {{"system", "Answer the question of the day in a word or two.", ""}};
    if (!hidden_ && !example.context.empty()) {
      example.messages.push_back({"user", example.context, ""});
    }
    const std::vector<std::string> turns = row.texts("turns");
    for (size_t i = 0; i < turns.size(); ++i) {
      example.messages.push_back({"user", turns[i], ""});
      example.target = i + 1 < turns.size() ? "ok" : row.text("answer");
      example.references = {example.target};
      examples.push_back(example);
      example.messages.push_back({"assistant", example.target, ""});
    }
    return examples;
  }
  Prediction parse(const Example&, std::string_view text) const override {
    return {true, std::string(text)};
  }
  std::vector<std::string> metrics() const override { return {"exact"}; }
  std::vector<std::string> review(const std::vector<Example>& examples) const override {
    if (examples.front().target != "odd") return {};
    return {examples.front().where + ": is odd", "so is the rest"};
  }

 private:
  bool hidden_;
};

/// Takes "limit", a number.
class LimitMetric final : public Metric {
 public:
  explicit LimitMetric(const Config& options) { options.number_or("limit", 1.0); }
  SampleScore score(const Example&, const Prediction&) const override {
    return SampleScore::of(1.0);
  }
};

class CheckRulesTest : public PackFolder {
 protected:
  CheckRulesTest() {
    registry.add_task_type(
        "talk", [](const TaskOptions& options) { return std::make_shared<TalkType>(options); });
    registry.add_metric(
        "limit", [](const Config& options) { return std::make_shared<LimitMetric>(options); });
    write_toml("");
  }

  void write_toml(const std::string& tables, const std::string& keys = "") {
    write("pack.toml",
          "name = \"x\"\ntask_type = \"talk\"\ndescription = \"d\"\nlicence = \"MIT\"\n" + keys +
              tables);
  }

  static std::string row(const std::vector<std::string>& turns, const std::string& answer = "yes",
                         const std::string& context = "", const std::string& group = "") {
    return Json{{"turns", turns}, {"answer", answer}, {"context", context}, {"group", group}}
               .dump() +
           "\n";
  }
  /// Rows that have nothing to do with each other.
  static std::string others(const std::string& word, int count = 20) {
    std::string text;
    for (int i = 0; i < count; ++i) text += row({word + std::to_string(i)});
    return text;
  }
  void write_rows(const std::string& train, const std::string& test) {
    write("train.jsonl", train);
    write("test.jsonl", test);
  }

  std::vector<std::string> found() {
    report = check_pack(folder, registry);
    std::vector<std::string> texts;
    for (const Finding& one : report.findings) {
      texts.push_back((one.severity == Severity::error ? "error " : "warning ") + one.text());
    }
    return texts;
  }
  using Texts = std::vector<std::string>;

  Registry registry = label_registry();
  PackReport report;
};

TEST_F(CheckRulesTest, RowsAndExamplesAreCounted) {
  write_rows(others("a", 19) + row({"one", "two", "three"}), others("b"));
  EXPECT_EQ(found(), Texts());
  EXPECT_EQ(report.train_rows, 20);
  EXPECT_EQ(report.train_examples, 22);
  EXPECT_EQ(report.test_rows, 20);
  EXPECT_EQ(report.test_examples, 20);
}

TEST_F(CheckRulesTest, ATurnOfBothSplitsIsAWarningAWholeRowAnError) {
  const std::string train = others("a") + row({"hello", "is it red?"}) + row({"hello", "is it?"});
  write_rows(train, others("b") + row({"hello", "is it green?"}) + row({"hello", "is it red?"}));
  EXPECT_EQ(
      found(),
      (Texts{
          at("warning @/test.jsonl:21: a turn of this conversation is the same as in "
             "@/train.jsonl:21"),
          at("warning @/test.jsonl:22: a turn of this conversation is the same as in "
             "@/train.jsonl:21"),
          at("error @/test.jsonl:22: the same row as @/train.jsonl:21: the test split must be "
             "unseen in training"),
      }));
}

TEST_F(CheckRulesTest, AWholeConversationThatIsTheBeginningOfATrainingOneIsAnError) {
  write_rows(others("a") + row({"is it red?", "why?"}) + row({"is it red?"}, "ok"),
             others("b") + row({"is it red?"}, "ok"));
  EXPECT_EQ(found(), (Texts{at("error @/test.jsonl:21: the same row as @/train.jsonl:21: the test "
                               "split must be unseen in training")}));
}

TEST_F(CheckRulesTest, NearDuplicatesOfTheSplitsAreNamedWithBothRows) {
  const std::string text = "please tell me where the nearest shop for bread and cake is today";
  write_rows(others("a") + row({text + " now"}), others("b") + row({"Please, " + text.substr(7)}));
  EXPECT_EQ(found(), (Texts{at("warning @/test.jsonl:21: nearly the same prompt as "
                               "@/train.jsonl:21: 92 % of their word triples are shared")}));
}

TEST_F(CheckRulesTest, OfManyNearDuplicatesTheFirstAreNamed) {
  std::string train, test;
  for (int i = 0; i < 30; ++i) {
    train += row({"is it number " + std::to_string(i)});
    test += row({"Is it number " + std::to_string(i) + "?"});
  }
  write_rows(train, test);
  const Texts all = found();
  ASSERT_EQ(all.size(), 21u);
  EXPECT_EQ(all[19], at("warning @/test.jsonl:20: nearly the same prompt as @/train.jsonl:20: 100 "
                        "% of their word triples are shared"));
  EXPECT_EQ(all[20], at("warning @/test.jsonl: 10 more of this kind"));
}

TEST_F(CheckRulesTest, OneGroupInBothSplitsIsAnError) {
  write_rows(others("a") + row({"hello", "one"}, "yes", "", "7"),
             others("b") + row({"hello", "two", "three"}, "yes", "", "7"));
  const Texts all = found();
  ASSERT_EQ(all.size(), 2u) << testing::PrintToString(all);
  EXPECT_EQ(all[1], at("error @/test.jsonl:21: of \"7\", as is @/train.jsonl:21: all of one "
                       "conversation or document must be in one split"));
}

TEST_F(CheckRulesTest, ADocumentOfBothSplitsIsAnErrorUnlessNoPromptShowsIt) {
  const std::string passage = "the house stands by the river";
  write_rows(others("a") + row({"where is it"}, "river", passage, "d"),
             others("b") + row({"what stands there"}, "house", passage, "d"));
  EXPECT_EQ(found(), (Texts{at("error @/test.jsonl:21: of \"d\", as is @/train.jsonl:21: all of "
                               "one conversation or document must be in one split")}));
  write_toml("[options]\nhidden = true\n");
  EXPECT_EQ(found(), Texts());
}

TEST_F(CheckRulesTest, GroupsThatOnlyHaveOneNameAreOneWarning) {
  write_rows(others("a") + row({"red"}, "yes", "", "1") + row({"blue"}, "yes", "", "2"),
             others("b") + row({"green"}, "yes", "", "1") + row({"black"}, "yes", "", "2"));
  EXPECT_EQ(found(),
            (Texts{at("warning @/test.jsonl: 2 groups have a name that training rows have for "
                      "another text (\"1\" at @/test.jsonl:21 and @/train.jsonl:21): different "
                      "conversations or documents need different names")}));
}

TEST_F(CheckRulesTest, LongPromptsAreWarnings) {
  const std::string shared = "Answer the question of the day in a word or two.";
  const auto filled = [&](size_t length) {
    std::string text;
    while (text.size() < 2 * (length - shared.size())) text += "é";  // two bytes, one character
    return text;
  };
  write_rows(others("a") + row({filled(30'000)}) + row({filled(30'001)}), others("b"));
  EXPECT_EQ(found(), (Texts{at("warning @/train.jsonl:22: the prompt has 30001 characters: more "
                               "than 30000 cost much, and may not fit a model's context")}));
  write_toml("[options]\nmax_document_characters = 1\n");
  EXPECT_EQ(found(), Texts());
}

TEST_F(CheckRulesTest, AnswersThatAreNotInTheirPassageAreCountedWhereMostAre) {
  std::string train, test;
  for (int i = 0; i < 20; ++i) {
    const std::string name = "Name" + std::to_string(i);
    train += row({"who"}, name, "It was " + name + ", the baker of the town.");
    test += row({"when"}, i % 2 ? name : "nobody", "It is " + name + " who came in " + name + ".");
  }
  write_rows(train + row({"who is it"}, "The Baker", "The miller, not the Bakers, did it.") +
                 row({"say"}, "the baker", "It was The (Baker)!"),
             test);
  EXPECT_EQ(found(), (Texts{at("warning @/train.jsonl: 1 of 22 answers are not in their passage, "
                               "unlike the others; the first is \"The Baker\" at "
                               "@/train.jsonl:21")}));
}

TEST_F(CheckRulesTest, EveryMetricIsMadeWithItsOptions) {
  write_rows(others("a"), others("b"));
  write_toml("[metric_options.limit]\nlimit = \"high\"\n", "metrics = [\"limit\"]\n");
  EXPECT_EQ(found(), (Texts{at("error @/pack.toml: [metric_options.limit]: \"limit\" is \"high\": "
                               "expected a number")}));
  write_toml("[metric_options.limit]\nlimit = 2\n", "metrics = [\"limit\"]\n");
  EXPECT_EQ(found(), Texts());
  write_toml("[metric_options.limit]\nlimit = 2\n");
  EXPECT_EQ(found(), (Texts{at("warning @/pack.toml: [metric_options.limit]: is of no use: the "
                               "task's metrics are exact")}));
}

TEST_F(CheckRulesTest, AMetricOfTheTaskTypeThatNoPluginBringsIsAnError) {
  Registry bare;
  bare.add_task_type(
      "talk", [](const TaskOptions& options) { return std::make_shared<TalkType>(options); });
  write_rows(others("a"), others("b"));
  const PackReport bare_report = check_pack(folder, bare);
  ASSERT_EQ(bare_report.findings.size(), 1u);
  EXPECT_EQ(bare_report.findings[0].text(),
            at("@/pack.toml: the task type's metric \"exact\" is brought by no plugin"));
}

TEST_F(CheckRulesTest, ShotsAreTheHostsOptionsAndAreTried) {
  write_rows(others("a"), others("b"));
  write_toml("[options]\nshots = 3\n");
  EXPECT_EQ(found(), Texts());
  write_toml("[options]\nshots = 21\n");
  EXPECT_EQ(found(), (Texts{at("error @/pack.toml: [options]: \"shots\" is 21: there are 20 "
                               "training examples")}));
}

TEST_F(CheckRulesTest, AReviewThatNamesARowIsToldOfThere) {
  write_rows(row({"first"}, "odd") + others("a"), others("b"));
  EXPECT_EQ(found(), (Texts{at("warning @/train.jsonl:1: is odd"),
                            at("warning @/train.jsonl: so is the rest")}));
}

TEST_F(CheckRulesTest, ASplitOfFaultyRowsAloneIsSurvived) {
  write_rows("{\"turns\": 3}\n", others("b"));
  const Texts all = found();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0], at("error @/train.jsonl:1: \"turns\" is 3: expected an array of strings"));
  EXPECT_EQ(report.train_rows, 0);
}

}  // namespace
}  // namespace tuneval

#include "framework/data/check.h"

#include "label_type.h"
#include "pack_folder.h"

namespace tuneval {
namespace {

class CheckTest : public PackFolder {
 protected:
  void write_toml(const std::string& extra = "licence = \"MIT\"\n",
                  const std::string& labels = R"(["a", "b"])") {
    write("pack.toml", "name = \"x\"\ntask_type = \"label\"\ndescription = \"d\"\n" + extra +
                           "[options]\nlabels = " + labels + "\n");
  }

  /// Twenty rows with labels in turn.
  static std::string rows(const std::string& prefix,
                          const std::vector<std::string>& labels = {"a", "b"}) {
    std::string text;
    for (size_t i = 0; i < 20; ++i) {
      text += row(prefix + std::to_string(i), labels[i % labels.size()]);
    }
    return text;
  }
  static std::string row(const std::string& input, const std::string& label) {
    return "{\"input\": \"" + input + "\", \"label\": \"" + label + "\"}\n";
  }

  /// Severity and text of every finding.
  std::vector<std::string> found() {
    report = check_pack(folder, registry);
    std::vector<std::string> texts;
    for (const Finding& one : report.findings) {
      texts.push_back((one.severity == Severity::error ? "error " : "warning ") + one.text());
    }
    return texts;
  }
  std::string only_finding() {
    const auto all = found();
    return all.size() == 1 ? all.front() : testing::PrintToString(all);
  }

  Registry registry = label_registry();
  PackReport report;
};

TEST_F(CheckTest, ACleanPackHasNoFindings) {
  write_toml();
  write("train.jsonl", rows("train "));
  write("test.jsonl", rows("test "));
  EXPECT_EQ(found(), std::vector<std::string>{});
  EXPECT_EQ(report.train_rows, 20);
  EXPECT_EQ(report.test_rows, 20);
  EXPECT_EQ(report.errors(), 0);
}

TEST_F(CheckTest, AllFaultsComeAtOnce) {
  write_toml("licenc = \"MIT\"\nmetrics = [\"exakt\"]\n");
  write("train.jsonl", rows("train ") + "{\"input\"\n" + row("x", "c") + row("\xFF", "a"));
  write("test.jsonl", rows("test ") + row(" train \\t 0", "a") + "{\"input\": \"y\"}\n");
  const auto all = found();
  ASSERT_EQ(all.size(), 8u) << testing::PrintToString(all);
  EXPECT_EQ(all[0], at("error @/pack.toml:4:1: unknown key \"licenc\" in pack.toml: did you mean "
                       "\"licence\"?"));
  EXPECT_EQ(all[1], at("warning @/pack.toml: \"licence\" is missing"));
  EXPECT_EQ(all[2],
            at("error @/pack.toml: \"metrics\" names \"exakt\", which no plugin brings: did "
               "you mean \"exact\"?"));
  EXPECT_EQ(all[3].find(at("error @/train.jsonl:21: not valid JSON")), 0u);
  EXPECT_EQ(all[4], at("error @/train.jsonl:23: byte 12 of the line is 0xff: not valid UTF-8"));
  EXPECT_EQ(all[5], at("error @/train.jsonl:22: \"label\" is unknown"));
  EXPECT_EQ(all[6], at("error @/test.jsonl:22: \"label\" is missing"));
  EXPECT_EQ(all[7],
            at("error @/test.jsonl:21: the same row as @/train.jsonl:1: the test split must "
               "be unseen in training"));
  EXPECT_EQ(report.errors(), 7);
  EXPECT_EQ(report.warnings(), 1);
}

TEST_F(CheckTest, RepeatedPromptsAreWarnings) {
  write_toml();
  write("train.jsonl", rows("train ") + row("train  0", "a") + row("train 1", "a"));
  write("test.jsonl", rows("test ") + row("train 1", "a"));
  EXPECT_EQ(
      found(),
      (std::vector<std::string>{
          at("warning @/train.jsonl:21: the same row as @/train.jsonl:1"),
          at("warning @/train.jsonl:22: the same prompt as @/train.jsonl:2, with another answer"),
          at("warning @/test.jsonl:21: the same prompt as @/train.jsonl:2, with another answer"),
      }));
}

TEST_F(CheckTest, AnAnswerWithoutAnExampleIsAnErrorInEitherSplit) {
  write_toml("licence = \"MIT\"\n", R"(["a", "b", "c"])");
  write("train.jsonl", rows("train ", {"a", "b", "c"}));
  write("test.jsonl", rows("test "));
  EXPECT_EQ(only_finding(), at("error @/test.jsonl: no example of \"c\""));
}

TEST_F(CheckTest, FewRowsAndImbalanceAreWarnings) {
  write_toml();
  write("train.jsonl", rows("more ", {"a"}) + rows("train ", {"a"}) + row("z", "b"));
  write("test.jsonl", row("t", "a") + row("u", "b"));
  EXPECT_EQ(found(),
            (std::vector<std::string>{
                at("warning @/train.jsonl: out of balance: \"a\" has 40 rows, \"b\" has 1"),
                at("warning @/test.jsonl: holds 2 rows: fewer than 20 say little"),
            }));
}

TEST_F(CheckTest, ATaskTypesReviewIsAWarning) {
  write_toml();
  write("train.jsonl", row("reviewed", "a") + rows("train "));
  write("test.jsonl", rows("test "));
  EXPECT_EQ(only_finding(), at("warning @/train.jsonl: begins with a reviewed row"));
}

TEST_F(CheckTest, AnEmptySplitIsAnError) {
  write_toml();
  write("train.jsonl", rows("train "));
  write("test.jsonl", "\n");
  EXPECT_EQ(only_finding(), at("error @/test.jsonl: holds no rows"));
}

TEST_F(CheckTest, RowsAreReadEvenWithoutATaskType) {
  write_toml("licence = \"MIT\"\n", "3");
  write("train.jsonl", rows("train ") + "{\n");
  write("test.jsonl", rows("test "));
  auto all = found();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0],
            at("error @/pack.toml: [options]: \"labels\" is 3: expected an array of strings"));
  EXPECT_EQ(all[1].find(at("error @/train.jsonl:21: not valid JSON")), 0u);

  registry = Registry();
  all = found();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0],
            at("error @/pack.toml: no task type \"label\" among the loaded plugins: there is "
               "none"));
}

TEST_F(CheckTest, ABrokenPackTomlIsOneError) {
  write("pack.toml", "name =\n");
  EXPECT_EQ(only_finding().find(at("error @/pack.toml:1:7: not valid TOML")), 0u);
}

}  // namespace
}  // namespace tuneval

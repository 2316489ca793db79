#include "framework/data/new_pack.h"

#include "framework/data/check.h"
#include "framework/data/pack.h"
#include "framework/data/rows.h"
#include "label_type.h"
#include "pack_folder.h"

#include <nlohmann/json.hpp>

namespace tuneval {
namespace {

const TaskSample kSample = {
    .options =
        R"({"labels": ["a", "b"], "list": [{"k": "x\ny"}, {"k": 2}], "more": {"deep": [1]}})",
    .rows = {R"({"input": "first", "label": "a", "group": "g"})",
             R"({"input": "second", "label": "b", "other": "unread"})"}};

class NewPackTest : public PackFolder {
 protected:
  Registry registry_with(const TaskSample& sample) const {
    Registry registry;
    registry.add_task_type(
        "label", [](const TaskOptions& options) { return std::make_shared<LabelType>(options); },
        sample);
    registry.add_metric("exact", [](const Config&) { return std::make_shared<ExactMetric>(); });
    return registry;
  }
};

TEST_F(NewPackTest, ItPassesPackCheck) {
  const Registry registry = registry_with(kSample);
  write_new_pack(registry, "my \"pack\"", "label", folder / "new");
  const PackReport report = check_pack(folder / "new", registry);
  for (const Finding& finding : report.findings) ADD_FAILURE() << finding.text();
  EXPECT_EQ(report.train_rows, 24);
  EXPECT_EQ(report.test_rows, 20);
  EXPECT_FALSE(std::filesystem::exists(folder / ".new.part"));
}

TEST_F(NewPackTest, OptionsAndNameAreTheSamplesAndTheGivenOne) {
  write_new_pack(registry_with(kSample), "my \"pack\"", "label", folder / "new/");
  const Pack pack = read_pack(folder / "new");
  EXPECT_EQ(pack.name, "my \"pack\"");
  EXPECT_EQ(pack.task_type, "label");
  const auto json = [](const std::string& text) { return nlohmann::json::parse(text); };
  EXPECT_EQ(json(pack.options.options.json()), json(kSample.options));
}

TEST_F(NewPackTest, TheTextThatIsAskedVariesAndNothingElse) {
  write_new_pack(registry_with(kSample), "x", "label", folder / "new");
  const std::vector<Row> rows = read_rows(folder / "new/train.jsonl");
  EXPECT_EQ(rows[0].json(), R"~({"input":"first (1 January, 8:00)","label":"a"})~");
  EXPECT_EQ(rows[1].json(), R"~({"input":"second (2 June, 15:13)","label":"b","other":"unread"})~");
  EXPECT_EQ(rows[2].text("input").substr(0, 7), "first (");
}

TEST_F(NewPackTest, WhatIsThereIsNotOverwritten) {
  write(".other.part/file", "mine");
  write_new_pack(registry_with(kSample), "x", "label", folder / "other");
  EXPECT_EQ(read_file(folder / ".other.part/file"), "mine");
  write("new/file", "mine");
  EXPECT_EQ(message_of<ManifestError>(
                [&] { write_new_pack(registry_with(kSample), "x", "label", folder / "new"); }),
            at("@/new: is not empty: expected a new or empty folder"));
}

TEST_F(NewPackTest, WithoutRowsOrANameOrATypeThereIsNoPack) {
  const TaskSample fixed = {.options = R"({"labels": ["a", "b"]})",
                            .rows = {R"({"label": "a", "input": "x", "n": 1})", "{}"}};
  EXPECT_NO_THROW(write_new_pack(registry_with(fixed), "x", "label", folder / "one"));
  const TaskSample none = {.options = R"({"labels": ["a", "b"]})", .rows = {"{}"}};
  EXPECT_EQ(message_of<PluginError>(
                [&] { write_new_pack(registry_with(none), "x", "label", folder / "two"); }),
            "the sample of task type \"label\" has no row whose question can be varied: nothing to "
            "start from");
  EXPECT_EQ(message_of<ManifestError>(
                [&] { write_new_pack(registry_with(kSample), " ", "label", folder / "two"); }),
            "the new pack's name is empty");
  EXPECT_EQ(message_of<PluginError>(
                [&] { write_new_pack(registry_with(kSample), "x", "labl", folder / "two"); }),
            "no task type \"labl\" among the loaded plugins: there is label");
  EXPECT_FALSE(std::filesystem::exists(folder / "two"));
}

}  // namespace
}  // namespace tuneval

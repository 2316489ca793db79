// What is not scored again, and what is said of it.
#include "rescore_fixture.h"
#include "tuneval/error.h"

#include <gmock/gmock.h>

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using test::MadeCell;
using test::message_of;
using test::RescoreTest;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST_F(RescoreTest, AMetricWithoutAPluginIsKeptWhileAnswersAreReadAsBefore) {
  MadeCell made = cell("one");
  made.metrics = {"gone", "exact"};
  run.add_cell(plugins, made);
  EXPECT_THAT(refusal(test::label_plugins(true, false)),
              AllOf(HasSubstr("one: not scored again: its base answers"), HasSubstr("\"gone\"")));
  const Rescored rescored = rescore(run.store, test::label_plugins(false, false), {});
  EXPECT_THAT(rescored.faults, IsEmpty());
  EXPECT_THAT(names(*run.store.read("one").base), ElementsAre("gone", "exact"));
  EXPECT_THAT(names(run.predictions("one", Stage::base)[0]), ElementsAre("gone", "exact"));
}

TEST_F(RescoreTest, AChangedPackIsRefusedAndNamed) {
  const fs::path test = run.pack("p") / "test.jsonl", toml = run.pack("p") / "pack.toml";
  const std::string rows = test::read_text(test), head = test::read_text(toml);
  test::write_text(test, test::RunFolder::rows({"a", "b", "b", "b"}));
  EXPECT_THAT(refusal(plugins),
              AllOf(HasSubstr("one: not scored again: the pack " + run.pack("p").string()),
                    HasSubstr("test.jsonl:3: the right answer is \"b\", then it was \"a\"")));
  test::write_text(test, test::RunFolder::rows({"a", "b", "a"}));
  EXPECT_THAT(refusal(plugins), HasSubstr("there are 3 test examples, then there were 4"));
  test::write_text(test, "\n" + rows);
  EXPECT_THAT(refusal(plugins), HasSubstr("test.jsonl:2, then it stood at test.jsonl:1"));
  test::write_text(test, "{\n");
  EXPECT_THAT(refusal(plugins), HasSubstr("test.jsonl:1: "));
  test::write_text(test, rows);
  test::write_text(run.pack("p") / "train.jsonl", test::RunFolder::rows({"b", "a"}));
  EXPECT_THAT(refusal(plugins), HasSubstr("so it is pack.toml, the training rows"));
  test::write_text(run.pack("p") / "train.jsonl", test::RunFolder::rows({"a", "b"}));
  EXPECT_THAT(rescore(run.store, plugins, {}).faults, IsEmpty());  // as it was
  std::string other = head;
  test::write_text(toml, other.replace(other.find("\"label\""), 7, "\"other\""));
  EXPECT_THAT(refusal(plugins), HasSubstr("its task type is \"other\", then it was \"label\""));
}

TEST_F(RescoreTest, OtherCellsGoOn) {
  run.add_pack("q");
  run.add_cell(plugins, cell("two", "q"));
  run.add_cell(plugins, cell("three", "q"));
  fs::remove_all(run.pack("p"));
  const Rescored rescored = rescore(run.store, plugins, {});
  ASSERT_THAT(rescored.cells, SizeIs(2));
  EXPECT_EQ(rescored.cells[0].record.id, "three");
  EXPECT_THAT(rescored.faults,
              ElementsAre(AllOf(HasSubstr("one: not scored again"), HasSubstr("pack.toml"))));
  EXPECT_FALSE(run.store.read("one").rescored);
}

TEST_F(RescoreTest, AnUnknownMetricIsRefusedWithTheNamesThereAre) {
  RescoreOptions options;
  options.metrics = {"exakt"};
  EXPECT_THAT(message_of<PluginError>([&] { rescore(run.store, plugins, options); }),
              AllOf(HasSubstr("\"exakt\""), HasSubstr("exact, gone, parsed")));
  options.metrics = {};
  options.headline = "best";
  EXPECT_THAT(message_of<PluginError>([&] { rescore(run.store, plugins, options); }),
              HasSubstr("\"best\""));
  EXPECT_FALSE(run.store.read("one").rescored);
}

TEST_F(RescoreTest, CellsAreChosenByName) {
  run.add_pack("q");
  run.add_cell(plugins, cell("two", "q"));
  RescoreOptions options;
  options.task = "q";
  EXPECT_THAT(rescore(run.store, plugins, options).cells, SizeIs(1));
  EXPECT_FALSE(run.store.read("one").rescored);
  options.task = "r";
  EXPECT_THAT(message_of<RecordError>([&] { rescore(run.store, plugins, options); }),
              HasSubstr("no done cell has task \"r\": expected one of p, q"));
  options = {};
  options.model = "n";
  EXPECT_THAT(message_of<RecordError>([&] { rescore(run.store, plugins, options); }),
              HasSubstr("no done cell has model \"n\": expected one of m"));
}

TEST_F(RescoreTest, FailedCellsAreLeftAndUnreadableRecordsNamed) {
  CellRecord failed = run.store.read("one");
  failed.id = "failed";
  failed.status = "failed";
  failed.error = CellError{"TuneError", "the loss is nan"};
  run.store.write(failed);
  test::write_text(run.store.record_path("torn"), "{");
  const Rescored rescored = rescore(run.store, plugins, {});
  EXPECT_THAT(rescored.cells, SizeIs(1));
  EXPECT_THAT(rescored.faults, ElementsAre(HasSubstr("torn.json: not JSON")));
  fs::remove(run.store.record_path("torn"));
  fs::remove(run.store.record_path("one"));
  EXPECT_THAT(message_of<RecordError>([&] { rescore(run.store, plugins, {}); }),
              HasSubstr("no done cell"));
}

TEST_F(RescoreTest, PredictionsMustBeThoseOfTheTestRows) {
  const auto file = run.store.predictions_path("one", Stage::base);
  auto rows = run.predictions("one", Stage::base);
  rows[1].where = "/elsewhere/test.jsonl:7";
  write_predictions(file, rows);
  EXPECT_THAT(refusal(plugins),
              HasSubstr("one.base.jsonl:2: \"where\" is \"/elsewhere/test.jsonl:7\": expected "
                        "test.jsonl:2"));
  rows.pop_back();
  write_predictions(file, rows);
  EXPECT_THAT(refusal(plugins), HasSubstr("has 3 predictions: expected one for each of 4"));
  rows[0].index = 1;
  write_predictions(file, rows);
  EXPECT_THAT(refusal(plugins), HasSubstr("one.base.jsonl:1: \"index\" is 1: expected 0"));
  fs::remove(file);
  EXPECT_THAT(refusal(plugins), HasSubstr("one.base.jsonl: cannot be read"));
}

}  // namespace
}  // namespace tuneval

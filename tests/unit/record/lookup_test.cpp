#include "framework/record/lookup.h"

#include "framework/record/atomic_file.h"
#include "tests/support/folder.h"
#include "tuneval/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuneval {
namespace {

using test::message_of;
using testing::HasSubstr;
using testing::StartsWith;

class FindTunedTest : public testing::Test {
 protected:
  /// A cell that is done, with an adapter.
  static CellRecord cell(const std::string& id, const std::string& model, const std::string& task) {
    CellRecord record;
    record.id = id;
    record.model.name = model;
    record.task.name = task;
    record.recipe["adapter"] = "lora";
    record.tune = TuneSummary{};
    record.tune->adapter = "adapters/" + id;
    record.finished = "2026-03-16T20:47:19Z";
    return record;
  }
  /// The refusal, without the run's folder.
  std::string refusal(const std::string& model, const std::string& task,
                      const std::string& id = {}) {
    const std::string message =
        message_of<RecordError>([&] { find_tuned(store, model, task, id); });
    const std::string prefix = store.output().string() + ": ";
    EXPECT_THAT(message, StartsWith(prefix));
    return message.substr(std::min(prefix.size(), message.size()));
  }

  test::TempFolder folder;
  RecordStore store{folder.path()};
};

TEST_F(FindTunedTest, FindsTheCellByItsNames) {
  store.write(cell("a", "qwen", "topics"));
  store.write(cell("b", "qwen", "intents"));
  store.write(cell("c", "llama", "topics"));
  EXPECT_EQ(find_tuned(store, "qwen", "intents").id, "b");
  EXPECT_EQ(find_tuned(store, "llama", "topics", "c").id, "c");
}

TEST_F(FindTunedTest, ASeedOnlyCellIsFoundByItsIdAlone) {
  CellRecord seed_only = cell("s", "qwen", "topics"), teacher = cell("t", "teacher", "topics");
  seed_only.kind = CellKind::seed_only;
  teacher.kind = CellKind::teacher;
  store.write(seed_only);
  store.write(teacher);
  store.write(cell("a", "qwen", "topics"));
  EXPECT_EQ(find_tuned(store, "qwen", "topics").id, "a");
  EXPECT_EQ(find_tuned(store, "qwen", "topics", "s").id, "s");
  EXPECT_EQ(refusal("teacher", "topics"),
            "there is no record of model \"teacher\": expected one of qwen");
}

TEST_F(FindTunedTest, SaysWhatThereIs) {
  EXPECT_EQ(refusal("qwen", "topics"), "no records: expected a run folder with records/*.json");
  store.write(cell("a", "qwen", "topics"));
  store.write(cell("b", "qwen", "intents"));
  store.write(cell("c", "llama", "topics"));
  EXPECT_EQ(refusal("gwen", "topics"),
            "there is no record of model \"gwen\": expected one of llama, qwen");
  EXPECT_EQ(refusal("llama", "intents"),
            "there is no record of llama on task \"intents\": expected one of topics");
  EXPECT_EQ(refusal("qwen", "topics", "b"), "there is no record of id \"b\": expected one of a");
  write_file_atomically(store.record_path("d"), "{");
  EXPECT_THAT(refusal("gwen", "topics"),
              HasSubstr("(not read: " + store.record_path("d").string() + ": not JSON"));
}

TEST_F(FindTunedTest, AFailedCellHasNothingToGive) {
  CellRecord failed = cell("a", "qwen", "topics");
  failed.status = "failed";
  failed.error = CellError{"TuneError", "loss is nan"};
  store.write(failed);
  EXPECT_EQ(refusal("qwen", "topics"),
            "qwen on topics failed (TuneError: loss is nan): run it again");
  store.write(cell("b", "qwen", "topics"));
  EXPECT_EQ(find_tuned(store, "qwen", "topics").id, "b") << "the done one counts";
}

TEST_F(FindTunedTest, WithoutAnAdapterThereIsNothingToExport) {
  CellRecord whole = cell("a", "qwen", "topics");
  whole.tune->adapter = "";
  whole.recipe["adapter"] = "none";
  store.write(whole);
  EXPECT_EQ(refusal("qwen", "topics"),
            "qwen on topics kept no adapter: it was tuned with adapter = \"none\"");
}

TEST_F(FindTunedTest, OfSeveralOneIsChosenById) {
  store.write(cell("a", "qwen", "topics"));
  store.write(cell("b", "qwen", "topics"));
  EXPECT_EQ(refusal("qwen", "topics"),
            "qwen on topics has 2 records: choose one by its id: a (finished "
            "2026-03-16T20:47:19Z), b (finished 2026-03-16T20:47:19Z)");
  EXPECT_EQ(find_tuned(store, "qwen", "topics", "b").id, "b");
}

}  // namespace
}  // namespace tuneval

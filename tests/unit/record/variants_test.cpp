// What records tell of seeds, bands, learning curves and costs.
#include "framework/record/lookup.h"
#include "framework/record/record.h"
#include "tests/support/folder.h"

#include <gtest/gtest.h>

namespace tuneval {
namespace {

CellRecord tuned_record(const std::string& id) {
  CellRecord record;
  record.id = id;
  record.model.name = "qwen";
  record.task.name = "topics";
  record.recipe["adapter"] = "lora";
  record.tune = TuneSummary{};
  record.tune->adapter = "adapters/" + id;
  return record;
}

ScoreSummary score() {
  ScoreSummary made;
  made.metrics = {{"accuracy", 0.5, 10, 0, true, 0.0, 1.0}};
  return made;
}

TEST(RecordVariants, GoThroughTextAndBack) {
  CellRecord record = tuned_record("a");
  record.band = true;
  record.energy_joules = 12.5;
  record.tune->adapter_bytes = 4096;
  record.tune->energy_joules = 7.25;
  record.tune->learning_curve = {{1, 6, 2.5, 2.25, 0.5}, {2, 12, 1.5, {}, {}}};
  record.tuned = score();
  record.tuned->energy_joules = 3.0;
  EXPECT_EQ(parse_record(to_json(record).dump(), "here"), record);
}

TEST(RecordVariants, AreNoKeysWhereThereIsNothing) {
  const auto json = to_json(tuned_record("a"));
  EXPECT_FALSE(json.contains("band"));
  EXPECT_FALSE(json.contains("energy_joules"));
  EXPECT_FALSE(json["tune"].contains("learning_curve"));
  EXPECT_FALSE(json["tune"].contains("adapter_bytes"));
}

TEST(RecordVariants, TheFirstSeedIsFoundByNames) {
  const test::TempFolder folder;
  const RecordStore store(folder.path());
  CellRecord first = tuned_record("first"), band = tuned_record("band");
  first.base = score();
  band.band = true;
  for (const CellRecord& record : {tuned_record("other"), first, band}) store.write(record);
  EXPECT_EQ(find_tuned(store, "qwen", "topics").id, "first");
  EXPECT_EQ(find_tuned(store, "qwen", "topics", "other").id, "other");
  EXPECT_EQ(find_tuned(store, "qwen", "topics", "band").id, "band");
}

}  // namespace
}  // namespace tuneval

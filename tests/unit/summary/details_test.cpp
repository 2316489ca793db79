#include "framework/summary/details.h"

#include "records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuneval {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Details, OfBothStagesStandSideBySide) {
  CellRecord record = record_of("m", "t", 0.5, 0.75);
  EXPECT_THAT(details_of(record), IsEmpty());
  record.base->metrics[0].details = {{"a: recall", 0.25}, {"b: recall", 0.5}};
  record.tuned->metrics[0].details = {{"c: recall", 1.0}, {"b: recall", 0.75}};
  record.tuned->metrics.push_back(record.tuned->metrics[0]);
  record.tuned->metrics[1].name = "other";
  record.tuned->metrics[1].details = {{"a: recall", 0.0}};
  EXPECT_THAT(details_of(record), ElementsAre(DetailSummary{"accuracy", "a: recall", 0.25, {}},
                                              DetailSummary{"accuracy", "b: recall", 0.5, 0.75},
                                              DetailSummary{"accuracy", "c: recall", {}, 1.0},
                                              DetailSummary{"other", "a: recall", {}, 0.0}));
}

TEST(Details, AreInTheSummaryOfEachCell) {
  CellRecord with = record_of("m", "t", 0.5, std::nullopt);
  with.base->metrics[0].details = {{"seen", 100.0}};
  const std::vector<CellRecord> records = {with, record_of("n", "t", 0.5, 0.75)};
  const Summary summary = summarise(records);
  EXPECT_THAT(summary.tasks.at(0).cells.at(0).details,
              ElementsAre(DetailSummary{"accuracy", "seen", 100.0, {}}));
  EXPECT_THAT(summary.tasks.at(0).cells.at(1).details, IsEmpty());
}

}  // namespace
}  // namespace tuneval

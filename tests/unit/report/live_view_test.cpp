#include "framework/report/live_view.h"

#include "framework/report/duration.h"
#include "framework/report/screen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuneval {
namespace {

using State = LiveCell::State;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

LiveCell tuning(const std::string& title, int64_t done = 40, int64_t tokens = 4000) {
  LiveCell cell;
  cell.id = cell.title = title;
  cell.state = State::running;
  cell.stage = "tune";
  cell.done = done;
  cell.total = 100;
  cell.tokens = tokens;
  cell.loss = 0.5;
  return cell;
}

LiveRun sample_run() {
  LiveRun run;
  run.name = "runs/x";
  run.cells = {{"a", "small on topics", State::done},
               tuning("tiny-qwen3 on topics"),
               {"b", "large on topics", State::failed, "WorkerError: killed by signal 11"},
               {"c", "large on intents", State::left}};
  run.seconds_left = 3900;
  return run;
}

TEST(LiveView, ShowsCountsBarsAndFailures) {
  const auto lines = live_lines(sample_run(), {100, 24, false});
  EXPECT_EQ(lines[0], "runs/x: 1 of 4 done, 1 running, 1 failed, 1 left");
  EXPECT_EQ(lines[1], "[############............]  50 %, about 1h05m of computing left");
  EXPECT_THAT(lines, Contains("tiny-qwen3 on topics  [#########...............] tune 40/100, loss "
                              "0.5000"));
  EXPECT_EQ(lines.back(), "failed: large on topics: WorkerError: killed by signal 11");
}

TEST(LiveView, ANarrowScreenGetsTwoLinesACell) {
  const auto lines = live_lines(sample_run(), {60, 24, false});
  EXPECT_THAT(lines, Contains("tiny-qwen3 on topics"));
  EXPECT_THAT(lines, Contains("  [######.........] tune 40/100, loss 0.5000"));
  for (const size_t width : {20, 40, 60, 79, 80}) {
    for (const std::string& line : live_lines(sample_run(), {width, 24, false})) {
      EXPECT_LE(display_width(line), width) << line;
    }
  }
}

TEST(LiveView, FitsALowScreen) {
  LiveRun run = sample_run();
  for (int i = 0; i < 50; ++i) run.cells.push_back(tuning("cell " + std::to_string(i)));
  for (int i = 0; i < 50; ++i) {
    run.cells.push_back({"f" + std::to_string(i), "bad", State::failed, "why"});
  }
  for (const size_t height : {5, 10, 24}) {
    EXPECT_LT(live_lines(run, {100, height, false}).size(), height);
  }
  const auto lines = live_lines(run, {100, 24, false});
  EXPECT_THAT(lines, Contains("… and 46 more failed"));
  EXPECT_THAT(lines, Contains(HasSubstr("more running")));
  EXPECT_THAT(live_lines(run, {100, 0, false}), Contains(HasSubstr("cell 49")));
}

TEST(LiveView, ColoursOnlyWhereTheySuit) {
  for (const std::string& line : live_lines(sample_run(), {100, 24, false})) {
    EXPECT_THAT(line, Not(HasSubstr("\033")));
  }
  EXPECT_THAT(live_lines(sample_run(), {100, 24, true}), Contains(HasSubstr("\033[31mfailed")));
}

TEST(LiveView, TextOfFilesDoesNotSteerTheTerminal) {
  LiveRun run = sample_run();
  run.cells[2].detail = "a\033[2Jb\nc";
  run.cells[1].stage = "\033]0;x";
  for (const std::string& line : live_lines(run, {100, 24, false})) {
    EXPECT_THAT(line, Not(HasSubstr("\033")));
    EXPECT_THAT(line, Not(HasSubstr("\n")));
  }
}

TEST(LiveRates, AreOfWhatWasSeen) {
  LiveRates rates;
  LiveCell cell = tuning("x", 40, 4000);
  rates.observe(cell, 10.0);
  EXPECT_FALSE(cell.tokens_per_second) << "one look tells no rate";
  cell = tuning("x", 50, 6000);
  rates.observe(cell, 20.0);
  EXPECT_DOUBLE_EQ(cell.tokens_per_second.value(), 200.0);
  EXPECT_DOUBLE_EQ(cell.seconds_left.value(), 50.0);
  cell = tuning("x", 10, 1000);
  rates.observe(cell, 30.0);
  EXPECT_FALSE(cell.tokens_per_second) << "the cell began again";
  cell = tuning("x", 20, 2000);
  cell.stage = "score";
  rates.observe(cell, 40.0);
  EXPECT_FALSE(cell.seconds_left) << "another stage";
}

TEST(LiveEvents, SayWhatHappened) {
  LiveRun before = sample_run(), now = before;
  EXPECT_THAT(live_events(before, now), IsEmpty());
  now.cells[1].state = State::done;
  now.cells[3] = {"c", "large on intents", State::failed, "DataError: no rows"};
  EXPECT_THAT(live_events(before, now), ElementsAre("tiny-qwen3 on topics: done",
                                                    "large on intents: failed: DataError: no rows",
                                                    "runs/x: 2 of 4 done, 2 failed"));
  EXPECT_TRUE(now.ended());
  EXPECT_FALSE(before.ended());
}

TEST(Durations, HaveTwoUnits) {
  EXPECT_EQ(duration_text(0.4), "0s");
  EXPECT_EQ(duration_text(59.6), "1m00s");
  EXPECT_EQ(duration_text(3 * 3600 + 7 * 60), "3h07m");
  EXPECT_EQ(duration_text(4 * 86400 + 3 * 3600), "4d03h");
  EXPECT_EQ(duration_text(-1), "0s");
}

}  // namespace
}  // namespace tuneval

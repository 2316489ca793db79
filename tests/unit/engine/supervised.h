#pragma once

#include "framework/engine/supervisor.h"

#include "tests/support/toy_run.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

namespace tuneval {

/// Does for each cell what the file do/ID says, in bash.
inline constexpr const char* kWorker = R"(
here=$1; out=$2; ids=()
while [ $# -gt 0 ]; do
  case $1 in
    --id) ids+=("$2"); shift ;;
    --events) fd=$2; shift ;;
    *-spent) echo "$1 $2" >> "$here/spent"; shift ;;
  esac
  shift
done
echo "${ids[*]}" >> "$here/starts"
echo "${CUDA_VISIBLE_DEVICES-none}" >> "$here/gpus"
say() { echo "$1" >&"$fd"; }
began() { say "{\"event\": \"began\", \"id\": \"$id\"}"; }
ended() {
  cp "$here/made/records/$id.json" "$out/records/"
  say "{\"event\": \"ended\", \"id\": \"$id\"}"
}
tries() { echo x >> "$here/tries.$id"; wc -l < "$here/tries.$id"; }
for id in "${ids[@]}"; do
  . "$here/do/$id"
done
)";

/// Writes down what it is told, e.g. "began a".
class SupervisorNotes : public RunListener {
 public:
  void cell_skipped(const Plan&, const Cell& cell) override { note("skipped", cell); }
  void cell_began(const Plan&, const Cell& cell) override {
    note("began", cell);
    if (on_began) on_began();
  }
  void cell_progressed(const Plan&, const Cell& cell, const CellProgress& at) override {
    note(fmt::format("{} {}/{}", at.stage, at.done, at.total), cell);
  }
  void cell_ended(const Plan&, const Cell& cell, const CellRecord& record) override {
    note(record.status, cell);
  }
  void cell_stopped(const Plan&, const Cell& cell) override { note("stopped", cell); }
  void cell_held(const Plan&, const Cell& cell, const std::string& why) override {
    note("held (" + why + ")", cell);
  }
  void cell_retried(const Plan&, const Cell& cell, const std::string&) override {
    note("retried", cell);
  }

  std::vector<std::string> notes;
  std::function<void()> on_began;

 private:
  void note(const std::string& what, const Cell& cell) { notes.push_back(what + " " + cell.name); }
};

/// Two models on a task, whose cells workers do as scripts say.
class SupervisorTest : public testing::Test {
 protected:
  SupervisorTest() {
    run.add_model("qwen3_tied").name = "a";
    run.add_model("qwen3_untied").name = "b";
    run.add_task("colours");
    plan = make_plan(run.manifest, test::all_plugins());
    for (const Cell& cell : plan.cells) {
      cells.push_back(&cell);
      does(cell.name, "began; ended");
      made.write(record_of(cell));
    }
    std::filesystem::create_directories(store.output() / "records");
    test::write_text(here / "worker", kWorker);
    options.plan_file = here / "plan.json";
    options.program = "/bin/bash";
    options.arguments = {(here / "worker").string(), here.string(), store.output().string()};
    options.grace = std::chrono::seconds(20);
    options.machine.cores = 4;
  }
  static CellRecord record_of(const Cell& cell) {
    CellRecord record;
    record.id = cell.id;
    record.model.name = cell.name;
    record.base.emplace();
    record.base->metrics.push_back({"accuracy", 0.5, 6});
    return record;
  }
  const Cell& cell(const std::string& name) const {
    return *std::ranges::find(plan.cells, name, &Cell::name);
  }
  void does(const std::string& name, const std::string& script) const {
    test::write_text(here / "do" / cell(name).id, script + "\n");
  }
  Supervised go() { return supervise(plan, test::all_plugins(), store, cells, notes, options); }
  std::string failure(const std::string& name) const {
    const CellRecord record = store.read(cell(name).id);
    EXPECT_FALSE(record.done());
    if (!record.error) return "no failure";
    EXPECT_EQ(record.error->kind, "WorkerError");
    return record.error->message;
  }
  /// What each worker was started with, e.g. "a b".
  std::vector<std::string> starts() const {
    std::istringstream lines(test::read_text(here / "starts"));
    std::vector<std::string> all;
    for (std::string line; std::getline(lines, line);) {
      for (const Cell& one : plan.cells) {
        if (const size_t at = line.find(one.id); at != line.npos) {
          line.replace(at, one.id.size(), one.name);
        }
      }
      all.push_back(line);
    }
    return all;
  }
  static void expect_counts(const RunCounts& counts, int64_t done, int64_t skipped,
                            int64_t failed) {
    EXPECT_EQ(counts.done, done);
    EXPECT_EQ(counts.skipped, skipped);
    EXPECT_EQ(counts.failed, failed);
  }

  test::ToyRun run;
  const std::filesystem::path here = run.folder.path() / "here";
  RecordStore store{run.manifest.output};
  RecordStore made{here / "made"};
  Plan plan;
  std::vector<const Cell*> cells;
  SupervisorNotes notes;
  SupervisorOptions options;
};

}  // namespace tuneval

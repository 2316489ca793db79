// Cells run in processes of their own: what that survives, and what it leaves as it was.
#include "framework/record/lease.h"
#include "framework/record/store.h"
#include "tests/end_to_end/program.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <functional>
#include <map>
#include <optional>

namespace tuneval::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kSanitized = true;  // it maps terabytes, and takes SIGSEGV for itself
#else
constexpr bool kSanitized = false;
#endif
// Starting a worker and loading its model have to fit in, on a slow machine that does more.
constexpr const char* kStall = kSanitized ? "90" : "25";

class WorkersTest : public ProgramTest {
 protected:
  /// A pack of ours whose rows hold `marker`, scored by the metric that takes it for an order.
  std::string pack(const std::string& name, const std::string& marker) {
    const fs::path source = fs::path(TUNEVAL_SOURCE_DIR) / "packs/ticket_urgency";
    const fs::path to = folder_ / "packs" / name;
    std::string toml = read_file(source / "pack.toml");
    const std::string metric = "\"macro_f1\"";
    toml.replace(toml.find(metric), metric.size(), "\"faulty\"");
    write_file(to / "pack.toml", toml);
    fs::copy(source / "train.jsonl", to / "train.jsonl");
    std::string rows = fmt::format("{{\"input\": \"{}\", \"label\": \"low\"}}\n", marker);
    rows += read_file(source / "test.jsonl");
    write_file(to / "test.jsonl", rows);
    return entry(to);
  }
  static std::string entry(const fs::path& folder) {
    return fmt::format("[[tasks]]\npack = \"{}\"\ntrain_limit = 16\ntest_limit = 6\n",
                       folder.string());
  }
  static std::string ours(const std::string& name) {
    return entry(fs::path(TUNEVAL_SOURCE_DIR) / "packs" / name);
  }
  /// Models of ours by name, on tasks.
  std::string manifest(const std::vector<std::string>& models, const std::string& tasks) {
    std::string text = "[run]\noutput = \"out\"\nthreads = 1\n";
    for (const std::string& model : models) {
      text += fmt::format("[[models]]\npath = \"{}/models/{}\"\n", TUNEVAL_SOURCE_DIR, model);
    }
    text += tasks + "[tuning]\nepochs = 1\nbatch_size = 8\nrank = 4\n";
    write_file(folder_ / "run.toml", text);
    return (folder_ / "run.toml").string();
  }
  std::map<std::string, CellRecord> by_task(const std::string& output = "out") const {
    std::map<std::string, CellRecord> records;
    for (const CellRecord& one : RecordStore(folder_ / output).read_all().records) {
      records[one.model.name + " " + one.task.name] = one;
    }
    return records;
  }
  bool has_state() const {
    std::error_code error;
    return fs::exists(folder_ / "out/state", error) && !fs::is_empty(folder_ / "out/state", error);
  }
};

TEST_F(WorkersTest, APluginThatCrashesHangsOrEatsMemoryCostsItsCellAlone) {
  const std::string file =
      manifest({"tiny-llama"}, pack("crash", "<crash>") + pack("hang", "<hang>") +
                                   pack("allocate", kSanitized ? "<none>" : "<allocate>") +
                                   pack("good", "nothing"));
  const std::vector<std::string> command = {"--plugins", TUNEVAL_FAULTY_PLUGIN, "run",
                                            file,        "--stall-timeout",     kStall};
  const Outcome outcome = kSanitized ? tuneval(command) : tuneval_within("-v 16777216", command);
  EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
  const auto records = by_task();
  ASSERT_EQ(records.size(), 4U);
  EXPECT_TRUE(records.at("tiny-llama good").done());
  const auto failure = [&](const std::string& task) {
    const CellRecord& record = records.at("tiny-llama " + task);
    EXPECT_FALSE(record.done()) << task;
    return record.error ? record.error->kind + ": " + record.error->message : "";
  };
  EXPECT_THAT(failure("crash"), AllOf(HasSubstr("WorkerError: the worker process"),
                                      HasSubstr(kSanitized ? "" : "SIGSEGV")));
  EXPECT_THAT(failure("hang"), HasSubstr(fmt::format("no sign of life for {} s", kStall)));
  if (!kSanitized) {
    EXPECT_THAT(failure("allocate"), HasSubstr("out of memory"));
  }
  EXPECT_THAT(outcome.out, HasSubstr("good")) << "there is a report";
  EXPECT_FALSE(has_state());
  EXPECT_TRUE(fs::is_empty(folder_ / "out/leases"));
  EXPECT_FALSE(fs::exists(folder_ / "out/lease.json"));
}

/// A record without what differs from run to run: times, memory and energy.
std::string lasting(CellRecord record) {
  nlohmann::ordered_json json = to_json(record);
  const std::function<void(nlohmann::ordered_json&)> strip = [&](nlohmann::ordered_json& part) {
    for (const char* key :
         {"started", "finished", "seconds", "peak_memory_bytes", "energy_joules"}) {
      if (part.is_object()) part.erase(key);
    }
    for (auto& inner : part) {
      if (inner.is_structured()) strip(inner);
    }
  };
  strip(json);
  return json.dump(2);
}

TEST_F(WorkersTest, SeveralWorkersComeToWhatOneDoes) {
  const std::string file =
      manifest({"tiny-llama", "tiny-qwen3"}, ours("ticket_urgency") + ours("question_types"));
  const auto run = [&](const std::string& output, const std::vector<std::string>& more) {
    std::vector<std::string> command = {"run", file, "--quiet", "--output",
                                        (folder_ / output).string()};
    command.insert(command.end(), more.begin(), more.end());
    const Outcome outcome = tuneval(command);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return by_task(output);
  };
  const auto expected = run("here", {"--in-process"});
  ASSERT_EQ(expected.size(), 4U);
  for (const char* jobs : {"1", "3"}) {
    const auto found = run(std::string("jobs") + jobs, {"--jobs", jobs});
    ASSERT_EQ(found.size(), 4U);
    for (const auto& [name, record] : expected) {
      EXPECT_EQ(lasting(found.at(name)), lasting(record)) << name << " with " << jobs;
    }
  }
}

TEST_F(WorkersTest, ASecondRunOnAFolderIsToldWhoHasIt) {
  const std::string file = manifest({"tiny-llama"}, ours("ticket_urgency"));
  const std::vector<std::string> command = {"run", file, "--set", "tuning.epochs=2000"};
  std::optional<Outcome> second;
  int64_t holder = 0;
  EXPECT_TRUE(tuneval_killed_when(command, [&] {
    if (!has_state()) return false;
    holder = read_lease(run_lease_path(folder_ / "out")).value_or(LeaseHolder{}).pid;
    second = tuneval(command);
    return true;
  }));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->exit_code, 2);
  EXPECT_THAT(second->err, AllOf(HasSubstr("lease.json"), HasSubstr(std::to_string(holder))));
  // The first was killed, and holds nothing any more.
  const Outcome third = tuneval({"run", file, "--set", "tuning.epochs=1"});
  EXPECT_EQ(third.exit_code, 0) << third.err;
}

TEST_F(WorkersTest, AChangedManifestRunsTheCellsItTouches) {
  const std::vector<std::string> models = {"tiny-llama", "tiny-qwen3"};
  ASSERT_EQ(
      tuneval({"run", manifest(models, ours("ticket_urgency") + ours("question_types"))}).exit_code,
      0);
  std::string changed = ours("question_types");
  changed.replace(changed.find("= 16"), 4, "= 8 ");
  const Outcome outcome = tuneval({"run", manifest(models, ours("ticket_urgency") + changed)});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  for (const std::string& model : models) {
    EXPECT_THAT(outcome.err, HasSubstr(model + " x ticket_urgency: done before"));
    EXPECT_THAT(outcome.err, Not(HasSubstr(model + " x question_types: done before")));
  }
  EXPECT_EQ(RecordStore(folder_ / "out").read_all().records.size(), 6U);
}

class CellCommandTest : public WorkersTest {
 protected:
  /// A plan on the disk of which one cell is done; the other one's id.
  std::string other_cell(const std::string& more = "") {
    const std::string file =
        manifest({"tiny-llama"}, ours("question_types") + pack("mine", "nothing"));
    std::vector<std::string> command = {"--plugins", TUNEVAL_FAULTY_PLUGIN, "run", file, "--quiet",
                                        "--only",    "task=question_types"};
    if (!more.empty()) command.insert(command.end(), {"--set", more});
    EXPECT_EQ(tuneval(command).exit_code, 0);
    const auto plan = nlohmann::json::parse(read_file(folder_ / "out/plan.json"));
    EXPECT_EQ(plan.at("cells").size(), 2U);
    return plan.at("cells").at(1).at("id").get<std::string>();
  }
  std::vector<std::string> cell(const std::string& id) const {
    return {"cell", "--plan", (folder_ / "out/plan.json").string(), "--id", id};
  }
};

TEST_F(CellCommandTest, RunsACellOfAPlan) {
  const std::string id = other_cell();
  const Outcome outcome = tuneval(cell(id));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr(id + ": done in"));
  EXPECT_TRUE(RecordStore(folder_ / "out").read(id).done());
  EXPECT_THAT(read_file(folder_ / "out/logs" / (id + ".log")), HasSubstr("--- attempt 1: "));
  EXPECT_FALSE(has_state());
  const Outcome again = tuneval(cell(id));
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.err, HasSubstr(id + ": done before"));
}

TEST_F(CellCommandTest, RefusesOneThatNoLongerComesOut) {
  const std::string id = other_cell();
  EXPECT_EQ(tuneval(cell("nobody")).exit_code, 3);
  std::string rows = read_file(folder_ / "packs/mine/test.jsonl");
  write_file(folder_ / "packs/mine/test.jsonl", rows.replace(rows.find("low"), 3, "high"));
  const Outcome outcome = tuneval(cell(id));
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("the manifest or its files changed since the plan was made"));
  EXPECT_FALSE(RecordStore(folder_ / "out").find(id));
}

TEST_F(CellCommandTest, StopsAsAskedAndGoesOn) {
  const std::string id = other_cell("tuning.epochs=50");
  for (const int signal : {SIGUSR1, SIGTERM}) {
    const auto outcome = tuneval_signalled_when(cell(id), signal, [&] { return has_state(); });
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->exit_code, 75) << outcome->err;
    EXPECT_THAT(outcome->err, HasSubstr(id + ": stopped"));
    EXPECT_FALSE(RecordStore(folder_ / "out").find(id));
    EXPECT_FALSE(has_state());
  }
  const Outcome rest = tuneval(cell(id));
  EXPECT_EQ(rest.exit_code, 0) << rest.err;
  EXPECT_TRUE(RecordStore(folder_ / "out").read(id).done());
}

}  // namespace
}  // namespace tuneval::testing

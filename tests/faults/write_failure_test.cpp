// Every operation by which a run writes to its folder fails once: a cell is lost, or the run says
// what failed; never more, and never anything torn. The same command then goes on.
//
// A run of 12 cells is begun for each 12 operations that a cell has: each of its cells fails at
// another one. With TUNEVAL_ALL_FAULTS set each operation fails in each cell.
#include "framework/record/store.h"
#include "tests/end_to_end/program.h"
#include "tests/faults/fail_table.h"
#include "tests/faults/process.h"
#include "tests/faults/small_run.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace tuneval::testing {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kSanitized = true;  // it wants to be the first library that is loaded
#else
constexpr bool kSanitized = false;
#endif

constexpr const char* kLease = "lease.json";
constexpr const char* kPlan = "plan.json";
constexpr const char* kReport = "summary.json";
constexpr uint32_t kLeaseOperations = 4;  // open, write, fsync, link
constexpr uint32_t kFileOperations = 5;   // open, write, fsync, rename, and the folder's fsync

void put(char* to, size_t size, const std::string& text) {
  if (text.size() >= size) throw std::length_error(text);
  std::memcpy(to, text.c_str(), text.size() + 1);
}

/// A table of faults for the runs of one folder.
class Faults {
 public:
  Faults(fs::path file, const fs::path& output, const std::vector<std::string>& subjects)
      : file_(std::move(file)) {
    const int fd = ::open(file_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0 || ::ftruncate(fd, sizeof(FaultTable)) != 0) throw std::runtime_error("no table");
    void* at = ::mmap(nullptr, sizeof(FaultTable), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    ::close(fd);
    if (at == MAP_FAILED) throw std::runtime_error("no table");
    table_ = static_cast<FaultTable*>(at);
    put(table_->folder, sizeof table_->folder, output.string());
    for (const std::string& subject : subjects) {
      put(table_->lines[table_->lines_used++].subject, sizeof(FaultLine::subject), subject);
    }
    ++table_->lines_used;  // for all others
  }
  Faults(const Faults&) = delete;
  Faults& operator=(const Faults&) = delete;
  ~Faults() { ::munmap(table_, sizeof(FaultTable)); }

  FaultLine& line(const std::string& subject) {
    const auto end = table_->lines + table_->lines_used;
    const auto found = std::find_if(table_->lines, end,
                                    [&](const FaultLine& line) { return subject == line.subject; });
    if (found == end) throw std::out_of_range(subject);
    return *found;
  }
  void fail(const std::string& subject, uint32_t operation, int reason) {
    FaultLine& one = line(subject);
    one.fail_at = operation;
    one.reason = reason;
  }
  Process::Environment environment() const {
    return {{"LD_PRELOAD", TUNEVAL_FAIL_WRITE}, {kFaultTableVariable, file_.string()}};
  }

 private:
  const fs::path file_;
  FaultTable* table_ = nullptr;
};

std::string reason_of(const FaultLine& line) {
  return std::generic_category().message(line.reason);
}

/// What comes first by turns: a full disk, and one that is broken.
int reason_number(uint32_t number) { return number % 2 == 0 ? ENOSPC : EIO; }

class WriteFailuresTest : public ProgramTest {
 protected:
  void SetUp() override {
    if (kSanitized) GTEST_SKIP() << "not with AddressSanitizer";
    ProgramTest::SetUp();
    manifest_ =
        write_small_run(folder_, "batch_size = 4\nvalidation_ratio = 0.25\ncheckpoint_steps = 1\n");
  }

  int run(const fs::path& output, const Process::Environment& set = {}) const {
    return Process({"run", manifest_.string(), "--quiet", "--output", output.string()},
                   said_by(output), set)
        .wait();
  }
  static fs::path said_by(const fs::path& output) { return output.string() + ".says"; }
  static std::string said(const fs::path& output) { return read_file(said_by(output)); }

  std::vector<std::string> subjects() const {
    std::vector<std::string> all = ids_;
    all.insert(all.end(), {kLease, kPlan, kReport});
    return all;
  }
  Faults faults_for(const fs::path& output) const {
    return {output.string() + ".faults", output, subjects()};
  }

  void run_undisturbed();
  void expect_refused(const std::string& subject, uint32_t operation);
  void run_round(uint32_t round, uint32_t shift);
  void check_cells(const fs::path& output, Faults& faults, int exit_code);
  void note(const FaultLine& line);

  fs::path manifest_;
  std::vector<std::string> ids_;
  std::map<std::string, uint32_t> operations_;  // by subject, of an undisturbed run
  std::mutex mutex_;
  std::map<std::string, int64_t> hits_;  // by kind of operation
  int64_t planned_ = 0, failed_cells_ = 0, spared_cells_ = 0;
};

/// Counts, too.
void WriteFailuresTest::run_undisturbed() {
  const fs::path whole = folder_ / "whole";
  {
    // Ids are not known yet, but decide nothing of the results.
    ASSERT_EQ(run(folder_ / "first"), 0) << said(folder_ / "first");
    for (const CellRecord& record : RecordStore(folder_ / "first").read_all().records) {
      ids_.push_back(record.id);
    }
    ASSERT_EQ(ids_.size(), kSmallRunCells);
  }
  Faults faults = faults_for(whole);
  ASSERT_EQ(run(whole, faults.environment()), 0) << said(whole);
  expect_same_runs(whole, folder_ / "first");
  for (const std::string& subject : subjects()) {
    operations_[subject] = faults.line(subject).seen;
    EXPECT_GE(operations_[subject], 4U) << subject << ": nothing was counted";
  }
}

/// A fault before any cell has begun: nothing starts, and nothing is left that is in the way.
void WriteFailuresTest::expect_refused(const std::string& subject, uint32_t operation) {
  const fs::path output = folder_ / "refused";
  fs::remove_all(output);
  Faults faults = faults_for(output);
  faults.fail(subject, operation, reason_number(operation));
  const FaultLine& line = faults.line(subject);
  EXPECT_EQ(run(output, faults.environment()), 2) << said(output);
  EXPECT_EQ(line.hit, 1U) << subject << " " << operation;
  EXPECT_THAT(said(output), HasSubstr(reason_of(line))) << line.what;
  EXPECT_THAT(begun_files(output), ::testing::IsEmpty()) << line.what;
  EXPECT_FALSE(fs::exists(output / kLease)) << line.what;
  EXPECT_EQ(count_entries(output / "records"), 0U) << line.what;
  ++planned_;
  note(line);
}

void WriteFailuresTest::note(const FaultLine& line) {
  if (line.hit == 0) return;
  const std::string what = line.what;
  ++hits_[what.substr(0, what.find(' '))];
}

/// A cell fails by its own fault alone, and says so; the others are as ever.
void WriteFailuresTest::check_cells(const fs::path& output, Faults& faults, int exit_code) {
  const StoredRecords stored = RecordStore(output).read_all();
  EXPECT_TRUE(stored.faults.empty()) << stored.faults.front();
  EXPECT_EQ(stored.records.size(), ids_.size()) << said(output);
  int64_t failed = 0;
  for (const CellRecord& record : stored.records) {
    const FaultLine& line = faults.line(record.id);
    SCOPED_TRACE(line.hit != 0 ? line.what : record.id);
    if (record.done()) {
      expect_same_cell(output, folder_ / "whole", record.id);
      continue;
    }
    ++failed;
    EXPECT_EQ(line.hit, 1U) << "it failed by another's fault: " << record.error->message;
    EXPECT_THAT(record.error->message, HasSubstr(reason_of(line)));
    EXPECT_THAT(said(output), HasSubstr(reason_of(line)));
  }
  if (faults.line(kReport).hit != 0) {
    EXPECT_EQ(exit_code, 2) << said(output);
    EXPECT_THAT(said(output), HasSubstr(kReport));
  } else {
    EXPECT_EQ(exit_code, failed > 0 ? 1 : 0) << said(output);
  }
  const std::lock_guard lock(mutex_);
  failed_cells_ += failed;
  for (const std::string& id : ids_) {
    const FaultLine& line = faults.line(id);
    planned_ += line.fail_at != 0;
    spared_cells_ += line.hit != 0 && RecordStore(output).read(id).done();
    note(line);
  }
  planned_ += faults.line(kReport).fail_at != 0;
  note(faults.line(kReport));
}

void WriteFailuresTest::run_round(uint32_t round, uint32_t shift) {
  const fs::path output = folder_ / fmt::format("round{}-{}", round, shift);
  SCOPED_TRACE(output.filename().string());
  Faults faults = faults_for(output);
  const auto cells = uint32_t(ids_.size());
  for (uint32_t i = 0; i < cells; ++i) {
    const uint32_t operation = round * cells + (i + round + shift) % cells + 1;
    if (operation > operations_.at(ids_[i])) continue;
    faults.fail(ids_[i], operation, reason_number(operation));
  }
  if (shift == 0 && round < operations_.at(kReport)) {
    faults.fail(kReport, round + 1, reason_number(round));
  }
  const int exit_code = run(output, faults.environment());
  EXPECT_THAT(begun_files(output), ::testing::IsEmpty()) << "left by what failed";
  EXPECT_FALSE(fs::exists(output / kLease));
  check_cells(output, faults, exit_code);
  EXPECT_EQ(run(output), 0) << said(output);
  EXPECT_THAT(begun_files(output), ::testing::IsEmpty());
  expect_same_runs(output, folder_ / "whole");
  fs::remove_all(output);
}

TEST_F(WriteFailuresTest, CostACellOrAreNamed) {
  run_undisturbed();
  ASSERT_FALSE(HasFailure());
  uint32_t most = 0;
  for (const std::string& id : ids_) most = std::max(most, operations_.at(id));
  // The folder itself; the lease, whose heartbeats come later; the plan. What is counted behind
  // these is of the folder for logs, which a run can do without.
  expect_refused("", 1);
  for (uint32_t operation = 1; operation <= kLeaseOperations; ++operation) {
    expect_refused(kLease, operation);
  }
  for (uint32_t operation = 1; operation <= kFileOperations; ++operation) {
    expect_refused(kPlan, operation);
  }
  const auto cells = uint32_t(ids_.size());
  const uint32_t rounds = (most + cells - 1) / cells;
  const uint32_t shifts = std::getenv("TUNEVAL_ALL_FAULTS") ? cells : 1;
  std::atomic<uint32_t> next = 0;
  std::vector<std::thread> lanes;
  for (unsigned i = 0; i < std::clamp(std::thread::hardware_concurrency(), 1U, 4U); ++i) {
    lanes.emplace_back([&] {
      for (uint32_t one; (one = next++) < rounds * shifts;) run_round(one / shifts, one % shifts);
    });
  }
  for (std::thread& lane : lanes) lane.join();
  int64_t hits = 0;
  for (const auto& [kind, count] : hits_) hits += count;
  fmt::print(
      "a cell writes by up to {} operations, of which each failed in {} of {} cells; of the run's "
      "own, {}\n{} of {} faults struck: {} cells "
      "failed, {} were none the worse\n",
      most, shifts, cells,
      1 + kLeaseOperations + kFileOperations + std::min(rounds, operations_.at(kReport)), hits,
      planned_, failed_cells_, spared_cells_);
  for (const auto& [kind, count] : hits_) fmt::print("{:>6}  {}\n", count, kind);
  // A cell that is slow tells more often where it stands: then the last ones come later.
  EXPECT_GE(hits, planned_ * 3 / 4);
  for (const char* kind : {"open", "write", "flush", "fsync", "rename", "link", "mkdir"}) {
    EXPECT_GT(hits_[kind], 0) << kind;
  }
}

}  // namespace
}  // namespace tuneval::testing

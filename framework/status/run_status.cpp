#include "framework/status/run_status.h"

#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <set>
#include <utility>

namespace tuneval {

namespace fs = std::filesystem;

namespace {

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

/// Seconds since a moment written as CellRecord's times are; 0 where it cannot be read, or is to
/// come.
double seconds_since(const std::string& utc) {
  std::tm parts{};
  if (::strptime(utc.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts) == nullptr) return 0.0;
  return std::max(0.0, std::difftime(std::time(nullptr), ::timegm(&parts)));
}

std::string progress_of(const RunningCell& at) {
  if (at.total <= 0) return at.stage;
  return fmt::format("{} {}/{}", at.stage, at.done, at.total);
}

std::string where_it_runs(const RunningCell& at) {
  return fmt::format("{} on {}, process {}, {} (attempt {})", progress_of(at), at.host, at.pid,
                     at.updated, at.attempt);
}

/// Reads a run folder once.
class Reader {
 public:
  Reader(const fs::path& output, const StatusOptions& options)
      : options_(options), store_(output, [](const std::string&) {}) {
    status_.output = output;
  }

  RunStatus run() {
    read_files();
    for (const PlanFileCell& cell : cells_) status_.cells.push_back(stand(cell));
    add_strangers();
    status_.checks = estimate_against_actual(estimates_, records_);
    status_.seconds_left = seconds_left();
    const auto holder = read_lease(run_lease_path(status_.output));
    if (holder && !is_dead(*holder)) status_.holder = holder;
    return std::move(status_);
  }

 private:
  void read_files();
  CellStanding stand(const PlanFileCell& cell);
  void judge(CellStanding& cell);
  bool find_torn(CellStanding& cell);
  void add_strangers();
  double seconds_left() const;
  const CellRecord* record_of(const std::string& id) const;

  const StatusOptions& options_;
  const RecordStore store_;
  RunStatus status_;
  std::vector<PlanFileCell> cells_;
  EstimatesById estimates_;
  std::vector<CellRecord> records_;
  std::map<std::string, std::string> faults_;  // by id: why a record cannot be read
};

/// A record's cell, where there is no plan to say what it is.
PlanFileCell cell_of(const CellRecord& record) {
  PlanFileCell cell;
  cell.id = record.id;
  cell.kind = record.kind;
  cell.model = cell.title = record.model.name;
  cell.task = record.task.name;
  return cell;
}

void Reader::read_files() {
  const fs::path& output = status_.output;
  const fs::path plan = plan_file_path(output);
  status_.planned = fs::exists(plan);
  if (!status_.planned && !fs::is_directory(output / "records")) {
    throw RecordError(
        fmt::format("{}: is no run folder: expected plan.json or records/", output.string()));
  }
  StoredRecords stored = store_.read_all();
  records_ = std::move(stored.records);
  for (size_t i = 0; i < stored.faulty.size(); ++i) faults_[stored.faulty[i]] = stored.faults[i];
  if (status_.planned) {
    const PlanFile file = read_plan_file(plan);
    estimates_ = estimates_of(file);
    cells_ = file.cells;
    return;
  }
  for (const CellRecord& record : records_) cells_.push_back(cell_of(record));
}

const CellRecord* Reader::record_of(const std::string& id) const {
  const auto found = std::ranges::find(records_, id, &CellRecord::id);
  return found == records_.end() ? nullptr : &*found;
}

CellStanding Reader::stand(const PlanFileCell& cell) {
  CellStanding made{cell.id, cell.title, cell.task, cell.kind};
  made.estimate = cell.estimate;
  if (const CellRecord* record = record_of(cell.id)) {
    made.seconds = record->seconds;
    made.peak_memory_bytes = record->peak_memory_bytes;
  }
  judge(made);
  return made;
}

/// Whether a file of a done cell is not as it was written; one that is missing is only noted.
bool Reader::find_torn(CellStanding& cell) {
  bool torn = false;
  for (const FileFault& fault : store_.file_faults(cell.id, options_.check)) {
    if (fault.missing) {
      status_.notes.push_back(fault.message);
    } else {
      cell.detail = fault.message;
      torn = true;
    }
  }
  return torn;
}

void Reader::judge(CellStanding& cell) {
  const CellRecord* record = record_of(cell.id);
  const auto stand_as = [&](Standing standing, std::string detail) {
    cell.standing = standing;
    cell.detail = std::move(detail);
  };
  if (record && record->done() && !find_torn(cell)) return stand_as(Standing::done, {});
  cell.at = read_cell_state(status_.output, cell.id);
  const auto holder = read_lease(cell_lease_path(status_.output, cell.id));
  if (holder && !is_dead(*holder)) {
    return stand_as(Standing::running,
                    cell.at ? where_it_runs(*cell.at)
                            : fmt::format("on {}, process {}", holder->host, holder->pid));
  }
  const auto queued = options_.queued.find(cell.id);
  if (queued != options_.queued.end()) return stand_as(Standing::left, queued->second);
  if (record && record->done()) return stand_as(Standing::damaged, cell.detail);
  if (const auto fault = faults_.find(cell.id); fault != faults_.end()) {
    return stand_as(Standing::damaged, fault->second);
  }
  if (record) {
    const CellError& error = record->error.value();
    return stand_as(Standing::failed, fmt::format("{}: {}", error.kind, first_line(error.message)));
  }
  std::string detail;
  if (cell.at) detail = fmt::format("cut off at {}", progress_of(*cell.at));
  if (const auto ended = options_.ended.find(cell.id); ended != options_.ended.end()) {
    detail += (detail.empty() ? "" : "; ") + ended->second;
  }
  stand_as(Standing::left, std::move(detail));
}

/// Records that no cell of the plan has.
void Reader::add_strangers() {
  std::set<std::string> known;
  for (const PlanFileCell& cell : cells_) known.insert(cell.id);
  for (const CellRecord& record : records_) {
    if (known.contains(record.id)) continue;
    status_.stale.push_back({record.id, record.model.name, record.task.name});
  }
  for (const auto& [id, fault] : faults_) {
    if (!known.contains(id)) status_.notes.push_back(fault);
  }
}

double Reader::seconds_left() const {
  const double ratio = time_ratio(status_.checks);
  double left = 0.0;
  for (const CellStanding& cell : status_.cells) {
    if (cell.standing == Standing::done) continue;
    const double whole = cell.estimate.seconds * ratio;
    const bool running = cell.standing == Standing::running && cell.at;
    left += std::max(0.0, running ? whole - seconds_since(cell.at->started) : whole);
  }
  return left;
}

}  // namespace

std::string_view to_string(Standing standing) {
  switch (standing) {
    case Standing::done: return "done";
    case Standing::running: return "running";
    case Standing::failed: return "failed";
    case Standing::damaged: return "damaged";
    case Standing::left: break;
  }
  return "left";
}

int64_t RunStatus::count(Standing standing) const {
  return std::ranges::count(cells, standing, &CellStanding::standing);
}

RunStatus read_status(const fs::path& output, const StatusOptions& options) {
  return Reader(output, options).run();
}

}  // namespace tuneval

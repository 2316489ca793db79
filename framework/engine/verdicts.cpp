#include "framework/engine/verdicts.h"

#include "tuneval/error.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace tuneval {

namespace {

/// Whether the same may go well another time: a server, a disk, a machine are not always as they
/// were. Data, models and recipes are.
bool may_pass(const std::string& kind) {
  return kind == "TeacherError" || kind == "RecordError" || kind == "WorkerError";
}

/// What a worker told of a cell that failed: "TuneError: why".
CellError error_of(const std::string& why) {
  const size_t colon = why.find(": ");
  if (colon == std::string::npos) return {"RecordError", why};
  return {why.substr(0, colon), why.substr(colon + 2)};
}

/// Codes of `tuneval cell` for what no cell of a worker survives: see ExitCode.
bool is_hopeless(const Death& death) {
  return death.doom.empty() && death.ending.signal == 0 &&
         (death.ending.exit_code == 2 || death.ending.exit_code == 3);
}

}  // namespace

void Verdicts::skipped(const Cell& cell) {
  ++counts_.skipped;
  listener_.cell_skipped(plan_, cell);
}

void Verdicts::held(const Cell& cell, const std::string& why) {
  ++counts_.held;
  listener_.cell_held(plan_, cell, why);
}

bool Verdicts::try_again(const Cell& cell, const std::string& why) {
  if (retried_[&cell] >= retries_) return false;
  ++retried_[&cell];
  listener_.cell_retried(plan_, cell, why);
  return true;
}

bool Verdicts::ended(const Cell& cell, const std::string& why) {
  std::optional<CellRecord> record;
  CellError fault = error_of(why);
  try {
    record = store_.read(cell.id);
  } catch (const RecordError& error) {
    if (why.empty()) fault = {"RecordError", error.what()};
  }
  if (!record) {
    if (try_again(cell, fault.message)) return true;
    fail(cell, fault, nullptr, utc_now(), 0.0);
    return false;
  }
  if (!record->done() && may_pass(record->error->kind) && try_again(cell, why)) return true;
  ++(record->done() ? counts_.done : counts_.failed);
  if (record->done()) counts_.ran.push_back(&cell);
  listener_.cell_ended(plan_, cell, *record);
  return false;
}

void Verdicts::fail(const Cell& cell, CellError error, const Death* death, const std::string& began,
                    double seconds) {
  CellRecord record = begin_record(plan_, cell, registry_);
  record.status = "failed";
  record.error = std::move(error);
  record.started = began;
  record.finished = utc_now();
  record.seconds = seconds;
  if (death) record.peak_memory_bytes = death->ending.peak_memory_bytes;
  try {
    store_.write(record);
  } catch (const RecordError& refused) {
    record.error->message += fmt::format("; nor could the record be written: {}", refused.what());
  }
  ++counts_.failed;
  listener_.cell_ended(plan_, cell, record);
}

std::vector<const Cell*> Verdicts::died(const Cell& blamed, const std::vector<const Cell*>& left,
                                        const Death& death, const std::string& began,
                                        std::chrono::steady_clock::time_point since) {
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - since).count();
  const auto why = [&](const Cell& cell) {
    return CellError{"WorkerError", describe(death, store_.output(), cell.id)};
  };
  std::vector<const Cell*> next;
  if (is_hopeless(death)) {
    // The log of its start is the first cell's.
    for (const Cell* cell : left) fail(*cell, why(*left.front()), &death, began, seconds);
    return next;
  }
  for (const Cell* cell : left) {
    if (cell != &blamed) next.push_back(cell);
  }
  if (store_.has_done(blamed.id)) {  // it died behind the last line of its work
    ended(blamed, "");
  } else if (const CellError error = why(blamed); try_again(blamed, error.message)) {
    next.push_back(&blamed);
  } else {
    fail(blamed, error, &death, began, seconds);
  }
  return next;
}

}  // namespace tuneval

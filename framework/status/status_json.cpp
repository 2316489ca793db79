#include "framework/status/status_json.h"

namespace tuneval {

namespace {

using Json = nlohmann::ordered_json;

constexpr Standing kStandings[] = {Standing::done, Standing::running, Standing::failed,
                                   Standing::damaged, Standing::left};

Json json_of(const RunningCell& at) {
  return {{"stage", at.stage},     {"done", at.done}, {"total", at.total}, {"started", at.started},
          {"updated", at.updated}, {"host", at.host}, {"pid", at.pid},     {"attempt", at.attempt}};
}

Json json_of(const CellEstimate& estimate) {
  return {{"seconds", estimate.seconds},
          {"peak_memory_bytes", estimate.peak_memory_bytes},
          {"disk_bytes", estimate.disk_bytes},
          {"flops", estimate.flops}};
}

Json json_of(const CellStanding& cell) {
  Json json = {{"id", cell.id},
               {"title", cell.title},
               {"task", cell.task},
               {"kind", to_string(cell.kind)},
               {"standing", to_string(cell.standing)},
               {"detail", cell.detail},
               {"estimate", json_of(cell.estimate)},
               {"seconds", cell.seconds},
               {"peak_memory_bytes", cell.peak_memory_bytes}};
  if (cell.at) json["at"] = json_of(*cell.at);
  return json;
}

Json json_of(const EstimateCheck& check) {
  return {{"id", check.id},
          {"estimated_seconds", check.estimated_seconds},
          {"seconds", check.actual_seconds},
          {"estimated_bytes", check.estimated_bytes},
          {"peak_memory_bytes", check.actual_bytes}};
}

}  // namespace

Json status_json(const RunStatus& status) {
  Json counts = Json::object();
  for (const Standing standing : kStandings) {
    counts[std::string(to_string(standing))] = status.count(standing);
  }
  counts["stale"] = status.stale.size();
  Json cells = Json::array(), stale = Json::array(), checks = Json::array();
  for (const CellStanding& cell : status.cells) cells.push_back(json_of(cell));
  for (const StaleRecord& record : status.stale) {
    stale.push_back({{"id", record.id}, {"title", record.title}, {"task", record.task}});
  }
  for (const EstimateCheck& check : status.checks) checks.push_back(json_of(check));
  Json holder = nullptr;
  if (status.holder) {
    holder = {{"host", status.holder->host},
              {"pid", status.holder->pid},
              {"since", status.holder->since}};
  }
  return {{"schema_version", 1},
          {"output", status.output.string()},
          {"planned", status.planned},
          {"holder", holder},
          {"counts", counts},
          {"seconds_left", status.seconds_left},
          {"cells", cells},
          {"stale", stale},
          {"estimates", checks},
          {"notes", status.notes}};
}

}  // namespace tuneval

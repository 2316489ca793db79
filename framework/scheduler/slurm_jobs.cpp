#include "framework/scheduler/slurm_jobs.h"

#include "framework/record/atomic_file.h"
#include "framework/record/json_object.h"

#include <fmt/format.h>

namespace tuneval {

namespace {

using Json = nlohmann::ordered_json;

constexpr int64_t kSchemaVersion = 1;

Json to_json(const SlurmJob& job) {
  Json tasks = Json::array();
  for (size_t i = 0; i < job.tasks.size(); ++i) {
    tasks.push_back({{"index", i}, {"cells", job.tasks[i]}});
  }
  return {{"id", job.id},
          {"report", job.report},
          {"submitted", job.submitted},
          {"tasks", std::move(tasks)}};
}

SlurmJob job_from(JsonObject& json) {
  SlurmJob job{json.text("id"), json.text("report"), json.text("submitted"), {}};
  for (JsonObject& task : json.objects("tasks")) {
    if (task.integer("index") != int64_t(job.tasks.size())) {
      task.fail("index",
                fmt::format("is {}: expected {}", task.integer("index"), job.tasks.size()));
    }
    job.tasks.push_back(task.texts("cells"));
    task.finish();
  }
  json.finish();
  return job;
}

}  // namespace

std::filesystem::path slurm_jobs_path(const std::filesystem::path& run) {
  return run / "slurm.json";
}

std::vector<SlurmJob> read_slurm_jobs(const std::filesystem::path& run) {
  const std::filesystem::path file = slurm_jobs_path(run);
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) return {};
  const Json json = parse_json_object(read_whole_file(file), file.string());
  JsonObject object(json, file.string());
  if (object.integer("schema_version") != kSchemaVersion) {
    object.fail("schema_version", fmt::format("is {}: expected {}",
                                              object.integer("schema_version"), kSchemaVersion));
  }
  std::vector<SlurmJob> jobs;
  for (JsonObject& job : object.objects("jobs")) jobs.push_back(job_from(job));
  object.finish();
  return jobs;
}

void write_slurm_jobs(const std::filesystem::path& run, const std::vector<SlurmJob>& jobs) {
  Json list = Json::array();
  for (const SlurmJob& job : jobs) list.push_back(to_json(job));
  const Json json = {{"schema_version", kSchemaVersion}, {"jobs", std::move(list)}};
  write_file_atomically(slurm_jobs_path(run), json_text(json, 1) + "\n");
}

}  // namespace tuneval

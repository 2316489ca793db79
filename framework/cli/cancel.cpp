#include "framework/cli/commands.h"
#include "framework/scheduler/slurm.h"

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>

namespace tuneval::cli {

void add_cancel(CLI::App& app, Common& common) {
  CLI::App* command =
      app.add_subcommand("cancel", "Take a submitted run off the queue; submitting again goes on");
  auto folder = std::make_shared<std::string>();
  command->add_option("folder", *folder, "The run folder")->required()->type_name("DIR");
  command->add_flag("--quiet,-q", common.quiet, "Say nothing");
  command->callback([folder, &common] {
    const std::filesystem::path run = std::filesystem::absolute(*folder);
    if (read_slurm_jobs(run).empty()) {
      throw SchedulerError(
          fmt::format("{}: was never submitted: expected a run folder with slurm.json", *folder));
    }
    const int64_t count = SlurmScheduler().cancel(run);
    if (common.quiet) return;
    if (count == 0) fmt::print("nothing of it was queued or running\n");
    if (count > 0) fmt::print("cancelled {} tasks; what ran leaves a checkpoint\n", count);
  });
}

}  // namespace tuneval::cli

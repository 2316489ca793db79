#include "framework/model/export.h"
#include "framework/cli/commands.h"
#include "framework/model/loaded_model.h"
#include "framework/record/lookup.h"
#include "tuneval/error.h"

#include <fmt/format.h>

namespace tuneval::cli {

namespace {

namespace fs = std::filesystem;

struct ExportArguments {
  std::string run, model, task, id, to, base;
  bool merge = false;
};

/// The folder of the model that the cell tuned; its files must be those of then.
fs::path base_folder(const ExportArguments& arguments, const CellRecord& record) {
  fs::path folder = arguments.base.empty() ? record.model.path : arguments.base;
  if (!fs::is_directory(folder)) {
    throw CheckpointError(
        fmt::format("{}: the model's folder is not there: name it by --base DIR", folder.string()));
  }
  const std::string hash = hash_model(folder);
  if (hash != record.model.hash) {
    throw CheckpointError(
        fmt::format("{}: its files are not those that {} was tuned from: their hash is {}, "
                    "expected {} (name another folder by --base DIR)",
                    folder.string(), record.model.name, hash, record.model.hash));
  }
  return folder;
}

void say_merged(const ExportArguments& arguments, const ExportedModel& made,
                const CellRecord& record) {
  fmt::print("{}: {} tensors, {} of them merged, {:.1f} MB in {} {}\n", arguments.to, made.tensors,
             made.merged, double(made.bytes) / 1e6, made.files, made.files == 1 ? "file" : "files");
  if (!record.parity || !record.parity->logits || !record.parity->logits->rounded) return;
  const LogitParity& logits = *record.parity->logits;
  fmt::print(
      "rounding to 16 bits moved its logits by up to {:.2g} of the largest; {} of {} "
      "positions kept their likeliest token\n",
      *logits.rounded, logits.same_choice.value_or(0), logits.positions);
}

void export_cell(const ExportArguments& arguments, const Common& common) {
  const RecordStore store(fs::absolute(arguments.run).lexically_normal());
  const CellRecord record = find_tuned(store, arguments.model, arguments.task, arguments.id);
  const fs::path adapter = store.output() / record.tune->adapter;
  if (arguments.merge) {
    const ExportedModel made =
        export_merged(load_registry(common), base_folder(arguments, record), adapter, arguments.to);
    if (!common.quiet) say_merged(arguments, made, record);
  } else {
    export_adapter(adapter, arguments.to);
    if (!common.quiet) {
      fmt::print("{}: the adapter of {} on {}, for {}\n", arguments.to, record.model.name,
                 record.task.name, record.model.path);
    }
  }
}

}  // namespace

void add_export(CLI::App& app, Common& common) {
  CLI::App* command = app.add_subcommand(
      "export", "Take a cell's adapter out of a run folder, or its model with the adapter merged");
  auto arguments = std::make_shared<ExportArguments>();
  command->add_option("run", arguments->run, "The run folder")->required()->type_name("DIR");
  command->add_option("--model", arguments->model, "As the run's tables name it")->required();
  command->add_option("--task", arguments->task, "As the run's tables name it")->required();
  command->add_option("--to", arguments->to, "Where to write: a new or empty folder")
      ->required()
      ->type_name("DIR");
  command->add_flag("--merge", arguments->merge,
                    "A whole Hugging Face model folder, in place of the adapter");
  command->add_option("--id", arguments->id, "Which cell, where several bear these names");
  command
      ->add_option("--base", arguments->base,
                   "The model's folder, where it is not where the run found it")
      ->type_name("DIR");
  command->add_flag("--quiet,-q", common.quiet, "Say nothing but failures");
  command->callback([arguments, &common] { export_cell(*arguments, common); });
}

}  // namespace tuneval::cli

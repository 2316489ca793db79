#include "framework/cli/commands.h"
#include "framework/conformance/conformance.h"
#include "framework/conformance/oracle.h"
#include "tuneval/error.h"

#include <fmt/format.h>

namespace tuneval::cli {

namespace {

void list_plugins(const Common& common) {
  const Registry registry = load_registry(common);
  fmt::print("{:<16} {:<14} {:<16} {:<9} {}\n", "name", "kind", "plugin", "version", "file");
  for (const Registry::Entry& entry : registry.entries()) {
    fmt::print("{:<16} {:<14} {:<16} {:<9} {}\n", entry.name, entry.kind, entry.plugin,
               entry.version, entry.file);
  }
}

struct CheckArguments {
  std::string file;
  std::string model, oracle, pack;
  double tolerance = 1e-4;
};

const char* word(CheckResult::Status status) {
  switch (status) {
    case CheckResult::Status::passed: return "passed ";
    case CheckResult::Status::failed: return "FAILED ";
    case CheckResult::Status::skipped: break;
  }
  return "skipped";
}

bool check(const CheckArguments& arguments, const Common& common) {
  const Registry others = load_registry(common);
  CheckOptions options;
  options.model = arguments.model;
  options.pack = arguments.pack;
  options.others = &others;
  const auto results = check_plugin(std::filesystem::absolute(arguments.file), options);
  int64_t passed = 0, failed = 0, skipped = 0;
  for (const CheckResult& result : results) {
    fmt::print("{}  {:<34} {}\n         {}\n", word(result.status), result.name, result.subject,
               result.meaning);
    if (!result.seen.empty()) fmt::print("         seen: {}\n", result.seen);
    ++(result.status == CheckResult::Status::passed   ? passed
       : result.status == CheckResult::Status::failed ? failed
                                                      : skipped);
  }
  fmt::print("{} passed, {} failed, {} skipped\n", passed, failed, skipped);
  return all_passed(results);
}

/// Compares a model folder's logits with a reference program's.
bool compare(const CheckArguments& arguments, const Common& common) {
  if (arguments.model.empty()) throw ManifestError("--oracle needs --model DIR");
  const OracleResult result =
      compare_with_oracle(arguments.model, arguments.oracle, load_registry(common));
  fmt::print(
      "oracle {}: {} rows, {} tokens: largest difference {:.3g}, {:.3g} of the largest logit "
      "(row {}, time {}, token {}: {} where {} was expected)\n",
      arguments.oracle, result.rows, result.tokens, result.largest_absolute,
      result.largest_relative, result.row, result.time, result.token, result.found,
      result.expected);
  const bool agrees = result.largest_relative <= arguments.tolerance;
  fmt::print("{}: tolerance {:g}\n", agrees ? "passed" : "FAILED", arguments.tolerance);
  return agrees;
}

}  // namespace

void add_plugins(CLI::App& app, Common& common) {
  CLI::App* plugins = app.add_subcommand("plugins", "List plugins, or check one");
  plugins->require_subcommand(1);
  plugins->add_subcommand("list", "Name, kind, version and file of all that is loaded")
      ->callback([&common] { list_plugins(common); });
  CLI::App* command = plugins->add_subcommand("check", "Run the named conformance checks");
  auto arguments = std::make_shared<CheckArguments>();
  command->add_option("file", arguments->file, "The plugin, NAME.so")
      ->required()
      ->type_name("FILE");
  command->add_option("--model", arguments->model, "A checkpoint to hold the family against")
      ->type_name("DIR");
  command->add_option("--pack", arguments->pack, "A pack to run a task type on")->type_name("DIR");
  command
      ->add_option("--oracle", arguments->oracle,
                   "safetensors with input_ids and logits of a reference program")
      ->type_name("FILE");
  command
      ->add_option("--tolerance", arguments->tolerance,
                   "Largest difference, relative to the largest logit")
      ->capture_default_str();
  command->callback([arguments, &common] {
    bool good = check(*arguments, common);
    if (!arguments->oracle.empty()) good = compare(*arguments, common) && good;
    common.exit_code = good ? kDone : kSomeFailed;
  });
}

}  // namespace tuneval::cli

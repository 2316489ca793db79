#include "framework/cli/plugin_commands.h"
#include "framework/conformance/conformance.h"
#include "framework/conformance/oracle.h"
#include "framework/loader/loader.h"
#include "framework/record/json_object.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace tuneval::cli {

namespace {

using Json = nlohmann::ordered_json;
using Status = CheckResult::Status;

struct CheckArguments {
  std::string file;
  std::string model, oracle, pack;
  double tolerance = 1e-4;
  bool json = false;
};

/// The comparison with a reference program: no check of kChecks, as it needs files of its own.
struct Comparison {
  OracleResult result;
  bool agrees = false;
};
constexpr const char* kOracleMeaning =
    "The model's logits are those that the reference program wrote down.";
constexpr const char* kOracleMend =
    "Make toy models that differ in one switch of config.json each and compare them: the one that "
    "differs names the switch. A difference from the first token on is a matter of weights, one "
    "that grows along the row a matter of positions or of a window.";

const char* word(Status status) {
  switch (status) {
    case Status::passed: return "passed";
    case Status::failed: return "FAILED";
    case Status::skipped: break;
  }
  return "skipped";
}

int64_t count(const std::vector<CheckResult>& results, Status status) {
  return std::ranges::count(results, status, &CheckResult::status);
}

void print_line(const char* label, std::string_view text) {
  if (!text.empty()) fmt::print("         {}{}\n", label, text);
}

void print_results(const std::vector<CheckResult>& results) {
  for (const CheckResult& result : results) {
    fmt::print("{:<7}  {:<34} {}\n", word(result.status), result.name, result.subject);
    print_line("", result.meaning);
    print_line("seen: ", result.seen);
    if (result.status == Status::failed) print_line("mend: ", result.mend);
  }
  fmt::print("{} passed, {} failed, {} skipped\n", count(results, Status::passed),
             count(results, Status::failed), count(results, Status::skipped));
}

void print_comparison(const Comparison& comparison, const CheckArguments& arguments) {
  const OracleResult& result = comparison.result;
  fmt::print("{:<7}  {:<34} model {}\n", word(comparison.agrees ? Status::passed : Status::failed),
             "agrees-with-its-oracle", arguments.model);
  print_line("", kOracleMeaning);
  print_line("seen: ",
             fmt::format("{}: {} rows, {} tokens, the same likeliest token behind {}: largest "
                         "difference {:.3g}, {:.3g} of the largest logit (row {}, time {}, token "
                         "{}: {} where {} was expected); tolerance {:g}",
                         arguments.oracle, result.rows, result.tokens, result.same_choice,
                         result.largest_absolute, result.largest_relative, result.row, result.time,
                         result.token, result.found, result.expected, arguments.tolerance));
  if (!comparison.agrees) print_line("mend: ", kOracleMend);
}

Json json_of(const CheckResult& result) {
  const bool failed = result.status == Status::failed;
  return {{"name", result.name},
          {"subject", result.subject},
          {"status", failed ? "failed" : word(result.status)},
          {"meaning", result.meaning},
          {"seen", result.seen},
          {"mend", result.mend}};
}

Json json_of(const Comparison& comparison, const CheckArguments& arguments) {
  const OracleResult& result = comparison.result;
  return {{"status", comparison.agrees ? "passed" : "failed"},
          {"meaning", kOracleMeaning},
          {"mend", kOracleMend},
          {"model", arguments.model},
          {"file", arguments.oracle},
          {"rows", result.rows},
          {"tokens", result.tokens},
          {"same_choice", result.same_choice},
          {"largest_absolute", json_number(result.largest_absolute)},
          {"largest_relative", json_number(result.largest_relative)},
          {"tolerance", arguments.tolerance}};
}

void print_json(const std::filesystem::path& file, const std::vector<CheckResult>& results,
                const Comparison* comparison, const CheckArguments& arguments) {
  Json json = {{"plugin", file.string()},
               {"passed", count(results, Status::passed)},
               {"failed", count(results, Status::failed)},
               {"skipped", count(results, Status::skipped)},
               {"checks", Json::array()}};
  for (const CheckResult& result : results) json["checks"].push_back(json_of(result));
  if (comparison) json["oracle"] = json_of(*comparison, arguments);
  fmt::print("{}\n", json_text(json, 1));
}

/// Compares by this plugin alone: another one of its name may be among those that are loaded.
Comparison compare(const std::filesystem::path& file, const CheckArguments& arguments) {
  Registry own;
  load_plugin(own, file);
  Comparison comparison{compare_with_oracle(arguments.model, arguments.oracle, own)};
  comparison.agrees = comparison.result.largest_relative <= arguments.tolerance;
  return comparison;
}

bool check(const CheckArguments& arguments, const Common& common) {
  const bool has_oracle = !arguments.oracle.empty();
  if (has_oracle && arguments.model.empty()) throw ManifestError("--oracle needs --model DIR");
  const std::filesystem::path file = std::filesystem::absolute(arguments.file);
  const Registry others = load_registry(common);
  CheckOptions options;
  options.model = arguments.model;
  options.pack = arguments.pack;
  options.others = &others;
  const std::vector<CheckResult> results = check_plugin(file, options);
  if (!arguments.json) print_results(results);
  std::optional<Comparison> comparison;
  // What cannot register has been said by the checks.
  const bool registers = std::ranges::any_of(results, [](const CheckResult& result) {
    return result.name == "registers-something" && result.status == Status::passed;
  });
  if (has_oracle && registers) comparison = compare(file, arguments);
  if (arguments.json) print_json(file, results, comparison ? &*comparison : nullptr, arguments);
  if (comparison && !arguments.json) print_comparison(*comparison, arguments);
  return all_passed(results) && (!comparison || comparison->agrees);
}

}  // namespace

void add_plugins_check(CLI::App& plugins, Common& common) {
  CLI::App* command = plugins.add_subcommand(
      "check", "Run the named checks: what each means, what was seen, how to mend what failed");
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
  command->add_flag("--json", arguments->json, "Print one JSON object in place of the lines");
  command->callback(
      [arguments, &common] { common.exit_code = check(*arguments, common) ? kDone : kSomeFailed; });
}

}  // namespace tuneval::cli

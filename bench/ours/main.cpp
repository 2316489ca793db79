// tuneval's side of the benchmark: see bench/README.md. tools/bench is what people run.
#include <CLI/CLI.hpp>

#include "bench/ours/bench.h"
#include "framework/model/memory.h"

#include <fmt/format.h>
#include <torch/version.h>

#include <cstdio>

namespace {

using namespace tuneval::bench;

void add_rows(CLI::App& app, RowsArguments& arguments) {
  CLI::App* command = app.add_subcommand("rows", "Tokenize a pack's rows for both sides");
  command->add_option("model", arguments.model, "The model")->required();
  command->add_option("pack", arguments.pack, "The pack")->required();
  command->add_option("--train", arguments.train, "How many train rows")->required();
  command->add_option("--train-to", arguments.train_to, "File for them")->required();
  command->add_option("--test", arguments.test, "How many test rows")->required();
  command->add_option("--test-to", arguments.test_to, "File for them")->required();
  command->add_option("--seed", arguments.seed, "Of the order")->capture_default_str();
  command->callback([&arguments] { write_rows(arguments); });
}

void add_step(CLI::App& app, StepArguments& arguments) {
  CLI::App* command = app.add_subcommand("step", "Time LoRA steps");
  command->add_option("model", arguments.model, "The model")->required();
  command->add_option("rows", arguments.rows, "What `rows` wrote")->required();
  command->add_option("--adapter", arguments.adapter, "PEFT folder to start from")->required();
  command->add_option("--save-final", arguments.final_adapter, "Folder for the adapter at the end");
  command->add_option("--steps", arguments.steps, "0: as many as the rows give");
  command->add_option("--batch", arguments.batch, "Rows a step")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command
      ->add_option("--warm-up-rows", arguments.warm_up_rows,
                   "Computed before the first step; their gradients are forgotten")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--learning-rate", arguments.learning_rate, "Constant")
      ->capture_default_str();
  command->add_option("--recompute", arguments.recompute, "As in a manifest's [tuning]")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str();
  command->add_option("--token-budget", arguments.token_budget, "0: the recipe's default");
  command->add_flag("--operators", arguments.operators, "Where the last step's time goes");
  command->add_flag("--gemm-peak", arguments.gemm_peak,
                    "Also what LibTorch's products reach on the step's shapes");
  command->callback([&arguments] { run_steps(arguments); });
}

void add_score(CLI::App& app, ScoreArguments& arguments) {
  CLI::App* command = app.add_subcommand("score", "Time greedy decoding");
  command->add_option("model", arguments.model, "The model")->required();
  command->add_option("rows", arguments.rows, "What `rows` wrote")->required();
  command->add_option("--max-new-tokens", arguments.max_new_tokens, "Of a row")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("--limit", arguments.limit, "Only the first rows; 0: all");
  command->add_option("--batch", arguments.batch, "Rows decoding at once; 0: the default");
  command->add_option("--warm-up-tokens", arguments.warm_up_tokens,
                      "Complete the first prompt by so many before the clock runs");
  command->add_flag("--no-lookup", arguments.no_lookup, "No prompt lookup");
  command->add_flag("--operators", arguments.operators, "Where the time goes");
  command->callback([&arguments] { run_scoring(arguments); });
}

void add_load(CLI::App& app, LoadArguments& arguments) {
  CLI::App* command = app.add_subcommand("load", "Time a model folder to the first token");
  command->add_option("model", arguments.model, "The model")->required();
  command->add_option("rows", arguments.rows, "What `rows` wrote")->required();
  command->callback([&arguments] { run_load(arguments); });
}

}  // namespace

int main(int argc, char** argv) {
  tuneval::keep_large_blocks();
  CLI::App app{"tuneval's side of the benchmark", "tuneval_bench"};
  app.set_version_flag("--version", TORCH_VERSION, "LibTorch's");
  app.require_subcommand(1);
  RowsArguments rows;
  StepArguments steps;
  ScoreArguments scoring;
  LoadArguments loading;
  add_rows(app, rows);
  add_step(app, steps);
  add_score(app, scoring);
  add_load(app, loading);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "tuneval_bench: {}\n", error.what());
    return 1;
  }
  return 0;
}

#include "framework/generate/generate.h"
#include "framework/cli/commands.h"
#include "framework/model/adapter.h"

#include <fmt/format.h>

#include <unistd.h>

#include <cstdio>

namespace tuneval::cli {

namespace {

struct Arguments {
  std::string folder, adapter, prompt, system, device = "cpu", dtype = "auto";
  int64_t max_tokens = 128;
  bool raw = false;
};

std::vector<int64_t> ids_of(const LoadedModel& model, const Arguments& arguments) {
  if (arguments.raw) return model.text->tokenizer.encode(arguments.prompt, true);
  Example example;
  if (!arguments.system.empty()) example.messages.push_back({"system", arguments.system, {}});
  example.messages.push_back({"user", arguments.prompt, {}});
  example.where = "--prompt";
  return prompt_ids(*model.text, example);
}

void generate_text(const Arguments& arguments, const Common& common) {
  const Registry registry = load_registry(common);
  LoadedModel model =
      load_model(registry, arguments.folder, {arguments.device, arguments.dtype, {}});
  if (!arguments.adapter.empty()) load_adapter(model, arguments.adapter);
  GenerateOptions options;
  options.decoding.max_new_tokens = arguments.max_tokens;
  const std::vector<std::vector<int64_t>> prompts = {ids_of(model, arguments)};
  const Completion completion = generate(model, prompts, options).completions.at(0);
  if (!arguments.raw) {
    fmt::print("{}\n", completion.text);
    return;
  }
  // A raw prompt goes on in its own text: decoded together, so that a space between them stays.
  std::vector<int64_t> whole = prompts[0];
  whole.insert(whole.end(), completion.ids.begin(), completion.ids.end());
  fmt::print("{}{}", model.text->tokenizer.decode(whole, true), isatty(STDOUT_FILENO) ? "\n" : "");
}

}  // namespace

void add_generate(CLI::App& app, Common& common) {
  CLI::App* command = app.add_subcommand("generate", "Let a model answer one prompt, greedily");
  auto arguments = std::make_shared<Arguments>();
  command->add_option("folder", arguments->folder, "The model")->required()->type_name("DIR");
  command->add_option("--prompt", arguments->prompt, "What to ask, or the text to go on with")
      ->required();
  command->add_option("--system", arguments->system, "System message");
  command->add_flag("--raw", arguments->raw,
                    "No chat template: print the prompt and how the model goes on");
  command->add_option("--adapter", arguments->adapter, "An adapter in PEFT's format")
      ->type_name("DIR");
  command->add_option("--max-tokens", arguments->max_tokens, "Token limit")->capture_default_str();
  command->add_option("--device", arguments->device, "cpu, cuda or cuda:N")->capture_default_str();
  command->add_option("--dtype", arguments->dtype, "auto, float32, bfloat16 or float16")
      ->capture_default_str();
  command->callback([arguments, &common] { generate_text(*arguments, common); });
}

}  // namespace tuneval::cli

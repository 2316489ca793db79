#include "framework/generate/generate.h"
#include "framework/cli/chat_file.h"
#include "framework/cli/commands.h"
#include "framework/model/adapter.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <unistd.h>

#include <cstdio>
#include <optional>

namespace tuneval::cli {

namespace {

struct GenerateArguments {
  std::string folder, adapter, prompt, chat, system, device = "cpu", dtype = "auto";
  bool has_prompt = false, has_chat = false;  // either may be given empty
  int64_t max_tokens = 128;
  bool raw = false;
};

void check(const GenerateArguments& arguments) {
  if (arguments.has_prompt == arguments.has_chat) {
    throw ManifestError(arguments.has_chat ? "generate: --prompt and --chat: expected one of them"
                                           : "generate: expected --prompt TEXT or --chat FILE");
  }
  if (arguments.has_chat && (arguments.raw || !arguments.system.empty())) {
    throw ManifestError(fmt::format("generate: {} goes with --prompt, not with --chat",
                                    arguments.raw ? "--raw" : "--system"));
  }
}

std::vector<int64_t> ids_of(const LoadedModel& model, const GenerateArguments& arguments,
                            std::optional<Chat>& chat) {
  if (chat) {
    std::vector<int64_t> ids = chat_ids(*model.text, *chat);
    for (const std::string& note : chat->notes) {
      fmt::print(stderr, "tuneval: {}: {}\n", chat->where, note);
    }
    return ids;
  }
  if (arguments.raw) return model.text->tokenizer.encode(arguments.prompt, true);
  Example example;
  if (!arguments.system.empty()) example.messages.push_back({"system", arguments.system, {}});
  example.messages.push_back({"user", arguments.prompt, {}});
  example.where = "--prompt";
  return prompt_ids(*model.text, example);
}

void generate_text(const GenerateArguments& arguments, const Common& common) {
  check(arguments);
  std::optional<Chat> chat;  // before the weights: a mistake shows at once
  if (arguments.has_chat) chat = read_chat(arguments.chat);
  const Registry registry = load_registry(common);
  LoadedModel model =
      load_model(registry, arguments.folder, {arguments.device, arguments.dtype, {}});
  if (!arguments.adapter.empty()) load_adapter(model, arguments.adapter);
  GenerateOptions options;
  options.decoding.max_new_tokens = arguments.max_tokens;
  const std::vector<std::vector<int64_t>> prompts = {ids_of(model, arguments, chat)};
  const Completion completion = generate(model, prompts, options).completions.at(0);
  if (!arguments.raw) {
    fmt::print("{}\n", chat ? chat_answer(*model.text, *chat, completion.ids) : completion.text);
    return;
  }
  // A raw prompt goes on in its own text: decoded together, so that a space between them stays.
  std::vector<int64_t> whole = prompts[0];
  whole.insert(whole.end(), completion.ids.begin(), completion.ids.end());
  fmt::print("{}{}", model.text->tokenizer.decode(whole, true), isatty(STDOUT_FILENO) ? "\n" : "");
}

}  // namespace

void add_generate(CLI::App& app, Common& common) {
  CLI::App* command = app.add_subcommand(
      "generate", "Let a model answer a prompt or go on with a conversation, greedily");
  auto arguments = std::make_shared<GenerateArguments>();
  command->add_option("folder", arguments->folder, "The model")->required()->type_name("DIR");
  const CLI::Option* prompt =
      command->add_option("--prompt", arguments->prompt, "What to ask, or the text to go on with");
  const CLI::Option* chat =
      command
          ->add_option("--chat", arguments->chat,
                       "A conversation to go on with: JSON, or JSON Lines' first line; - is stdin")
          ->type_name("FILE");
  command->add_option("--system", arguments->system, "System message");
  command->add_flag("--raw", arguments->raw,
                    "No chat template: print the prompt and how the model goes on");
  command->add_option("--adapter", arguments->adapter, "An adapter in PEFT's format")
      ->type_name("DIR");
  command->add_option("--max-tokens", arguments->max_tokens, "Token limit")->capture_default_str();
  command->add_option("--device", arguments->device, "cpu, cuda or cuda:N")->capture_default_str();
  command->add_option("--dtype", arguments->dtype, "auto, float32, bfloat16 or float16")
      ->capture_default_str();
  command->callback([arguments, prompt, chat, &common] {
    arguments->has_prompt = prompt->count() > 0;
    arguments->has_chat = chat->count() > 0;
    generate_text(*arguments, common);
  });
}

}  // namespace tuneval::cli

#include "framework/cli/pack_commands.h"
#include "framework/data/rows.h"
#include "framework/data/task_data.h"
#include "framework/model/loaded_model.h"
#include "tuneval/error.h"

#include <fmt/format.h>
#include <boost/nowide/utf/utf.hpp>

#include <algorithm>
#include <iterator>

namespace tuneval::cli {

namespace {

struct ShowArguments {
  std::string folder, split = "train", model;
  int64_t row = 1;
  bool escape = false, shots = false;
};

/// What a model makes of the examples; nothing without --model.
struct Reader {
  std::shared_ptr<const ChatText> text;
  int64_t context = 0;
};

Reader open_reader(const std::string& folder, const Registry& registry) {
  if (folder.empty()) return {};
  const Config config = read_model_config(folder);
  return {open_model_text(*family_for(registry, config), folder, {}), context_length(config)};
}

/// Whether a code point leaves no mark of its own: controls, odd spaces, marks of direction.
bool is_unseen(uint32_t point) {
  return point < 0x20 || (point >= 0x7F && point <= 0xA0) || point == 0xAD ||
         (point >= 0x2000 && point <= 0x200F) || (point >= 0x2028 && point <= 0x202F) ||
         (point >= 0x205F && point <= 0x206F) || point == 0x3000 || point == 0xFEFF;
}

/// `text`, which is UTF-8, on one line, with what is not seen written out.
std::string escaped(const std::string& text) {
  std::string out;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    const char* const begin = at;
    const auto point = boost::nowide::utf::utf_traits<char>::decode(at, end);
    if (point == '\n')
      out += "\\n";
    else if (point == '\t')
      out += "\\t";
    else if (point == '\r')
      out += "\\r";
    else if (point == '\\')
      out += "\\\\";
    else if (is_unseen(point))
      out += fmt::format("\\u{:04x}", uint32_t{point});
    else
      out.append(begin, at);
  }
  return out;
}

class Printer {
 public:
  explicit Printer(bool escape) : escape_(escape) {}

  void title(std::string_view text) const { fmt::print("=== {}\n", text); }
  /// A part of an example under its name. Its last line gets an end if it has none.
  void part(std::string_view name, const std::string& text) const {
    fmt::print("--- {}\n", name);
    if (escape_) {
      fmt::print("{}\n", escaped(text));
    } else {
      fmt::print("{}{}", text, text.ends_with('\n') ? "" : "\n");
    }
  }

 private:
  bool escape_;
};

void show_messages(const Example& example, const Printer& printer) {
  if (!example.tools.empty()) printer.part("tools", example.tools);
  for (const Message& message : example.messages) {
    if (!message.content.empty() || message.tool_calls.empty()) {
      printer.part(message.role, message.content);
    }
    if (!message.tool_calls.empty()) printer.part(message.role + ", calls", message.tool_calls);
  }
  printer.part(example.calls ? "target, calls" : "target", example.target);
}

/// The prompt and target as the model's template and tokenizer have them.
void show_rendered(const Example& example, const Reader& reader, int64_t most_new,
                   const Printer& printer) {
  const TokenizedExample tokenized = tokenize(*reader.text, example);
  const auto all = static_cast<int64_t>(tokenized.ids.size());
  const int64_t target = all - tokenized.prompt_length;
  printer.part(fmt::format("prompt, {} tokens", tokenized.prompt_length),
               prompt_text(*reader.text, example));
  const std::span<const int64_t> ids = tokenized.ids;
  printer.part(fmt::format("target, {} tokens", target),
               reader.text->tokenizer.decode(ids.subspan(size_t(tokenized.prompt_length)), false));
  if (target > most_new) {
    printer.part("note", fmt::format("the target is longer than max_new_tokens, {}", most_new));
  }
  const int64_t needed = std::max(all, tokenized.prompt_length + most_new);
  if (reader.context > 0 && needed > reader.context) {
    printer.part("note", fmt::format("prompt and answer need up to {} tokens: the model's context "
                                     "has {}",
                                     needed, reader.context));
  }
}

void show_example(const Example& example, const Reader& reader, const TaskType& type,
                  const Printer& printer) {
  if (reader.text) {
    show_rendered(example, reader, type.decoding().max_new_tokens, printer);
  } else {
    show_messages(example, printer);
  }
  for (const std::string& reference : example.references) {
    printer.part("reference", reference.empty() ? "(no answer)" : reference);
  }
  if (!example.group.empty() && example.group != example.where) {
    printer.part("group", example.group);
  }
  if (!example.notes.empty()) printer.part("notes", example.notes);
}

/// The row with this number, from 1.
Row read_row(const std::filesystem::path& file, int64_t number) {
  const std::vector<Row> rows = read_rows(file, number);
  if (static_cast<int64_t>(rows.size()) < number) {
    throw DataError(fmt::format("{}: there is no row {}: it holds {} rows", file.string(), number,
                                rows.size()));
  }
  return rows.back();
}

/// The pack's shots, as they are drawn for a run without limits.
Shots read_shots(const Pack& pack, const TaskType& type) {
  std::vector<Example> train;
  for (const Row& row : read_rows(pack.train)) {
    std::ranges::move(type.read_all(row), std::back_inserter(train));
  }
  return choose_shots(pack.options, type, train);
}

void show(const ShowArguments& arguments, const Common& common) {
  const Registry registry = load_registry(common);
  const Pack pack = read_pack(arguments.folder);
  const auto type = make_task_type(registry, pack, pack.options);
  const Reader reader = open_reader(arguments.model, registry);
  const Row row = read_row(arguments.split == "test" ? pack.test : pack.train, arguments.row);
  const Shots shots = arguments.shots ? read_shots(pack, *type) : Shots{};
  const std::vector<Example> examples = type->read_all(row);
  const Printer printer(arguments.escape);
  for (size_t i = 0; i < examples.size(); ++i) {
    std::string title = row.where();
    if (examples.size() > 1) title += fmt::format(", example {} of {}", i + 1, examples.size());
    if (arguments.shots) title += fmt::format(", {} shots", shots.count);
    printer.title(title);
    show_example(with_shots(examples[i], shots), reader, *type, printer);
  }
}

}  // namespace

void add_pack_show(CLI::App& pack, Common& common) {
  CLI::App* command = pack.add_subcommand("show", "Print a row as a model is asked it");
  auto arguments = std::make_shared<ShowArguments>();
  command->add_option("folder", arguments->folder, "The pack")->required()->type_name("DIR");
  command->add_option("--row", arguments->row, "Number of the row, from 1")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("--split", arguments->split, "train or test")
      ->check(CLI::IsMember({"train", "test"}))
      ->capture_default_str();
  command
      ->add_option("--model", arguments->model,
                   "Its template and tokenizer; without it, the messages as they are")
      ->type_name("DIR");
  command->add_flag("--escape", arguments->escape, "One line each, special characters written out");
  command->add_flag("--shots", arguments->shots,
                    "With the pack's shots, as the base model is asked");
  command->callback([arguments, &common] { show(*arguments, common); });
}

}  // namespace tuneval::cli

#pragma once

#include <array>
#include <string_view>

namespace tuneval {

/// A named check, what it is run on, what it means and how a plugin that fails it is mended.
struct Check {
  std::string_view name, of, meaning, mend;
};

/// Every check there is, in the order in which they run.
inline constexpr std::array kChecks = {
    Check{"door-and-tag", "plugin",
          "The file exports this program's ABI tag and a door with a whole descriptor behind it.",
          "Build it again with tuneval_add_plugin against this tuneval (find_package(tuneval)); "
          "each plugin opens TUNEVAL_PLUGIN once."},
    Check{"name-matches-file", "plugin", "The plugin's name is its file's name without .so.",
          "Give tuneval_add_plugin, TUNEVAL_PLUGIN and the file one and the same name."},
    Check{"registers-something", "plugin",
          "Opening the door registers a model family, a task type or a metric.",
          "Call registry.add_model_family, add_task_type or add_metric inside TUNEVAL_PLUGIN, and "
          "let none of it throw."},
    Check{"registering-twice-is-refused", "plugin",
          "A second registration is an error that leaves the first as it was.",
          "Register fixed names: none made of a counter, a clock or chance."},
    Check{"exports-only-the-door", "plugin",
          "No symbol but the door and the ABI tag can clash with another plugin's.",
          "Build it with tuneval_add_plugin, which hides all symbols but these two."},

    Check{"builds-from-tiny-config", "model family",
          "The family builds a model from its own toy config.json.",
          "Let tiny_config() hold every key that build() reads, with a model_type of "
          "model_types(); make parameters by new_parameter or the SDK's layers."},
    Check{"missing-key-is-named", "model family",
          "A config.json that lacks a key builds, or is refused by an error that names the key.",
          "Read keys through Config (integer, text, …_or), which throws a ConfigError that names "
          "the key, and refuse by config.fail(key, …)."},
    Check{"logits-have-shape-and-dtype", "model family",
          "Hidden states are [tokens, width] and logits [rows asked, vocabulary], finite, in the "
          "model's dtype.",
          "hidden() keeps one row a token and the BuildScope's dtype, logits() one row for each it "
          "is given; look for a division by zero or a cast where a value is not finite."},
    Check{"cache-equals-whole-sequence", "model family",
          "Decoding token by token with the cache gives the logits of the whole sequence.",
          "Hand `cache` and this layer's own index to attend, SelfAttention or ShortConv, and take "
          "positions from batch.positions."},
    Check{"forest-equals-separate-rows", "model family",
          "Rows that share their beginnings have the logits and gradients that they have alone.",
          "Mix tokens by attend, SelfAttention, ShortConv or Batch::ancestors alone: the token "
          "before one need not be its neighbour in x."},
    Check{"rows-do-not-mix", "model family", "A row's logits do not depend on the rows beside it.",
          "Compute nothing over the whole batch, such as a mean over its tokens: a token sees "
          "itself and its ancestors."},
    Check{"future-does-not-leak", "model family",
          "A token's logits depend on itself and on no token behind it.",
          "Let a token read itself and its ancestors alone (attend does), and see that the ids "
          "reach the logits at all."},
    Check{"lora-targets-are-sdk-linears", "model family",
          "Every name in lora_targets() is the last part of a module's name, and all such modules "
          "are tuneval::Linear.",
          "Name the last part of each Linear's name in lora_targets(), and make these layers "
          "tuneval::Linear in place of torch::nn::Linear."},
    Check{"fresh-lora-changes-nothing", "model family",
          "A fresh adapter, its B being zero, leaves the logits as they were.",
          "Use Linear::forward or project for the product: nothing else may read an adapter's "
          "weights."},
    Check{"every-lora-target-learns", "model family",
          "The loss has a gradient for A and B of every target.",
          "Name only Linears whose output reaches the logits, and call their forward in place of "
          "reading `weight`; detach nothing on the way."},
    Check{"merged-equals-attached", "model family",
          "An adapter changes the logits, and alike whether attached or merged into the weights.",
          "Call Linear::forward or project: a product by `weight` itself passes the adapter by."},
    Check{"checkpoint-names-and-shapes-match", "model family",
          "A checkpoint's tensors, through the weight map, are the model's parameters one for one.",
          "Register modules under the checkpoint's names, or say in weight_map() what to rename, "
          "split, transpose or drop."},

    Check{"reads-its-sample", "task type",
          "Every sample row becomes an example with a prompt, a target and references.",
          "Register the task type with a TaskSample whose rows it takes; fill messages, target, "
          "references and `where` (row.where()) of every example, the same way each time."},
    Check{"bad-row-is-named", "task type",
          "A row that cannot be read is refused by a DataError with its line and key.",
          "Read keys through Row (text, objects, …), which names line and key, and refuse values "
          "by row.fail(key, …); throw nothing else."},
    Check{"target-parses-to-reference", "task type",
          "The text that the model learns to write is parsed to a right answer.",
          "Let references hold what parse() makes of `target`, to the letter."},
    Check{"parse-survives-any-text", "task type",
          "Parsing throws at no completion, and what is not parsed has no text.",
          "Return a Prediction with `parsed` false and no text for what has not the form; catch "
          "what a library throws."},
    Check{"perfect-answers-get-the-best-score", "task type",
          "Completions equal to the targets get the best value of every metric of the task type.",
          "Name metrics that score this kind of answer; references have the form that the metric "
          "compares."},
    Check{"hooks-are-sound", "task type",
          "What it tells a teacher is UTF-8 text, and of its own sample no example is doubted.",
          "Return UTF-8 from row_guide() and passage_key(), a key that is not empty, and no doubt "
          "of a row of the sample."},

    Check{"perfect-is-best", "metric", "Predictions equal to the references get the best value.",
          "Give a prediction that equals a reference highest(), or lowest() where less is better, "
          "and keep every value between the two."},
    Check{"unparsed-is-not-best", "metric",
          "An unparsed prediction is scored, and worse than a perfect one.",
          "Give a prediction with `parsed` false the worst value; unscored is for an example that "
          "nobody could be judged on."},
    Check{"order-does-not-matter", "metric",
          "The value over all examples does not depend on their order.",
          "Sum in an order of your own (sort the values first), and keep no state in the metric."},
    Check{"finite-on-nothing", "metric",
          "The value is finite over no example and over one example many times.",
          "Return 0 of no examples before dividing by their number, and let no one class or "
          "example make a divisor zero."},
};

}  // namespace tuneval

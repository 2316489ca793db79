#pragma once

#include <array>
#include <string_view>

namespace tuneval {

/// A named check, what it is run on and what it means.
struct Check {
  std::string_view name, of, meaning;
};

/// Every check there is, in the order in which they run.
inline constexpr std::array kChecks = {
    Check{"door-and-tag", "plugin",
          "The file exports this program's ABI tag and a door with a whole descriptor behind it."},
    Check{"name-matches-file", "plugin", "The plugin's name is its file's name without .so."},
    Check{"registers-something", "plugin",
          "Opening the door registers a model family, a task type or a metric."},
    Check{"registering-twice-is-refused", "plugin",
          "A second registration is an error that leaves the first as it was."},
    Check{"exports-only-the-door", "plugin",
          "No symbol but the door and the ABI tag can clash with another plugin's."},

    Check{"builds-from-tiny-config", "model family",
          "The family builds a model from its own toy config.json."},
    Check{"missing-key-is-named", "model family",
          "A config.json that lacks a key builds, or is refused by an error that names the key."},
    Check{"logits-have-shape-and-dtype", "model family",
          "Hidden states are [tokens, width] and logits [rows asked, vocabulary], finite, in the "
          "model's dtype."},
    Check{"cache-equals-whole-sequence", "model family",
          "Decoding token by token with the cache gives the logits of the whole sequence."},
    Check{"forest-equals-separate-rows", "model family",
          "Rows that share their beginnings have the logits and gradients that they have alone."},
    Check{"rows-do-not-mix", "model family", "A row's logits do not depend on the rows beside it."},
    Check{"future-does-not-leak", "model family",
          "A token's logits depend on itself and on no token behind it."},
    Check{"lora-targets-are-sdk-linears", "model family",
          "Every name in lora_targets() is the last part of a module's name, and all such modules "
          "are "
          "tuneval::Linear."},
    Check{"fresh-lora-changes-nothing", "model family",
          "A fresh adapter, its B being zero, leaves the logits as they were."},
    Check{"every-lora-target-learns", "model family",
          "The loss has a gradient for A and B of every target."},
    Check{"merged-equals-attached", "model family",
          "An adapter changes the logits, and alike whether attached or merged into the weights."},
    Check{
        "checkpoint-names-and-shapes-match", "model family",
        "A checkpoint's tensors, through the weight map, are the model's parameters one for one."},

    Check{"reads-its-sample", "task type",
          "Every sample row becomes an example with a prompt, a target and references."},
    Check{"bad-row-is-named", "task type",
          "A row that cannot be read is refused by a DataError with its line and key."},
    Check{"target-parses-to-reference", "task type",
          "The text that the model learns to write is parsed to a right answer."},
    Check{"parse-survives-any-text", "task type",
          "Parsing throws at no completion, and what is not parsed has no text."},
    Check{"perfect-answers-get-the-best-score", "task type",
          "Completions equal to the targets get the best value of every metric of the task type."},
    Check{"hooks-are-sound", "task type",
          "What it tells a teacher is UTF-8 text, and of its own sample no example is doubted."},

    Check{"perfect-is-best", "metric", "Predictions equal to the references get the best value."},
    Check{"unparsed-is-not-best", "metric",
          "An unparsed prediction is scored, and worse than a perfect one."},
    Check{"order-does-not-matter", "metric",
          "The value over all examples does not depend on their order."},
    Check{"finite-on-nothing", "metric",
          "The value is finite over no example and over one example many times."},
};

}  // namespace tuneval

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// A piece of personal data and what it is of.
struct Entity {
  std::string type;  ///< e.g. "PERSON"
  std::string value;

  auto operator<=>(const Entity&) const = default;  // NOLINT(modernize-use-nullptr)
};

/// An answer of a redaction task.
struct Redaction {
  std::string text;  ///< without the personal data
  std::vector<Entity> entities;
};

/// Whether an answer is the object that `read_redaction` reads, or meant as one.
bool is_object(std::string_view answer);

/// Reads {"redacted_text": …, "entities": [{"value", "replacement_token", "reason"}, …]}. Without
/// "entities" there are none; one that has no "value" in words has an empty type and value. None
/// where the text is no JSON object or "redacted_text" is no string.
std::optional<Redaction> read_redaction(std::string_view json);

/// The entities of an object {"entities": […]}; none where there are none.
std::vector<Entity> read_entities(std::string_view json);

/// The type that a replacement token names: "[PERSON_2]", "<person>" and "{{PERSON}}" are of type
/// "PERSON", "[CARD_LAST4:1234]" is of type "CARD_LAST4".
std::string type_of(std::string_view token);

/// Whether a value of `entities` stands in `text` more often than in the text redacted rightly.
/// ASCII case does not matter. Where a value begins or ends with an ASCII letter or digit no other
/// one may go on with it: "Ann" is not in "Announced".
bool leaks(std::string_view text, std::string_view redacted_rightly,
           const std::vector<Entity>& entities);

/// The words of a redacted text, sorted: runs of ASCII letters and digits and of other characters
/// beyond ASCII; a replacement token in brackets is one word, its type in brackets.
std::vector<std::string> sorted_words(std::string_view text);

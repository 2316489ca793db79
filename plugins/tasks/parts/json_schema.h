#pragma once

#include <memory>
#include <string>
#include <string_view>

/// A JSON Schema, draft 2020-12, ready for use from several threads.
///
/// Known are the keywords by which answers and arguments of tools are described: type, enum, const,
/// properties, required, additionalProperties, minProperties, maxProperties, items, prefixItems,
/// minItems, maxItems, uniqueItems, minLength, maxLength, pattern, minimum, maximum,
/// exclusiveMinimum, exclusiveMaximum, multipleOf, allOf, anyOf, oneOf, not, and $ref to a place in
/// the same schema. Words that only describe are passed over, `format` among them, as the draft has
/// it. Any other keyword is refused: left out silently it would let wrong answers through.
///
/// It is written here because a text of any length and shape has to be judged in nearly linear time
/// and without deep recursion.
class JsonSchema {
 public:
  /// Throws DataError, a message without a place, when `schema` is no such schema.
  explicit JsonSchema(std::string_view schema);
  ~JsonSchema();
  JsonSchema(JsonSchema&&) noexcept;
  JsonSchema& operator=(JsonSchema&&) noexcept;

  /// What is wrong with a JSON value, e.g. `"items[2].name" is 7: expected a string`; empty when it
  /// is valid.
  std::string fault(std::string_view json) const;

 private:
  struct Compiled;
  std::unique_ptr<const Compiled> compiled_;
};

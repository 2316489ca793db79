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
/// A `pattern` is a regular expression of RE2's kind. A value is judged in time nearly linear in
/// its length, whatever the two look like (docs/decisions/0009-our-own-json-schema-validator.md).
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

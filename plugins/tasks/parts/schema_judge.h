#pragma once

#include "parts/schema_fault.h"
#include "parts/schema_words.h"

#include <boost/unordered/unordered_flat_map.hpp>

#include <utility>

/// Judges one JSON value by a schema that check_schema has passed. Both must outlive it.
///
/// Time is linear in the value for any one schema: a value meets a schema more than once only where
/// a $ref leads to it, and there the verdict is kept.
class SchemaJudge {
 public:
  using Json = nlohmann::json;

  explicit SchemaJudge(const SchemaParts& parts) : parts_(parts) {}

  bool fits(const Json& schema, const Json& value);
  /// The first fault found; for a value that did not fit.
  const SchemaFault& fault() const { return fault_; }

 private:
  bool holds(const Json& schema, const Json& value);
  /// The same, leaving no fault behind.
  bool holds_quietly(const Json& schema, const Json& value);
  bool target_holds(const Json& target, const Json& value);
  bool word_holds(const std::string& word, const Json& what, const Json& schema, const Json& value);
  bool object_word(const std::string& word, const Json& what, const Json& schema,
                   const Json& value);
  bool has_all(const Json& names, const Json& value);
  bool members_hold(const Json& rules, const Json& value);
  bool others_hold(const Json& rule, const Json& schema, const Json& value);
  bool array_word(const std::string& word, const Json& what, const Json& schema, const Json& value);
  bool string_word(const std::string& word, const Json& what, const std::string& text) const;
  bool combine_word(const std::string& word, const Json& what, const Json& value);
  /// Keeps the innermost fault, unless nobody is to hear of it. Always false.
  bool fails(SchemaFault fault);

  const SchemaParts& parts_;
  boost::unordered_flat_map<std::pair<const Json*, const Json*>, bool> verdicts_;  // of $ref
  std::vector<PathStep> path_;
  SchemaFault fault_;
  int depth_ = 0;
  int quiet_ = 0;
};

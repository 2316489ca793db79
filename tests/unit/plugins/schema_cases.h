#pragma once

#include "task_test.h"

#include <algorithm>
#include <string>
#include <vector>

namespace tuneval {

/// The task type through whose option a schema comes in.
inline const TaskMaker& make_with_schema() {
  static const TaskMaker make("information_extraction");
  return make;
}

inline std::string with_schema(const std::string& schema) { return "{\"schema\": " + schema + "}"; }

/// What a pack is told of this schema.
inline std::string schema_fault(const std::string& schema) {
  const std::string message = make_with_schema().refusal(with_schema(schema));
  const std::string prefix = "pack.toml: \"schema\" ";
  EXPECT_TRUE(message.starts_with(prefix)) << message;
  return message.substr(std::min(prefix.size(), message.size()));
}

/// What a row with this output is told under this schema; empty when it is taken.
inline std::string fault_of(const std::string& schema, const std::string& output) {
  const auto type = make_with_schema()(with_schema(schema));
  const std::string row = R"({"input": "x", "output": )" + output + "}";
  const std::string prefix = "train.jsonl:7: \"output\" does not fit the schema: ";
  try {
    type->read(row_of(row));
  } catch (const DataError& error) {
    const std::string message = error.what();
    EXPECT_TRUE(message.starts_with(prefix)) << message;
    return message.substr(std::min(prefix.size(), message.size()));
  }
  return {};
}

/// The same for an output that is a string, to which a row's output has to be JSON in a text.
inline std::string text_fault(const std::string& schema, const std::string& text) {
  return fault_of(schema, nlohmann::json(nlohmann::json(text).dump()).dump());
}

struct SchemaCase {
  std::string schema, output, fault;
};

inline void expect_faults(const std::vector<SchemaCase>& cases) {
  for (const SchemaCase& one : cases) {
    EXPECT_EQ(fault_of(one.schema, one.output), one.fault) << one.schema << " " << one.output;
  }
}

}  // namespace tuneval

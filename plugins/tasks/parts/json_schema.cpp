#include "parts/json_schema.h"

#include "parts/schema_judge.h"
#include "tuneval/error.h"

using Json = nlohmann::json;

struct JsonSchema::Compiled {
  Json root;
  SchemaParts parts;
};

JsonSchema::JsonSchema(std::string_view schema) {
  auto compiled = std::make_unique<Compiled>();
  compiled->root = Json::parse(schema, nullptr, /*allow_exceptions=*/false);
  if (compiled->root.is_discarded()) throw tuneval::DataError("is not JSON");
  compiled->parts = check_schema(compiled->root);
  compiled_ = std::move(compiled);
}

JsonSchema::~JsonSchema() = default;
JsonSchema::JsonSchema(JsonSchema&&) noexcept = default;
JsonSchema& JsonSchema::operator=(JsonSchema&&) noexcept = default;

std::string JsonSchema::fault(std::string_view json) const {
  const Json value = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded()) return "it is not JSON";
  SchemaJudge judge(compiled_->parts);
  return judge.fits(compiled_->root, value) ? "" : fault_text(judge.fault());
}

// docs/records.schema.json is what programs of others read records by: it has to know every key.
#include "framework/record/atomic_file.h"
#include "framework/record/envelope.h"
#include "framework/record/predictions.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <limits>

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

/// What of JSON Schema the file uses: types, enum, anyOf, $ref, properties, required,
/// additionalProperties, items.
class Validator {
 public:
  explicit Validator(const std::string& file) : root_(Json::parse(read_whole_file(file))) {}

  std::vector<std::string> faults(const Json& value, const std::string& name) {
    faults_.clear();
    check(value, root_["$defs"][name], name);
    return faults_;
  }

 private:
  void check(const Json& value, const Json& schema, const std::string& path) {
    if (schema.is_boolean()) {
      if (!schema.get<bool>()) faults_.push_back(path + " is not expected");
      return;
    }
    if (schema.contains("$ref")) {
      const std::string pointer = schema["$ref"].get<std::string>().substr(1);
      return check(value, root_.at(Json::json_pointer(pointer)), path);
    }
    if (schema.contains("anyOf")) return check_any(value, schema["anyOf"], path);
    if (schema.contains("enum") &&
        std::find(schema["enum"].begin(), schema["enum"].end(), value) == schema["enum"].end()) {
      faults_.push_back(path + " is not one of the values");
    }
    if (schema.contains("type") && !has_type(value, schema["type"].get<std::string>())) {
      faults_.push_back(path + " has another type");
      return;
    }
    if (value.is_object()) check_object(value, schema, path);
    if (!value.is_array() || !schema.contains("items")) return;
    for (const Json& item : value) check(item, schema["items"], path + "[]");
  }

  void check_any(const Json& value, const Json& schemas, const std::string& path) {
    const std::vector<std::string> before = faults_;
    for (const Json& schema : schemas) {
      faults_ = before;
      check(value, schema, path);
      if (faults_.size() == before.size()) return;
    }
  }

  void check_object(const Json& value, const Json& schema, const std::string& path) {
    if (schema.contains("required")) {
      for (const Json& key : schema["required"]) {
        const auto name = key.get<std::string>();
        if (!value.contains(name)) faults_.push_back(fmt::format("{}.{} is missing", path, name));
      }
    }
    for (const auto& item : value.items()) {
      const std::string inside = path + "." + item.key();
      if (schema.contains("properties") && schema["properties"].contains(item.key())) {
        check(item.value(), schema["properties"][item.key()], inside);
      } else if (schema.contains("additionalProperties")) {
        check(item.value(), schema["additionalProperties"], inside);
      }
    }
  }

  static bool has_type(const Json& value, const std::string& type) {
    return type == "object"    ? value.is_object()
           : type == "array"   ? value.is_array()
           : type == "string"  ? value.is_string()
           : type == "integer" ? value.is_number_integer()
           : type == "boolean" ? value.is_boolean()
                               : value.is_number();
  }

  Json root_;
  std::vector<std::string> faults_;
};

Validator validator() { return Validator(TUNEVAL_SOURCE_DIR "/docs/records.schema.json"); }

/// With every key that a record may have.
CellRecord full_record() {
  CellRecord record;
  record.id = "a";
  record.status = "failed";
  record.error = CellError{"TuneError", "the loss is nan"};
  record.kind = CellKind::seed_only;
  record.task.options = {{"prompt", "x"}};
  record.versions.plugins = {{"accuracy", "0.1.0"}};
  ScoreSummary score;
  MetricValue metric{"accuracy", std::numeric_limits<double>::infinity(), 4, 0, true, 0.0, 1.0};
  metric.details = {{"recall", 0.5}};
  metric.judge = "large";
  score.metrics = {metric};
  score.constrained = score.ranked = true;
  score.shots = 2;
  score.energy_joules = 1.5;
  record.base = record.tuned = score;
  TuneSummary& tune = record.tune.emplace();
  tune.validation_loss = 1.0;
  tune.adapter_bytes = 1000;
  tune.energy_joules = 2.5;
  tune.learning_curve = {{1, 10, 0.5, 0.6, 0.7}};
  tune.curve = {{1, 0.5, 0.1, 1.0}};
  Parity& parity = record.parity.emplace();
  parity.logits = LogitParity{1, 2, 3.0, 0.0, 0.1, 0.2, 5};
  record.band = true;
  record.energy_joules = 4.0;
  record.rescored = RescoreMark{"2026-03-16T20:46:16Z", {"accuracy"}, "0.1.0", {{"x", "1"}}};
  return record;
}

TEST(RecordSchema, KnowsEveryKey) {
  const std::string text = sealed_text(full_record(), {{"predictions/a.base.jsonl", 10, "00"}});
  EXPECT_THAT(validator().faults(Json::parse(text), "record"), IsEmpty());
  PredictionRow row;
  row.references = {"yes"};
  row.scores = {{"accuracy", SampleScore::of(1.0)}, {"judge", SampleScore::unscored("none")}};
  row.unanswered = "refused";
  row.group = "conversation 1";
  row.jackknife = {{"accuracy", 0.5}};
  EXPECT_THAT(validator().faults(Json::parse(to_jsonl(row)), "prediction"), IsEmpty());
}

TEST(RecordSchema, HoldsForTheRecordsOfTheReportsTests) {
  int records = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(TUNEVAL_SOURCE_DIR "/tests/report/records")) {
    const Json record = Json::parse(read_whole_file(entry.path()));
    EXPECT_THAT(validator().faults(record, "record"), IsEmpty()) << entry.path();
    ++records;
  }
  EXPECT_GT(records, 0);
}

TEST(RecordSchema, RefusesWhatIsNoRecord) {
  Json record = Json::parse(sealed_text(full_record(), {}));
  record["surprise"] = 1;
  record["seed"] = "7";
  record["status"] = "gone";
  record["base"]["metrics"][0]["value"] = "much";
  record.erase("id");
  const auto faults = validator().faults(record, "record");
  for (const char* fault : {"record.surprise is not expected", "record.seed has another type",
                            "record.status is not one of the values", "record.base.metrics[].value",
                            "record.id is missing"}) {
    EXPECT_THAT(faults, Contains(HasSubstr(fault)));
  }
}

}  // namespace
}  // namespace tuneval

#include "framework/record/record.h"

#include "tuneval/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;
using testing::MatchesRegex;
using testing::ThrowsMessage;

/// Every member different from its default and from its neighbours.
CellRecord full_record() {
  CellRecord record;
  record.id = "cell-1";
  record.model = {"qwen", "/models/qwen", "qwen3", 596049920, "aa"};
  record.task = {"trec", "/packs/trec", "classification", "bb", 200, 100, "CC0-1.0"};
  record.recipe = {{"epochs", 4}, {"adapter", "lora"}};
  record.seed = std::numeric_limits<uint64_t>::max();
  record.versions = {"0.1.0", "2.15.0", {{"accuracy", "1.0.0"}, {"qwen3", "0.1.0"}}};
  record.device = "cpu";
  record.dtype = "float32";
  const MetricValue accuracy{"accuracy", 1.0 / 3.0, 99, 1, true, 0.0, 1.0, {{"seen", 99.0}}};
  const MetricValue perplexity{
      "perplexity", 12.5, 100, 0, false, 1.0, std::numeric_limits<double>::infinity()};
  record.base = ScoreSummary{{accuracy, perplexity}, 100, 98, 5000, 1200, 300, 1.25, true, true, 3};
  record.tune = TuneSummary{40,   4,
                            160,  9000,
                            2500, 1048576,
                            0.1,  30,
                            0.25, {{1, 2.5, 1e-5, 3.5}, {2, 2.25, 5e-5, 1.5}},
                            60.5, "adapters/cell-1"};
  record.parity = Parity{130, true, LogitParity{4, 64, 11.5, 0.0, 2.5e-7, 0.0078125, 63}};
  record.tuned = record.base;
  record.tuned->metrics[0].value = 0.9;
  record.started = "2026-03-16T20:46:16Z";
  record.finished = "2026-03-16T20:47:19Z";
  record.seconds = 63.5;
  record.peak_memory_bytes = 123456789;
  return record;
}

TEST(Record, GoesThroughTextAndBack) {
  const CellRecord record = full_record();
  EXPECT_EQ(parse_record(to_json(record).dump(2), "here"), record);

  CellRecord failed = full_record();
  failed.status = "failed";
  failed.error = CellError{"TuneError", "loss is nan at step 3"};
  failed.tune.reset();
  failed.tuned.reset();
  EXPECT_EQ(parse_record(to_json(failed).dump(), "here"), failed);
}

TEST(Record, ACertificateMayBeAbsentOrShort) {
  CellRecord older = full_record();  // from before there was one
  older.parity.reset();
  EXPECT_EQ(parse_record(to_json(older).dump(), "here"), older);
  CellRecord whole_tuning = full_record();
  whole_tuning.parity->logits.reset();
  EXPECT_EQ(parse_record(to_json(whole_tuning).dump(), "here"), whole_tuning);
  CellRecord in_float32 = full_record();
  in_float32.parity->logits->rounded.reset();
  in_float32.parity->logits->same_choice.reset();
  EXPECT_EQ(parse_record(to_json(in_float32).dump(), "here"), in_float32);
}

TEST(Record, HowAnswersCameAboutIsThereWhereItMeansSomething) {
  CellRecord record = full_record();
  const Json score = to_json(record)["base"];
  EXPECT_EQ(score["constrained"], true);
  EXPECT_EQ(score["ranked"], true);
  EXPECT_EQ(score["shots"], 3);
  record.tuned->constrained = record.tuned->ranked = false;
  record.tuned->shots = 0;
  const Json plain = to_json(record)["tuned"];
  for (const char* key : {"constrained", "ranked", "shots"}) EXPECT_FALSE(plain.contains(key));
  EXPECT_EQ(parse_record(to_json(record).dump(), "here"), record);
  record.tuned->constrained = true;
  record.tuned->shots = 1;
  EXPECT_EQ(parse_record(to_json(record).dump(), "here"), record);
}

TEST(Record, WhatIsNoModelHasAKind) {
  EXPECT_FALSE(to_json(full_record()).contains("kind"));  // as records always were
  for (const CellKind kind : {CellKind::teacher, CellKind::majority, CellKind::nearest,
                              CellKind::seed_only, CellKind::model}) {
    CellRecord record = full_record();
    record.kind = kind;
    EXPECT_EQ(parse_record(to_json(record).dump(), "here"), record) << to_string(kind);
    EXPECT_EQ(cell_kind(to_string(kind)), kind);
  }
  CellRecord teacher = full_record();
  teacher.kind = CellKind::teacher;
  teacher.tune.reset();
  teacher.parity.reset();
  teacher.tuned.reset();
  EXPECT_EQ(parse_record(to_json(teacher).dump(), "here"), teacher);
  EXPECT_EQ(cell_kind("student"), std::nullopt);
}

TEST(Record, AJudgedMetricNamesItsJudge) {
  CellRecord record = full_record();
  EXPECT_FALSE(to_json(record)["base"]["metrics"][0].contains("judge"));
  record.base->metrics[0].judge = "gpt-oss-120b";
  EXPECT_EQ(parse_record(to_json(record).dump(), "here"), record);
}

TEST(Record, KeepsNumbersThatJsonLacks) {
  CellRecord record = full_record();
  record.tune->curve[0].grad_norm = -std::numeric_limits<double>::infinity();
  record.tune->final_loss = std::numeric_limits<double>::quiet_NaN();
  const CellRecord back = parse_record(to_json(record).dump(), "here");
  EXPECT_EQ(back.tune->curve[0].grad_norm, record.tune->curve[0].grad_norm);
  EXPECT_TRUE(std::isnan(back.tune->final_loss));
}

void expect_refused(const std::function<void(Json&)>& spoil, const std::string& message) {
  Json json = to_json(full_record());
  spoil(json);
  EXPECT_THAT([&] { record_from_json(json, "a.json"); }, ThrowsMessage<RecordError>(message));
}

TEST(Record, RefusesWhatItDoesNotKnow) {
  expect_refused([](Json& json) { json["schema_version"] = 2; },
                 "a.json: \"schema_version\" is 2: this program reads 1");
  expect_refused([](Json& json) { json["notes"] = 1; }, "a.json: \"notes\" is unknown");
  expect_refused([](Json& json) { json["kind"] = "student"; },
                 "a.json: \"kind\" is \"student\": expected \"model\", \"teacher\", \"majority\", "
                 "\"nearest\" or \"seed_only\"");
  expect_refused([](Json& json) { json["tune"]["curve"][1]["lr"] = 1; },
                 "a.json: \"tune.curve[1].lr\" is unknown");
  expect_refused([](Json& json) { json["parity"]["logits"]["served"] = 1; },
                 "a.json: \"parity.logits.served\" is unknown");
}

TEST(Record, NamesTheKeyThatIsMissingOrOfAnotherType) {
  expect_refused([](Json& json) { json.erase("seed"); }, "a.json: \"seed\" is missing");
  expect_refused([](Json& json) { json["model"].erase("hash"); },
                 "a.json: \"model.hash\" is missing");
  expect_refused([](Json& json) { json["tune"]["steps"] = "many"; },
                 "a.json: \"tune.steps\" is \"many\": expected an integer");
  expect_refused([](Json& json) { json["tune"]["steps"] = 1.5; },
                 "a.json: \"tune.steps\" is 1.5: expected an integer");
  expect_refused([](Json& json) { json["base"]["metrics"][1]["value"] = "high"; },
                 "a.json: \"base.metrics[1].value\" is \"high\": expected a number");
  expect_refused([](Json& json) { json["base"]["metrics"] = Json::array(); },
                 "a.json: \"base.metrics\" is empty: expected the headline at least");
  expect_refused([](Json& json) { json["base"]["ranked"] = 1; },
                 "a.json: \"base.ranked\" is 1: expected true or false");
  expect_refused([](Json& json) { json["base"]["shots"] = "all"; },
                 "a.json: \"base.shots\" is \"all\": expected an integer");
  expect_refused([](Json& json) { json["seed"] = -1; },
                 "a.json: \"seed\" is -1: expected an integer from 0 on");
  expect_refused([](Json& json) { json["parity"].erase("order_independent"); },
                 "a.json: \"parity.order_independent\" is missing");
  expect_refused([](Json& json) { json["parity"]["logits"]["reloaded"] = true; },
                 "a.json: \"parity.logits.reloaded\" is true: expected a number");
  expect_refused([](Json& json) { json["task"] = 3; }, "a.json: \"task\" is 3: expected an object");
  expect_refused([](Json& json) { json["recipe"] = "lora"; },
                 "a.json: \"recipe\" is \"lora\": expected an object");
  expect_refused([](Json& json) { json["versions"]["plugins"]["qwen3"] = 1; },
                 "a.json: \"versions.plugins.qwen3\" is 1: expected a text");
}

TEST(Record, StatusAndErrorAgree) {
  expect_refused([](Json& json) { json["status"] = "running"; },
                 "a.json: \"status\" is \"running\": expected \"done\" or \"failed\"");
  expect_refused([](Json& json) { json["status"] = "failed"; }, "a.json: \"error\" is missing");
  expect_refused(
      [](Json& json) {
        json["error"] = {{"kind", "Error"}, {"message", "x"}};
      },
      "a.json: \"error\" is there, though the cell is done");
}

TEST(Record, RefusesTornText) {
  const std::string text = to_json(full_record()).dump();
  const auto refused = [](const std::string& torn, const std::string& message) {
    EXPECT_THAT([&] { parse_record(torn, "a.json"); },
                ThrowsMessage<RecordError>(testing::StartsWith(message)));
  };
  refused("", "a.json: not JSON: the file is empty");
  refused("[]", "a.json: expected a JSON object");
  for (const size_t length : {1ul, text.size() / 2, text.size() - 1}) {
    refused(text.substr(0, length), "a.json: not JSON: it breaks off or is garbled at byte ");
  }
}

TEST(Record, TimesAreUtcToTheSecond) {
  EXPECT_THAT(utc_now(), MatchesRegex("20[0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:"
                                      "[0-6][0-9]Z"));
}

}  // namespace
}  // namespace tuneval

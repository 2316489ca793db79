#include "text_metric.h"

#include <gmock/gmock.h>

#include <sstream>

namespace tuneval {
namespace {

using testing::HasSubstr;

constexpr double kTolerance = 1e-12;
constexpr size_t kMegabyte = 1 << 20;

const std::vector<std::string> kNames = {"exact_match", "field_f1", "format_valid",
                                         "json_valid",  "macro_f1", "pii_redaction",
                                         "rouge_l",     "squad"};

TEST(ExactMatchTest, AgreesWithItsOracle) {
  const nlohmann::json oracle = read_oracle("exact_match");
  ASSERT_GE(oracle.at("cases").size(), 200u);
  for (int i = 0; i < 8; ++i) {
    const nlohmann::json options = {{"ignore_case", (i & 4) != 0},
                                    {"ignore_punctuation", (i & 2) != 0},
                                    {"ignore_digits", (i & 1) != 0}};
    const auto metric = text_metric("exact_match", options.dump());
    for (const auto& json : oracle.at("cases")) {
      EXPECT_EQ(value_of(*metric, case_in(json)), json.at("values").at(i).get<double>())
          << options << json;
    }
  }
}

TEST(JsonValidTest, AgreesWithItsOracle) {
  const nlohmann::json oracle = read_oracle("json_valid");
  ASSERT_GE(oracle.at("cases").size(), 200u);
  for (const char* root : {"any", "object", "array"}) {
    const auto metric = text_metric("json_valid", nlohmann::json{{"root", root}}.dump());
    for (const auto& json : oracle.at("cases")) {
      const Prediction prediction{false, "", json.at("text").get<std::string>()};
      EXPECT_EQ(metric->score({}, prediction).value, json.at(root).get<double>()) << json;
    }
  }
}

TEST(JsonValidTest, IsOfTheCompletionAndNotOfTheAnswerInIt) {
  const auto json = text_metric("json_valid"), format = text_metric("format_valid");
  const Prediction not_of_the_schema{false, "", "{\"town\": 7}"};
  EXPECT_EQ(json->score({}, not_of_the_schema).value, 1.0);
  EXPECT_EQ(format->score({}, not_of_the_schema).value, 0.0);
  const Prediction in_a_fence{true, "{\"town\":\"Ulm\"}", "```json\n{\"town\": \"Ulm\"}\n```"};
  EXPECT_EQ(json->score({}, in_a_fence).value, 0.0);
  EXPECT_EQ(format->score({}, in_a_fence).value, 1.0);
}

TEST(FormatValidTest, IsTheShareThatWasParsed) {
  const auto metric = text_metric("format_valid");
  const nlohmann::json oracle = read_oracle("squad");
  std::vector<TextCase> cases;
  double parsed = 0;
  for (const auto& json : oracle.at("cases")) {
    cases.push_back(case_in(json));
    parsed += json.at("prediction").is_null() ? 0 : 1;
  }
  ASSERT_LT(parsed, cases.size());
  EXPECT_DOUBLE_EQ(metric->aggregate(scored_in(*metric, cases)), parsed / double(cases.size()));
  EXPECT_TRUE(metric->score(Example{}, Prediction{}).scored);
}

TEST(SquadTest, AgreesWithItsOracle) {
  const auto metric = text_metric("squad");
  const nlohmann::json oracle = read_oracle("squad");
  ASSERT_GE(oracle.at("cases").size(), 200u);
  for (const auto& json : oracle.at("cases")) {
    const TextCase one = case_in(json);
    const Scored scored{&one.example, &one.prediction, value_of(*metric, one)};
    EXPECT_NEAR(scored.value, json.at("f1").get<double>(), kTolerance) << json;
    EXPECT_EQ(detail(metric->details({&scored, 1}), "EM"), json.at("exact").get<double>()) << json;
  }
}

TEST(SquadTest, TotalsAgreeWithItsOracle) {
  const auto metric = text_metric("squad");
  const nlohmann::json oracle = read_oracle("squad");
  std::vector<TextCase> cases;
  for (const auto& json : oracle.at("cases")) {
    if (!json.at("prediction").is_null()) cases.push_back(case_in(json));
  }
  const std::vector<Scored> scored = scored_in(*metric, cases);
  const auto details = metric->details(scored);
  const nlohmann::json& totals = oracle.at("totals");
  const auto percent = [&](const char* name) { return totals.at(name).get<double>() / 100; };
  EXPECT_NEAR(metric->aggregate(scored), percent("f1"), kTolerance);
  EXPECT_NEAR(detail(details, "F1"), percent("f1"), kTolerance);
  EXPECT_NEAR(detail(details, "EM"), percent("exact"), kTolerance);
  EXPECT_EQ(detail(details, "count"), totals.at("total").get<double>());
  for (const std::string part : {"HasAns", "NoAns"}) {
    EXPECT_NEAR(detail(details, part + ": F1"), percent((part + "_f1").c_str()), kTolerance);
    EXPECT_NEAR(detail(details, part + ": EM"), percent((part + "_exact").c_str()), kTolerance);
    EXPECT_EQ(detail(details, part + ": count"), totals.at(part + "_total").get<double>());
  }
}

TEST(RougeLTest, AgreesWithItsOracle) {
  const nlohmann::json oracle = read_oracle("rouge_l");
  ASSERT_GE(oracle.at("cases").size(), 200u);
  const auto plain = text_metric("rouge_l"),
             stemming = text_metric("rouge_l", R"({"stemmer":true})");
  for (const auto& json : oracle.at("cases")) {
    const TextCase one = case_in(json);
    EXPECT_NEAR(value_of(*plain, one), json.at("plain").get<double>(), kTolerance) << json;
    EXPECT_NEAR(value_of(*stemming, one), json.at("stemmed").get<double>(), kTolerance) << json;
  }
}

/// The oracle's words have stems that are their own stems: to the metric the two are one word.
TEST(RougeLTest, StemsAgreeWithTheirOracle) {
  std::istringstream stems(read_oracle("rouge_l").at("stems").get<std::string>());
  const auto metric = text_metric("rouge_l", R"({"stemmer":true})");
  std::string word, stem;
  int seen = 0;
  while (stems >> word >> stem) {
    EXPECT_EQ(value_of(*metric, text_case({stem + "."}, word)), 1.0) << word << " " << stem;
    EXPECT_EQ(value_of(*metric, text_case({stem + "q."}, word)), 0.0) << word << " " << stem;
    ++seen;
  }
  EXPECT_GE(seen, 3000);
}

TEST(TextMetricsTest, WithoutAReferenceThereIsNoScore) {
  for (const char* name : {"exact_match", "field_f1", "pii_redaction", "rouge_l", "squad"}) {
    const SampleScore score = text_metric(name)->score(Example{}, Prediction{true, "a"});
    EXPECT_FALSE(score.scored) << name;
    EXPECT_EQ(score.reason, "the example has no reference") << name;
  }
}

TEST(TextMetricsTest, WhatWasNotParsedIsWorthNothing) {
  for (const std::string& name : kNames) {
    TextCase one = text_case({R"({"redacted_text":""})"}, R"({"redacted_text":""})");
    EXPECT_EQ(value_of(*text_metric(name), one), 1.0) << name;
    if (name == "json_valid") continue;  // it asks what was written, not what could be read
    one.prediction.parsed = false;
    EXPECT_EQ(value_of(*text_metric(name), one), 0.0) << name;
    one = text_case({""}, "");
    one.prediction.parsed = false;
    if (name == "field_f1") continue;  // an empty text is no JSON
    EXPECT_EQ(value_of(*text_metric(name), one), 0.0) << name;
  }
}

TEST(TextMetricsTest, OfNothingThereIsAFiniteValueAndNoDetail) {
  for (const std::string& name : kNames) {
    EXPECT_EQ(text_metric(name)->aggregate({}), 0.0) << name;
    EXPECT_TRUE(text_metric(name)->details({}).empty()) << name;
  }
}

TEST(TextMetricsTest, AnOptionThatIsNotThereIsRefused) {
  for (const std::string& name : kNames) {
    const std::string message = data_error([&] { text_metric(name, R"({"stemer":true})"); });
    EXPECT_THAT(message, HasSubstr("pack.toml: \"stemer\" is not an option of " + name)) << message;
  }
  EXPECT_THAT(data_error([] { text_metric("field_f1", R"({"x":1})"); }),
              HasSubstr("expected lists, text or numbers"));
  EXPECT_THAT(data_error([] { text_metric("squad", R"({"x":1})"); }), HasSubstr("which has none"));
  EXPECT_THAT(data_error([] { text_metric("field_f1", R"({"lists":"bag"})"); }),
              HasSubstr("\"lists\" is \"bag\": expected set or order"));
  EXPECT_THAT(data_error([] { text_metric("json_valid", R"({"root":"list"})"); }),
              HasSubstr("\"root\" is \"list\": expected any, object or array"));
  EXPECT_THAT(data_error([] { text_metric("rouge_l", R"({"stemmer":"yes"})"); }),
              HasSubstr("\"stemmer\""));
}

/// Megabytes that a model may write, against a reference of every kind.
std::vector<TextCase> huge_cases() {
  std::vector<TextCase> cases;
  const std::string references[] = {
      "", "the cat sat on the mat",
      R"({"redacted_text":"[PERSON] said","entities":[{"value":"aaaa",)"
      R"("replacement_token":"[PERSON]","reason":"x"}]})",
      repeat("a cat, the dog ", 20000)};
  const std::string answers[] = {
      std::string(kMegabyte, 'a'),
      std::string(kMegabyte, 'y'),
      repeat("a ", kMegabyte),
      repeat("the cat sat ", kMegabyte),
      std::string(kMegabyte, '['),
      std::string(kMegabyte, '{'),
      std::string(kMegabyte, '"'),
      std::string(kMegabyte, '\0'),
      std::string(kMegabyte, '\xff'),
      repeat("\xc4\xb0\xe2\x84\xaa", kMegabyte),
      repeat("\xf0\x9f\x99\x82", kMegabyte),
      std::string(kMegabyte / 2, '[') + std::string(kMegabyte / 2, ']'),
      "[" + repeat("[],", kMegabyte) + "1]",
      "{\"redacted_text\":\"" + repeat("[P] <", kMegabyte) + "\"}",
      "{\"redacted_text\":\"" + repeat("aaaa", kMegabyte) + "\"}",
      "{\"redacted_text\":\"" + std::string(kMegabyte, '[') + "\"}",
      "{\"redacted_text\":\"\",\"entities\":[" + repeat("{\"value\":\"aaaa\"},", kMegabyte) + "0]}",
      "{\"" + repeat("k", kMegabyte / 2) + "\":{" + repeat("\"a\":1,", kMegabyte / 2) +
          "\"b\":2}}"};
  for (const std::string& reference : references) {
    for (const std::string& answer : answers) cases.push_back(text_case({reference}, answer));
  }
  return cases;
}

TEST(TextMetricsTest, AMegabyteIsScoredInUnderASecond) {
  const std::vector<TextCase> cases = huge_cases();
  for (const std::string& name : kNames) {
    if (name == "field_f1") continue;  // its own test has references that are JSON
    SCOPED_TRACE(name);
    expect_quick(*text_metric(name), cases);
  }
  expect_quick(*text_metric("rouge_l", R"({"stemmer":true})"), cases);
  expect_quick(*text_metric("exact_match", R"({"ignore_case":true,"ignore_digits":true})"), cases);
}

}  // namespace
}  // namespace tuneval

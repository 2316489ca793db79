#include "text_metric.h"

namespace tuneval {
namespace {

constexpr double kTolerance = 1e-12;
constexpr size_t kMegabyte = 1 << 20;

void expect_counts(const std::vector<MetricDetail>& details, const std::string& name,
                   const nlohmann::json& counts) {
  const double hits = counts.at(0), given = counts.at(1), expected = counts.at(2);
  EXPECT_NEAR(detail(details, name + ": precision"), given > 0 ? hits / given : 0, kTolerance);
  EXPECT_NEAR(detail(details, name + ": recall"), expected > 0 ? hits / expected : 0, kTolerance);
  EXPECT_NEAR(detail(details, name + ": F1"), 2 * hits / (given + expected), kTolerance);
  EXPECT_EQ(detail(details, name + ": support"), expected);
}

TEST(FieldF1Test, AgreesWithItsOracle) {
  const nlohmann::json oracle = read_oracle("field_f1");
  ASSERT_GE(oracle.at("cases").size(), 200u);
  for (size_t i = 0; i < oracle.at("options").size(); ++i) {
    const auto metric = text_metric("field_f1", oracle.at("options").at(i).dump());
    for (const auto& json : oracle.at("cases")) {
      EXPECT_NEAR(value_of(*metric, case_in(json)), json.at("values").at(i).get<double>(),
                  kTolerance)
          << oracle.at("options").at(i) << json;
    }
  }
}

TEST(FieldF1Test, DetailsAgreeWithTheirOracle) {
  const nlohmann::json oracle = read_oracle("field_f1");
  std::vector<TextCase> cases;
  for (const auto& json : oracle.at("cases")) cases.push_back(case_in(json));
  for (size_t i = 0; i < oracle.at("options").size(); ++i) {
    const auto metric = text_metric("field_f1", oracle.at("options").at(i).dump());
    const auto details = metric->details(scored_in(*metric, cases));
    const nlohmann::json& right = oracle.at("details").at(i);
    expect_counts(details, "all fields", right.at("total"));
    size_t fields = 0;
    double elsewhere = 0;
    for (const auto& [name, counts] : right.at("fields").items()) {
      if (counts.at(2) == 0) {
        elsewhere += counts.at(1).get<double>();
      } else {
        expect_counts(details, name, counts);
        ++fields;
      }
    }
    ASSERT_GT(elsewhere, 0);
    EXPECT_EQ(detail(details, "(other fields): given"), elsewhere);
    EXPECT_EQ(details.size(), 4 * (fields + 1) + 1);
  }
}

TEST(FieldF1Test, AnElementOfASetIsRightAsAWhole) {
  const TextCase one = text_case({R"({"who":[{"name":"Ann","age":1},{"name":"Bo","age":2}]})"},
                                 R"({"who":[{"name":"Bo","age":2},{"name":"Ann","age":3}]})");
  EXPECT_EQ(value_of(*text_metric("field_f1"), one), 0.5);
  EXPECT_EQ(value_of(*text_metric("field_f1", R"({"lists":"order"})"), one), 0.0);
}

TEST(FieldF1Test, OnlyReferencesThatAreJsonCount) {
  const auto metric = text_metric("field_f1");
  EXPECT_EQ(metric->score(text_case({"no", "{"}, "{}").example, {true, "{}"}).reason,
            "the example has no reference that is JSON");
  EXPECT_EQ(value_of(*metric, text_case({"no", R"({"a":1})"}, R"({"a":1})")), 1.0);
}

TEST(FieldF1Test, AMegabyteIsScoredInUnderASecond) {
  const std::string half = repeat("k", kMegabyte / 2);
  const std::vector<std::string> answers = {
      std::string(kMegabyte, '['),
      std::string(kMegabyte / 2, '[') + std::string(kMegabyte / 2, ']'),
      std::string(250, '[') + repeat("[1],", kMegabyte) + "1" + std::string(250, ']'),
      "{\"" + half + "\":[" + repeat("{\"a\":1},", kMegabyte / 2) + "2]}",
      "{\"" + half + "\":{\"x\":[" + repeat("\"a\",", kMegabyte / 2) + "2]}}",
      "{\"a\":[" + repeat("\"1\",", kMegabyte) + "1]}",
      "{\"a\":\"" + repeat(" x", kMegabyte) + "\"}",
      "{\"a\":" + std::string(kMegabyte, '9') + "}",
      repeat("{\"a\":", 1000) + std::string(200, '}')};
  std::string many = "{";
  for (int i = 0; i < 80000; ++i)
    many += "\"" + std::to_string(i) + "\":" + std::to_string(i) + ",";
  many += "\"a\":1}";
  for (const char* options : {"{}", R"({"lists":"order","text":"loose","numbers":"loose"})"}) {
    std::vector<TextCase> cases;
    for (const std::string& answer : answers)
      cases.push_back(text_case({R"({"a":[1,2]})"}, answer));
    cases.push_back(text_case({R"({"a":1})", many}, many));
    expect_quick(*text_metric("field_f1", options), cases);
    EXPECT_EQ(value_of(*text_metric("field_f1", options), cases.back()), 1.0);
  }
}

}  // namespace
}  // namespace tuneval

#include "text_metric.h"

namespace tuneval {
namespace {

constexpr double kTolerance = 1e-12;

std::string answer_of(const std::string& text,
                      const std::vector<std::pair<std::string, std::string>>& found) {
  nlohmann::json answer = {{"redacted_text", text}, {"entities", nlohmann::json::array()}};
  for (const auto& [value, token] : found) {
    answer["entities"].push_back(
        {{"value", value}, {"replacement_token", token}, {"reason", "told"}});
  }
  return answer.dump();
}

double value_of_text(const std::string& right, const std::string& given) {
  return value_of(*text_metric("pii_redaction"), text_case({right}, given));
}

TEST(PiiRedactionTest, AgreesWithItsOracle) {
  const auto metric = text_metric("pii_redaction");
  const nlohmann::json oracle = read_oracle("pii_redaction");
  ASSERT_GE(oracle.at("cases").size(), 200u);
  for (const auto& json : oracle.at("cases")) {
    EXPECT_NEAR(value_of(*metric, case_in(json)), json.at("value").get<double>(), kTolerance)
        << json;
  }
}

TEST(PiiRedactionTest, DetailsAgreeWithTheirOracle) {
  const auto metric = text_metric("pii_redaction");
  const nlohmann::json oracle = read_oracle("pii_redaction"), &right = oracle.at("details");
  std::vector<TextCase> cases;
  for (const auto& json : oracle.at("cases")) cases.push_back(case_in(json));
  const auto details = metric->details(scored_in(*metric, cases));
  const auto expect_counts = [&](const std::string& name, const nlohmann::json& counts) {
    const double hits = counts.at(0), given = counts.at(1), expected = counts.at(2);
    EXPECT_NEAR(detail(details, name + ": precision"), given > 0 ? hits / given : 0, kTolerance);
    EXPECT_NEAR(detail(details, name + ": recall"), hits / expected, kTolerance);
    EXPECT_NEAR(detail(details, name + ": F1"), 2 * hits / (given + expected), kTolerance);
    EXPECT_EQ(detail(details, name + ": support"), expected);
  };
  expect_counts("entities", right.at("total"));
  for (const auto& [type, counts] : right.at("types").items()) expect_counts(type, counts);
  EXPECT_EQ(details.size(), 4 * (right.at("types").size() + 1) + 3);
  EXPECT_NEAR(detail(details, "words: F1"), right.at("words").get<double>(), kTolerance);
  EXPECT_NEAR(detail(details, "leaking"), right.at("leaking").get<double>(), kTolerance);
  EXPECT_NEAR(detail(details, "same text"), right.at("same").get<double>(), kTolerance);
}

TEST(PiiRedactionTest, TypesOfTokensAgreeWithTheirOracle) {
  const auto metric = text_metric("pii_redaction");
  const nlohmann::json oracle = read_oracle("pii_redaction");
  ASSERT_GT(oracle.at("types").size(), 50u);
  for (const auto& pair : oracle.at("types")) {
    const std::string token = pair.at(0), type = pair.at(1);
    const TextCase one = text_case({answer_of("", {{"v", token}})}, answer_of("", {{"v", token}}));
    const auto details = metric->details(scored_in(*metric, {one}));
    EXPECT_EQ(detail(details, type + ": support"), 1.0) << token;
  }
}

TEST(PiiRedactionTest, AValueLeftStandingIsWorthNothing) {
  const std::string right = answer_of("[PERSON] met Announcer [PERSON]", {{"Ann", "[PERSON]"}});
  EXPECT_EQ(value_of_text(right, right), 1.0);
  for (const std::string left : {"Ann", "ANN", "ann's", "\u201cAnn\u201d", "x-Ann"}) {
    EXPECT_EQ(
        value_of_text(right, answer_of(left + " met Announcer [PERSON]", {{"Ann", "[PERSON]"}})),
        0.0)
        << left;
  }
  EXPECT_GT(value_of_text(right, answer_of("[PERSON] met Annabel [PERSON]", {{"Ann", "[PERSON]"}})),
            0.5);
}

TEST(PiiRedactionTest, AnEmptyTextEarnsNothing) {
  const std::string right = answer_of("Hello [PERSON]", {{"Ann", "[PERSON]"}});
  EXPECT_EQ(value_of_text(right, answer_of("", {{"Ann", "[PERSON]"}})), 0.0);
}

TEST(PiiRedactionTest, AMalformedReferenceIsNotScored) {
  const auto metric = text_metric("pii_redaction");
  for (const char* reference : {"{}", R"({"redacted_text":1})", R"({"entities":[]})", "{"}) {
    const SampleScore score =
        metric->score(text_case({reference}, "").example, {true, R"({"redacted_text":""})"});
    EXPECT_FALSE(score.scored) << reference;
    EXPECT_EQ(score.reason, "the reference is an object without \"redacted_text\"");
  }
}

/// Every row of the real data is worth 1 to itself, and 0 when nothing is taken out.
TEST(PiiRedactionTest, RealRowsAreWorthOneToThemselves) {
  std::ifstream file(std::string(TUNEVAL_SHARED_DATA_DIR) + "/pii/distil-pii-style.jsonl");
  if (!file) {
    ASSERT_EQ(std::getenv("CI"), nullptr) << "no shared data";
    GTEST_SKIP() << "no shared data";
  }
  int rows = 0;
  for (std::string line; std::getline(file, line); ++rows) {
    const auto row = nlohmann::json::parse(line);
    const std::string right = row.at("answer").dump();
    EXPECT_EQ(value_of_text(right, right), 1.0) << line;
    nlohmann::json kept = row.at("answer");
    if (kept.at("entities").empty()) continue;
    kept["redacted_text"] = row.at("context");
    EXPECT_EQ(value_of_text(right, kept.dump()), 0.0) << line;
  }
  EXPECT_GT(rows, 5);
}

}  // namespace
}  // namespace tuneval

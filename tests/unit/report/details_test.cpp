#include "framework/report/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuneval {
namespace {

using testing::HasSubstr;
using testing::Not;
using Json = nlohmann::ordered_json;
using Details = std::vector<std::pair<std::string, double>>;

MetricValue metric_of(const std::string& name, Details details) {
  return {name, 0.5, 9, 0, true, 0.0, 1.0, std::move(details)};
}

/// Two models on one task; the second has no tuned score.
Summary summary_of(const std::string& name, const Details& base, const Details& tuned) {
  CellRecord one, two;
  one.id = "one";
  one.model.name = "a|1";
  one.task.name = "a<b";
  one.base = ScoreSummary{{metric_of("accuracy", {}), metric_of(name, base)}};
  two = one;
  two.id = "two";
  two.model.name = "m2";
  one.tuned = ScoreSummary{{metric_of("accuracy", {}), metric_of(name, tuned)}};
  const std::vector<CellRecord> records = {one, two};
  return summarise(records);
}

TEST(DetailReport, MarkdownFoldsATableOfEachMetric) {
  const Summary summary = summary_of("f1", {{"x: recall", 0.25}, {"x: support", 12.0}},
                                     {{"x: recall", 2.0 / 3}, {"x: support", 12.0}, {"y*", 1.0}});
  const std::string expected = R"(
## Figures behind the scores

Base → tuned; a line opens to its table.

<details>
<summary>a&lt;b: f1</summary>

| figure | a\|1 | m2 |
| --- | ---: | ---: |
| x: recall | 0.25 → 0.667 | 0.25 → – |
| x: support | 12 → 12 | 12 → – |
| y\* | – → 1 | – |

</details>
)";
  EXPECT_THAT(markdown_report(summary), testing::EndsWith(expected));
}

TEST(DetailReport, TheTerminalAndTheTablesStayShort) {
  const Summary summary = summary_of("f1", {{"x: recall", 0.25}}, {{"x: recall", 0.5}});
  EXPECT_THAT(terminal_report(summary, false), Not(HasSubstr("x: recall")));
  EXPECT_THAT(csv_report(summary), Not(HasSubstr("x: recall")));
}

TEST(DetailReport, JsonHasThemInEachCell) {
  const Json json = json_report(summary_of("f1", {{"x: recall", 0.25}}, {{"y", 1.0}}));
  const Json& cells = json["tasks"][0]["cells"];
  EXPECT_EQ(cells[0]["details"],
            Json::parse(R"([{"metric":"f1","name":"x: recall","base":0.25,"tuned":null},
                            {"metric":"f1","name":"y","base":null,"tuned":1.0}])"));
  EXPECT_EQ(cells[1]["details"],
            Json::parse(R"([{"metric":"f1","name":"x: recall","base":0.25,"tuned":null}])"));
}

TEST(DetailReport, WithoutAnyNothingIsSaidOfThem) {
  const Summary summary = summary_of("f1", {}, {});
  EXPECT_THAT(markdown_report(summary), Not(HasSubstr("Figures behind")));
  EXPECT_FALSE(json_report(summary)["tasks"][0]["cells"][0].contains("details"));
}

}  // namespace
}  // namespace tuneval

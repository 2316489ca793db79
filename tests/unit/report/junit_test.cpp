#include "framework/report/exports/formats.h"

#include "framework/report/exports/score_bar.h"
#include "tuneval/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>

#include <sstream>

namespace tuneval {
namespace {

using boost::property_tree::ptree;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

CellSummary cell(const std::string& model, CellState state) {
  CellSummary made;
  made.model = model;
  made.task = "topics";
  made.state = state;
  made.id = model + "-topics";
  made.seconds = 1.5;
  if (state == CellState::done) {
    made.base = StageScore{0.25, 4, 0};
    made.tuned = StageScore{0.75, 4, 0};
  }
  if (state == CellState::failed) made.error = CellError{"TuneError", "the loss is nan"};
  return made;
}

Summary summary_of(std::vector<CellSummary> cells) {
  Summary summary;
  TaskSummary& task = summary.tasks.emplace_back();
  task.name = "topics";
  task.metric = "accuracy";
  task.cells = std::move(cells);
  return summary;
}

/// Reads it back, which fails for what is not well-formed.
ptree read(const std::string& xml) {
  std::istringstream text(xml);
  ptree tree;
  boost::property_tree::read_xml(text, tree);
  return tree;
}

TEST(Junit, HasACaseForEachCell) {
  const Summary summary =
      summary_of({cell("good", CellState::done), cell("bad", CellState::failed),
                  cell("later", CellState::left), cell("never", CellState::not_planned)});
  const ptree suites = read(junit_xml(summary, {})).get_child("testsuites");
  EXPECT_EQ(suites.get<int>("<xmlattr>.tests"), 3);
  EXPECT_EQ(suites.get<int>("<xmlattr>.errors"), 1);
  EXPECT_EQ(suites.get<int>("<xmlattr>.skipped"), 1);
  EXPECT_EQ(suites.get<int>("<xmlattr>.failures"), 0);
  const ptree& suite = suites.get_child("testsuite");
  EXPECT_EQ(suite.get<std::string>("<xmlattr>.name"), "topics");
  EXPECT_EQ(suite.count("testcase"), 3U);
  std::vector<std::string> names;
  for (const auto& [name, child] : suite) {
    if (name != "testcase") continue;
    names.push_back(child.get<std::string>("<xmlattr>.name"));
    if (names.back() == "bad") {
      EXPECT_EQ(child.get<std::string>("error.<xmlattr>.type"), "TuneError");
      EXPECT_EQ(child.get<std::string>("error"), "the loss is nan");
    }
  }
  EXPECT_THAT(names, testing::ElementsAre("good", "bad", "later"));
}

TEST(Junit, AScoreBelowItsBarIsAFailure) {
  const Summary summary = summary_of({cell("good", CellState::done)});
  const std::vector<ScoreBar> high = {{"", 0.1}, {"topics", 0.8}}, low = {{"topics", 0.75}};
  const ptree tree = read(junit_xml(summary, high));
  EXPECT_EQ(tree.get<int>("testsuites.<xmlattr>.failures"), 1);
  EXPECT_THAT(tree.get<std::string>("testsuites.testsuite.testcase.failure.<xmlattr>.message"),
              HasSubstr("accuracy is 0.75: expected at least 0.8"));
  EXPECT_EQ(read(junit_xml(summary, low)).get<int>("testsuites.<xmlattr>.failures"), 0);
}

TEST(Junit, ALowerScoreIsTheBetterOneWhereTheMetricSaysSo) {
  Summary summary = summary_of({cell("good", CellState::done)});
  summary.tasks[0].higher_is_better = false;
  const std::vector<ScoreBar> bars = {{"", 0.5}};
  EXPECT_THAT(missed_bars(summary, bars), testing::ElementsAre(HasSubstr("at most 0.5")));
}

TEST(Junit, NoTextBreaksTheDocument) {
  CellSummary hostile = cell("a<b>&\"'\x01\x1b[2J\x7f", CellState::failed);
  hostile.error->message = "]]> <error/> \x00 \xff\xfe \xef\xbf\xbf\ttab\nline";
  hostile.error->message += std::string("\0", 1);
  const std::string xml = junit_xml(summary_of({hostile}), {});
  const ptree tree = read(xml);
  const auto name = tree.get<std::string>("testsuites.testsuite.testcase.<xmlattr>.name");
  EXPECT_THAT(name, HasSubstr("a<b>&\"'"));
  for (const char c : xml) {
    const auto byte = static_cast<unsigned char>(c);
    EXPECT_TRUE(byte >= 0x20 || byte == '\n' || byte == '\t') << int(byte);
  }
  EXPECT_THAT(xml, Not(HasSubstr("\xef\xbf\xbf")));
  EXPECT_THAT(xml, Not(HasSubstr("&#")));
}

TEST(ScoreBars, AreReadStrictly) {
  EXPECT_EQ(score_bar("0.8"), (ScoreBar{"", 0.8}));
  EXPECT_EQ(score_bar("a=b=-1e-2"), (ScoreBar{"a=b", -0.01}));
  for (const char* text : {"", "=0.8", "topics=", "topics=0.8x", "nan", "topics"}) {
    EXPECT_THROW(score_bar(text), ManifestError) << text;
  }
}

TEST(ScoreBars, OfTasksThatAreNotThereAreRefused) {
  const Summary summary = summary_of({cell("good", CellState::done)});
  const std::vector<ScoreBar> bars = {{"topic", 0.5}};
  EXPECT_THAT([&] { missed_bars(summary, bars); },
              testing::ThrowsMessage<ManifestError>(HasSubstr("expected one of topics")));
  EXPECT_THAT(missed_bars(summary, {}), IsEmpty());
}

}  // namespace
}  // namespace tuneval

#include "framework/report/render.h"

#include "framework/report/screen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

namespace tuneval {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// A table wider than any small screen, and sentences.
Document wide_document() {
  Document document;
  document.title = "3 models, 2 tasks: 6 of 6 cells done, 0 failed, 0 left";
  Section section;
  section.heading = "Task with a rather long name, which a narrow screen has no room for";
  section.paragraphs = {
      "accuracy: higher is better; base → tuned (delta), and the model's rank by each."};
  section.table.columns = {{"model", false}, {"base"},    {"tuned"},  {"delta"},      {"base #"},
                           {"tuned #"},      {"delta #"}, {"scored"}, {"cell", false}};
  for (const char* name : {"a-model-with-a-very-long-name-indeed", "小さい-llama-小さい-小さい"}) {
    section.table.rows.push_back({{name},
                                  {"0.123"},
                                  {"0.456", Tone::good},
                                  {"+0.333"},
                                  {"1"},
                                  {"2"},
                                  {"3"},
                                  {"1000"},
                                  {"done"}});
  }
  section.items = {
      "An item that goes on for longer than the screen is wide, as messages of errors "
      "like to do."};
  document.sections.push_back(section);
  return document;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(Render, NoLineIsWiderThanTheScreen) {
  for (const size_t width : {40, 60, 80, 100}) {
    for (const std::string& line : lines_of(terminal_text(wide_document(), false, width))) {
      EXPECT_LE(display_width(line), width) << line;
    }
  }
}

TEST(Render, WhatDoesNotFitBesideStandsBelowWithItsRowsNames) {
  const auto lines = lines_of(terminal_text(wide_document(), false, 40));
  const auto titles = std::ranges::count_if(
      lines, [](const std::string& line) { return line.find("  model") == 0; });
  EXPECT_GT(titles, 1);
  const auto names = std::ranges::count_if(
      lines, [](const std::string& line) { return line.find("  a-model-wit…") == 0; });
  EXPECT_EQ(names, titles);
  for (const char* value : {"0.123", "0.456", "+0.333", "1000", "done"}) {
    EXPECT_THAT(terminal_text(wide_document(), false, 40), HasSubstr(value));
  }
}

TEST(Render, AWideScreenChangesNothing) {
  EXPECT_EQ(terminal_text(wide_document(), false, 200), terminal_text(wide_document(), false));
}

TEST(Screen, WordsAreWrapped) {
  EXPECT_THAT(wrapped("one two three", 7), ElementsAre("one two", "three"));
  EXPECT_THAT(wrapped("one two", 0), ElementsAre("one two"));
  EXPECT_THAT(wrapped("immeasurable a", 4), ElementsAre("immeasurable", "a"));
}

TEST(Screen, TextIsCutBetweenCharacters) {
  EXPECT_EQ(fitted("小さい", 6), "小さい");
  EXPECT_EQ(fitted("小さい", 5), "小さ…");
  EXPECT_EQ(fitted("小さい", 4), "小…");
  EXPECT_EQ(fitted("abc", 0), "");
}

TEST(Screen, ControlsOfC1AreHarmlessToo) {
  EXPECT_EQ(harmless("a\xc2\x9b"
                     "2Jb\x1b["),
            "a 2Jb [");
  EXPECT_EQ(harmless("é"), "é");
}

TEST(Screen, ColumnsSaysHowWide) {
  ::setenv("COLUMNS", "61", 1);
  EXPECT_EQ(screen_width(stdout), 61U);
  ::setenv("COLUMNS", "wide", 1);
  std::FILE* file = std::tmpfile();
  EXPECT_EQ(screen_width(file), 0U);
  std::fclose(file);
  ::unsetenv("COLUMNS");
}

/// Sections of so many bytes each, about, and folded ones.
Document long_document(const std::vector<size_t>& sections, const std::vector<size_t>& folded) {
  Document document;
  document.title = "many cells";
  const auto add = [](std::vector<Section>& list, const std::string& name, size_t bytes) {
    Section section;
    section.heading = name;
    section.table.columns = {{"model", false}};
    for (size_t i = 0; i < bytes / 20; ++i) {
      section.table.rows.push_back({{"a-model-with-name"}});
    }
    list.push_back(std::move(section));
  };
  for (size_t i = 0; i < sections.size(); ++i) {
    add(document.sections, "Section " + std::to_string(i), sections[i]);
  }
  for (size_t i = 0; i < folded.size(); ++i) {
    add(document.folded, "Table " + std::to_string(i), folded[i]);
  }
  return document;
}

TEST(Markdown, WhatFitsIsWhole) {
  const std::string text = markdown_text(long_document({1000, 1000}, {1000}), "Report");
  EXPECT_THAT(text, StartsWith("# Report\n\nmany cells.\n"));
  EXPECT_THAT(text, HasSubstr("Figures behind the scores"));
  EXPECT_THAT(text, Not(HasSubstr("Left out")));
}

TEST(Markdown, FoldedTablesGoFirst) {
  const std::string text =
      markdown_text(long_document({2000, 2000}, {2000, 2000, 2000}), "Report", 8000);
  EXPECT_LE(text.size(), 8000U);
  EXPECT_THAT(text, HasSubstr("<summary>Table 0</summary>"));
  EXPECT_THAT(text, Not(HasSubstr("<summary>Table 2</summary>")));
  EXPECT_THAT(text, EndsWith("The other formats of the report have them: folded tables (2).\n"));
}

TEST(Markdown, ThenTheLongestSections) {
  const std::string text = markdown_text(long_document({2000, 90'000, 3000}, {2000}), "Report");
  EXPECT_LE(text.size(), kMarkdownLimit);
  EXPECT_THAT(text, HasSubstr("## Section 1\n\nLeft out.\n"));
  EXPECT_THAT(text, HasSubstr("## Section 0\n\n| model |"));
  EXPECT_THAT(text, HasSubstr("## Section 2\n\n| model |"));
  EXPECT_THAT(text, EndsWith("Section 1; folded tables (1).\n"));
}

}  // namespace
}  // namespace tuneval

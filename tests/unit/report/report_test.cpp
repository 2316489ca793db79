#include "framework/report/report.h"

#include "framework/record/atomic_file.h"
#include "framework/record/store.h"
#include "tuneval/error.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <optional>

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::ThrowsMessage;

const fs::path kFolder = TUNEVAL_SOURCE_DIR "/tests/report";

/// Eight fixed records: ties, a metric where lower is better, unscored rows, a failure, and names
/// that every format has to quote or measure. Of the cells planned one is left, one is not planned.
Summary fixed_summary() {
  const StoredRecords stored = RecordStore(kFolder).read_all();
  EXPECT_THAT(stored.faults, IsEmpty());
  const std::string qwen = "tiny-qwen3", llama = "小さい-llama", odd = "a|b, \"odd\"";
  SummaryOptions options;
  for (const std::string& model : {qwen, llama, odd}) {
    for (const char* task : {"intents", "topics", "surprise", "poems"}) {
      const bool is_planned = task != std::string("surprise") || model != odd;
      const bool is_poem = task == std::string("poems");
      if (is_planned && (!is_poem || model == qwen)) options.planned.push_back({model, task, {}});
    }
  }
  return summarise(stored.records, options);
}

/// Compares with the committed file; TUNEVAL_UPDATE_GOLDEN=1 writes it instead.
void expect_golden(const std::string& name, const std::string& text) {
  const fs::path file = kFolder / "golden" / name;
  if (std::getenv("TUNEVAL_UPDATE_GOLDEN")) write_file_atomically(file, text);
  EXPECT_EQ(text, read_whole_file(file)) << name;
}

TEST(Report, Golden) {
  const Summary summary = fixed_summary();
  expect_golden("report.txt", terminal_report(summary, false));
  expect_golden("report.md", markdown_report(summary));
  expect_golden("report.csv", csv_report(summary));
  expect_golden("ranking.csv", ranking_csv(summary));
  expect_golden("summary.json", json_report(summary).dump(2) + "\n");
}

std::string without_colours(std::string text) {
  for (size_t at; (at = text.find('\033')) != text.npos;) {
    text.erase(at, text.find('m', at) + 1 - at);
  }
  return text;
}

TEST(Report, ColoursAddNothingButColours) {
  const Summary summary = fixed_summary();
  const std::string coloured = terminal_report(summary, true);
  EXPECT_THAT(coloured, HasSubstr("\033[32m+0.680\033[0m")) << "a gain";
  EXPECT_THAT(coloured, HasSubstr("\033[31m-0.030\033[0m")) << "a loss";
  EXPECT_THAT(coloured, HasSubstr("\033[32m-2.250\033[0m")) << "a gain where lower is better";
  EXPECT_EQ(without_colours(coloured), terminal_report(summary, false));
}

TEST(Report, ControlCharactersDoNotReachTheTerminal) {
  Summary summary = fixed_summary();
  summary.notes = {"a\033[2Jb\nc"};
  EXPECT_THAT(terminal_report(summary, false), HasSubstr("  a [2Jb c\n"));
  summary.tasks[0].cells[0].model = "x\ny";
  EXPECT_THAT(markdown_report(summary), HasSubstr("| x y |"));
}

/// Sets a variable of the environment for a scope.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    ::setenv(name, value, 1);
  }
  ~Variable() { before_ ? ::setenv(name_, before_->c_str(), 1) : ::unsetenv(name_); }

 private:
  const char* name_;
  std::optional<std::string> before_;
};

TEST(Report, ColoursOnlySuitATerminalThatWantsThem) {
  const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
  if (terminal < 0) GTEST_SKIP() << "no pseudo-terminals here";
  std::FILE* stream = ::fdopen(terminal, "w");
  std::FILE* file = std::tmpfile();
  const Variable term("TERM", "xterm");
  {
    const Variable empty("NO_COLOR", "");
    EXPECT_TRUE(wants_colour(stream));
    EXPECT_FALSE(wants_colour(file));
    const Variable dumb("TERM", "dumb");
    EXPECT_FALSE(wants_colour(stream));
  }
  const Variable no("NO_COLOR", "1");
  EXPECT_FALSE(wants_colour(stream));
  std::fclose(stream);
  std::fclose(file);
}

TEST(Report, WritesTheFormatsAskedFor) {
  const fs::path folder = fs::temp_directory_path() / fmt::format("tuneval_report_{}", ::getpid());
  const Summary summary = fixed_summary();
  const std::vector<std::string> two = {"json", "markdown"};
  EXPECT_THAT(write_report(summary, folder, two),
              ElementsAre(folder / "report.md", folder / "summary.json"));
  EXPECT_FALSE(fs::exists(folder / "report.csv"));
  EXPECT_EQ(read_whole_file(folder / "report.md"), markdown_report(summary));
  EXPECT_EQ(write_report(summary, folder, report_formats()).size(), 5u);
  EXPECT_THAT(read_whole_file(folder / "report.html"), HasSubstr("id=\"report-data\""));
  EXPECT_EQ(read_whole_file(folder / "ranking.csv"), ranking_csv(summary));
  const std::vector<std::string> unknown = {"pdf"};
  EXPECT_THAT([&] { write_report(summary, folder, unknown); },
              ThrowsMessage<ManifestError>("the report format \"pdf\" is unknown: expected "
                                           "\"markdown\" or \"csv\" or \"json\" or \"html\" or "
                                           "\"lm-eval\" or \"every-eval-ever\" or \"junit\" or "
                                           "\"mlflow\""));
  fs::remove_all(folder);
}

TEST(Report, OfNothingSaysSo) {
  const std::string text = terminal_report(summarise({}), false);
  EXPECT_THAT(text, HasSubstr("0 models, 0 tasks: 0 of 0 cells done, 0 failed, 0 left"));
  EXPECT_THAT(text, Not(HasSubstr("Ranking")));
}

}  // namespace
}  // namespace tuneval

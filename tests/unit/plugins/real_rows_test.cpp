// Every row of the public data sets, as its task type reads it, under the chat templates of real
// models.
#include "all_plugins.h"
#include "framework/data/import.h"
#include "framework/data/task_data.h"
#include "tests/unit/text/template_models.h"
#include "tuneval/error.h"
#include "tuneval/metric/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;

/// Under each template every row is rendered of a set of at most so many examples; of a larger one
/// each template takes a tenth, its own: each row is rendered once at least. All of them under all
/// are 330,000 prompts, some ten minutes: with TUNEVAL_ALL_ROWS set.
constexpr size_t kMostUnderEach = 2000;

struct DataSet {
  std::shared_ptr<const TaskType> type;
  std::vector<Example> examples;
};

/// Imports data sets into a folder and reads them back as examples.
class Reader {
 public:
  std::vector<DataSet> sets;

  void add(const char* format, const fs::path& source, const ImportOptions& options = {}) {
    const fs::path folder = folder_.path() / ("pack" + std::to_string(sets.size()));
    import_pack(format, source, folder, options);
    const Pack pack = read_pack(folder);
    TaskData task = read_task(all_plugins(), pack, pack.options);
    std::ranges::move(task.test, std::back_inserter(task.train));
    sets.push_back({task.type, std::move(task.train)});
  }

  /// A distil labs folder of these files, by the names they have there.
  fs::path distil_folder(const std::vector<std::pair<const char*, fs::path>>& files) const {
    const fs::path folder = folder_.path() / ("source" + std::to_string(sets.size()));
    fs::create_directories(folder);
    for (const auto& [name, file] : files) fs::copy_file(file, folder / name);
    return folder;
  }

 private:
  test::TempFolder folder_;
};

void add_redactions(Reader& reader, const fs::path& pii) {
  const fs::path folder = reader.distil_folder({
      {"train.jsonl", pii / "distil-pii-style.jsonl"},
      {"test.jsonl", pii / "distil-pii-style-base.json"},
  });
  test::write_text(folder / "config.yaml", "base:\n  task: information-extraction\n");
  test::write_text(folder / "job_description.json", R"({"task_description": "Redact the text."})");
  reader.add("distil", folder);
}

/// The rows that a teacher made for the git commands.
void add_synthetic(Reader& reader, const fs::path& git) {
  reader.add("distil", reader.distil_folder({
                           {"config.yaml", git / "config.yaml"},
                           {"job_description.json", git / "job_description.json"},
                           {"train.jsonl", git / "synthetic-train.jsonl"},
                           {"test.jsonl", git / "synthetic-test.jsonl"},
                       }));
}

/// The public data sets, imported once for all templates.
const std::vector<DataSet>& data_sets() {
  static const std::vector<DataSet> kSets = [] {
    const fs::path data = test::shared_data();
    const fs::path squad = data / "squad2/dev-part-a.json", git = data / "distil/gitara";
    Reader reader;
    reader.add("banking77", data / "banking77");
    reader.add("csv", data / "ecommerce", {.input_column = "question", .label_column = "answer"});
    reader.add("csv", data / "hotpotqa", {.context_column = "context"});
    reader.add("squad2", squad);
    reader.add("squad2", squad, {.task_type = "closed_book_qa"});
    reader.add("bfcl", data / "bfcl");
    reader.add("presidio", data / "pii/presidio_synth_dataset_v2.json");
    for (const char* name : {"voice-assistant-banking", "smart-home-massive", "localdoc"}) {
      reader.add("distil", data / "distil" / name);
    }
    reader.add("distil", git);
    add_synthetic(reader, git);
    add_redactions(reader, data / "pii");
    return std::move(reader.sets);
  }();
  return kSets;
}

/// What is wrong with an example's prompt; empty when it shows what the user said last.
std::string row_fault(const ChatText& text, const Example& example) {
  const auto last = std::find_if(example.messages.rbegin(), example.messages.rend(),
                                 [](const Message& message) { return message.role == "user"; });
  try {
    const std::string prompt = prompt_text(text, example);
    const std::string_view said = trim(last->content);
    return prompt.find(said) == prompt.npos ? example.where + ": is not shown" : "";
  } catch (const DataError& refused) {
    return refused.what();
  }
}

class EveryRealRow : public testing::TestWithParam<size_t> {};

TEST_P(EveryRealRow, IsRendered) {
  TUNEVAL_NEED_SHARED_DATA();
  const size_t number = GetParam();
  const ChatText text = test::open(test::kModels[number]);
  std::vector<std::string> faults;
  size_t rendered = 0;
  for (const auto& [type, examples] : data_sets()) {
    const bool all =
        examples.size() <= kMostUnderEach || std::getenv("TUNEVAL_ALL_ROWS") != nullptr;
    const size_t step = all ? 1 : test::kModels.size();
    for (size_t i = all ? 0 : number; i < examples.size(); i += step) {
      ++rendered;
      std::string fault = row_fault(text, examples[i]);
      if (!fault.empty()) faults.push_back(std::move(fault));
    }
  }
  EXPECT_THAT(faults, IsEmpty());
  EXPECT_GT(rendered, 6000u);
}

TEST(PublicDataSets, AreWholeWhenTheyAreRendered) {
  TUNEVAL_NEED_SHARED_DATA();
  std::vector<size_t> sizes;
  for (const DataSet& set : data_sets()) sizes.push_back(set.examples.size());
  EXPECT_THAT(sizes, testing::ElementsAre(13072, 144, 150, 3176, 3175, 840, 1392, 390, 153, 281,
                                          159, 10173, 24));
}

TEST(PublicDataSets, TargetsParseToAReference) {
  TUNEVAL_NEED_SHARED_DATA();
  for (const auto& [type, examples] : data_sets()) {
    for (const Example& example : examples) {
      const Prediction read = type->parse(example, example.target);
      ASSERT_TRUE(read.parsed) << example.where << ": " << example.target;
      ASSERT_THAT(example.references, testing::Contains(read.text)) << example.where;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, EveryRealRow, testing::Range(size_t{0}, test::kModels.size()),
                         [](const auto& one) {
                           return std::string(test::kModels[one.param].name);
                         });

}  // namespace
}  // namespace tuneval

#include "manifest_folder.h"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;

TEST_F(ManifestTest, FillsInEveryDefault) {
  const Manifest manifest = read(kEntries);
  EXPECT_EQ(manifest.name, "run");
  EXPECT_EQ(manifest.output, folder_ / "runs/run");
  EXPECT_EQ(manifest.seed, 123u);
  EXPECT_EQ(manifest.device, "cpu");
  EXPECT_EQ(manifest.dtype, "auto");
  EXPECT_EQ(manifest.threads, 0);
  ASSERT_EQ(manifest.models.size(), 1u);
  EXPECT_EQ(manifest.models[0].name, "qwen");
  EXPECT_EQ(manifest.models[0].path, folder_ / "models/qwen");
  EXPECT_TRUE(manifest.models[0].options.empty());
  EXPECT_THAT(manifest.models[0].where, EndsWith("run.toml:1:1"));
  ASSERT_EQ(manifest.tasks.size(), 1u);
  EXPECT_EQ(manifest.tasks[0].name, "trec");
  EXPECT_EQ(manifest.tasks[0].pack, folder_ / "packs/trec");
  EXPECT_FALSE(manifest.tasks[0].train_limit);
  EXPECT_EQ(manifest.tuning, Recipe{});
  EXPECT_TRUE(manifest.scoring.base);
  EXPECT_FALSE(manifest.scoring.max_new_tokens);
  EXPECT_EQ(manifest.report.interval, "published");
  EXPECT_THAT(manifest.report.formats, ElementsAre("markdown", "csv", "json", "html"));
}

TEST_F(ManifestTest, ReadsEverySection) {
  const Manifest manifest = read(R"(
[run]
name = "trial"
output = "../out"
seed = 7
device = "cuda:1"
dtype = "bfloat16"
threads = 4
[[models]]
path = "/abs/qwen/"
name = "small"
options = { dtype = "float32", chat = { enable_thinking = false, depth = 2, tags = ["a", "b"] } }
[[models]]
path = "other"
[[tasks]]
pack = "p"
name = "t"
train_limit = 100
test_limit = 50
[tasks.options]
prompt = "Answer: {question}"
temperature = 0.5
[tuning]
adapter = "none"
epochs = 2
learning_rate = 1
targets = ["q_proj", "v_proj"]
schedule = "cosine"
loss = "all"
[scoring]
token_budget = 100
batch_size = 3
base = false
max_new_tokens = 9
[report]
interval = "student_t"
ties = "average"
missing = "worst"
margin = 0.05
resamples = 2000
formats = ["csv"]
)");
  EXPECT_EQ(manifest.name, "trial");
  EXPECT_EQ(manifest.output, folder_.parent_path() / "out");
  EXPECT_EQ(manifest.device, "cuda:1");
  EXPECT_EQ(manifest.dtype, "bfloat16");
  EXPECT_EQ(manifest.threads, 4);
  ASSERT_EQ(manifest.models.size(), 2u);
  EXPECT_EQ(manifest.models[0].name, "small");
  EXPECT_EQ(manifest.models[0].path, "/abs/qwen/");
  EXPECT_EQ(manifest.models[0].options.dump(),
            R"({"dtype":"float32","chat":{"enable_thinking":false,"depth":2,"tags":["a","b"]}})");
  ASSERT_EQ(manifest.tasks.size(), 1u);
  EXPECT_EQ(manifest.tasks[0].name, "t");
  EXPECT_EQ(manifest.tasks[0].train_limit, 100);
  EXPECT_EQ(manifest.tasks[0].test_limit, 50);
  EXPECT_EQ(manifest.tasks[0].options.dump(),
            R"({"prompt":"Answer: {question}","temperature":0.5})");
  EXPECT_EQ(manifest.tuning.adapter, "none");
  EXPECT_EQ(manifest.tuning.epochs, 2);
  EXPECT_EQ(manifest.tuning.learning_rate, 1.0);
  EXPECT_THAT(manifest.tuning.targets, ElementsAre("q_proj", "v_proj"));
  EXPECT_EQ(manifest.scoring.token_budget, 100);
  EXPECT_EQ(manifest.scoring.batch_size, 3);
  EXPECT_FALSE(manifest.scoring.base);
  EXPECT_EQ(manifest.scoring.max_new_tokens, 9);
  EXPECT_EQ(manifest.report.interval, "student_t");
  EXPECT_EQ(manifest.report.ties, "average");
  EXPECT_EQ(manifest.report.missing, "worst");
  EXPECT_EQ(manifest.report.margin, 0.05);
  EXPECT_EQ(manifest.report.resamples, 2000);
  EXPECT_THAT(manifest.report.formats, ElementsAre("csv"));
}

TEST_F(ManifestTest, TheRunsSeedIsTheRecipesUnlessItHasItsOwn) {
  EXPECT_EQ(read("run.seed = 7\n" + kEntries).tuning.seed, 7u);
  const Manifest own = read("run.seed = 7\ntuning.seed = 8\n" + kEntries);
  EXPECT_EQ(own.seed, 7u);
  EXPECT_EQ(own.tuning.seed, 8u);
}

TEST_F(ManifestTest, AFolderWithATrailingSlashStillHasAName) {
  EXPECT_EQ(read("[[models]]\npath = \"m/qwen/\"\n[[tasks]]\npack = \"p\"").models[0].name, "qwen");
}

struct Refusal {
  std::string name, text, message;
};

class ManifestRefuses : public ManifestTest, public testing::WithParamInterface<Refusal> {};

TEST_P(ManifestRefuses, WithPlaceFoundAndExpected) {
  EXPECT_EQ(error(GetParam().text), GetParam().message);
}

// kEntries is four lines: what is appended starts at line 5.
INSTANTIATE_TEST_SUITE_P(
    All, ManifestRefuses,
    testing::Values(
        Refusal{"UnknownKey", kEntries + "[tuning]\nepochs = 1\n  learning_rat = 1e-4\n",
                "run.toml:7:3: unknown key \"learning_rat\" in [tuning]: did you mean "
                "\"learning_rate\"?"},
        Refusal{"UnknownKeyNearNothing", kEntries + "[report]\ncolour = \"red\"\n",
                "run.toml:6:1: unknown key \"colour\" in [report]: known are \"interval\", "
                "\"ties\", \"missing\", \"score_interval\", \"multiple\", \"level\", \"alpha\", "
                "\"power\", \"margin\", \"resamples\", \"formats\", \"max_parameters\""},
        Refusal{"UnknownSection", kEntries + "[tunning]\nepochs = 1\n",
                "run.toml:5:2: unknown key \"tunning\" in the manifest: did you mean \"tuning\"?"},
        Refusal{"FirstUnknownInTheFile", kEntries + "[scoring]\nzz = 1\naa = 2\n",
                "run.toml:6:1: unknown key \"zz\" in [scoring]: known are \"token_budget\", "
                "\"batch_size\", \"base\", \"max_new_tokens\", \"curve\""},
        Refusal{"WrongType", kEntries + "[tuning]\nepochs = \"four\"\n",
                "run.toml:6:10: \"epochs\" in [tuning] is \"four\": expected an integer"},
        Refusal{"FractionForAnInteger", kEntries + "[tuning]\nepochs = 1.5\n",
                "run.toml:6:10: \"epochs\" in [tuning] is 1.5: expected an integer"},
        Refusal{"TextForANumber", kEntries + "[tuning]\nlearning_rate = \"5e-5\"\n",
                "run.toml:6:17: \"learning_rate\" in [tuning] is \"5e-5\": expected a number"},
        Refusal{"TextForAFlag", kEntries + "[scoring]\nbase = \"no\"\n",
                "run.toml:6:8: \"base\" in [scoring] is \"no\": expected true or false"},
        Refusal{"NumberAmongTexts", kEntries + "[tuning]\ntargets = [\"q\", 3]\n",
                "run.toml:6:17: \"targets\" in [tuning] holds 3: expected texts"},
        Refusal{"TextForATable", "run = 3\n" + kEntries,
                "run.toml:1:7: \"run\" in the manifest is 3: expected a table, written [run]"},
        Refusal{"OutOfRange", kEntries + "[tuning]\nrank = 0\n",
                "run.toml:6:8: \"rank\" in [tuning] is 0: expected at least 1"},
        Refusal{"NotANumberAtAll", kEntries + "[tuning]\nlearning_rate = nan\n",
                "run.toml:6:17: \"learning_rate\" in [tuning] is nan: expected a number above 0"},
        Refusal{"NegativeSeed", kEntries + "[run]\nseed = -1\n",
                "run.toml:6:8: \"seed\" in [run] is -1: expected an integer from 0 on"},
        Refusal{"UnknownChoice", kEntries + "[tuning]\nschedule = \"step\"\n",
                "run.toml:6:12: \"schedule\" in [tuning] is \"step\": expected \"linear\" or "
                "\"cosine\" or \"constant\""},
        Refusal{"UnknownInterval", kEntries + "[report]\ninterval = \"normal\"\n",
                "run.toml:6:12: \"interval\" in [report] is \"normal\": expected \"published\" or "
                "\"student_t\" or \"bootstrap_tasks\" or \"bootstrap_examples\" or "
                "\"bootstrap_both\""},
        Refusal{"UnknownTies", kEntries + "[report]\nties = \"max\"\n",
                "run.toml:6:8: \"ties\" in [report] is \"max\": expected \"min\" or "
                "\"average\""},
        Refusal{"LevelOfOne", kEntries + "[report]\nlevel = 1\n",
                "run.toml:6:9: \"level\" in [report] is 1: expected a number between 0 and 1"},
        Refusal{"NegativeMargin", kEntries + "[report]\nmargin = -0.1\n",
                "run.toml:6:10: \"margin\" in [report] is -0.1: expected a number from 0 on"},
        Refusal{"FewDraws", kEntries + "[report]\nresamples = 10\n",
                "run.toml:6:13: \"resamples\" in [report] is 10: expected at least 1000"},
        Refusal{"UnknownDevice", kEntries + "[run]\ndevice = \"gpu\"\n",
                "run.toml:6:10: \"device\" in [run] is \"gpu\": expected \"cpu\", \"cuda\" or "
                "\"cuda:N\""},
        Refusal{"NoModels", "[[tasks]]\npack = \"p\"\n",
                "run.toml:1:1: the manifest has no [[models]]"},
        Refusal{"NoPath", "[[models]]\nname = \"a\"\n[[tasks]]\npack = \"p\"\n",
                "run.toml:1:1: [[models]] has no \"path\""},
        Refusal{
            "ModelsWithSingleBrackets", "[models]\npath = \"a\"\n",
            "run.toml:1:1: \"models\" in the manifest is a table: expected tables, each written "
            "[[models]]"},
        Refusal{
            "SameNameTwice", kEntries + "[[models]]\npath = \"b/qwen\"\n",
            "run.toml:5:1: \"name\" in [[models]] is \"qwen\", as in the entry at run.toml:1:1: "
            "expected another name"},
        Refusal{"NameWithAComma", "run.name = \"a,b\"\n" + kEntries,
                "run.toml:1:12: \"name\" in [run] is \"a,b\": expected a text without commas, "
                "slashes, equals signs and control characters"},
        Refusal{"ZeroLimit", kEntries + "train_limit = 0\n",
                "run.toml:5:15: \"train_limit\" in [[tasks]] is 0: expected at least 1"},
        Refusal{"UnknownModelOption",
                kEntries + "[[models]]\npath = \"b\"\noptions.dtyp = \"float32\"\n",
                "run.toml:7:9: unknown key \"dtyp\" in the options of a model: did you mean "
                "\"dtype\"?"},
        Refusal{"DateAmongOptions", kEntries + "[tasks.options]\nsince = 2026-03-16\n",
                "run.toml:6:9: a date is not allowed among options: expected text, a finite "
                "number, true, false, an array or a table"}),
    [](const auto& refusal) { return refusal.param.name; });

TEST_F(ManifestTest, NamesThePlaceOfBrokenToml) {
  EXPECT_THAT(error("[run]\nname = \n"), testing::StartsWith("run.toml:2:8: not TOML: "));
  EXPECT_THAT(error("[run]\nname = \"a\"\nname = \"b\"\n"),
              testing::StartsWith("run.toml:3:8: not TOML: "));
}

TEST_F(ManifestTest, NamesAFileThatIsNotThere) {
  EXPECT_THAT(([&] { read_manifest(folder_ / "none.toml"); }),
              testing::ThrowsMessage<ManifestError>(
                  HasSubstr("none.toml: cannot be read: No such file or directory")));
  EXPECT_THAT(([&] { read_manifest(folder_); }),
              testing::ThrowsMessage<ManifestError>(EndsWith("is a folder: expected a manifest")));
}

TEST_F(ManifestTest, TheDocumentsWholeExampleIsRead) {
  std::ifstream file(TUNEVAL_SOURCE_DIR "/docs/manifest.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  const std::string fence = "```toml\n";
  const size_t begin = page.find(fence) + fence.size();
  ASSERT_NE(page.find(fence), page.npos);
  const Manifest manifest = read(page.substr(begin, page.find("```", begin) - begin));
  EXPECT_EQ(manifest.models.size(), 2u);
  EXPECT_EQ(manifest.tasks[1].name, "banking77-small");
  for (const std::string& key : recipe_keys()) {
    EXPECT_THAT(page, HasSubstr("`" + key + "`")) << "undocumented";
  }
}

}  // namespace
}  // namespace tuneval

#include "framework/data/task_data.h"

#include "framework/data/hash.h"
#include "label_type.h"
#include "pack_folder.h"

namespace tuneval {
namespace {

class TaskDataTest : public PackFolder {
 protected:
  TaskDataTest() { write_pack("@"); }

  /// Writes the pack to a folder; "@" is the test's own.
  void write_pack(const std::string& name, const std::string& extra = "") {
    const std::string prefix = name == "@" ? "" : name + "/";
    write(prefix + "pack.toml", "name = \"x\"\ntask_type = \"label\"\ndescription = \"d\"\n" +
                                    extra + "[options]\nlabels = [\"a\", \"b\"]\n");
    write(prefix + "train.csv", "input,label\none,a\ntwo,b\nthree,a\n");
    write(prefix + "test.jsonl", "{\"input\": \"four\", \"label\": \"b\"}\n");
  }

  TaskData read(const std::filesystem::path& place, int64_t train_limit = 0) {
    const Pack pack = read_pack(place);
    return read_task(registry, pack, pack.options, train_limit, 0);
  }

  Registry registry = label_registry();
};

TEST_F(TaskDataTest, BothSplitsBecomeExamples) {
  const TaskData task = read(folder);
  ASSERT_EQ(task.train.size(), 3u);
  EXPECT_EQ(task.train[1].target, "b");
  EXPECT_EQ(task.train[1].where, at("@/train.csv:3"));
  ASSERT_EQ(task.test.size(), 1u);
  EXPECT_EQ(task.metrics, std::vector<std::string>{"exact"});
  EXPECT_EQ(task.hash.size(), 64u);
}

TEST_F(TaskDataTest, LimitsKeepTheFirstRows) {
  EXPECT_EQ(read(folder, 2).train.back().target, "b");
  EXPECT_EQ(read(folder, 9).train.size(), 3u);
}

TEST_F(TaskDataTest, TheHashIsOfTheContentAlone) {
  write_pack("copy");
  const std::string hash = read(folder).hash;
  EXPECT_EQ(read(folder / "copy").hash, hash);
  EXPECT_EQ(read(folder, 3).hash, hash);  // a limit that leaves out nothing
  EXPECT_NE(read(folder, 2).hash, hash);

  const Pack pack = read_pack(folder);
  const TaskOptions merged = merge_options(pack, R"({"labels": ["a", "b", "c"]})");
  const TaskData other = read_task(registry, pack, merged);
  EXPECT_NE(other.hash, hash);
  EXPECT_EQ(other.pack.options.options.texts("labels").size(), 3u);

  write("copy/test.jsonl", "{\"input\": \"five\", \"label\": \"b\"}\n");
  EXPECT_NE(read(folder / "copy").hash, hash);
}

TEST_F(TaskDataTest, ThePacksMetricsComeFirst) {
  write_pack("@", "metrics = [\"other\"]\n");
  EXPECT_EQ(read(folder).metrics, std::vector<std::string>{"other"});
  write_pack("@", "metrics = [\"othr\"]\n");
  EXPECT_EQ(message_of([&] { read(folder); }),
            at("@/pack.toml: \"metrics\" names \"othr\", which no plugin brings: did you mean "
               "\"other\"?"));
}

TEST_F(TaskDataTest, ABadRowIsNamed) {
  write("test.jsonl",
        "{\"input\": \"four\", \"label\": \"b\"}\n{\"input\": \"five\", \"label\": \"\"}\n");
  EXPECT_EQ(message_of([&] { read(folder); }), at("@/test.jsonl:2: \"label\" is unknown"));
  write("test.jsonl", "");
  EXPECT_EQ(message_of([&] { read(folder); }), at("@/test.jsonl: holds no rows"));
}

TEST(ContentHashTest, IsSha256OverFramedParts) {
  ContentHash hash;
  hash.add("abc");  // as of `printf 3:abc | sha256sum`
  EXPECT_EQ(hash.hex(), "aab5f9ae99b2e38fb462025c8f72f570c9c811705d2a4277dc855d7fa293fe97");
  ContentHash left, right;
  left.add("ab");
  left.add("c");
  right.add("a");
  right.add("bc");
  EXPECT_NE(left.hex(), right.hex());
}

TEST_F(TaskDataTest, SeedRowsTakeTheTrainingRowsPlace) {
  const TaskData plain = read(folder);
  EXPECT_FALSE(with_seed_rows(plain));
  write_pack("@", "[files]\nseed = \"seed.jsonl\"\n");
  write("seed.jsonl", "{\"input\": \"six\", \"label\": \"b\"}\n");
  TaskData task = read(folder, 2);
  task.shots.count = 1;
  const std::optional<TaskData> seeded = with_seed_rows(task);
  ASSERT_TRUE(seeded);
  ASSERT_EQ(seeded->train.size(), 1u);
  EXPECT_EQ(seeded->train[0].target, "b");
  EXPECT_EQ(seeded->test.size(), task.test.size());
  EXPECT_EQ(seeded->shots.count, 0);
  EXPECT_NE(seeded->hash, task.hash);
  // The hash is that of a pack whose train split is the seed: rescoring makes it anew from there.
  EXPECT_EQ(seeded->hash, task_hash(seeded->pack, 1, 1));
  write("seed.jsonl", "{\"input\": \"six\", \"label\": \"c\"}\n");
  EXPECT_EQ(message_of([&] { with_seed_rows(task); }), at("@/seed.jsonl:1: \"label\" is unknown"));
}

class VerdictMetric final : public Judged {
 public:
  std::vector<Message> question(const Example&, const Prediction&) const override { return {}; }
  SampleScore read_verdict(std::string_view) const override { return SampleScore::of(1.0); }
};

TEST_F(TaskDataTest, ATaskKnowsWhetherAJudgeIsAsked) {
  registry.add_metric("verdict",
                      [](const tuneval::Config&) { return std::make_shared<VerdictMetric>(); });
  EXPECT_FALSE(read(folder).judged);
  write_pack("@", "metrics = [\"exact\", \"verdict\"]\n");
  EXPECT_TRUE(read(folder).judged);
}

}  // namespace
}  // namespace tuneval

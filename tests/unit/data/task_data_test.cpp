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

}  // namespace
}  // namespace tuneval

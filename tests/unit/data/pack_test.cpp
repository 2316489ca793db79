#include "framework/data/pack.h"

#include "pack_folder.h"

namespace tuneval {
namespace {

constexpr auto kPack = R"(name = "x"
task_type = "classification"
description = """
Sort it.
"""
licence = "CC0-1.0"
origin = "me"
metrics = ["macro_f1"]

[files]
train = "rows.csv"

[options]
limit = 3
classes = [{name = "b", description = "ä"}, {name = "a"}]
)";

class PackTest : public PackFolder {
 protected:
  Pack read(const std::string& text) {
    write("pack.toml", text);
    write("rows.csv", "a\n1\n");
    write("test.jsonl", "{}\n");
    return read_pack(folder);
  }
};

TEST_F(PackTest, EveryKeyIsRead) {
  const Pack pack = read(kPack);
  EXPECT_EQ(pack.name, "x");
  EXPECT_EQ(pack.task_type, "classification");
  EXPECT_EQ(pack.description, "Sort it.");
  EXPECT_EQ(pack.licence, "CC0-1.0");
  EXPECT_EQ(pack.origin, "me");
  EXPECT_EQ(pack.metrics, std::vector<std::string>{"macro_f1"});
  EXPECT_EQ(pack.train, folder / "rows.csv");
  EXPECT_EQ(pack.test, folder / "test.jsonl");
  EXPECT_EQ(pack.options.description, "Sort it.");
  EXPECT_EQ(pack.options.options.integer("limit"), 3);
  EXPECT_EQ(pack.options.options.objects("classes")[0].text("description"), "ä");
}

TEST_F(PackTest, OptionFaultsNameThePack) {
  const Pack pack = read(kPack);
  EXPECT_EQ(message_of([&] { pack.options.options.text("prompt"); }),
            at("@/pack.toml: [options]: \"prompt\" is missing"));
}

TEST_F(PackTest, DataFilesAreFoundByDefault) {
  write("train.csv", "a\n");
  const std::string text = "name=\"x\"\ntask_type=\"t\"\ndescription=\"d\"\n";
  EXPECT_EQ(read(text).train, folder / "train.csv");
  write("train.jsonl", "{}\n");
  EXPECT_EQ(read(text).train, folder / "train.jsonl");
  EXPECT_TRUE(read(text).metrics.empty());
  EXPECT_EQ(read(text).options.options.json(), "{}");
}

TEST_F(PackTest, ASeedIsThereWhereItIsNamed) {
  write("train.jsonl", "{}\n");
  write("seed.jsonl", "{}\n");
  const std::string text = "name=\"x\"\ntask_type=\"t\"\ndescription=\"d\"\n";
  EXPECT_EQ(read(text).seed, std::nullopt);
  EXPECT_EQ(read(text + "[files]\nseed = \"seed.jsonl\"\n").seed, folder / "seed.jsonl");
  EXPECT_EQ(message_of([&] { read(text + "[files]\nseed = \"sead.jsonl\"\n"); }),
            at("@/pack.toml: \"seed\" in [files] is \"sead.jsonl\": there is no such file"));
}

TEST_F(PackTest, ThrowsTheFirstFaultWithItsPlace) {
  EXPECT_EQ(message_of([&] { read("name = \"x\"\nlicense = \"MIT\"\n"); }),
            at("@/pack.toml:2:1: unknown key \"license\" in pack.toml: did you mean \"licence\"?"));
  EXPECT_NE(message_of([&] { read("name = \n"); }).find(at("@/pack.toml:1:8: not valid TOML: ")),
            std::string::npos);
  EXPECT_EQ(message_of([&] { read_pack(folder / "none"); }),
            at("@/none/pack.toml: cannot be read: No such file or directory"));
}

TEST_F(PackTest, CollectsEveryFault) {
  write("pack.toml",
        "name = 3\ntask_typ = \"t\"\nmetrics = [1]\n[files]\ntest = \"no.csv\"\n"
        "trian = \"x\"\n[options]\nwhen = 2020-01-01\n");
  std::vector<Finding> findings;
  ASSERT_TRUE(read_pack(folder, collecting(findings)).has_value());
  std::vector<std::string> texts;
  for (const Finding& finding : findings) texts.push_back(finding.text());
  EXPECT_EQ(texts,
            (std::vector<std::string>{
                at("@/pack.toml:2:1: unknown key \"task_typ\" in pack.toml: did you mean "
                   "\"task_type\"?"),
                at("@/pack.toml:1:8: \"name\" in pack.toml is 3: expected a text"),
                at("@/pack.toml:1:1: pack.toml has no \"task_type\""),
                at("@/pack.toml:1:1: pack.toml has no \"description\""),
                at("@/pack.toml:3:12: \"metrics\" in pack.toml holds 1: expected texts"),
                at("@/pack.toml:6:1: unknown key \"trian\" in [files]: did you mean \"train\"?"),
                at("@/pack.toml: the train split is missing: expected train.jsonl or train.csv "
                   "beside this file, or another name in [files]"),
                at("@/pack.toml: \"test\" in [files] is \"no.csv\": there is no such file"),
                at("@/pack.toml:8:8: a date is not allowed among options: expected text, a finite "
                   "number, true, false, an array or a table"),
            }));
}

TEST_F(PackTest, OptionsAreOverriddenKeyByKey) {
  const Pack pack = read(kPack);
  const TaskOptions merged = merge_options(pack, R"({"limit": null, "prompt": "p"})");
  EXPECT_FALSE(merged.options.has("limit"));
  EXPECT_EQ(merged.options.text("prompt"), "p");
  EXPECT_EQ(merged.options.objects("classes").size(), 2u);
  EXPECT_EQ(merged.description, "Sort it.");
  EXPECT_EQ(merge_options(pack, "{}").options.where(), pack.options.options.where());
  EXPECT_EQ(message_of([&] { merged.options.text("limit"); }),
            at("@/pack.toml: [options] with the manifest's: \"limit\" is missing"));
  EXPECT_EQ(message_of<ManifestError>([&] { merge_options(pack, "[1]"); }),
            "options of pack \"x\" are [1]: expected a table");
}

}  // namespace
}  // namespace tuneval
